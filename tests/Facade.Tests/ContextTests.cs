// What a running function knows of its call: its key, its fencing token, its lease, and whether it took over.
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class ContextTests : OnManualTime
{
    private readonly Job<string, string> _job = new();

    [Test]
    public async Task A_first_run_knows_its_operation_key_lease_and_token()
    {
        Task<string> call = Call();
        IdempotencyContext context = (await _job.Started()).Context;

        Assert.Multiple(() =>
        {
            Assert.That(context.Operation, Is.EqualTo("job"));
            Assert.That(context.Key, Does.Match("^job#[0-9a-f]{64}$"));
            Assert.That(context.FencingToken, Is.EqualTo(Time.UtcNow.ToUnixTimeMilliseconds()));
            Assert.That(context.LeaseEnds, Is.EqualTo(Time.UtcNow + Minute));
            Assert.That(context.IsTakeOver, Is.False);
            Assert.That(context.LeaseLost.CanBeCanceled, Is.True);
            Assert.That(call.IsCompleted, Is.False);
        });
    }

    [Test]
    public async Task The_token_grows_with_each_take_over()
    {
        var contexts = new List<IdempotencyContext>();

        for (int owner = 0; owner < 3; owner++)
        {
            _ = Call();
            contexts.Add((await _job.Started()).Context);
            Time.Advance(Minute + Second + Instant);
        }

        Assert.Multiple(() =>
        {
            Assert.That(contexts.Select(c => c.FencingToken), Is.Ordered.And.Unique);
            Assert.That(contexts.Select(c => c.IsTakeOver), Is.EqualTo(new[] { false, true, true }));
            Assert.That(contexts.Select(c => c.Key).Distinct().Count(), Is.EqualTo(1));
        });
    }

    [Test]
    public async Task A_run_after_a_failure_is_no_take_over([Values] ReleaseBehavior release)
    {
        Task<string> failing = Call(o => o.Release = release);
        (await _job.Started()).Throw(new InvalidOperationException());
        Assert.That(failing.Soon, Throws.InvalidOperationException);
        Time.Advance(Instant);

        Task<string> next = Call(o => o.Release = release);
        Job<string, string>.Run run = await _job.Started();
        run.Return("result");
        await next.Soon();

        Assert.That(run.Context.IsTakeOver, Is.False);
    }

    [Test]
    public async Task A_run_after_an_expired_result_is_no_take_over()
    {
        Task<string> first = Call();
        (await _job.Started()).Return("first");
        await first.Soon();
        Time.Advance(61 * Minute);

        Task<string> next = Call();
        Job<string, string>.Run run = await _job.Started();
        run.Return("second");

        Assert.That((run.Context.IsTakeOver, await next.Soon()), Is.EqualTo((false, "second")));
    }

    [Test]
    public async Task A_token_may_come_from_the_moment_of_the_acquire_where_releases_leave_a_tombstone()
    {
        Task<string> call = Call(o =>
        {
            o.Release = ReleaseBehavior.Tombstone;
            o.Fence = FenceSource.Acquire;
        });
        Job<string, string>.Run run = await _job.Started();
        run.Return("result");
        await call.Soon();

        Assert.That(run.Context.FencingToken, Is.EqualTo(Time.UtcNow.ToUnixTimeMilliseconds()));
    }

    private Task<string> Call(Action<IdempotencyOptions>? configure = null) =>
        Handler(configure).Operation<string, string>("job").HandleAsync("key", _job.RunAsync).AsTask();
}
