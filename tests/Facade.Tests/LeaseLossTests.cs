// A call that lost its lease while its function ran: what it gets is what every later call gets, or it is told.
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class LeaseLossTests : OnManualTime
{
    private readonly Job<string, string> _job = new();

    [Test]
    public async Task A_late_call_gets_its_own_result_in_the_refusal_while_the_newer_owner_runs()
    {
        (Task<IdempotencyResult<string>> late, Job<string, string>.Run old, _) = await TakenOver();

        old.Return("old");
        var refusal = (IdempotencyLeaseLostException)(await late.Soon()).Refusal!;

        Assert.Multiple(() =>
        {
            Assert.That(refusal.OwnResult, Is.EqualTo("old"));
            Assert.That(refusal.TryGetOwnResult(out string? own) ? own : null, Is.EqualTo("old"));
            Assert.That(refusal.TryGetOwnResult(out int _), Is.False);
        });
    }

    [Test]
    public async Task A_late_call_changes_nothing_for_the_newer_owner()
    {
        (Task<IdempotencyResult<string>> late, Job<string, string>.Run old, Newer newer) = await TakenOver();

        old.Return("old");
        await late.Soon();
        newer.Run.Return("new");
        IdempotencyResult<string> owners = await newer.Call.Soon();
        IdempotencyResult<string> later = await Call();

        Assert.That(
            (owners.Outcome, owners.GetValueOrThrow(), later.Outcome, later.GetValueOrThrow()),
            Is.EqualTo((IdempotencyOutcome.Executed, "new", IdempotencyOutcome.Replayed, "new")));
    }

    [Test]
    public async Task A_late_call_adopts_what_the_newer_owner_stored()
    {
        (Task<IdempotencyResult<string>> late, Job<string, string>.Run old, Newer newer) = await TakenOver();

        newer.Run.Return("new");
        await newer.Call.Soon();
        old.Return("old");
        IdempotencyResult<string> result = await late.Soon();

        Assert.That(
            (result.Outcome, result.GetValueOrThrow(), result.IsReplay),
            Is.EqualTo((IdempotencyOutcome.Adopted, "new", false)));
    }

    [Test]
    public async Task A_late_call_with_the_same_result_as_the_newer_owner_simply_has_it()
    {
        (Task<IdempotencyResult<string>> late, Job<string, string>.Run old, Newer newer) = await TakenOver();

        newer.Run.Return("same");
        await newer.Call.Soon();
        old.Return("same");

        Assert.That((await late.Soon()).Outcome, Is.EqualTo(IdempotencyOutcome.Executed));
    }

    [Test]
    public async Task A_late_call_stores_its_result_after_all_when_the_key_is_free_again()
    {
        (Task<IdempotencyResult<string>> late, Job<string, string>.Run old, Newer newer) = await TakenOver();

        newer.Run.Throw(new InvalidOperationException());
        Assert.That(newer.Call.Soon, Throws.InvalidOperationException);
        old.Return("old");
        IdempotencyResult<string> result = await late.Soon();
        IdempotencyResult<string> later = await Call();

        Assert.That(
            (result.Outcome, later.Outcome, later.GetValueOrThrow()),
            Is.EqualTo((IdempotencyOutcome.Executed, IdempotencyOutcome.Replayed, "old")));
    }

    [Test]
    public async Task A_late_call_stores_nothing_where_late_results_are_switched_off()
    {
        (Task<IdempotencyResult<string>> late, Job<string, string>.Run old, Newer newer) =
            await TakenOver(o => o.LateCompletion = false);

        newer.Run.Throw(new InvalidOperationException());
        Assert.That(newer.Call.Soon, Throws.InvalidOperationException);
        old.Return("old");

        Assert.That((await late.Soon()).Outcome, Is.EqualTo(IdempotencyOutcome.LeaseLost));
        Assert.That(Store.Count, Is.Zero);
    }

    [Test]
    public async Task A_late_call_that_may_wait_adopts_the_result_when_it_comes()
    {
        (Task<IdempotencyResult<string>> late, Job<string, string>.Run old, Newer newer) =
            await TakenOver(o => o.InProgress = InProgressBehavior.Wait);

        old.Return("old");
        await Time.WhenTimersSet(1).Soon();
        newer.Run.Return("new");
        await newer.Call.Soon();
        IdempotencyResult<string> result = await Finish(late, TimeSpan.FromMilliseconds(50));

        Assert.That((result.Outcome, result.GetValueOrThrow()), Is.EqualTo((IdempotencyOutcome.Adopted, "new")));
    }

    [Test]
    public async Task A_call_that_nobody_overtook_stores_its_result_however_late()
    {
        Task<IdempotencyResult<string>> late = Call();
        Job<string, string>.Run run = await _job.Started();

        Time.Advance(30 * Minute);
        run.Return("late");
        IdempotencyResult<string> result = await late.Soon();
        IdempotencyResult<string> later = await Call();

        Assert.That(
            (result.Outcome, later.Outcome, later.GetValueOrThrow()),
            Is.EqualTo((IdempotencyOutcome.Executed, IdempotencyOutcome.Replayed, "late")));
    }

    [Test]
    public async Task A_late_functions_exception_reaches_its_caller_and_leaves_the_newer_owner_alone()
    {
        (Task<IdempotencyResult<string>> late, Job<string, string>.Run old, Newer newer) = await TakenOver();
        var thrown = new InvalidOperationException();

        old.Throw(thrown);
        Assert.That(late.Soon, Throws.Exception.SameAs(thrown));
        newer.Run.Return("new");

        Assert.That((await newer.Call.Soon()).Outcome, Is.EqualTo(IdempotencyOutcome.Executed));
    }

    private sealed record Newer(Task<IdempotencyResult<string>> Call, Job<string, string>.Run Run);

    private async Task<(Task<IdempotencyResult<string>> Late, Job<string, string>.Run Old, Newer Newer)> TakenOver(
        Action<IdempotencyOptions>? configure = null)
    {
        Task<IdempotencyResult<string>> late = Call(configure);
        Job<string, string>.Run old = await _job.Started();
        Time.Advance(2 * Minute);
        Task<IdempotencyResult<string>> newer = Call(configure);
        return (late, old, new Newer(newer, await _job.Started()));
    }

    private Task<IdempotencyResult<string>> Call(Action<IdempotencyOptions>? configure = null) =>
        Handler(configure).Operation<string, string>("job").TryHandleAsync("key", _job.RunAsync).AsTask();
}
