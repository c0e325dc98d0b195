// What OnReplay does: it changes the answers of replays, and nothing else.
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class ReplayHookTests : OnManualTime
{
    private static readonly Order A = new("A");

    private readonly Till _till = new();

    [Test]
    public async Task A_replay_is_changed_on_its_way_out_and_a_run_is_not()
    {
        IdempotentOperation<Order, Receipt> operation = Marked();

        Receipt first = await operation.HandleAsync(A, _till.ChargeAsync);
        Receipt second = await operation.HandleAsync(A, _till.ChargeAsync);
        IdempotencyResult<Receipt> third = operation.TryHandle(A, _till.Charge);

        Assert.That(operation.TryGetKey(A, out string? key), Is.True);
        Assert.That(first.Number, Is.EqualTo("A-1"));
        Assert.That(second.Number, Is.EqualTo($"A-1, replayed for {key}"));
        Assert.That((third.GetValueOrThrow(), third.IsReplay), Is.EqualTo((second, true)));
    }

    [Test]
    public async Task What_is_stored_stays_as_it_is()
    {
        await Marked().HandleAsync(A, _till.ChargeAsync);
        await Marked().HandleAsync(A, _till.ChargeAsync);

        Receipt plain = await Handler().HandleAsync("charge", A, _till.ChargeAsync);

        Assert.That(plain.Number, Is.EqualTo("A-1"));
    }

    [Test]
    public async Task It_holds_for_wrapped_functions_and_for_items_of_a_batch()
    {
        Func<Order, CancellationToken, Task<Receipt>> charge =
            Handler().Wrap<Order, Receipt>("charge", _till.ChargeAsync, Mark);

        await charge(A, default);
        Receipt again = await charge(A, default);
        var items = await Marked().HandleManyAsync([A], _till.ChargeAsync);

        Assert.That(again.Number, Does.Contain("replayed"));
        Assert.That(items[0].Result.GetValueOrThrow(), Is.EqualTo(again));
    }

    [Test]
    public async Task What_it_throws_reaches_the_caller()
    {
        IdempotentOperation<Order, Receipt> operation = Handler().Operation<Order, Receipt>(
            "charge", options => options.OnReplay<Receipt>((_, _) => throw new FormatException("no such answer")));

        await operation.HandleAsync(A, _till.ChargeAsync);
        var items = await operation.HandleManyAsync([A], _till.ChargeAsync);

        Assert.That(async () => await operation.HandleAsync(A, _till.ChargeAsync), Throws.TypeOf<FormatException>());
        Assert.That(items[0].Error, Is.TypeOf<FormatException>());
    }

    [Test]
    public async Task A_stored_failure_is_no_replay_to_it()
    {
        IdempotentOperation<Order, Receipt> operation = Handler(o => o.OnFailure = _ => FailureAction.Store)
            .Operation<Order, Receipt>("charge", Mark);

        Assert.That(
            async () => await operation.HandleAsync(A, (_, _) => throw new FormatException("bad")),
            Throws.TypeOf<FormatException>());
        Assert.That(
            (await operation.TryHandleAsync(A, _till.ChargeAsync)).Outcome,
            Is.EqualTo(IdempotencyOutcome.FailureReplayed));
    }

    [Test]
    public void One_for_another_type_is_refused_when_the_operation_is_made() =>
        Assert.That(
            () => Handler().Operation<Order, Receipt>("charge", options => options.OnReplay<object>((o, _) => o)),
            Throws.ArgumentException.With.Message.Contains("Operation 'charge': OnReplay"));

    private IdempotentOperation<Order, Receipt> Marked() => Handler().Operation<Order, Receipt>("charge", Mark);

    private static void Mark(OperationOptions<Order> options) =>
        options.OnReplay<Receipt>((receipt, key) => receipt with { Number = $"{receipt.Number}, replayed for {key}" });
}
