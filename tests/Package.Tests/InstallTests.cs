// The packages as a user gets them: installed from a feed into a program of their own, and run there.
using NUnit.Framework;

namespace Package.Tests;

public sealed class InstallTests
{
    [Test]
    public void An_FSharp_program_installs_them_and_sees_a_first_call_and_a_replay()
    {
        string folder = Packed.Scratch("FSharp", "fsharp");

        Dotnet.Do(folder, "build", "-c", "Release", "-o", "out", $"-p:IdempotencyVersion={Packed.Version}", "-v", "quiet");

        Assert.That(Dotnet.Do(folder, "out/App.dll").Lines, Is.EqualTo(new[]
        {
            "Executed: R-1",
            "Replayed: R-1",
            "Idempotency.DynamoDbStore",
            "Idempotency.Simulation",
        }));
    }

    [Test]
    public void The_tool_installs_and_shows_a_key()
    {
        string folder = Packed.Scratch("CSharp", "tool");

        Dotnet.Do(
            folder,
            "tool", "install", "Idempotency.Cli", "--tool-path", "tools", "--version", Packed.Version, "--add-source", Packed.Feed);

        string program = Path.Combine(folder, "tools", "idempotency");
        Assert.That(Dotnet.Run(program, folder, ["--help"]).Text, Does.Contain("jmespath"));
    }
}
