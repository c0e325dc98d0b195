// `idempotency table`: makes the table of a store, or looks whether one is right.
using System.CommandLine;

namespace Idempotency.Cli;

internal static class TableCommand
{
    public const string Name = "table";

    public static Command Create(Streams streams) =>
        new(Name, "Makes the DynamoDB table of a store, or looks whether one is right.")
        {
            Of(
                "create",
                "Makes the table, billed on demand and with TTL; one that is there is only checked.",
                streams,
                (client, table, layout, cancellation) => DynamoDbTable.CreateAsync(client, table, layout, cancellation)),
            Of(
                "check",
                "Looks whether the table is as a store needs it, and says what to do where it is not.",
                streams,
                (client, table, layout, cancellation) => DynamoDbTable.CheckAsync(client, table, layout, cancellation)),
        };

    private static Command Of(
        string name,
        string description,
        Streams streams,
        Func<Amazon.DynamoDBv2.IAmazonDynamoDB, string, DynamoDbStoreOptions, CancellationToken, Task<TableReport>> look)
    {
        var command = new Command(name, description);
        var options = new TableOptions();
        options.AddTo(command);

        command.SetAction((parsed, cancellation) => DynamoDb.Use(options, parsed, streams, async client =>
        {
            TableReport report = await look(client, options.Table(parsed), options.Layout(parsed), cancellation)
                .ConfigureAwait(false);

            (report.IsUsable ? streams.Out : streams.Error).WriteLine(report);
            return report.IsUsable ? ExitCodes.Done : ExitCodes.Failed;
        }));
        return command;
    }
}
