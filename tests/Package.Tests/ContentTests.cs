// What is in the packages: libraries for both targets, documentation, licence, symbols, and dependencies without surplus.
using System.IO.Compression;
using System.Xml.Linq;
using NUnit.Framework;

namespace Package.Tests;

public sealed class ContentTests
{
    private static readonly string[] Frameworks = ["net10.0", "net8.0"];

    private static IEnumerable<string> All => Packed.Projects.Keys;

    private static IEnumerable<string> Libraries => All.Where(name => name != "Idempotency.Cli");

    [TestCaseSource(nameof(All))]
    public void A_package_says_what_it_is(string name)
    {
        XElement nuspec = Packed.Nuspec(name);

        Assert.That(Text(nuspec, "license"), Is.EqualTo("MIT"));
        Assert.That(Text(nuspec, "readme"), Is.EqualTo("README.md"));
        Assert.That(Text(nuspec, "tags"), Does.Contain("idempotency"));
        Assert.That(Text(nuspec, "authors"), Is.Not.Empty);
        Assert.That(Text(nuspec, "version"), Is.EqualTo(Packed.Version));
        Assert.That(Entries(name), Is.SupersetOf(new[] { "README.md", "CHANGELOG.md" }));
    }

    [Test]
    public void No_two_packages_describe_themselves_with_the_same_words() =>
        Assert.That(All.Select(name => Text(Packed.Nuspec(name), "description")), Is.Unique);

    [TestCaseSource(nameof(Libraries))]
    public void A_library_has_its_documentation_beside_it_for_each_target(string name) =>
        Assert.That(
            Entries(name).Where(entry => entry.StartsWith("lib/", StringComparison.Ordinal)),
            Is.EquivalentTo(Frameworks.SelectMany(target => new[] { $"lib/{target}/{name}.dll", $"lib/{target}/{name}.xml" })));

    [TestCaseSource(nameof(Libraries))]
    public void Its_symbols_are_in_a_package_of_their_own(string name) =>
        Assert.That(
            Entries(name, "snupkg").Where(entry => entry.StartsWith("lib/", StringComparison.Ordinal)),
            Is.EquivalentTo(Frameworks.Select(target => $"lib/{target}/{name}.pdb")));

    /// <summary>The dependencies with the least versions that serve; those of dependencies are theirs to name.</summary>
    [TestCase("Idempotency.Core", "net10.0", "FSharp.Core 10.1.401, FSharp.SystemTextJson 0.16.6")]
    [TestCase("Idempotency.Core", "net8.0", "FSharp.Core 10.1.401, FSharp.SystemTextJson 0.16.6, "
        + "System.Diagnostics.DiagnosticSource 10.0.0, System.Text.Json 10.0.0")]
    [TestCase("Idempotency", "net8.0", "FSharp.Core 10.1.401, Idempotency.Core, "
        + "Microsoft.Extensions.Configuration.Abstractions 8.0.0, Microsoft.Extensions.DependencyInjection.Abstractions 8.0.0, "
        + "Microsoft.Extensions.Logging.Abstractions 8.0.0, Microsoft.Extensions.Options 8.0.0")]
    [TestCase("Idempotency.DynamoDb", "net8.0", "AWSSDK.DynamoDBv2 [4.0.110, 5.0.0), FSharp.Core 10.1.401, Idempotency.Core")]
    [TestCase("Idempotency.Simulation", "net8.0", "FSharp.Core 10.1.401, Idempotency.Core")]
    public void It_depends_on_no_more_than_it_needs(string name, string target, string expected) =>
        Assert.That(Dependencies(name, target), Is.EqualTo(expected));

    /// <summary>The place is asked of git, so that a copy of the repository says where it is itself.</summary>
    [Test]
    public void Symbols_lead_to_the_sources_at_the_remote_that_git_knows()
    {
        string folder = Packed.Folder("remote");
        Directory.CreateDirectory(Path.Combine(folder, "git"));
        File.WriteAllText(
            Path.Combine(folder, "git", "config"),
            "[remote \"published\"]\n\turl = https://github.com/example/idempotency.git\n");

        Dotnet.Do(
            Path.Combine(Packed.Repository, "src", "Core.FSharp"),
            [
                "msbuild", "-target:GenerateSourceLinkFile", "-p:TargetFramework=net10.0", $"-p:IntermediateOutputPath={folder}/",
                "-p:GitRepositoryRemoteName=published", "-nologo",
                // A build server asks only the repository's own settings.
                "-p:ContinuousIntegrationBuild=false",
            ],
            ("XDG_CONFIG_HOME", folder));

        Assert.That(
            File.ReadAllText(Path.Combine(folder, "Core.FSharp.sourcelink.json")),
            Does.Match("\"https://raw.githubusercontent.com/example/idempotency/[0-9a-f]{40}/\\*\""));
    }

    private static string Dependencies(string name, string target) => string.Join(", ",
        from dependency in Packed.Nuspec(name).Descendants()
        where dependency.Name.LocalName == "dependency" && (string?)dependency.Parent!.Attribute("targetFramework") == target
        let id = (string)dependency.Attribute("id")!
        orderby id
        select id.StartsWith("Idempotency", StringComparison.Ordinal) ? id : $"{id} {(string)dependency.Attribute("version")!}");

    private static List<string> Entries(string name, string extension = "nupkg")
    {
        using ZipArchive package = Packed.Open(name, extension);
        return [.. package.Entries.Select(entry => entry.FullName)];
    }

    private static string Text(XElement nuspec, string element) =>
        nuspec.Elements().Single(e => e.Name.LocalName == element).Value;
}
