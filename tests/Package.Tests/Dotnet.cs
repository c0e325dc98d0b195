// Runs a program and gives what it said. The SDK runs without servers that would outlive the test.
using System.Diagnostics;
using NUnit.Framework;

namespace Package.Tests;

internal sealed record Said(int Code, string Text)
{
    public IEnumerable<string> Lines => Text.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0);
}

internal static class Dotnet
{
    /// <summary>Runs the SDK in a folder; it must succeed.</summary>
    public static Said Do(string folder, params string[] arguments) => Do(folder, arguments, []);

    /// <summary>The same, with variables of its own.</summary>
    public static Said Do(string folder, string[] arguments, params (string Name, string Value)[] variables)
    {
        Said said = Run("dotnet", folder, arguments, variables);
        Assert.That(said.Code, Is.Zero, $"dotnet {string.Join(' ', arguments)}\n{said.Text}");
        return said;
    }

    /// <summary>Runs a program; both its streams are what it said.</summary>
    public static Said Run(string program, string folder, string[] arguments, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // What the SDK that runs this test has set for itself is not for another one.
        foreach (string name in start.Environment.Keys.Where(IsOfTheRunner).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["DOTNET_NOLOGO"] = "1";

        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Said(process.ExitCode, output + errors.Result);
    }

    private static bool IsOfTheRunner(string variable) =>
        variable.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
            || variable.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase);
}
