// `idempotency jmespath`: the value of an expression, or of many.
using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using Idempotency.Core;
using Microsoft.FSharp.Core;

namespace Idempotency.Cli;

internal static class JmesPathCommand
{
    public const string Name = "jmespath";

    /// <summary>What a line is answered with that does not hold two texts: no kind of the specification.</summary>
    private const string InvalidLine = "invalid-line";

    public static Command Create(Streams streams)
    {
        var expression = new Argument<string?>("EXPRESSION")
        {
            Description = "The JMESPath expression; it can call the functions of Powertools.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> batch = new("--batch")
        {
            Description = "Read expressions and documents as JSON lines, and answer each with one.",
        };

        var command = new Command(Name, "Prints the value of an expression for the document on standard input.")
        {
            expression,
            batch,
        };

        command.Validators.Add(given =>
        {
            bool many = given.GetResult(batch) is { Implicit: false };
            bool one = given.GetResult(expression) is { Tokens.Count: > 0 };

            if (many == one)
            {
                given.AddError(many
                    ? "An expression cannot be used with --batch: each line has its own."
                    : "Give an expression, or --batch.");
            }
        });

        command.SetAction(parsed => parsed.GetValue(batch)
            ? JsonLines.Answer(streams.In, streams.Out, Answer)
            : Run(parsed.GetValue(expression)!, streams));
        return command;
    }

    private static int Run(string expression, Streams streams)
    {
        var compiled = JmesPath.compile(expression, FunctionTable.Powertools);

        if (compiled.IsError)
        {
            streams.Error.WriteLine(compiled.ErrorValue.Message);
            return ExitCodes.Misused;
        }

        if (Input.ReadAll(streams.In, streams.Error) is not { } document)
        {
            return ExitCodes.Failed;
        }

        var value = Evaluate(compiled.ResultValue, document);

        if (value.IsError)
        {
            streams.Error.WriteLine(JmesProblems.Message(value.ErrorValue));
            return ExitCodes.Failed;
        }

        streams.Out.WriteLine(value.ResultValue);
        return ExitCodes.Done;
    }

    private static string Answer(string line)
    {
        try
        {
            JsonElement given = JsonLines.Parse(line);
            string expression = given.NeededText("expression");
            byte[] document = Utf8.Bytes(given.NeededText("document_text"));

            var compiled = JmesPath.compile(expression, FunctionTable.Powertools);
            var value = compiled.IsOk
                ? Evaluate(compiled.ResultValue, document)
                : FSharpResult<string, JmesProblem>.NewError(compiled.ErrorValue);

            return value.IsOk
                ? JsonText.Write(writer =>
                {
                    writer.WritePropertyName("result");
                    writer.WriteRawValue(value.ResultValue, skipInputValidation: true);
                })
                : Failed(value.ErrorValue.Kind.Name);
        }
        catch (JsonException)
        {
            return Failed(InvalidLine);
        }
    }

    private static string Failed(string kind) => JsonText.Write(writer => writer.WriteString("error", kind));

    private static FSharpResult<string, JmesProblem> Evaluate(CompiledPath path, byte[] document)
    {
        var output = new ArrayBufferWriter<byte>();
        var done = path.EvaluateUtf8(document, Canonical.DefaultMaxDepth, output);

        return done.IsOk
            ? FSharpResult<string, JmesProblem>.NewOk(JsonText.OnOneLine(Encoding.UTF8.GetString(output.WrittenSpan)))
            : FSharpResult<string, JmesProblem>.NewError(done.ErrorValue);
    }
}
