// The caller's token: before the run it stops the call, during the run it is the function's, after it it is too late.
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class CancellationTests : OnManualTime
{
    private static readonly Order A = new("A");

    private readonly Till _till = new();
    private readonly Job<Order, Receipt> _job = new();
    private readonly CancellationTokenSource _source = new();
    private readonly FaultyStore _store;

    public CancellationTests() => _store = new FaultyStore(Store);

    [TearDown]
    public void DisposeOfTheToken() => _source.Dispose();

    [Test]
    public void A_call_that_is_cancelled_before_it_starts_runs_and_writes_nothing()
    {
        _source.Cancel();

        var thrown = Assert.CatchAsync<OperationCanceledException>(
            async () => await Handler(store: _store).TryHandleAsync("charge", A, _till.ChargeAsync, _source.Token));

        Assert.Multiple(() =>
        {
            Assert.That(thrown!.CancellationToken, Is.EqualTo(_source.Token));
            Assert.That((_till.Runs, _store.Requests.Count), Is.EqualTo((0, 0)));
        });
    }

    [Test]
    public void A_call_that_is_cancelled_is_a_cancelled_task()
    {
        _source.Cancel();

        Task<Receipt> call = Handler().HandleAsync("charge", A, _till.ChargeAsync, _source.Token).AsTask();

        Assert.That(call.IsCanceled, Is.True);
    }

    [Test]
    public async Task A_call_that_is_cancelled_while_it_takes_the_key_gives_it_back()
    {
        _store.After = async request =>
        {
            if (request == Request.Acquire)
            {
                await _source.CancelAsync();
            }
        };

        Assert.That(
            async () => await Handler(store: _store).HandleAsync("charge", A, _till.ChargeAsync, _source.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That((_till.Runs, Store.Count), Is.EqualTo((0, 0)));

        IdempotencyResult<Receipt> next = await Handler().TryHandleAsync("charge", A, _till.ChargeAsync);
        Assert.That(next.Outcome, Is.EqualTo(IdempotencyOutcome.Executed));
    }

    [Test]
    public async Task A_call_that_is_cancelled_while_it_waits_leaves_the_running_one_alone()
    {
        IdempotentOperation<Order, Receipt> operation = Waiting();
        Task<Receipt> running = operation.HandleAsync(A, _job.RunAsync).AsTask();
        Job<Order, Receipt>.Run run = await _job.Started();
        Task<Receipt> waiting = operation.HandleAsync(A, _job.RunAsync, _source.Token).AsTask();
        await Time.WhenTimersSet(1).Soon();

        await _source.CancelAsync();
        Assert.That(waiting.Soon, Throws.InstanceOf<OperationCanceledException>());
        run.Return(new Receipt("1", 1m));

        Assert.That(((await running.Soon()).Number, _job.Runs), Is.EqualTo(("1", 1)));
    }

    [Test]
    public async Task The_callers_token_reaches_the_function()
    {
        Task<Receipt> call = Waiting().HandleAsync(A, _job.RunAsync, _source.Token).AsTask();
        Job<Order, Receipt>.Run run = await _job.Started();

        await _source.CancelAsync();

        Assert.That(run.Token.IsCancellationRequested, Is.True);
        run.Return(new Receipt("1", 1m));
        Assert.That((await call.Soon()).Number, Is.EqualTo("1"), "A function may finish all the same.");
    }

    [Test]
    public async Task A_function_that_the_caller_cancelled_keeps_the_key_until_its_lease_ends()
    {
        var thrown = new OperationCanceledException(_source.Token);
        await CancelTheRun(thrown, Handler());

        IdempotencyOutcome taken = await Retry();
        Time.Advance(Minute + (2 * Second));
        IdempotencyOutcome free = await Retry();

        Assert.That(
            (taken, free),
            Is.EqualTo((IdempotencyOutcome.InProgress, IdempotencyOutcome.Executed)));
    }

    [Test]
    public async Task A_cancellation_of_the_functions_own_gives_the_key_back()
    {
        Assert.That(
            async () => await Handler().HandleAsync<Order, Receipt>(
                "charge", A, (_, _) => throw new TaskCanceledException("A timeout of the function's own.")),
            Throws.TypeOf<TaskCanceledException>());

        Assert.That(await Retry(), Is.EqualTo(IdempotencyOutcome.Executed));
    }

    [Test]
    public async Task A_classifier_may_give_the_key_back_after_a_cancellation()
    {
        await CancelTheRun(
            new OperationCanceledException(_source.Token),
            Handler(o => o.OnFailure = _ => FailureAction.Release));

        Assert.That(await Retry(), Is.EqualTo(IdempotencyOutcome.Executed));
    }

    [Test]
    public async Task A_result_that_was_produced_is_saved_and_delivered_although_the_caller_gave_up()
    {
        Receipt delivered = await Handler().HandleAsync(
            "charge",
            A,
            async (order, _) =>
            {
                Receipt receipt = _till.Charge(order);
                await _source.CancelAsync();
                return receipt;
            },
            _source.Token);

        IdempotencyResult<Receipt> later = await Handler().TryHandleAsync("charge", A, _till.ChargeAsync);
        Assert.That((later.IsReplay, later.GetValueOrThrow()), Is.EqualTo((true, delivered)));
    }

    [Test]
    public async Task A_cancellation_while_the_result_is_saved_does_not_keep_it_from_being_saved()
    {
        _store.Before = async request =>
        {
            if (request == Request.Complete)
            {
                await _source.CancelAsync();
            }
        };

        IdempotencyResult<Receipt> first =
            await Handler(store: _store).TryHandleAsync("charge", A, _till.ChargeAsync, _source.Token);

        Assert.That(first.Outcome, Is.EqualTo(IdempotencyOutcome.Executed));
        Assert.That(await Retry(), Is.EqualTo(IdempotencyOutcome.Replayed));
    }

    private IdempotentOperation<Order, Receipt> Waiting() =>
        Handler(o => o.InProgress = InProgressBehavior.Wait).Operation<Order, Receipt>("charge");

    private async Task<IdempotencyOutcome> Retry() =>
        (await Handler().TryHandleAsync("charge", A, _till.ChargeAsync)).Outcome;

    private async Task CancelTheRun(OperationCanceledException thrown, IdempotencyHandler handler)
    {
        Task<Receipt> call = handler.Operation<Order, Receipt>("charge")
            .HandleAsync(A, _job.RunAsync, _source.Token).AsTask();
        Job<Order, Receipt>.Run run = await _job.Started();
        await _source.CancelAsync();
        run.Throw(thrown);

        Assert.That(call.Soon, Throws.Exception.SameAs(thrown));
    }
}
