// What a program reads in its log about its calls.
using Idempotency;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace Facade.Tests;

public class LogTests : OnManualTime
{
    private readonly LogSink _log = new();
    private readonly Till _till = new();

    [TearDown]
    public void TearDown() => _log.Dispose();

    private static IEnumerable<IdempotencyOutcome> Outcomes => Refusals.All;

    private IdempotencyHandler Logged(Action<IdempotencyOptions>? configure = null, IIdempotencyStore? store = null) =>
        Handler(
            options =>
            {
                options.LoggerFactory = _log;
                configure?.Invoke(options);
            },
            store);

    [TestCaseSource(nameof(Outcomes))]
    public async Task A_refusal_is_logged_by_its_name(IdempotencyOutcome outcome)
    {
        await (await Refusals.For(outcome, _log)).TryHandleAsync();

        LogEntry entry = _log.Of(outcome.ToString()).Single();
        Assert.Multiple(() =>
        {
            Assert.That(entry.Category, Is.EqualTo("Idempotency"));
            Assert.That(entry.Message, Does.StartWith($"Operation {Refusals.Name}: "));
            Assert.That(entry.Level, Is.InRange(LogLevel.Information, LogLevel.Error));

            if (outcome != IdempotencyOutcome.KeyRejected)
            {
                Assert.That(entry.Message, Does.Contain($"{Refusals.Name}#"), "the key's digest, to find its record");
            }
        });
    }

    [Test]
    public async Task A_run_and_its_replay_are_not_logged()
    {
        IdempotentOperation<Order, Receipt> operation = Logged().Operation<Order, Receipt>("charge");

        await operation.HandleAsync(new Order("A"), _till.ChargeAsync);
        await operation.HandleAsync(new Order("A"), _till.ChargeAsync);

        Assert.That(_log.Entries, Is.Empty);
    }

    [Test]
    public async Task A_take_over_and_a_lost_lease_are_logged()
    {
        IdempotentOperation<Order, Receipt> operation = Logged().Operation<Order, Receipt>("charge");
        var stalled = new Job<Order, Receipt>();
        ValueTask<IdempotencyResult<Receipt>> first = operation.TryHandleAsync(new Order("A"), stalled.RunAsync);
        var run = await stalled.Started();
        Time.Advance(2 * Minute);

        await operation.HandleAsync(new Order("A"), _till.ChargeAsync);
        run.Return(new Receipt("late", 0));
        await first;

        Assert.That(_log.Names, Is.EqualTo(new[] { "TookOver", "LeaseEnded" }));
    }

    [Test]
    public async Task A_call_without_a_key_that_runs_unprotected_is_a_warning()
    {
        IdempotentOperation<Order, Receipt> operation = Logged(o => o.MissingKey = MissingKeyBehavior.RunUnprotected)
            .Operation<Order, Receipt>("charge", o => o.KeyFrom(_ => ""));

        await operation.HandleAsync(new Order("A"), _till.ChargeAsync);

        Assert.That(_log.Entries.Single().Level, Is.EqualTo(LogLevel.Warning));
        Assert.That(_log.Names, Is.EqualTo(new[] { "Unprotected" }));
    }

    [Test]
    public async Task A_fault_of_the_store_is_logged_by_its_type_or_whole_where_that_is_chosen()
    {
        var store = new FaultyStore(Store);
        store.Break(Request.Release);
        var failing = new Func<Order, CancellationToken, Task<Receipt>>((_, _) => throw new InvalidOperationException());

        foreach (bool whole in new[] { false, true })
        {
            var operation = Logged(o => o.LogStoreExceptions = whole, store).Operation<Order, Receipt>("charge");
            Assert.That(
                async () => await operation.HandleAsync(new Order($"{whole}"), failing),
                Throws.InvalidOperationException);
        }

        string[] told = [.. _log.Of("StoreFailed").Select(entry => entry.Everything)];
        Assert.Multiple(() =>
        {
            Assert.That(told, Has.Length.EqualTo(2));
            Assert.That(told[0], Does.Contain("failed to release").And.Contain("(StoreDownException)"));
            Assert.That(told[0], Does.Not.Contain("The store is down."));
            Assert.That(told[1], Does.Contain("The store is down."));
        });
    }

    [Test]
    public async Task A_log_that_fails_does_not_change_the_call()
    {
        IdempotentOperation<Order, Receipt> operation = Handler(o => o.LoggerFactory = new BrokenLog())
            .Operation<Order, Receipt>("charge", o => o.KeyFrom(order => order.Id));

        await operation.HandleAsync(new Order("A"), _till.ChargeAsync);
        IdempotencyResult<Receipt> refused = await operation.TryHandleAsync(new Order("A", 2), _till.ChargeAsync);

        Assert.That(refused.Outcome, Is.EqualTo(IdempotencyOutcome.PayloadMismatch));
    }

    private sealed class BrokenLog : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            throw new IOException("The disk is full.");

        public void Dispose()
        {
        }
    }
}
