// What a call costs, against the bare function and against the floor: the same work written out by hand, with no library
// between. Ratios and bytes are what counts; times wobble with the machine.
using BenchmarkDotNet.Attributes;
using Idempotency;

namespace Benchmarks;

[MemoryDiagnoser]
public class CallBenchmarks
{
    private static readonly Func<Order, CancellationToken, Task<Receipt>> ChargeAsync = Order.ChargeAsync;

    private readonly Floor _floor = new();
    private readonly Order _order = new("A-0", 49.90m, "EUR", "4242");
    private IdempotentOperation<Order, Receipt> _whole = null!;
    private IdempotentOperation<Order, Receipt> _selected = null!;
    private int _next;

    [IterationSetup]
    public void Setup()
    {
        _next = 0;
        _floor.Clear();
        var handler = new IdempotencyHandler(new InMemoryStore(4_000_000));
        _whole = handler.Operation<Order, Receipt>("charge-order");

        _selected = handler.Operation<Order, Receipt>("charge-by-number", options =>
        {
            options.KeyFrom(order => order.Id);
            options.CheckPayload = false;
        });

        _floor.Run(_order);
        Now(_whole.TryHandleAsync(_order, ChargeAsync));
        Now(_selected.TryHandleAsync(_order, ChargeAsync));
    }

    [Benchmark(OperationsPerInvoke = 10_000)]
    public void Bare_function() => Repeat(static (_, order) => Order.ChargeAsync(order, default).Result);

    [Benchmark(OperationsPerInvoke = 10_000)]
    public void First_run_floor() => RepeatNew(static (self, order) => self._floor.Run(order));

    [Benchmark(OperationsPerInvoke = 10_000)]
    public void First_run_selected_key() =>
        RepeatNew(static (self, order) => Now(self._selected.TryHandleAsync(order, ChargeAsync)));

    [Benchmark(OperationsPerInvoke = 10_000)]
    public void First_run_whole_input() =>
        RepeatNew(static (self, order) => Now(self._whole.TryHandleAsync(order, ChargeAsync)));

    [Benchmark(OperationsPerInvoke = 10_000)]
    public void Replay_floor() => Repeat(static (self, order) => self._floor.Run(order));

    [Benchmark(OperationsPerInvoke = 10_000)]
    public void Replay_selected_key() =>
        Repeat(static (self, order) => Now(self._selected.TryHandleAsync(order, ChargeAsync)));

    [Benchmark(OperationsPerInvoke = 10_000)]
    public void Replay_whole_input() =>
        Repeat(static (self, order) => Now(self._whole.TryHandleAsync(order, ChargeAsync)));

    /// <summary>The in-memory store answers at once, and so does the function.</summary>
    private static Receipt Now(ValueTask<IdempotencyResult<Receipt>> pending) =>
        pending.IsCompletedSuccessfully
            ? pending.Result.GetValueOrThrow()
            : throw new InvalidOperationException("The call did not complete at once.");

    private void Repeat(Func<CallBenchmarks, Order, Receipt> call)
    {
        for (int i = 0; i < 10_000; i++)
        {
            call(this, _order);
        }
    }

    /// <summary>The new order, and its number, are part of what is measured, in every case alike.</summary>
    private void RepeatNew(Func<CallBenchmarks, Order, Receipt> call)
    {
        for (int i = 0; i < 10_000; i++)
        {
            call(this, _order with { Id = $"B-{_next++}" });
        }
    }
}
