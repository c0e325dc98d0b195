// What once went wrong, and must not again: texts and types that look alike as JSON, stores and hooks that misbehave.
using System.Text.Json;
using Idempotency;
using Idempotency.Core;
using NUnit.Framework;

namespace Facade.Tests;

public class RegressionTests : OnManualTime
{
    private sealed class DeadEnd : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) { }
    }

    private sealed class NoMessage : Exception
    {
        public override string Message => throw new NotSupportedException();
    }

    internal record Shape(string Name);
    internal sealed record Circle(string Name, double Radius) : Shape(Name);
    internal sealed record Transfer((string From, string To) Accounts, decimal Amount);
    internal sealed class Fields { public string Id = ""; }

    private static Task<T> OnDeadEnd<T>(Func<T> call)
    {
        var ended = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            SynchronizationContext.SetSynchronizationContext(new DeadEnd());
            try { ended.SetResult(call()); } catch (Exception e) { ended.SetException(e); }
        })
        { IsBackground = true }.Start();
        return ended.Task.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Test]
    public async Task A_lease_is_renewed_while_a_synchronous_function_blocks_a_UI_thread()
    {
        var store = new FaultyStore(Store);
        using var release = new ManualResetEventSlim();
        Task<int> call = OnDeadEnd(() => Handler(o => o.Renew = true, store).Operation<int, int>("x").Handle(1, _ => { release.Wait(4000); return 1; }));
        await Time.WhenTimersSet(1).Soon();
        Time.Advance(20 * Second);
        await Time.WhenTimersSet(1).Soon();
        int renewals = store.Requests.Count(r => r == Request.Renew);
        release.Set();
        await call;
        Assert.That(renewals, Is.EqualTo(1));
    }

    [Test]
    public async Task A_synchronous_call_over_an_asynchronous_store_does_not_hang_a_UI_thread()
    {
        var store = new FaultyStore(Store) { Before = _ => Task.Run(() => { }) };
        Assert.That(await OnDeadEnd(() => Handler(store: store).Operation<int, int>("x").Handle(1, _ => 1)), Is.EqualTo(1));
    }

    [Test]
    public async Task A_synchronous_duplicate_that_waits_does_not_hang_a_UI_thread()
    {
        var job = new Job<int, int>();
        var op = Handler(o => o.InProgress = InProgressBehavior.Wait).Operation<int, int>("x");
        var first = op.HandleAsync(1, job.RunAsync).AsTask();
        var run = await job.Started();
        Task<int> dup = OnDeadEnd(() => op.Handle(1, _ => 2));
        await Time.WhenTimersSet(1).Soon();
        run.Return(1);
        await first;
        Time.Advance(Second);
        Assert.That(await dup, Is.EqualTo(1));
    }

    [Test]
    public async Task A_call_that_comes_back_after_RetryAfter_is_not_refused()
    {
        var job = new Job<int, int>();
        _ = Handler().Operation<int, int>("x").HandleAsync(1, job.RunAsync).AsTask();
        await job.Started();
        var op = Handler().Operation<int, int>("x");
        TimeSpan wait = op.TryHandle(1, _ => 2).Refusal!.RetryAfter!.Value;
        Time.Advance(wait);
        var again = op.TryHandle(1, _ => 2);
        Assert.That(again.Outcome, Is.EqualTo(IdempotencyOutcome.Executed), $"{again.Refusal?.Message}");
    }

    [Test]
    public async Task A_held_key_is_free_after_RetryAfter()
    {
        try { await Handler(o => o.OnFailure = _ => FailureAction.Hold).HandleAsync<int, int>("x", 1, (_, _) => throw new InvalidOperationException()); } catch (InvalidOperationException) { }
        Time.Advance(2 * Minute);
        var op = Handler(o => o.Abandoned = AbandonedBehavior.Hold).Operation<int, int>("x");
        Time.Advance(op.TryHandle(1, _ => 2).Refusal!.RetryAfter!.Value);
        Assert.That(op.TryHandle(1, _ => 2).Outcome, Is.EqualTo(IdempotencyOutcome.Executed));
    }

    [Test]
    public async Task A_completion_budget_of_60_days_is_accepted_or_refused_at_construction()
    {
        var handler = new IdempotencyHandler(new FaultyStore(Store), o => o.CompletionBudget = TimeSpan.FromDays(60));
        Assert.That(await handler.HandleAsync("x", 1, (_, _) => Task.FromResult(1)), Is.EqualTo(1));
    }

    [Test]
    public void A_lease_of_60_days_has_a_token()
    {
        var handler = new IdempotencyHandler(Store, o => o.Lease = TimeSpan.FromDays(60));
        Assert.That(handler.Wrap<int, bool>("x", (_, c) => c.LeaseLost.CanBeCanceled)(1), Is.True);
    }

    [Test]
    public async Task A_first_pause_of_60_days_is_no_cancellation()
    {
        var handler = new IdempotencyHandler(Store, o => { o.InProgress = InProgressBehavior.Wait; o.Lease = o.WaitAtMost = o.FirstPause = o.LongestPause = TimeSpan.FromDays(120); });
        var job = new Job<int, int>();
        var op = handler.Operation<int, int>("x");
        _ = op.HandleAsync(1, job.RunAsync).AsTask();
        var run = await job.Started();
        var dup = op.HandleAsync(1, job.RunAsync).AsTask();
        Assert.That(dup.IsCompleted, Is.False, "The store answers at once, so a cancellation would have been immediate.");
    }

    [Test]
    public void An_exception_without_a_message_to_store_reaches_the_caller() =>
        Assert.That(async () => await Handler(o => o.OnFailure = _ => FailureAction.Store).HandleAsync<int, int>("x", 1, (_, _) => throw new NoMessage()), Throws.TypeOf<NoMessage>());

    [Test]
    public async Task An_ill_formed_text_makes_no_key()
    {
        var op = Handler().Operation<string, int>("x");
        Assert.That((await op.TryHandleAsync("a\ud800", (_, _) => Task.FromResult(1))).Outcome, Is.EqualTo(IdempotencyOutcome.KeyRejected));
    }

    [Test]
    public async Task A_time_left_of_MinValue_is_a_refusal()
    {
        var handler = Handler(o => o.LeaseFrom(() => TimeSpan.MinValue, Second));
        Assert.That((await handler.TryHandleAsync("x", 1, (_, _) => Task.FromResult(1))).Outcome, Is.EqualTo(IdempotencyOutcome.LeaseRejected));
    }

    [Test]
    public void A_null_input_with_a_selector_is_a_missing_key()
    {
        var op = Handler(o => o.MissingKey = MissingKeyBehavior.RunUnprotected).Operation<Order, int>("x", o => o.KeyFrom(i => i.Id));
        Assert.That(op.TryHandle(null!, _ => 1).Outcome, Is.EqualTo(IdempotencyOutcome.Unprotected));
    }

    [Test]
    public void An_undefined_enumeration_value_is_refused() =>
        Assert.That(() => Handler(o => o.InProgress = (InProgressBehavior)42), Throws.InstanceOf<ArgumentException>());

    [Test]
    public void A_wrong_fence_is_named() =>
        Assert.That(() => Handler(o => o.Fence = FenceSource.Acquire), Throws.ArgumentException.With.Message.Contains("Fence"));

    [Test]
    public async Task A_null_result_that_was_not_saved_is_a_result()
    {
        var store = new FaultyStore(Store);
        store.Break(Request.Complete);
        var refusal = (IdempotencyUnsavedResultException)(await Handler(o => o.CompletionResends = 0, store).TryHandleAsync("x", 1, (_, _) => Task.FromResult<string?>(null))).Refusal!;
        Assert.That(refusal.TryGetOwnResult<string?>(out _), Is.True);
    }

    private sealed class Forgetful(IIdempotencyStore inner) : IIdempotencyStore, IRecallsRecords
    {
        public ValueTask<StoreReply> Acquire(AcquireRequest request, CancellationToken cancellation) => inner.Acquire(request, cancellation);
        public ValueTask<StoreReply> Renew(RenewRequest request, CancellationToken cancellation) => inner.Renew(request, cancellation);
        public ValueTask<StoreReply> Complete(CompleteRequest request, CancellationToken cancellation) => inner.Complete(request, cancellation);
        public ValueTask<StoreReply> Release(ReleaseRequest request, CancellationToken cancellation) => inner.Release(request, cancellation);
        public ValueTask<StoreReply> LateComplete(LateCompleteRequest request, CancellationToken cancellation) => inner.LateComplete(request, cancellation);
        public ValueTask<Record?> Get(string key, CancellationToken cancellation) => inner.Get(key, cancellation);
        public Record? Recall(string key) => null;
        public void Remember(Record record) => throw new StoreDownException();
    }

    [Test]
    public async Task A_cache_that_fails_does_not_lose_the_result() =>
        Assert.That(await Handler(store: new Forgetful(Store)).HandleAsync("x", 1, (_, _) => Task.FromResult(1)), Is.EqualTo(1));

    [Test]
    public async Task Plain_JSON_options_do()
    {
        var handler = Handler(o => o.Json = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase });
        Assert.That(await handler.HandleAsync("x", 1, (_, _) => Task.FromResult(1)), Is.EqualTo(1));
    }

    [Test]
    public async Task A_tuple_replays_as_itself()
    {
        await Handler().HandleAsync("x", 1, (_, _) => Task.FromResult((1, "a")));
        Assert.That(await Handler().HandleAsync("x", 1, (_, _) => Task.FromResult((2, "b"))), Is.EqualTo((1, "a")));
    }

    [Test]
    public void Two_inputs_that_differ_in_a_tuple_do_not_share()
    {
        var op = Handler().Operation<Transfer, int>("x");
        Assert.That(op.KeyOf(new Transfer(("a", "b"), 5)), Is.Not.EqualTo(op.KeyOf(new Transfer(("c", "d"), 5))));
    }

    [Test]
    public void A_tuple_is_a_key()
    {
        var op = Handler().Operation<Order, int>("x", o => o.KeyFrom(i => (i.Id, i.Amount)));
        var result = op.TryHandle(new Order("a"), _ => 1);
        Assert.That(result.Outcome, Is.EqualTo(IdempotencyOutcome.Executed), result.Refusal?.Message);
    }

    [Test]
    public void An_input_with_fields_has_a_key()
    {
        var result = Handler().Operation<Fields, int>("x").TryHandle(new Fields { Id = "a" }, _ => 1);
        Assert.That(result.Outcome, Is.EqualTo(IdempotencyOutcome.Executed), result.Refusal?.Message);
    }

    private sealed class Foreign(long expires) : IIdempotencyStore
    {
        public ValueTask<StoreReply> Acquire(AcquireRequest request, CancellationToken cancellation) =>
            new(StoreReply.NewRefused(new Record(request.Ticket.Key, Status.InProgress, expires, null, OwnerToken.None, Fingerprint.None, Payload.Absent)));
        public ValueTask<StoreReply> Renew(RenewRequest request, CancellationToken cancellation) => throw new NotSupportedException();
        public ValueTask<StoreReply> Complete(CompleteRequest request, CancellationToken cancellation) => throw new NotSupportedException();
        public ValueTask<StoreReply> Release(ReleaseRequest request, CancellationToken cancellation) => throw new NotSupportedException();
        public ValueTask<StoreReply> LateComplete(LateCompleteRequest request, CancellationToken cancellation) => throw new NotSupportedException();
        public ValueTask<Record?> Get(string key, CancellationToken cancellation) => throw new NotSupportedException();
    }

    [Test]
    public async Task A_peers_record_that_expires_beyond_the_calendar_is_a_refusal() =>
        Assert.That((await Handler(store: new Foreign(1_900_000_000_000)).TryHandleAsync("x", 1, (_, _) => Task.FromResult(1))).Outcome, Is.EqualTo(IdempotencyOutcome.InProgress));

    [Test]
    public async Task A_derived_result_that_would_replay_as_its_base_is_not_saved()
    {
        IdempotencyResult<Shape> result =
            await Handler().TryHandleAsync<int, Shape>("x", 1, (_, _) => Task.FromResult<Shape>(new Circle("c", 1)));

        Assert.That(result.Outcome, Is.EqualTo(IdempotencyOutcome.CompletedUnsaved));
        Assert.That(result.Refusal!.InnerException!.Message, Does.Contain("JsonDerivedType"));
        Assert.That(((IdempotencyUnsavedResultException)result.Refusal).OwnResult, Is.EqualTo(new Circle("c", 1)));
    }

    [Test]
    public void JSON_options_can_no_longer_be_changed_once_they_make_keys()
    {
        var json = new JsonSerializerOptions(JsonSerializerOptions.Default);
        Handler(o => o.Json = json);
        Assert.That(() => json.PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Throws.InvalidOperationException);
    }
}
