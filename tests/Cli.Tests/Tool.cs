// Runs the tool in this process, on texts.
using Idempotency.Cli;

namespace Cli.Tests;

internal static class Tool
{
    public static Said Run(string input, params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        using var reader = new StringReader(input);

        int code = CommandLine.Run(args, new Streams(reader, output, errors));
        return new Said(code, output.ToString(), errors.ToString());
    }

    /// <summary>A run that must succeed, and say nothing on the side.</summary>
    public static Said Ask(string input, params string[] args)
    {
        Said said = Run(input, args);
        NUnit.Framework.Assert.That((said.Code, said.Error), NUnit.Framework.Is.EqualTo((0, "")));
        return said;
    }
}
