// The function's own exception reaches its caller, whatever else goes wrong; what becomes of the key is a choice.
using System.Runtime.CompilerServices;
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class FunctionFailureTests : OnManualTime
{
    private static readonly Order A = new("A");

    private readonly Till _till = new();
    private readonly InvalidOperationException _thrown = new("The card was declined.");

    [Test]
    public void The_exception_is_the_very_instance_with_its_stack_trace([Values] bool afterAwait)
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        async Task<Receipt> DeclineTheCard()
        {
            if (afterAwait)
            {
                await Task.Yield();
            }

            throw _thrown;
        }

        var caught = Assert.CatchAsync(
            async () => await Handler().HandleAsync<Order, Receipt>("charge", A, (_, _) => DeclineTheCard()));

        Assert.Multiple(() =>
        {
            Assert.That(caught, Is.SameAs(_thrown));
            Assert.That(caught!.StackTrace, Does.Contain(nameof(DeclineTheCard)));
            Assert.That(caught.InnerException, Is.Null);
        });
    }

    [Test]
    public void Every_kind_of_wrapper_throws_the_very_instance()
    {
        IdempotencyHandler handler = Handler();
        Func<Order, Receipt> sync = handler.Wrap<Order, Receipt>("1", Receipt (Order _) => throw _thrown);
        Action<Order> action = handler.Wrap<Order>("2", void (Order _) => throw _thrown);
        Func<Order, CancellationToken, Task> task = handler.Wrap<Order>(
            "3", Task (Order _, CancellationToken _) => throw _thrown);
        Func<Order, CancellationToken, ValueTask<int>> valueTask = handler.Wrap<Order, int>(
            "4", ValueTask<int> (Order _, CancellationToken _) => ValueTask.FromException<int>(_thrown));

        Assert.Multiple(() =>
        {
            Assert.That(() => sync(A), Throws.Exception.SameAs(_thrown));
            Assert.That(() => action(A), Throws.Exception.SameAs(_thrown));
            Assert.That(() => task(A, default), Throws.Exception.SameAs(_thrown));
            Assert.That(() => valueTask(A, default).AsTask(), Throws.Exception.SameAs(_thrown));
        });
    }

    [Test]
    public void A_failure_is_thrown_also_where_refusals_are_values() =>
        Assert.That(
            async () => await Handler().TryHandleAsync<Order, Receipt>("charge", A, (_, _) => throw _thrown),
            Throws.Exception.SameAs(_thrown));

    [Test]
    public async Task After_a_failure_the_function_can_run_again([Values] ReleaseBehavior release)
    {
        await Fail(o => o.Release = release);
        Time.Advance(Instant);

        IdempotencyResult<Receipt> next = await Charge();

        Assert.That((next.Outcome, _till.Runs), Is.EqualTo((IdempotencyOutcome.Executed, 1)));
    }

    [Test]
    public async Task A_store_that_cannot_release_the_key_does_not_replace_the_exception()
    {
        var store = new FaultyStore(Store);
        store.Break(Request.Release);

        await Fail(store: store);

        Assert.That((await Charge()).Outcome, Is.EqualTo(IdempotencyOutcome.InProgress));
        Time.Advance(2 * Minute);
        Assert.That((await Charge()).Outcome, Is.EqualTo(IdempotencyOutcome.Executed));
    }

    [Test]
    public async Task A_store_that_cannot_keep_the_failure_does_not_replace_the_exception()
    {
        var store = new FaultyStore(Store);
        store.Break(Request.Complete);

        await Fail(
            o =>
            {
                o.OnFailure = _ => FailureAction.Store;
                o.CompletionResends = 0;
            },
            store);
    }

    [Test]
    public async Task A_refusal_from_another_operation_is_an_exception_like_any_other()
    {
        Occasion other = await Refusals.For(IdempotencyOutcome.InProgress);
        IdempotencyHandler handler = Handler();

        var caught = Assert.CatchAsync<IdempotencyException>(
            async () => await handler.TryHandleAsync("outer", A, (_, _) => other.HandleAsync()));

        Assert.That(caught!.Operation, Is.EqualTo(Refusals.Name));
        IdempotencyResult<Receipt> next = await handler.TryHandleAsync("outer", A, _till.ChargeAsync);
        Assert.That(next.Outcome, Is.EqualTo(IdempotencyOutcome.Executed));
    }

    [Test]
    public async Task A_classifier_that_throws_does_not_replace_the_exception()
    {
        await Fail(o => o.OnFailure = _ => throw new NotSupportedException());

        Assert.That((await Charge()).Outcome, Is.EqualTo(IdempotencyOutcome.InProgress), "The key is held.");
    }

    [Test]
    public async Task A_classifier_that_says_nothing_leaves_it_to_the_default()
    {
        await Fail(o => o.OnFailure = _ => null);

        Assert.That((await Charge()).Outcome, Is.EqualTo(IdempotencyOutcome.Executed));
    }

    [Test]
    public async Task A_classifier_is_asked_once_with_the_exception_itself()
    {
        var asked = new List<Exception>();

        await Fail(o => o.OnFailure = error =>
        {
            asked.Add(error);
            return FailureAction.Release;
        });

        Assert.That(asked, Is.EqualTo(new[] { _thrown }));
    }

    [Test]
    public async Task A_stored_failure_is_replayed_for_as_long_as_a_result_would_be()
    {
        await Fail(o => o.OnFailure = _ => FailureAction.Store);
        Time.Advance(59 * Minute);
        IdempotencyResult<Receipt> inside = await Charge();
        Time.Advance(2 * Minute);
        IdempotencyResult<Receipt> after = await Charge();

        Assert.Multiple(() =>
        {
            Assert.That(inside.Refusal, Is.TypeOf<IdempotencyStoredFailureException>());
            Assert.That((after.Outcome, _till.Runs), Is.EqualTo((IdempotencyOutcome.Executed, 1)));
        });
    }

    [Test]
    public async Task A_held_key_is_taken_over_when_its_lease_ends()
    {
        await Fail(o => o.OnFailure = _ => FailureAction.Hold);
        IdempotencyOutcome held = (await Charge()).Outcome;
        Time.Advance(Minute + Second);
        IdempotencyOutcome stillHeld = (await Charge()).Outcome;
        Time.Advance(Instant);
        IdempotencyOutcome free = (await Charge()).Outcome;

        Assert.That(
            (held, stillHeld, free),
            Is.EqualTo((IdempotencyOutcome.InProgress, IdempotencyOutcome.InProgress, IdempotencyOutcome.Executed)));
    }

    [Test]
    public async Task A_held_key_of_a_policy_that_holds_is_refused_until_its_record_expires()
    {
        static void Hold(PolicyOptions options)
        {
            options.OnFailure = _ => FailureAction.Hold;
            options.Abandoned = AbandonedBehavior.Hold;
        }

        await Fail(Hold);
        Time.Advance(2 * Minute);
        IdempotencyOutcome held = (await Charge(Hold)).Outcome;
        Time.Advance(58 * Minute);
        IdempotencyOutcome stillHeld = (await Charge(Hold)).Outcome;
        Time.Advance(Second);
        IdempotencyOutcome expired = (await Charge(Hold)).Outcome;

        Assert.That(
            new[] { held, stillHeld, expired },
            Is.EqualTo(new[] { IdempotencyOutcome.Held, IdempotencyOutcome.Held, IdempotencyOutcome.Executed }));
    }

    [Test]
    public void A_function_that_returns_no_task_at_all_fails_as_itself() =>
        Assert.That(
            async () => await Handler().TryHandleAsync<Order, Receipt>("charge", A, (_, _) => null!),
            Throws.InstanceOf<ArgumentNullException>());

    private async Task Fail(Action<IdempotencyOptions>? configure = null, IIdempotencyStore? store = null)
    {
        try
        {
            await Handler(configure, store).HandleAsync<Order, Receipt>("charge", A, (_, _) => throw _thrown);
            Assert.Fail("The exception was lost.");
        }
        catch (InvalidOperationException error)
        {
            Assert.That(error, Is.SameAs(_thrown));
        }
    }

    private ValueTask<IdempotencyResult<Receipt>> Charge(Action<IdempotencyOptions>? configure = null) =>
        Handler(configure).TryHandleAsync("charge", A, _till.ChargeAsync);
}
