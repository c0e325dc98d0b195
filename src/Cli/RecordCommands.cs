// `idempotency show` and `idempotency release`: one record, by its key.
using System.CommandLine;
using System.Globalization;
using System.Text;
using Idempotency.Core;

namespace Idempotency.Cli;

internal static class RecordCommands
{
    public const string Show = "show";
    public const string Release = "release";

    public static Command CreateShow(Streams streams)
    {
        var key = Key();
        Option<bool> data = new("--data") { Description = "Print the result too. It may hold what is nobody's business." };
        var command = new Command(Show, "Prints the record of a key.") { key, data };
        var options = new TableOptions();
        options.AddTo(command);

        command.SetAction((parsed, cancellation) => DynamoDb.Use(options, parsed, streams, async client =>
        {
            Record? record = await DynamoDbRecords.FindAsync(
                client, options.Table(parsed), parsed.GetValue(key)!, options.Layout(parsed), cancellation)
                .ConfigureAwait(false);

            if (record is null)
            {
                streams.Error.WriteLine($"There is no record under '{parsed.GetValue(key)}'.");
                return ExitCodes.Failed;
            }

            Print(record, parsed.GetValue(data), streams.Out);
            return ExitCodes.Done;
        }));
        return command;
    }

    public static Command CreateRelease(Streams streams)
    {
        var key = Key();
        Option<bool> force = new("--force")
        {
            Description = "Give the lock back although its lease has not ended. Its call may still be running.",
        };
        var command = new Command(Release, "Gives back a lock whose lease has ended, so that the next call runs.")
        {
            key,
            force,
        };
        var options = new TableOptions();
        options.AddTo(command);

        command.SetAction((parsed, cancellation) => DynamoDb.Use(options, parsed, streams, async client =>
        {
            LockRelease became = await DynamoDbRecords.ReleaseAsync(
                client,
                options.Table(parsed),
                parsed.GetValue(key)!,
                Effects.SystemTime.GetUtcNow(),
                parsed.GetValue(force),
                options.Layout(parsed),
                cancellation).ConfigureAwait(false);

            (became == LockRelease.Released ? streams.Out : streams.Error).WriteLine(became switch
            {
                LockRelease.Released => "Released: the next call with this key runs.",
                LockRelease.NoRecord => "There is no record under this key.",
                LockRelease.Finished => "The record is finished; nothing holds the key. It was left as it is.",
                _ => "The lease has not ended, and its call may still be running. Use --force to release it all the same.",
            });
            return became == LockRelease.Released ? ExitCodes.Done : ExitCodes.Failed;
        }));
        return command;
    }

    private static Argument<string> Key() =>
        new("KEY") { Description = "The key's text, as `idempotency key` prints it." };

    private static void Print(Record record, bool withData, TextWriter output)
    {
        void Row(string label, string value) => output.WriteLine($"{label,-12}{value}");

        Row("key", record.Key);
        Row("status", record.Status.ToString());
        Row("expires", Moment(Time.ofSeconds(record.Expires)));

        if (record.LeaseEnds is { } ends)
        {
            Row("lease ends", Moment(ends));
        }

        Row("owner", record.Owner.ToString());
        Row("fingerprint", record.Fingerprint.ToString());
        Row("result", record.Payload.ToString());

        if (withData && record.Payload.Utf8 is { } bytes)
        {
            output.WriteLine(Encoding.UTF8.GetString(bytes));
        }
    }

    private static string Moment(long milliseconds) =>
        Time.toDateTimeOffset(milliseconds).ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
