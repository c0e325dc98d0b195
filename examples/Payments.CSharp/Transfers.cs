// A transfer between two accounts in a table of its own. The two updates are committed in one transaction with the record of
// the call: whatever crashes, the money moves once or not at all.
using System.Globalization;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Idempotency;

namespace Payments;

public sealed record Transfer(string Number, string From, string To, int Cents);

public sealed record TransferReceipt(string Number);

public static class Transfers
{
    private const string Accounts = "payments-accounts";

    public static async Task RunAsync(AmazonDynamoDBClient client, IdempotencyHandler handler, string operation)
    {
        await OpenAccountsAsync(client, ("ann", 10_000), ("bob", 0));

        var transfer = handler.Wrap<Transfer, TransferReceipt>(operation + "-transfer", (order, context, _) =>
        {
            context.EnlistUpdate(Debit(order));
            context.EnlistUpdate(Credit(order));
            return Task.FromResult(new TransferReceipt(order.Number));
        });

        var order = new Transfer("T-1", "ann", "bob", 2_500);

        for (int attempt = 1; attempt <= 3; attempt++)
        {
            await transfer(order, CancellationToken.None);
        }

        Show.Line($"three calls: {await BalancesAsync(client)}");

        try
        {
            await transfer(new Transfer("T-2", "ann", "bob", 900_000), CancellationToken.None);
        }
        catch (EnlistedWritesRefusedException refused)
        {
            Show.Line($"too large a transfer: write {refused.Refusals[0].Index} refused, {refused.Refusals[0].Code}");
        }

        Show.Line($"after it: {await BalancesAsync(client)}");
    }

    private static Update Debit(Transfer order) => new()
    {
        TableName = Accounts,
        Key = Key(order.From),
        UpdateExpression = "SET cents = cents - :cents",
        ConditionExpression = "cents >= :cents",
        ExpressionAttributeValues = new() { [":cents"] = Number(order.Cents) },
    };

    private static Update Credit(Transfer order) => new()
    {
        TableName = Accounts,
        Key = Key(order.To),
        UpdateExpression = "SET cents = cents + :cents",
        ExpressionAttributeValues = new() { [":cents"] = Number(order.Cents) },
    };

    private static async Task OpenAccountsAsync(AmazonDynamoDBClient client, params (string Name, int Cents)[] accounts)
    {
        try
        {
            await client.CreateTableAsync(new CreateTableRequest
            {
                TableName = Accounts,
                BillingMode = BillingMode.PAY_PER_REQUEST,
                KeySchema = [new KeySchemaElement("name", KeyType.HASH)],
                AttributeDefinitions = [new AttributeDefinition("name", ScalarAttributeType.S)],
            });
        }
        catch (ResourceInUseException)
        {
            // It is there from an earlier run.
        }

        while ((await client.DescribeTableAsync(Accounts)).Table.TableStatus != TableStatus.ACTIVE)
        {
            await Task.Delay(500);
        }

        foreach ((string name, int cents) in accounts)
        {
            await client.PutItemAsync(Accounts, new() { ["name"] = new(name), ["cents"] = Number(cents) });
        }
    }

    private static async Task<string> BalancesAsync(AmazonDynamoDBClient client)
    {
        var ann = await client.GetItemAsync(Accounts, Key("ann"), true);
        var bob = await client.GetItemAsync(Accounts, Key("bob"), true);
        return $"ann has {ann.Item["cents"].N}, bob has {bob.Item["cents"].N}";
    }

    private static Dictionary<string, AttributeValue> Key(string name) => new() { ["name"] = new(name) };

    private static AttributeValue Number(int value) => new() { N = value.ToString(CultureInfo.InvariantCulture) };
}
