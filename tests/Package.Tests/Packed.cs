// Packs what ships, once for all tests of this assembly, into a feed of their own, under a version that nobody has seen.
using System.IO.Compression;
using System.Xml.Linq;
using NUnit.Framework;

namespace Package.Tests;

[SetUpFixture]
public sealed class Packed
{
    private static readonly string Root = Directory.CreateTempSubdirectory("idempotency-packages-").FullName;

    /// <summary>What ships, by the name of its package, with its project.</summary>
    internal static readonly IReadOnlyDictionary<string, string> Projects = new Dictionary<string, string>
    {
        ["Idempotency"] = "Facade.CSharp",
        ["Idempotency.Core"] = "Core.FSharp",
        ["Idempotency.DynamoDb"] = "DynamoDb.FSharp",
        ["Idempotency.Simulation"] = "HandlerSimulation.FSharp",
        ["Idempotency.Cli"] = "Cli",
    };

    /// <summary>The version they are packed under. NuGet keeps what it has unpacked by its version.</summary>
    internal static string Version { get; } = $"0.0.0-local.{DateTime.UtcNow.Ticks}";

    internal static string Feed { get; } = Path.Combine(Root, "feed");

    internal static string Repository { get; } = FindRepository();

    /// <summary>Release or Debug, as this test was built.</summary>
    internal static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    [OneTimeSetUp]
    public void Pack()
    {
        foreach (string project in Projects.Values)
        {
            Dotnet.Do(
                Path.Combine(Repository, "src", project),
                "pack", "-c", Configuration, "--no-build", "-o", Feed, $"-p:PackageVersion={Version}", "-v", "quiet");
        }
    }

    [OneTimeTearDown]
    public void Remove()
    {
        Directory.Delete(Root, recursive: true);

        string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

        foreach (string name in Projects.Keys)
        {
            string unpacked = Path.Combine(cache, name.ToLowerInvariant(), Version);

            if (Directory.Exists(unpacked))
            {
                Directory.Delete(unpacked, recursive: true);
            }
        }
    }

    /// <summary>A copy of one of the folders in Scratch, outside of the repository, that finds the feed. Its project is kept as
    /// <c>.txt</c>: Paket would take it for one of ours.</summary>
    internal static string Scratch(string language, string name)
    {
        string folder = Folder(name);

        foreach (string file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Scratch", language)))
        {
            string kept = Path.GetFileName(file);
            File.Copy(file, Path.Combine(folder, kept.EndsWith(".txt", StringComparison.Ordinal) ? kept[..^4] : kept));
        }

        File.WriteAllText(Path.Combine(folder, "nuget.config"), $"""
            <configuration><packageSources><add key="packed" value="{Feed}" /></packageSources></configuration>
            """);

        return folder;
    }

    /// <summary>An empty folder outside of the repository.</summary>
    internal static string Folder(string name) => Directory.CreateDirectory(Path.Combine(Root, name)).FullName;

    /// <summary>Opens a package.</summary>
    internal static ZipArchive Open(string name, string extension = "nupkg") =>
        ZipFile.OpenRead(Path.Combine(Feed, $"{name}.{Version}.{extension}"));

    /// <summary>What a package says of itself.</summary>
    internal static XElement Nuspec(string name)
    {
        using ZipArchive package = Open(name);
        using Stream stream = package.GetEntry($"{name}.nuspec")!.Open();
        return XDocument.Load(stream).Root!.Elements().Single();
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);

        while (!File.Exists(Path.Combine(folder.FullName, "Idempotency.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
