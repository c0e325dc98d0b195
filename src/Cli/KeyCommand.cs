// `idempotency key`: its options, and which of them go together.
using System.CommandLine;
using System.CommandLine.Parsing;
using Idempotency.Core;

namespace Idempotency.Cli;

internal static class KeyCommand
{
    public const string Name = "key";

    public static Command Create(Streams streams)
    {
        var file = new Argument<string?>("file")
        {
            Description = "The event, or the lines of a batch; standard input without it, or for '-'.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> path = Text(
            "--path", "expression", "JMESPath of the value that the key is made of; without it, the whole event.");
        Option<string?> payload = Text("--payload-path", "expression", "JMESPath of the payload to check.");
        Option<string?> operation = Text("--operation", "name", "The operation's name, as the library is given it.");
        Option<string?> scope = Text("--scope", "name", "The scope that the operation's name stands in.");
        Option<string?> prefix = Text(
            "--prefix", "text", "The whole text before the '#', instead of --operation and --scope.");
        Option<string?> hash = Text(
            "--hash", "name", "md5, sha1, sha256, sha384 or sha512. [default: sha256; for Powertools, md5]");
        Option<string?> format = Text("--format", "name", $"{KeyFormats.Names}. [default: {KeyFormats.Default}]");
        Option<bool> ownMissingRule = new("--own-missing-rule")
        {
            Description = "Let the rule of the format alone say when a value is missing, even where it would make one "
                + "key of different events.",
        };
        Option<bool> json = new("--json") { Description = "Answer with one line of JSON." };
        Option<bool> batch = new("--batch") { Description = "Read events as JSON lines, and answer each with one." };

        var command = new Command(Name, "Prints the key of an event, and what it is made of.") { file };
        Option[] single = [path, payload, operation, scope, prefix, hash, format, ownMissingRule, json];
        Array.ForEach(single, command.Options.Add);
        command.Options.Add(batch);

        command.Validators.Add(given =>
        {
            if (given.GetResult(batch) is { Implicit: false })
            {
                RefuseAll(given, single, "cannot be used with --batch: each line says how its key is made.");
                return;
            }

            if (given.GetResult(prefix) is not null)
            {
                RefuseAll(
                    given, [operation, scope], "cannot be used with --prefix, which is the whole text before '#'.");
            }
            else if (given.GetResult(operation) is null)
            {
                given.AddError(
                    "Say which operation the key is for: --operation, or --prefix for the whole text before '#'.");
            }
        });
        file.Validators.Add(given =>
        {
            // What looks like an option and is none ends up here.
            if (given.Tokens is [{ Value: ['-', _, ..] and var option }])
            {
                given.AddError($"'{option}' is no option. (A file of that name is './{option}'.)");
            }
        });
        RefuseBadNames(operation, "The operation");
        RefuseBadNames(scope, "The scope");

        command.SetAction(parsed =>
        {
            string? name = parsed.GetValue(file);

            if (parsed.GetValue(batch))
            {
                return Input.Use(name, streams, lines => JsonLines.Answer(lines, streams.Out, KeyBatch.Answer));
            }

            var named = KeyChoice.Named(parsed.GetValue(format), parsed.GetValue(hash));

            if (named.IsError)
            {
                streams.Error.WriteLine(named.ErrorValue);
                return ExitCodes.Misused;
            }

            var choice = new KeyChoice(
                named.ResultValue.Format,
                parsed.GetValue(prefix) ?? KeyText.prefix(parsed.GetValue(scope), parsed.GetValue(operation)!)[..^1],
                parsed.GetValue(path),
                parsed.GetValue(payload),
                named.ResultValue.Hash,
                parsed.GetValue(ownMissingRule));

            return KeyReport.Run(choice, name, parsed.GetValue(json), streams);
        });
        return command;
    }

    private static Option<string?> Text(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description };

    private static void RefuseAll(CommandResult given, IEnumerable<Option> options, string why)
    {
        foreach (Option option in options)
        {
            if (given.GetResult(option) is { Implicit: false })
            {
                given.AddError($"{option.Name} {why}");
            }
        }
    }

    private static void RefuseBadNames(Option<string?> option, string what) =>
        option.Validators.Add(given =>
        {
            if (given.Tokens is [var token] && KeyText.problemOf(what, token.Value) is { } problem)
            {
                given.AddError($"{problem.Value}.");
            }
        });
}
