// `idempotency key --batch`: one line, one key, or the reason why there is none.
using System.Text.Json;
using Idempotency.Core;

namespace Idempotency.Cli;

internal static class KeyBatch
{
    public static string Answer(string line)
    {
        string? name = null;

        try
        {
            JsonElement given = JsonLines.Parse(line);
            name = given.NeededText("name");
            return Make(name, given);
        }
        catch (JsonException problem)
        {
            return Failed(name, problem.Message);
        }
    }

    private static string Make(string name, JsonElement given)
    {
        byte[] payload = Utf8.Bytes(given.NeededText("payload_text"));
        var named = KeyChoice.Named(given.Text("format"), given.Text("hash_function"));

        if (named.IsError)
        {
            return Failed(name, named.ErrorValue);
        }

        var choice = new KeyChoice(
            named.ResultValue.Format,
            given.Text("prefix") ?? "",
            given.Text("event_key_jmespath"),
            given.Text("payload_validation_jmespath"),
            named.ResultValue.Hash,
            OwnMissingRule: !named.ResultValue.Format.IsCanonical);

        var prepared = choice.Prepare();

        if (prepared.IsError)
        {
            return Failed(name, prepared.ErrorValue.Summary);
        }

        var made = prepared.ResultValue.Make(payload);

        return made switch
        {
            { IsOk: true } => Line(name, "key", made.ResultValue, null),
            { ErrorValue.IsMissing: true } => Line(name, "missing", null, null),
            _ => Failed(name, KeyProblems.Message(made.ErrorValue)),
        };
    }

    private static string Failed(string? name, string error) => Line(name, "error", null, error);

    private static string Line(string? name, string status, EventKey? key, string? error) => JsonText.Write(writer =>
    {
        writer.WriteString("name", name);
        writer.WriteString("status", status);
        writer.WriteString("key", key?.Key);
        writer.WriteString("validation_hash", key?.ValidationHash);
        writer.WriteString("error", error);
    });
}
