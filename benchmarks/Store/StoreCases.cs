// What a call costs on DynamoDB, against the same requests sent by hand through the same client; and, with a client that has
// its answers at once, what is left of a call without them.
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Benchmarks.Quick;
using Idempotency;

namespace Benchmarks.Store;

internal static class StoreCases
{
    private const string Data = """{"Number":"A-0","Amount":49.90}""";
    private const string Owner = "AAECAwQFBgcICQoLDA0ODw";

    /// <summary>About as long as a key of ours.</summary>
    private static readonly string Key = new('k', 61);

    private static readonly Func<Order, CancellationToken, Task<Receipt>> ChargeAsync = Order.ChargeAsync;

    public static IEnumerable<Case> All(Table table)
    {
        new RawCalls(table.Client, table.Name).Put(Key, Owner);
        new RawCalls(table.Client, table.Name).Update(Key, Owner, Data);
        Dictionary<string, AttributeValue> item =
            table.Client.GetItemAsync(table.Name, new() { ["id"] = new(Key) }).Result.Item;
        return [.. Of("DynamoDB Local", table.Client, table.Name), .. Of("answers at once", new CannedClient(item), "canned")];
    }

    private static Case[] Of(string where, IAmazonDynamoDB client, string table)
    {
        var raw = new RawCalls(client, table);
        var order = new Order("A-0", 49.90m, "EUR", "4242");
        IdempotentOperation<Order, Receipt> write = Operation(client, table, FirstLookBehavior.Write);
        IdempotentOperation<Order, Receipt> read = Operation(client, table, FirstLookBehavior.Read);
        int next = 0;

        Case Row(string title, string name, string floor, Action once) =>
            new($"{where}: {title}", name, floor, count =>
            {
                for (int i = 0; i < count; i++)
                {
                    once();
                }
            })
            {
                Before = () => Now(write.TryHandleAsync(order, ChargeAsync)),
            };

        const string twoWrites = "raw PutItem, UpdateItem";
        const string refused = "raw PutItem that is refused";
        const string get = "raw consistent GetItem";

        Case[] rows =
        [
            Row("first run", twoWrites, twoWrites, () =>
            {
                string key = $"{Key}{next++:D10}";
                raw.Put(key, Owner);
                raw.Update(key, Owner, Data);
            }),
            Row("first run", "`FirstLook = Write`", twoWrites, () =>
                Now(write.TryHandleAsync(order with { Id = $"B-{next++:D10}" }, ChargeAsync))),
            Row("replay by a read", get, get, () => raw.Get(Key)),
            Row("replay by a read", "`FirstLook = Read`", get, () => Now(read.TryHandleAsync(order, ChargeAsync))),
            Row("replay by a write", refused, refused, () => raw.RefusedPut(Key, Owner)),
            Row("replay by a write", "`FirstLook = Write`", refused, () => Now(write.TryHandleAsync(order, ChargeAsync))),
        ];

        // Nothing is refused by a client that answers the same to everything.
        return client is CannedClient ? rows[..4] : rows;
    }

    /// <summary>An operation whose key is the order's number.</summary>
    /// <param name="client">The client of its store.</param>
    /// <param name="table">Where its records are.</param>
    /// <param name="look">What a call sends first.</param>
    private static IdempotentOperation<Order, Receipt> Operation(
        IAmazonDynamoDB client, string table, FirstLookBehavior look) =>
        new IdempotencyHandler(new DynamoDbStore(client, table)).Operation<Order, Receipt>("charge", options =>
        {
            options.KeyFrom(order => order.Id);
            options.CheckPayload = false;
            options.FirstLook = look;
        });

    private static Receipt Now(ValueTask<IdempotencyResult<Receipt>> pending) =>
        pending.AsTask().GetAwaiter().GetResult().GetValueOrThrow();
}
