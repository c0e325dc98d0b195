// Over a store that answers at once, a synchronous call stays on its thread from its first line to its last.
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class SameThreadTests : OnManualTime
{
    /// <summary>Notes what is sent elsewhere, and never runs it: whoever waits for that hangs.</summary>
    private sealed class DeadEnd : SynchronizationContext
    {
        private int _posted;

        public int Posted => Volatile.Read(ref _posted);

        public override void Post(SendOrPostCallback d, object? state) => Interlocked.Increment(ref _posted);

        public override void Send(SendOrPostCallback d, object? state) => Interlocked.Increment(ref _posted);
    }

    [Test]
    public async Task The_function_runs_on_the_callers_thread()
    {
        int inFunction = 0;
        Func<Order, int> charge = Handler().Wrap<Order, int>("charge", _ =>
        {
            inFunction = Environment.CurrentManagedThreadId;
            return inFunction;
        });

        (int Caller, int First, int Later, int Posted) seen = await OnAThreadOfItsOwn(
            context => (
                Environment.CurrentManagedThreadId,
                charge(new Order("A")),
                charge(new Order("A")),
                context.Posted));

        Assert.Multiple(() =>
        {
            Assert.That(inFunction, Is.EqualTo(seen.Caller));
            Assert.That(seen, Is.EqualTo((seen.Caller, seen.Caller, seen.Caller, 0)));
        });
    }

    [Test]
    public async Task A_failing_function_throws_on_the_callers_thread()
    {
        Func<Order, Receipt> charge = Handler().Wrap<Order, Receipt>(
            "charge",
            Receipt (Order _) => throw new InvalidOperationException($"thread {Environment.CurrentManagedThreadId}"));

        (int Caller, string? Said) seen = await OnAThreadOfItsOwn(_ =>
        {
            var error = Assert.Throws<InvalidOperationException>(() => charge(new Order("A")));
            return (Environment.CurrentManagedThreadId, error?.Message);
        });

        Assert.That(seen.Said, Is.EqualTo($"thread {seen.Caller}"));
    }

    [Test]
    public async Task A_refusal_comes_on_the_callers_thread()
    {
        IdempotentOperation<string, int> operation = Handler().Operation<string, int>("charge");

        IdempotencyOutcome inner = await OnAThreadOfItsOwn(_ =>
        {
            IdempotencyOutcome met = default;
            operation.Handle("a", a =>
            {
                met = operation.TryHandle(a, _ => 0).Outcome;
                return 1;
            });
            return met;
        });

        Assert.That(inner, Is.EqualTo(IdempotencyOutcome.InProgress));
    }

    [Test]
    public void An_asynchronous_call_of_a_function_that_does_not_wait_ends_at_once()
    {
        var till = new Till();
        IdempotencyHandler handler = Handler();

        ValueTask<Receipt> first = handler.HandleAsync("charge", new Order("A"), till.ChargeAsync);
        bool firstAtOnce = first.IsCompletedSuccessfully;
        ValueTask<Receipt> later = handler.HandleAsync("charge", new Order("A"), till.ChargeAsync);
        bool laterAtOnce = later.IsCompletedSuccessfully;

        Assert.That((firstAtOnce, laterAtOnce), Is.EqualTo((true, true)));
    }

    private static Task<T> OnAThreadOfItsOwn<T>(Func<DeadEnd, T> call)
    {
        var ended = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            var context = new DeadEnd();
            SynchronizationContext.SetSynchronizationContext(context);

            try
            {
                ended.SetResult(call(context));
            }
            catch (Exception error)
            {
                ended.SetException(error);
            }
        })
        { IsBackground = true };
        thread.Start();
        return ended.Task.Soon();
    }
}
