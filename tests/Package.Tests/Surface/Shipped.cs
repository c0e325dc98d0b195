// The assemblies that ship, loaded from where they were built, each target apart from the other.
using System.Reflection;
using System.Runtime.Loader;

namespace Surface;

internal sealed class Shipped : AssemblyLoadContext
{
    private static readonly DirectoryInfo Root = FindRepository();
    private static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
    private readonly string _framework;

    private Shipped(string framework) => _framework = framework;

    internal static readonly IReadOnlyDictionary<string, string> Projects = new Dictionary<string, string>
    {
        ["Idempotency"] = "Facade.CSharp",
        ["Idempotency.Core"] = "Core.FSharp",
        ["Idempotency.DynamoDb"] = "DynamoDb.FSharp",
        ["Idempotency.Simulation"] = "HandlerSimulation.FSharp",
    };

    /// <summary>Where the surfaces are kept.</summary>
    internal static string Baselines { get; } = Path.Combine(Root.FullName, "tests", "Package.Tests", "api");

    /// <summary>The libraries for one target, by name.</summary>
    internal static Dictionary<string, Assembly> For(string framework)
    {
        var shipped = new Shipped(framework);
        return Projects.Keys.ToDictionary(name => name, name => shipped.LoadFromAssemblyName(new AssemblyName(name)));
    }

    /// <summary>The documentation that ships beside a library.</summary>
    internal static string Documentation(string name) =>
        Path.Combine(Output(Path.Combine("src", Projects[name]), "net10.0"), $"{name}.xml");

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string name = assemblyName.Name!;

        if (Projects.TryGetValue(name, out string? project))
        {
            return LoadFromAssemblyPath(Path.Combine(Output(Path.Combine("src", project), _framework), $"{name}.dll"));
        }

        // What they need of others lies beside the programs, of which there is one target only.
        return new[] { Path.Combine("src", "Cli"), Path.Combine("tests", "Published") }
            .Select(program => Path.Combine(Output(program, "net10.0"), $"{name}.dll"))
            .Where(File.Exists)
            .Select(LoadFromAssemblyPath)
            .FirstOrDefault();
    }

    private static string Output(string project, string framework) =>
        Path.Combine(Root.FullName, project, "bin", Configuration, framework);

    private static DirectoryInfo FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);

        while (!File.Exists(Path.Combine(folder.FullName, "Idempotency.sln")))
        {
            folder = folder.Parent!;
        }

        return folder;
    }
}
