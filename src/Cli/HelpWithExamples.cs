// The library's help, with examples under it.
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Idempotency.Cli;

internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    private const string ForTool = """
        Examples:
          echo '{"id":"A-1","amount":5}' | idempotency key --operation charge-order --path id
          echo '{"id":"A-1","amount":5}' | idempotency jmespath '[id, amount]'
          idempotency table create --table idempotency --region eu-central-1
          idempotency show 'charge-order#5feceb66...' --table idempotency
        """;

    private const string ForKey = """
        Examples:
          What is the key of this event made of?
            idempotency key event.json --operation charge-order --path '[user.id, order.id]'

          And the key that Powertools for Python makes of it, whose function is called billing?
            idempotency key event.json --format powertools-python --prefix billing.app.handler --path order.id

          For a script:
            idempotency key event.json --operation charge-order --json

          Many events, a JSON line each:
            echo '{"name":"one","payload_text":"{\"id\":1}","event_key_jmespath":"id","prefix":"charge"}' |
              idempotency key --batch

        A line of a batch has the members name and payload_text, and may have event_key_jmespath,
        payload_validation_jmespath, prefix (the whole text before '#'), hash_function and format. Each line is
        answered by one with the members name, status (key, missing or error), key, validation_hash and error.

        Exit codes: 0, 1 when there is no key, 2 when the tool was called wrongly. A batch that was read to its end
        gives 0.
        """;

    private const string ForJmesPath = """
        Examples:
          echo '{"body":"{\"id\":7}"}' | idempotency jmespath 'powertools_json(body).id'

          Many at once, a JSON line each:
            echo '{"expression":"a.b","document_text":"{\"a\":{\"b\":1}}"}' | idempotency jmespath --batch

        Each line of a batch is answered by {"result": ...} or {"error": kind}. The kinds are those of the
        specification (syntax, invalid-type, invalid-arity, unknown-function, invalid-value), invalid-document when the
        document is no JSON, and invalid-line when the line is not as above.

        Exit codes: 0, 1 when there is no value, 2 when the tool was called wrongly or the expression is none. A batch
        that was read to its end gives 0.
        """;

    private const string ForTable = """
        Examples:
          idempotency table create --table idempotency --region eu-central-1
          idempotency table check --table idempotency --endpoint-url http://localhost:8000

        The credentials are those of the environment or the profile, as with the SDK.

        Exit codes: 0, 1 when the table is not as a store needs it or cannot be asked, 2 when the tool was called wrongly.
        """;

    private const string ForRecord = """
        Examples:
          idempotency show 'charge-order#5feceb66...' --table idempotency
          idempotency release 'charge-order#5feceb66...' --table idempotency

        The key is what `idempotency key` prints for an event. A finished record is never released.

        Exit codes: 0, 1 when there is no such record, or it was left as it is, 2 when the tool was called wrongly.
        """;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = help.Invoke(parseResult);

        string examples = parseResult.CommandResult.Command.Name switch
        {
            KeyCommand.Name => ForKey,
            JmesPathCommand.Name => ForJmesPath,
            TableCommand.Name or "create" or "check" => ForTable,
            RecordCommands.Show or RecordCommands.Release => ForRecord,
            _ => ForTool,
        };

        parseResult.InvocationConfiguration.Output.WriteLine(examples);
        return code;
    }
}
