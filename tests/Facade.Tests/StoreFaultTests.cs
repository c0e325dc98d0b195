// A store that fails: before the run nothing is run, after it the result is never lost.
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class StoreFaultTests : OnManualTime
{
    private static readonly Order A = new("A");
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    // A call that saves its result has a timer for its budget, and one for the pause before the next try.
    private const int BudgetAndPause = 2;

    private readonly Till _till = new();
    private readonly FaultyStore _store;

    public StoreFaultTests() => _store = new FaultyStore(Store);

    [Test]
    public async Task A_store_that_is_down_before_the_run_keeps_the_function_from_running()
    {
        _store.Break(Request.Acquire);

        IdempotencyResult<Receipt> result = await Charge();

        Assert.Multiple(() =>
        {
            Assert.That(result.Outcome, Is.EqualTo(IdempotencyOutcome.PersistFailed));
            Assert.That(result.Refusal!.InnerException, Is.TypeOf<StoreDownException>());
            Assert.That(_till.Runs, Is.Zero);
        });
    }

    [Test]
    public async Task A_store_that_works_again_lets_the_next_call_run()
    {
        _store.Break(Request.Acquire);
        await Charge();
        _store.Mend();

        Assert.That((await Charge()).Outcome, Is.EqualTo(IdempotencyOutcome.Executed));
    }

    [Test]
    public async Task A_lock_whose_reply_was_lost_is_free_again_when_its_lease_ends()
    {
        _store.LoseReplies(Request.Acquire);
        IdempotencyOutcome lost = (await Charge()).Outcome;
        _store.Mend();
        IdempotencyOutcome taken = (await Charge()).Outcome;
        Time.Advance(Minute + (2 * Second));
        IdempotencyOutcome free = (await Charge()).Outcome;

        Assert.That(
            (lost, taken, free),
            Is.EqualTo((IdempotencyOutcome.PersistFailed, IdempotencyOutcome.InProgress, IdempotencyOutcome.Executed)));
    }

    [Test]
    public async Task A_result_that_is_not_saved_reaches_the_caller_in_the_refusal()
    {
        _store.Break(Request.Complete);

        var refusal = (IdempotencyUnsavedResultException)(await Charge(o => o.CompletionResends = 0)).Refusal!;

        Assert.Multiple(() =>
        {
            Assert.That(refusal.OwnResult, Is.EqualTo(new Receipt("A-1", 1.10m)));
            Assert.That(refusal.TryGetOwnResult(out Receipt? receipt), Is.True);
            Assert.That(receipt, Is.SameAs(refusal.OwnResult));
            Assert.That(refusal.TryGetOwnResult(out string? _), Is.False);
            Assert.That(refusal.InnerException, Is.TypeOf<StoreDownException>());
        });
    }

    [Test]
    public void A_function_without_a_result_leaves_none_in_the_refusal()
    {
        _store.Break(Request.Complete);
        Action<Order> send = Handler(o => o.CompletionResends = 0, _store).Wrap<Order>("send", order => { });

        Assert.That(
            () => send(A),
            Throws.TypeOf<IdempotencyUnsavedResultException>()
                .With.Property(nameof(IdempotencyUnsavedResultException.OwnResult)).Null);
    }

    [Test]
    public async Task A_result_is_sent_again_as_often_as_the_options_say()
    {
        _store.Break(Request.Complete);

        IdempotencyResult<Receipt> result =
            await Finish(Charge(o => o.CompletionResends = 3), Pause, BudgetAndPause);

        Assert.Multiple(() =>
        {
            Assert.That(result.Outcome, Is.EqualTo(IdempotencyOutcome.CompletedUnsaved));
            Assert.That(_store.Requests.Count(request => request == Request.Complete), Is.EqualTo(1 + 3));
            Assert.That(_till.Runs, Is.EqualTo(1));
        });
    }

    [Test]
    public async Task A_result_that_is_saved_at_the_second_try_is_a_result_like_any_other()
    {
        int failures = 1;
        _store.Before = request => request == Request.Complete && failures-- > 0
            ? throw new StoreDownException()
            : Task.CompletedTask;

        IdempotencyResult<Receipt> first = await Finish(Charge(), Pause, BudgetAndPause);
        IdempotencyResult<Receipt> later = await Charge();

        Assert.That(
            (first.Outcome, later.Outcome, later.GetValueOrThrow()),
            Is.EqualTo((IdempotencyOutcome.Executed, IdempotencyOutcome.Replayed, first.GetValueOrThrow())));
    }

    [Test]
    public async Task A_call_whose_reply_was_lost_does_not_lose_to_itself()
    {
        int losses = 1;
        _store.After = request => request == Request.Complete && losses-- > 0
            ? throw new StoreDownException()
            : Task.CompletedTask;

        IdempotencyResult<Receipt> result = await Finish(Charge(), Pause, BudgetAndPause);

        Assert.That((result.Outcome, _till.Runs), Is.EqualTo((IdempotencyOutcome.Executed, 1)));
    }

    [Test]
    public async Task A_store_that_never_answers_is_given_up_when_the_budget_is_used_up()
    {
        var never = new TaskCompletionSource();
        _store.Before = request => request == Request.Complete ? never.Task : Task.CompletedTask;

        IdempotencyResult<Receipt> result = await Finish(Charge(o => o.CompletionBudget = 3 * Second), Second);

        Assert.Multiple(() =>
        {
            Assert.That(result.Outcome, Is.EqualTo(IdempotencyOutcome.CompletedUnsaved));
            Assert.That(result.Refusal!.InnerException, Is.TypeOf<TimeoutException>().With.Message.Contains("3000 ms"));
        });
    }

    [Test]
    public async Task A_result_that_cannot_be_written_as_JSON_reaches_the_caller_in_the_refusal()
    {
        var loop = new List<object>();
        loop.Add(loop);

        IdempotencyResult<List<object>> result =
            await Handler().TryHandleAsync("loop", A, (_, _) => Task.FromResult(loop));

        Assert.Multiple(() =>
        {
            Assert.That(result.Outcome, Is.EqualTo(IdempotencyOutcome.CompletedUnsaved));
            Assert.That(((IdempotencyUnsavedResultException)result.Refusal!).OwnResult, Is.SameAs(loop));
        });
    }

    [Test]
    public async Task A_full_store_says_so_before_the_run()
    {
        IdempotencyHandler handler = Handler(store: new InMemoryStore(1));
        await handler.HandleAsync("charge", A, _till.ChargeAsync);

        IdempotencyResult<Receipt> result = await handler.TryHandleAsync("charge", new Order("B"), _till.ChargeAsync);

        Assert.That(result.Refusal!.InnerException, Is.TypeOf<StoreFullException>());
        Assert.That(_till.Runs, Is.EqualTo(1));
    }

    [Test]
    public async Task A_call_gives_up_a_key_that_others_always_take_first()
    {
        var store = new ContendedStore();

        IdempotencyResult<Receipt> result =
            await Handler(store: store).TryHandleAsync("charge", A, _till.ChargeAsync);

        Assert.That(
            (result.Outcome, store.Acquires, _till.Runs),
            Is.EqualTo((IdempotencyOutcome.Contended, 1 + 3, 0)));
    }

    [Test]
    public async Task A_store_written_in_CSharp_serves_as_well()
    {
        IdempotencyHandler handler = Handler(store: new DictionaryStore());

        await handler.HandleAsync("charge", A, _till.ChargeAsync);
        await handler.HandleAsync("charge", A, _till.ChargeAsync);
        Assert.That(
            async () => await handler.HandleAsync<int, int>("fail", 1, (_, _) => throw new InvalidOperationException()),
            Throws.InvalidOperationException);
        int afterFailure = await handler.HandleAsync("fail", 1, (_, _) => Task.FromResult(2));

        Assert.That((_till.Runs, afterFailure), Is.EqualTo((1, 2)));
    }

    private Task<IdempotencyResult<Receipt>> Charge(Action<IdempotencyOptions>? configure = null) =>
        Handler(configure, _store).TryHandleAsync("charge", A, _till.ChargeAsync).AsTask();
}
