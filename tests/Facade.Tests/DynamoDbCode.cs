// The code of docs/dynamodb.md. What needs a region, and a table there, is only compiled here; the examples run the same.
using System.Text.Json.Serialization;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public sealed partial class DynamoDbCode
{
    private sealed record Transfer(string Number);

    private sealed record TransferReceipt(string Number);

    internal sealed record Report(string Text);

    [JsonSerializable(typeof(Report))]
    internal sealed partial class ReportJson : JsonSerializerContext;

    private static Update Debit(Transfer order) => new() { TableName = order.Number };

    private static Update Credit(Transfer order) => new() { TableName = order.Number };

    internal static async Task UseAsync()
    {
        var client = new AmazonDynamoDBClient(DynamoDbClientSettings.Apply(new AmazonDynamoDBConfig()));
        var handler = new IdempotencyHandler(new DynamoDbStore(client, "idempotency"));

        var transfer = handler.Wrap<Transfer, TransferReceipt>("transfer", (order, context, _) =>
        {
            context.EnlistUpdate(Debit(order));
            context.EnlistUpdate(Credit(order));
            return Task.FromResult(new TransferReceipt(order.Number));
        });

        TableReport report = await DynamoDbTable.CheckAsync(client, "idempotency");
        report.ThrowIfUnusable();
        await transfer(new Transfer("T-1"), CancellationToken.None);
    }

    [Test]
    public void A_large_result_is_compressed()
    {
        var handler = new IdempotencyHandler(new InMemoryStore());
        IResultCodec<Report> codec = new CompressedCodec<Report>(new JsonResultCodec<Report>(ReportJson.Default.Report));
        var operation = handler.Operation<string, Report>("monthly-report", codec);

        var report = new Report(new string('x', 100_000));
        operation.Handle("May", _ => report);
        Assert.That(operation.Handle("May", _ => new Report("")), Is.EqualTo(report));
    }
}
