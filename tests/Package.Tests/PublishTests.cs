// One program, published in each way there is: it says the same everywhere, keys among it, and no tool warns of our code.
using System.Diagnostics;
using System.Runtime.InteropServices;
using NUnit.Framework;

namespace Package.Tests;

public sealed class PublishTests
{
    /// <summary>FSharp.Core lists resources for the trimmer to remove that it does not have. Nothing is kept or lost by it.</summary>
    private const string ResourcesOfFSharpCore = "warning IL2040: FSharp.Core: Could not find embedded resource";

    private static readonly string Here = RuntimeInformation.RuntimeIdentifier;

    /// <summary>What the program says when it is just built and run, on the runtime of this test.</summary>
    private static readonly Lazy<List<string>> Said = new(() =>
    [
        .. Dotnet.Do(
            Packed.Repository,
            Path.Combine("tests", "Published", "bin", Packed.Configuration, "net10.0", "Published.dll")).Lines,
    ]);

    [Test]
    public void The_program_has_a_first_call_and_a_replay()
    {
        Assert.That(Said.Value.Take(2), Is.EqualTo(new[]
        {
            "Executed: Receipt { Number = R-1, Total = 19.0 }",
            "Replayed: Receipt { Number = R-1, Total = 19.0 }",
        }));

        Assert.That(Said.Value.Skip(2), Has.Exactly(8).Items.And.All.Contains("key#"));
    }

    [Test]
    public void It_says_the_same_when_it_is_trimmed() =>
        Publish("trimmed", "net10.0", "-p:PublishTrimmed=true");

    [Test]
    public void It_says_the_same_on_net8() =>
        Publish("net8", "net8.0");

    /// <summary>On .NET 9, which takes the libraries for net8.0.</summary>
    [Test]
    public void It_says_the_same_when_it_is_compiled_ahead_of_time()
    {
        string? linker = Array.Find(["clang", "gcc"], IsThere);

        if (OperatingSystem.IsLinux() && linker is null)
        {
            Assert.Ignore("NO NATIVE PROGRAM IS BUILT: neither clang nor gcc is installed, and one of them must link it.");
        }

        Publish("native", "net9.0", "-p:PublishAot=true", linker is null ? "" : $"-p:CppCompilerAndLinker={linker}");
    }

    private static void Publish(string name, string framework, params string[] how)
    {
        string folder = Packed.Scratch("CSharp", name);
        var watch = Stopwatch.StartNew();

        string[] properties =
        [
            $"-p:IdempotencyVersion={Packed.Version}", $"-p:TargetFramework={framework}", $"-p:RuntimeIdentifier={Here}",
            "-p:SelfContained=true", "-p:Configuration=Release", "-p:PublishDir=out/", "-verbosity:quiet", "-nologo", .. how,
        ];

        // Not `dotnet publish`: where a native program is built, that asks for a runtime that is then not used.
        Dotnet.Do(folder, ["msbuild", "-target:Restore", .. properties.Where(text => text.Length > 0)]);
        Said build = Dotnet.Do(folder, ["msbuild", "-target:Publish", .. properties.Where(text => text.Length > 0)]);

        TestContext.Out.WriteLine($"published {name} in {watch.Elapsed.TotalSeconds:F0} s");

        Assert.That(
            build.Lines.Where(line => line.Contains("warning ") && !line.Contains(ResourcesOfFSharpCore)),
            Is.Empty,
            "what the trimmer and the compiler warn of");

        Assert.That(Dotnet.Run(Path.Combine(folder, "out", "App"), folder, []).Lines, Is.EqualTo(Said.Value));
    }

    private static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, program)));
}
