// JSON lines in, JSON lines out: one answer for each line that is not blank, and no line stops the ones after it.
using System.Text.Json;

namespace Idempotency.Cli;

internal static class JsonLines
{
    public static int Answer(TextReader lines, TextWriter output, Func<string, string> answer)
    {
        while (lines.ReadLine() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                output.WriteLine(answer(line));
            }
        }

        return ExitCodes.Done;
    }

    /// <summary>The object on a line.</summary>
    /// <exception cref="JsonException">There is none.</exception>
    public static JsonElement Parse(string line)
    {
        if (Utf8.ProblemOf(line) is { } problem)
        {
            throw new JsonException(problem);
        }

        using JsonDocument document = JsonDocument.Parse(line);

        return document.RootElement.ValueKind == JsonValueKind.Object
            ? document.RootElement.Clone()
            : throw new JsonException("the line is not an object");
    }

    /// <summary>The text of a member, or null when it is null or not there.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static string? Text(this JsonElement line, string member)
    {
        if (!line.TryGetProperty(member, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            throw new JsonException($"{member} is not a string");
        }

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException problem)
        {
            throw new JsonException($"{member} holds half of a surrogate pair", problem);
        }
    }

    /// <summary>The text of a member that must be there.</summary>
    /// <exception cref="JsonException">It is not.</exception>
    public static string NeededText(this JsonElement line, string member) =>
        line.Text(member) ?? throw new JsonException($"{member} is missing");
}
