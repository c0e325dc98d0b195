// Parts of a call on their own: the state machine, and the F# expression beside the C# handler.
using Idempotency;
using Idempotency.Core;
using Microsoft.FSharp.Core;

namespace Benchmarks.Quick;

internal static class PartCases
{
    public static IEnumerable<Case> All() => [.. Surfaces(), .. Machine(), .. Expressions()];

    private static Case[] Surfaces()
    {
        const string table = "replay by each surface, in memory";
        const string floor = "C# handler";
        var order = new Order("A-1", 49.90m, "EUR", "4242");
        var handled = new IdempotencyHandler(new InMemoryStore()).Operation<Order, Receipt>("charge-order", options =>
        {
            options.KeyFrom(one => one.Id);
            options.CheckPayload = false;
        });
        var wrapped = new IdempotencyHandler(new InMemoryStore()).Wrap<Order, Receipt>("charge-order", Order.ChargeAsync, options =>
        {
            options.KeyFrom(one => one.Id);
            options.CheckPayload = false;
        });
        Func<Order, CancellationToken, Task<Receipt>> charge = Order.ChargeAsync;

        // What `protect operation order { ... }` compiles to.
        var prepared = Idempotent.operationBy<Order, string, Receipt>(
            Idempotent.handlerWith(WithoutPayloads(), new InMemoryStore()),
            "charge-order",
            FSharpFunc<Order, string>.FromConverter(one => one.Id));

        return
        [
            new(table, floor, floor, count =>
            {
                for (int i = 0; i < count; i++)
                {
                    handled.TryHandleAsync(order, charge).AsTask().Wait();
                }
            }),
            new(table, "C# wrapper", floor, count =>
            {
                for (int i = 0; i < count; i++)
                {
                    wrapped(order, default).Wait();
                }
            }),
            new(table, "F# expression", floor, count =>
            {
                for (int i = 0; i < count; i++)
                {
                    new IdempotentBuilder<Order, Receipt>(prepared, order).Call(() => Order.ChargeAsync(order, default)).Wait();
                }
            }),
        ];
    }

    private static HandlerOptions WithoutPayloads()
    {
        HandlerOptions o = Idempotent.defaults;
        KeyOptions k = o.Keys;
        return new HandlerOptions(
            o.Policy,
            o.LeaseFrom,
            o.Time,
            o.Json,
            new KeyOptions(k.Scope, k.Hash, false, k.MaxDepth, k.Functions),
            o.MissingKey,
            o.Classify,
            o.FirstLook,
            o.Unprotected,
            o.Observer);
    }

    private static Case[] Machine()
    {
        const string table = "the state machine alone, a first run";
        const string floor = "its four steps";
        var ticket = new Ticket(
            "charge-order", "charge-order#1", new OwnerToken("me"), Fingerprint.None, 60_000, Defaults.policy, false, false);
        var applied = FSharpResult<StoreReply, Exception>.NewOk(StoreReply.NewApplied(null));
        var result = new Payload([1, 2, 3]);

        return
        [
            new(table, floor, floor, count =>
            {
                for (int i = 0; i < count; i++)
                {
                    var acquiring = (Step.Acquire)Protocol.start(ticket, 1_000, null);
                    var running = (Step.Run)Protocol.onAcquired(acquiring.Item, 1_000, applied);
                    var saving = (Step.Complete)Protocol.onReturned(running.Item, 1_000, result, Enlisted.None);

                    if (Protocol.onCompleted(saving.Item, 1_000, applied) is not Step.Done)
                    {
                        throw new InvalidOperationException("The run was not saved.");
                    }
                }
            }),
        ];
    }

    private static Case[] Expressions()
    {
        const string table = "JMESPath over 50 items";
        const string floor = "JsonDocument.Parse of the text";
        byte[] json = System.Text.Encoding.UTF8.GetBytes(
            "{\"items\":[" + string.Join(',', Enumerable.Range(0, 50).Select(i => $"{{\"sku\":\"A-{i:000}\",\"qty\":{i % 7}}}")) + "]}");
        var filter = JmesPathExpression.Compile("items[?qty > `3`].sku");

        return
        [
            new(table, floor, floor, count =>
            {
                for (int i = 0; i < count; i++)
                {
                    System.Text.Json.JsonDocument.Parse(json).Dispose();
                }
            }),
            new(table, "``items[?qty > `3`].sku``", floor, count =>
            {
                for (int i = 0; i < count; i++)
                {
                    filter.EvaluateUtf8(json);
                }
            }),
        ];
    }
}
