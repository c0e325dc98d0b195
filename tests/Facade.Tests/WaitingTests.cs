// A duplicate that may wait: it gets the result, runs itself when nobody else will, or is told when to come back.
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class WaitingTests : OnManualTime
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly Job<string, string> _job = new();

    [Test]
    public async Task A_duplicate_waits_for_the_result()
    {
        Task<IdempotencyResult<string>> running = Call();
        Job<string, string>.Run run = await _job.Started();
        Task<IdempotencyResult<string>> duplicate = Call();
        await Time.WhenTimersSet(1).Soon();

        Assert.That(duplicate.IsCompleted, Is.False);
        run.Return("result");
        await running.Soon();
        IdempotencyResult<string> result = await Finish(duplicate, Step);

        Assert.That(
            (result.Outcome, result.GetValueOrThrow(), _job.Runs),
            Is.EqualTo((IdempotencyOutcome.Replayed, "result", 1)));
    }

    [Test]
    public async Task A_synchronous_duplicate_waits_on_its_own_thread()
    {
        Task<IdempotencyResult<string>> running = Call();
        Job<string, string>.Run run = await _job.Started();
        IdempotentOperation<string, string> operation = Operation();
        Task<string> duplicate = Task.Factory.StartNew(
            () => operation.Handle("key", _ => "run twice"),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await Time.WhenTimersSet(1).Soon();

        run.Return("result");
        await running.Soon();

        Assert.That(await Finish(duplicate, Step), Is.EqualTo("result"));
    }

    [Test]
    public async Task Ten_duplicates_wait_for_one_run()
    {
        Task<IdempotencyResult<string>>[] calls = [.. Enumerable.Range(0, 10).Select(_ => Call())];
        Job<string, string>.Run run = await _job.Started();
        await Time.WhenTimersSet(9).Soon();

        run.Return("result");
        IdempotencyResult<string>[] results = await Finish(Task.WhenAll(calls), Step);

        Assert.Multiple(() =>
        {
            Assert.That(results.Select(result => result.GetValueOrThrow()), Is.All.EqualTo("result"));
            Assert.That(results.Count(result => result.Outcome == IdempotencyOutcome.Executed), Is.EqualTo(1));
            Assert.That(_job.Runs, Is.EqualTo(1));
        });
    }

    [Test]
    public async Task A_duplicate_that_has_waited_long_enough_is_told_when_to_come_back()
    {
        Task<IdempotencyResult<string>> running = Call();
        Job<string, string>.Run run = await _job.Started();
        DateTimeOffset start = Time.UtcNow;

        IdempotencyResult<string> result = await Finish(Call(o => o.WaitAtMost = 5 * Second), Instant);

        Assert.Multiple(() =>
        {
            Assert.That(result.Refusal, Is.TypeOf<IdempotencyAlreadyInProgressException>());
            Assert.That(Time.UtcNow - start, Is.EqualTo(5 * Second));
            Assert.That(result.Refusal!.RetryAfter, Is.EqualTo((56 * Second) + Instant), "after a lease of 61 s, less the 5 s waited");
        });
        run.Return("result");
        Assert.That((await running.Soon()).Outcome, Is.EqualTo(IdempotencyOutcome.Executed));
    }

    [Test]
    public async Task A_duplicate_takes_over_when_the_lease_of_the_running_call_ends()
    {
        Task<IdempotencyResult<string>> hung = Call();
        await _job.Started();
        Task<IdempotencyResult<string>> duplicate = Call(o => o.WaitAtMost = 5 * Minute);

        Task<Job<string, string>.Run> next = _job.Started();
        Job<string, string>.Run takeOver = await Finish(next, Step);
        takeOver.Return("second");
        IdempotencyResult<string> result = await duplicate.Soon();

        Assert.Multiple(() =>
        {
            Assert.That(takeOver.Context.IsTakeOver, Is.True);
            Assert.That(result.GetValueOrThrow(), Is.EqualTo("second"));
            Assert.That(hung.IsCompleted, Is.False);
        });
    }

    [Test]
    public async Task A_duplicate_runs_itself_when_the_running_call_fails()
    {
        Task<IdempotencyResult<string>> running = Call();
        Job<string, string>.Run run = await _job.Started();
        Task<IdempotencyResult<string>> duplicate = Call();
        await Time.WhenTimersSet(1).Soon();

        run.Throw(new InvalidOperationException());
        Assert.That(running.Soon, Throws.InvalidOperationException);
        Job<string, string>.Run second = await Finish(_job.Started(), Step);
        second.Return("second");

        Assert.That((await duplicate.Soon()).Outcome, Is.EqualTo(IdempotencyOutcome.Executed));
    }

    [Test]
    public async Task A_duplicate_with_another_payload_does_not_wait()
    {
        static void ByLength(OperationOptions<string> options) => options.KeyFrom(text => text.Length);
        IdempotentOperation<string, string> operation =
            Handler(o => o.InProgress = InProgressBehavior.Wait).Operation<string, string>("job", ByLength);
        Task<string> running = operation.HandleAsync("key", _job.RunAsync).AsTask();
        Job<string, string>.Run run = await _job.Started();

        IdempotencyResult<string> result = await operation.TryHandleAsync("yek", _job.RunAsync).AsTask().Soon();

        Assert.That(result.Outcome, Is.EqualTo(IdempotencyOutcome.PayloadMismatch));
        run.Return("result");
        await running.Soon();
    }

    [Test]
    public async Task A_duplicate_looks_less_and_less_often()
    {
        var store = new FaultyStore(Store);
        Task<IdempotencyResult<string>> running = Call();
        Job<string, string>.Run run = await _job.Started();

        await Finish(Call(o => o.WaitAtMost = 30 * Second, store), TimeSpan.FromMilliseconds(5));

        // At most all pauses are cut by a half, to 25, 50, ... and then 1000 ms; at least none is.
        Assert.That(store.Requests.Count(request => request == Request.Get), Is.InRange(15, 36));
        run.Return("result");
        await running.Soon();
    }

    private IdempotentOperation<string, string> Operation(
        Action<IdempotencyOptions>? configure = null,
        IIdempotencyStore? store = null) =>
        Handler(
            options =>
            {
                options.InProgress = InProgressBehavior.Wait;
                configure?.Invoke(options);
            },
            store).Operation<string, string>("job");

    private Task<IdempotencyResult<string>> Call(
        Action<IdempotencyOptions>? configure = null,
        IIdempotencyStore? store = null) =>
        Operation(configure, store).TryHandleAsync("key", _job.RunAsync).AsTask();
}
