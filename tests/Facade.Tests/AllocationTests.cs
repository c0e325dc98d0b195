// What calls allocate, and that none of them throws inside: bytes do not depend on the machine's load, so they are held to
// within a tenth. Times are measured by benchmarks/, and held to nothing here.
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

[NonParallelizable]
public sealed class AllocationTests
{
    private sealed record Order(string Id, decimal Amount, string Currency, string Card);

    private sealed record Receipt(string Number, decimal Amount);

    private const int Keys = 500;
    private static readonly Order[] Orders = [.. Enumerable.Range(0, Keys).Select(i => new Order($"A-{i:000}", 49.90m, "EUR", "4242"))];
    private static readonly Order[] Changed = [.. Orders.Select(order => order with { Amount = 1 })];
    private static readonly Task<Receipt> Charged = Task.FromResult(new Receipt("R-1", 49.90m));
    private static readonly Func<Order, CancellationToken, Task<Receipt>> ChargeAsync = (_, _) => Charged;
    private static readonly Task<Receipt> Never = new TaskCompletionSource<Receipt>().Task;

    /// <summary>What is measured, and the bytes of one call. The function itself allocates nothing here. Of a refusal most is its
    /// exception, which is made, but not thrown.</summary>
    private static readonly Dictionary<string, (int Bytes, Func<Action<int>> Prepare)> Calls = new()
    {
        ["first run"] = (BytesOfFirstRun, () => FirstRun(Selected)),
        ["first run, payload checked"] = (BytesOfFirstRun + BytesOfPayload, () => FirstRun(options => options.KeyFrom(order => order.Id))),
        ["replay"] = (BytesOfReplay, () => Repeated(new InMemoryStore(), Selected, Orders)),
        ["replay, payload checked"] =
            (BytesOfReplay + BytesOfPayload, () => Repeated(new InMemoryStore(), options => options.KeyFrom(order => order.Id), Orders)),
        ["replay from the local cache"] =
            (BytesOfReplay, () => Repeated(new CachedStore(new InMemoryStore(), new LocalCache(Keys)), Selected, Orders)),
        ["replay, key made before"] = (BytesOfReplay - 176, KeyMadeBefore),
        ["in progress"] = (1_215, InProgress),
        ["another payload"] = (1_140, () => Repeated(new InMemoryStore(), options => options.KeyFrom(order => order.Id), Changed)),
    };

    private const int BytesOfFirstRun = 944;
    private const int BytesOfReplay = 416;
    private const int BytesOfPayload = 56;

    [TestCaseSource(nameof(Names))]
    public void A_call_allocates_no_more_than_it_did(string name)
    {
        var (expected, prepare) = Calls[name];
        double least = double.MaxValue;

        // The runtime compiles what is hot anew, and what it then leaves out it allocated before.
        for (var watch = Stopwatch.StartNew(); least > expected * 1.1 && watch.Elapsed < TimeSpan.FromSeconds(30);)
        {
            Action<int> call = prepare();
            long before = GC.GetAllocatedBytesForCurrentThread();

            for (int i = 0; i < Keys; i++)
            {
                call(i);
            }

            least = Math.Min(least, (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Keys);
        }

        Assert.That(least, Is.EqualTo(expected).Within(10).Percent, $"{name}: bytes of a call. If they are fewer, keep it so: correct the table.");
    }

    [TestCaseSource(nameof(Names))]
    public void A_call_throws_nothing_inside(string name)
    {
        Action<int> call = Calls[name].Prepare();
        int thread = Environment.CurrentManagedThreadId;
        int thrown = 0;

        void Count(object? sender, FirstChanceExceptionEventArgs e) =>
            thrown += Environment.CurrentManagedThreadId == thread ? 1 : 0;

        AppDomain.CurrentDomain.FirstChanceException += Count;

        try
        {
            for (int i = 0; i < Keys; i++)
            {
                call(i);
            }
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Count;
        }

        Assert.That(thrown, Is.Zero);
    }

    private static string[] Names() => [.. Calls.Keys];

    private static void Selected(OperationOptions<Order> options)
    {
        options.KeyFrom(order => order.Id);
        options.CheckPayload = false;
    }

    private static Action<int> FirstRun(Action<OperationOptions<Order>> choose)
    {
        var operation = new IdempotencyHandler(new InMemoryStore()).Operation<Order, Receipt>("charge-order", choose);
        return i => Ended(operation.TryHandleAsync(Orders[i], ChargeAsync));
    }

    private static Action<int> Repeated(IIdempotencyStore store, Action<OperationOptions<Order>> choose, Order[] retries)
    {
        var operation = new IdempotencyHandler(store).Operation<Order, Receipt>("charge-order", choose);
        Array.ForEach(Orders, order => Ended(operation.TryHandleAsync(order, ChargeAsync)));
        return i => Ended(operation.TryHandleAsync(retries[i], ChargeAsync));
    }

    private static Action<int> KeyMadeBefore()
    {
        var operation = new IdempotencyHandler(new InMemoryStore()).Operation<Order, Receipt>("charge-order", Selected);
        IdempotencyKey[] keys = [.. Orders.Select(operation.GetKey)];
        Array.ForEach(Orders, order => Ended(operation.TryHandleAsync(order, ChargeAsync)));
        return i => Ended(operation.TryHandleAsync(keys[i], Orders[i], ChargeAsync));
    }

    private static Action<int> InProgress()
    {
        var operation = new IdempotencyHandler(new InMemoryStore()).Operation<Order, Receipt>("charge-order", Selected);
        Array.ForEach(Orders, order => _ = operation.TryHandleAsync(order, (_, _) => Never).AsTask());
        return i => Ended(operation.TryHandleAsync(Orders[i], ChargeAsync));
    }

    private static void Ended(ValueTask<IdempotencyResult<Receipt>> pending)
    {
        if (!pending.IsCompletedSuccessfully || pending.Result.Outcome == IdempotencyOutcome.None)
        {
            throw new InvalidOperationException("The call did not end at once.");
        }
    }
}
