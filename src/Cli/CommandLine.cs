// The whole tool as a function of its arguments and streams.
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Idempotency.Cli;

internal static class CommandLine
{
    private const string Name = "idempotency";

    /// <summary>Runs a command.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> args, Streams streams)
    {
        // Without response files: `@` is an expression.
        ParseResult parsed = Tool(streams).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });

        if (parsed.Action is ParseErrorAction)
        {
            return Refuse(parsed, streams.Error);
        }

        return parsed.Invoke(new InvocationConfiguration
        {
            Output = streams.Out,
            Error = streams.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }

    /// <summary>No RootCommand: that calls itself as the assembly is called, and takes directives.</summary>
    private static Command Tool(Streams streams)
    {
        var tool = new Command(Name, "Shows how the key of an event is made, evaluates JMESPath, makes and checks tables, and shows records.");
        tool.Subcommands.Add(KeyCommand.Create(streams));
        tool.Subcommands.Add(JmesPathCommand.Create(streams));
        tool.Subcommands.Add(TableCommand.Create(streams));
        tool.Subcommands.Add(RecordCommands.CreateShow(streams));
        tool.Subcommands.Add(RecordCommands.CreateRelease(streams));

        var help = new HelpOption();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        tool.Options.Add(help);
        tool.Options.Add(new VersionOption());
        return tool;
    }

    private static int Refuse(ParseResult parsed, TextWriter errors)
    {
        foreach (string message in parsed.Errors.Select(error => error.Message).Distinct())
        {
            errors.WriteLine(message);
        }

        Command command = parsed.CommandResult.Command;
        string name = command.Name == Name ? Name : $"{Name} {command.Name}";
        errors.WriteLine($"Try `{name} --help`.");
        return ExitCodes.Misused;
    }
}
