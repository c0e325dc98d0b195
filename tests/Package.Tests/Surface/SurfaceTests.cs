// What ships is what is written down in api/: whoever changes it sees what users will see.
using System.Reflection;
using NUnit.Framework;

namespace Surface;

/// <summary>`UPDATE_API=1` in the environment writes the files anew.</summary>
public sealed class SurfaceTests
{
    private static readonly Lazy<Dictionary<string, Assembly>> Newest = new(() => Shipped.For("net10.0"));
    private static readonly Lazy<Dictionary<string, Assembly>> Oldest = new(() => Shipped.For("net8.0"));

    private static IEnumerable<string> Libraries => Shipped.Projects.Keys;

    [TestCaseSource(nameof(Libraries))]
    public void The_public_surface_is_the_one_that_is_written_down(string name)
    {
        string file = Path.Combine(Shipped.Baselines, $"{name}.txt");
        string surface = Printed.Surface(Newest.Value[name]);

        if (Environment.GetEnvironmentVariable("UPDATE_API") == "1")
        {
            Directory.CreateDirectory(Shipped.Baselines);
            File.WriteAllText(file, surface);
        }

        string known = File.Exists(file) ? File.ReadAllText(file) : "";

        Assert.That(
            Difference(known, surface),
            Is.Empty,
            $"The surface of {name} is another than that of api/{name}.txt. If it is meant to be, write it down with\n"
                + "UPDATE_API=1 dotnet test tests/Package.Tests -c Release --filter FullyQualifiedName~Surface");
    }

    [TestCaseSource(nameof(Libraries))]
    public void It_is_the_same_for_each_target(string name) =>
        Assert.That(Difference(Printed.Surface(Oldest.Value[name]), Printed.Surface(Newest.Value[name])), Is.Empty);

    [Test]
    public void A_change_is_told_with_its_type() =>
        Assert.That(
            Difference("class A\n    int B()\n\nclass C\n", "class A\n    long B()\n\nclass C\n"),
            Is.EqualTo(new[] { "- class A:     int B()", "+ class A:     long B()" }));

    /// <summary>The lines that only one of two surfaces has, each with the type that it belongs to.</summary>
    private static List<string> Difference(string before, string after)
    {
        List<string> old = Told(before);
        List<string> now = Told(after);
        return
        [
            .. old.Except(now).Select(line => $"- {line}"),
            .. now.Except(old).Select(line => $"+ {line}"),
        ];
    }

    private static List<string> Told(string surface)
    {
        var told = new List<string>();
        string type = "";

        foreach (string line in surface.Split('\n').Where(line => line.Length > 0))
        {
            bool isMember = line.StartsWith(' ');
            type = isMember ? type : line;
            told.Add(isMember ? $"{type}: {line}" : line);
        }

        return told;
    }
}
