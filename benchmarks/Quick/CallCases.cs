// What a call costs, against the floor: the same work written out by hand, with no library between. The function that is
// called is the same everywhere, and what it allocates is part of every row.
using Idempotency;

namespace Benchmarks.Quick;

internal static class CallCases
{
    private const int Keys = 1_000;
    private static readonly Func<Order, CancellationToken, Task<Receipt>> ChargeAsync = Order.ChargeAsync;

    public static IEnumerable<Case> All() => [.. FirstRun(), .. Replay(), .. Cached(), .. KeyGiven(), .. Refused()];

    private static Case[] FirstRun()
    {
        const string table = "first run, in memory";
        const string floor = "the same by hand";
        const int atMost = 50_000;
        var byHand = new Floor();
        Order[] orders = [.. Enumerable.Range(0, atMost).Select(Numbered)];

        Case Of(string name, Action<OperationOptions<Order>> choose)
        {
            IdempotentOperation<Order, Receipt>? operation = null;

            return new Case(table, name, floor, count =>
            {
                for (int i = 0; i < count; i++)
                {
                    Now(operation!.TryHandleAsync(orders[i], ChargeAsync));
                }
            })
            {
                AtMost = atMost,
                Before = () => operation = new IdempotencyHandler(new InMemoryStore()).Operation<Order, Receipt>("charge-order", choose),
            };
        }

        return
        [
            new(table, floor, floor, count =>
            {
                for (int i = 0; i < count; i++)
                {
                    byHand.Run(orders[i]);
                }
            })
            {
                AtMost = atMost,
                Before = byHand.Clear,
            },
            new(table, "the bare function", floor, count =>
            {
                for (int i = 0; i < count; i++)
                {
                    Order.ChargeAsync(orders[i], default).GetAwaiter().GetResult();
                }
            })
            {
                AtMost = atMost,
            },
            Of("a selected key", Selected),
            Of("a selected key, the payload checked", options => options.KeyFrom(order => order.Id)),
            Of("the whole input", _ => { }),
        ];
    }

    private static Case[] Replay()
    {
        const string table = "replay, in memory";
        const string floor = "the same by hand";

        return
        [
            OfFloor(table, floor),
            Of(table, "a selected key", floor, () => new InMemoryStore(), Selected),
            Of(table, "a selected key, the payload checked", floor, () => new InMemoryStore(), o => o.KeyFrom(order => order.Id)),
            Of(table, "the whole input", floor, () => new InMemoryStore(), _ => { }),
        ];
    }

    private static Case[] Cached()
    {
        const string table = "replay from the local cache";
        const string floor = "the same by hand";

        return
        [
            OfFloor(table, floor),
            Of(table, "a selected key", floor, () => new CachedStore(new InMemoryStore(), new LocalCache(2 * Keys)), Selected),
        ];
    }

    private static Case[] KeyGiven()
    {
        const string table = "replay, the key made before";
        const string floor = "the same by hand";
        var byHand = new Floor();
        Order[] orders = Orders();
        string[] keys = [.. orders.Select(order => Floor.KeyOf(order))];
        Array.ForEach(orders, order => byHand.Run(order));
        var operation = new IdempotencyHandler(new InMemoryStore()).Operation<Order, Receipt>("charge-order", Selected);
        IdempotencyKey[] made = [.. orders.Select(operation.GetKey)];
        Array.ForEach(orders, order => Now(operation.TryHandleAsync(order, ChargeAsync)));

        return
        [
            new(table, floor, floor, count =>
            {
                for (int i = 0; i < count; i++)
                {
                    byHand.Run(keys[i % Keys], orders[i % Keys]);
                }
            }),
            new(table, "`GetKey` before", floor, count =>
            {
                for (int i = 0; i < count; i++)
                {
                    Now(operation.TryHandleAsync(made[i % Keys], orders[i % Keys], ChargeAsync));
                }
            }),
        ];
    }

    private static Case[] Refused()
    {
        const string table = "refused, in memory";
        const string floor = "replay, by hand";
        Order[] orders = Orders();
        var running = new TaskCompletionSource<Receipt>();
        var handler = new IdempotencyHandler(new InMemoryStore());
        var busy = handler.Operation<Order, Receipt>("charge-order", Selected);
        var done = handler.Operation<Order, Receipt>("charge-once", options => options.KeyFrom(order => order.Id));

        foreach (Order order in orders)
        {
            _ = busy.TryHandleAsync(order, (_, _) => running.Task).AsTask();
            Now(done.TryHandleAsync(order, ChargeAsync));
        }

        Order[] others = [.. orders.Select(order => order with { Amount = 1 })];

        Case Of(string name, IdempotentOperation<Order, Receipt> operation, Order[] inputs) =>
            new(table, name, floor, count =>
            {
                for (int i = 0; i < count; i++)
                {
                    if (Ended(operation.TryHandleAsync(inputs[i % Keys], ChargeAsync)).HasValue)
                    {
                        throw new InvalidOperationException("The call was to be refused.");
                    }
                }
            });

        return
        [
            OfFloor(table, floor),
            Of("in progress", busy, orders),
            Of("another payload", done, others),
        ];
    }

    private static void Selected(OperationOptions<Order> options)
    {
        options.KeyFrom(order => order.Id);
        options.CheckPayload = false;
    }

    private static Case OfFloor(string table, string name)
    {
        var byHand = new Floor();
        Order[] orders = Orders();
        Array.ForEach(orders, order => byHand.Run(order));

        return new(table, name, name, count =>
        {
            for (int i = 0; i < count; i++)
            {
                byHand.Run(orders[i % Keys]);
            }
        });
    }

    private static Case Of(
        string table,
        string name,
        string floor,
        Func<IIdempotencyStore> store,
        Action<OperationOptions<Order>> choose)
    {
        Order[] orders = Orders();
        var operation = new IdempotencyHandler(store()).Operation<Order, Receipt>("charge-order", choose);
        Array.ForEach(orders, order => Now(operation.TryHandleAsync(order, ChargeAsync)));

        return new(table, name, floor, count =>
        {
            for (int i = 0; i < count; i++)
            {
                Now(operation.TryHandleAsync(orders[i % Keys], ChargeAsync));
            }
        });
    }

    private static Order[] Orders() => [.. Enumerable.Range(0, Keys).Select(Numbered)];

    private static Order Numbered(int number) => new($"A-{number}", 49.90m, "EUR", "4242");

    /// <summary>The in-memory store answers at once, and so does the function.</summary>
    private static Receipt Now(ValueTask<IdempotencyResult<Receipt>> pending) => Ended(pending).GetValueOrThrow();

    private static IdempotencyResult<Receipt> Ended(ValueTask<IdempotencyResult<Receipt>> pending) =>
        pending.IsCompletedSuccessfully
            ? pending.Result
            : throw new InvalidOperationException("The call did not complete at once.");
}
