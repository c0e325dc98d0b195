// What one run of the tool wrote, and how it ended.
using System.Text.Json;
using NUnit.Framework;

namespace Cli.Tests;

internal sealed record Said(int Code, string Out, string Error)
{
    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The only line, or this one, as JSON.</summary>
    public JsonElement Json(int line = 0) => JsonDocument.Parse(Lines[line]).RootElement;

    /// <summary>The value on the row of this name in the text for people.</summary>
    public string? Row(string label) =>
        Lines.SingleOrDefault(line => line.StartsWith(label + " ", StringComparison.Ordinal))?[label.Length..].Trim();

    /// <summary>The run failed in this way, said why, and printed nothing that a script could take for an answer.</summary>
    public void IsRefused(int code, string why) => Assert.Multiple(() =>
    {
        Assert.That(Code, Is.EqualTo(code), Error);
        Assert.That(Error, Does.Contain(why));
        Assert.That(Out, Is.Empty);
    });
}
