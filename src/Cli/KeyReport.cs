// One event: its key, and everything on the way there, for people or for scripts.
using Idempotency.Core;

namespace Idempotency.Cli;

internal static class KeyReport
{
    public static int Run(KeyChoice choice, string? file, bool asJson, Streams streams)
    {
        var prepared = choice.Prepare();

        if (prepared.IsError)
        {
            streams.Error.WriteLine(prepared.ErrorValue.Message);
            return ExitCodes.Misused;
        }

        return Input.Use(file, streams, reader =>
        {
            if (Input.ReadAll(reader, streams.Error) is not { } json)
            {
                return ExitCodes.Failed;
            }

            var made = prepared.ResultValue.Make(json);

            if (made.IsError)
            {
                streams.Error.WriteLine(KeyProblems.Message(made.ErrorValue));
                return ExitCodes.Failed;
            }

            streams.Out.WriteLine(asJson ? Json(choice, made.ResultValue) : Text(choice, made.ResultValue));
            return ExitCodes.Done;
        });
    }

    private static string Text(KeyChoice choice, EventKey key)
    {
        (string Label, string? Value)[] rows =
        [
            ("selected", JsonText.OnOneLine(key.Selected)),
            ("hashed", key.Text),
            (choice.Hash.Name, key.Digest),
            ("key", key.Key),
            ("validation", key.ValidationHash),
        ];

        return string.Join('\n', rows.Where(row => row.Value is not null).Select(row => $"{row.Label,-12}{row.Value}"));
    }

    private static string Json(KeyChoice choice, EventKey key) => JsonText.Write(writer =>
    {
        writer.WriteString("key", key.Key);
        writer.WriteString("digest", key.Digest);
        writer.WriteString("hash_function", choice.Hash.Name);
        writer.WriteString("hashed_text", key.Text);
        writer.WriteString("selected", JsonText.OnOneLine(key.Selected));
        writer.WriteString("validation_hash", key.ValidationHash);
    });
}
