// Leases while a function runs: renewed in time, no longer than the longest run, and the function told when lost.
using Idempotency;
using Idempotency.Store.Conformance;
using NUnit.Framework;

namespace Facade.Tests;

public class RenewalTests : OnManualTime
{
    private static readonly TimeSpan Third = 20 * Second;

    private readonly Job<string, string> _job = new();
    private readonly FaultyStore _store;

    public RenewalTests() => _store = new FaultyStore(Store);

    [Test]
    public async Task A_function_that_runs_for_many_leases_keeps_duplicates_out_while_it_is_renewed()
    {
        Task<IdempotencyResult<string>> call = Call(Renewing);
        Job<string, string>.Run run = await _job.Started();
        var met = new List<IdempotencyOutcome>();

        for (int third = 0; third < 15; third++)
        {
            await PassAThird();
            met.Add((await Call()).Outcome);
        }

        run.Return("result");
        Assert.That((await call.Soon()).Outcome, Is.EqualTo(IdempotencyOutcome.Executed));
        Assert.That(met, Is.All.EqualTo(IdempotencyOutcome.InProgress));
        Assert.That(_job.Runs, Is.EqualTo(1));
    }

    [Test]
    public async Task Each_renewal_moves_the_end_of_the_lease()
    {
        Task<IdempotencyResult<string>> call = Call(Renewing);
        Job<string, string>.Run run = await _job.Started();
        DateTimeOffset first = run.Context.LeaseEnds;

        await PassAThird();
        DateTimeOffset second = run.Context.LeaseEnds;
        await PassAThird();
        DateTimeOffset third = run.Context.LeaseEnds;
        run.Return("result");
        await call.Soon();

        Assert.That((second - first, third - second), Is.EqualTo((Third, Third)));
    }

    [Test]
    public async Task Renewing_stops_with_the_function()
    {
        Task<IdempotencyResult<string>> call = Call(Renewing);
        Job<string, string>.Run run = await _job.Started();
        await PassAThird();

        run.Return("result");
        await call.Soon();
        int renewals = Renewals;
        Time.Advance(5 * Minute);

        Assert.That((Renewals, Time.TimerCount), Is.EqualTo((renewals, 0)));
    }

    [Test]
    public async Task A_function_that_hangs_frees_its_key_after_the_longest_run()
    {
        Task<IdempotencyResult<string>> hung = Call(options =>
        {
            Renewing(options);
            options.LongestRun = 2 * Minute;
        });
        Job<string, string>.Run run = await _job.Started();
        CancellationToken lost = run.Context.LeaseLost;

        // Renewed at 20, 40, ... 100 s; the last lease ends, with the pad for clocks, at 161 s.
        for (int third = 0; third < 6; third++)
        {
            await PassAThird(others: 1, andRenews: third < 5);
        }

        IdempotencyOutcome atTwoMinutes = (await Call()).Outcome;
        Time.Advance(Minute);
        Task<IdempotencyResult<string>> next = Call();
        Job<string, string>.Run takeOver = await _job.Started();
        takeOver.Return("second");
        IdempotencyResult<string> second = await next.Soon();
        await lost.Soon();

        Assert.Multiple(() =>
        {
            Assert.That(atTwoMinutes, Is.EqualTo(IdempotencyOutcome.InProgress));
            Assert.That((Renewals, takeOver.Context.IsTakeOver), Is.EqualTo((5, true)));
            Assert.That(second.Outcome, Is.EqualTo(IdempotencyOutcome.Executed));
            Assert.That(hung.IsCompleted, Is.False);
        });
    }

    [Test]
    public async Task A_renewal_that_fails_is_made_up_for_by_the_next()
    {
        Task<IdempotencyResult<string>> call = Call(Renewing);
        Job<string, string>.Run run = await _job.Started();
        DateTimeOffset first = run.Context.LeaseEnds;

        _store.Break(Request.Renew);
        await PassAThird();
        DateTimeOffset afterFailure = run.Context.LeaseEnds;
        _store.Mend();
        await PassAThird();
        DateTimeOffset afterNext = run.Context.LeaseEnds;
        run.Return("result");
        await call.Soon();

        Assert.That((afterFailure - first, afterNext - first), Is.EqualTo((TimeSpan.Zero, 2 * Third)));
    }

    [Test]
    public async Task The_function_is_told_when_its_own_clock_passes_the_lease()
    {
        Task<IdempotencyResult<string>> call = Call();
        Job<string, string>.Run run = await _job.Started();
        CancellationToken lost = run.Context.LeaseLost;

        Time.Advance(Minute);
        Assert.That(lost.IsCancellationRequested, Is.False, "The lease ends only after this moment.");
        Time.Advance(Instant);
        await lost.Soon();

        run.Return("result");
        Assert.That((await call.Soon()).Outcome, Is.EqualTo(IdempotencyOutcome.Executed), "Nobody took over.");
    }

    [Test]
    public async Task The_function_is_told_when_another_call_took_over([Values] bool askedBefore)
    {
        var ahead = new ManualTime(Time.UtcNow + (10 * Minute));
        Task<IdempotencyResult<string>> call = Call(Renewing);
        Job<string, string>.Run run = await _job.Started();
        CancellationToken early = askedBefore ? run.Context.LeaseLost : default;

        Task<IdempotencyResult<string>> other = Call(options => options.TimeProvider = ahead);
        Job<string, string>.Run takeOver = await _job.Started();
        int timers = askedBefore ? 2 : 1;
        await Time.WhenTimersSet(timers).Soon();
        Time.Advance(Third);
        await (askedBefore ? early : run.Context.LeaseLost).Soon();

        Assert.That(run.Context.LeaseEnds, Is.GreaterThan(Time.UtcNow), "Its own clock would have let it run on.");
        takeOver.Return("second");
        await other.Soon();
        run.Return("first");
        IdempotencyResult<string> result = await call.Soon();
        Assert.That((result.Outcome, result.GetValueOrThrow()), Is.EqualTo((IdempotencyOutcome.Adopted, "second")));
    }

    [Test]
    public async Task A_function_that_throws_when_told_does_no_harm()
    {
        Task<IdempotencyResult<string>> call = Call();
        Job<string, string>.Run run = await _job.Started();
        var told = new TaskCompletionSource();
        using CancellationTokenRegistration registration = run.Context.LeaseLost.Register(() =>
        {
            told.SetResult();
            throw new InvalidOperationException();
        });

        Time.Advance(2 * Minute);
        await told.Task.Soon();
        run.Return("result");

        Assert.That((await call.Soon()).Outcome, Is.EqualTo(IdempotencyOutcome.Executed));
    }

    private static void Renewing(IdempotencyOptions options) => options.Renew = true;

    private int Renewals => _store.Requests.Count(request => request == Request.Renew);

    /// <summary>Lets the time to the next renewal pass, and waits until that is over and the pause after it has begun; the
    /// store answers at once, so the pause is the only timer besides <paramref name="others"/>.</summary>
    private async Task PassAThird(int others = 0, bool andRenews = true)
    {
        await Time.WhenTimersSet(others + 1).Soon();
        Time.Advance(Third);

        if (andRenews)
        {
            await Time.WhenTimersSet(others + 1).Soon();
        }
    }

    private Task<IdempotencyResult<string>> Call(Action<IdempotencyOptions>? configure = null) =>
        Handler(configure, _store).Operation<string, string>("job").TryHandleAsync("key", _job.RunAsync).AsTask();
}
