// Wrappers of synchronous functions and actions, overload by overload.
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class WrapSyncTests : OnManualTime
{
    private static readonly Order A = new("A");
    private static readonly Order B = new("B");

    private readonly Till _till = new();

    [Test]
    public void A_function_of_an_input_runs_once_for_each_input()
    {
        Func<Order, Receipt> charge = Handler().Wrap<Order, Receipt>("charge", _till.Charge);

        Receipt[] receipts = [charge(A), charge(B), charge(A), charge(B)];

        Assert.That(receipts.Select(r => r.Number), Is.EqualTo(new[] { "A-1", "B-2", "A-1", "B-2" }));
    }

    [Test]
    public void A_function_of_an_input_and_the_context_runs_once_for_each_input()
    {
        var keys = new List<string>();
        Func<Order, Receipt> charge = Handler().Wrap("charge", (Order order, IdempotencyContext context) =>
        {
            keys.Add(context.Key);
            return _till.Charge(order);
        });

        Receipt[] receipts = [charge(A), charge(B), charge(A)];

        Assert.Multiple(() =>
        {
            Assert.That(receipts.Select(r => r.Number), Is.EqualTo(new[] { "A-1", "B-2", "A-1" }));
            Assert.That(keys, Is.Unique.And.Count.EqualTo(2));
        });
    }

    [Test]
    public void An_action_of_an_input_runs_once_for_each_input()
    {
        var sent = new List<Order>();
        Action<Order> send = Handler().Wrap<Order>("send", sent.Add);

        send(A);
        send(B);
        send(A);

        Assert.That(sent, Is.EqualTo(new[] { A, B }));
    }

    [Test]
    public void An_action_of_an_input_and_the_context_runs_once_for_each_input()
    {
        var sent = new List<(Order, string)>();
        Action<Order> send = Handler().Wrap<Order>("send", (order, context) => sent.Add((order, context.Operation)));

        send(A);
        send(B);
        send(A);

        Assert.That(sent, Is.EqualTo(new[] { (A, "send"), (B, "send") }));
    }

    [Test]
    public void A_function_without_an_input_runs_once_for_its_name()
    {
        int runs = 0;
        IdempotencyHandler handler = Handler();
        Func<int> start = handler.Wrap("start", () => ++runs);
        Func<int> stop = handler.Wrap("stop", () => ++runs);

        Assert.That(new[] { start(), start(), stop(), start() }, Is.EqualTo(new[] { 1, 1, 2, 1 }));
    }

    [Test]
    public void An_action_without_an_input_runs_once_for_its_name()
    {
        int runs = 0;
        IdempotencyHandler handler = Handler();
        Action start = handler.Wrap("start", () => { runs++; });
        Action stop = handler.Wrap("stop", () => { runs++; });

        start();
        start();
        stop();

        Assert.That(runs, Is.EqualTo(2));
    }

    [Test]
    public void An_operation_handles_a_function_at_once()
    {
        IdempotentOperation<Order, Receipt> operation = Handler().Operation<Order, Receipt>("charge");

        Receipt first = operation.Handle(A, _till.Charge);
        IdempotencyResult<Receipt> later = operation.TryHandle(A, _till.Charge);

        Assert.Multiple(() =>
        {
            Assert.That(operation.Name, Is.EqualTo("charge"));
            Assert.That(later.Outcome, Is.EqualTo(IdempotencyOutcome.Replayed));
            Assert.That(later.GetValueOrThrow(), Is.EqualTo(first));
        });
    }

    [Test]
    public void A_wrapper_has_the_options_that_it_was_given()
    {
        IdempotencyHandler handler = Handler();
        Func<Order, Receipt> charge = handler.Wrap<Order, Receipt>(
            "charge", _till.Charge, o => o.Expiry = TimeSpan.FromMinutes(1));
        Func<int> count = handler.Wrap("count", () => _till.Runs, o => o.Expiry = TimeSpan.FromMinutes(1));

        charge(A);
        count();
        Time.Advance(2 * Minute);

        Assert.That((charge(A).Number, count()), Is.EqualTo(("A-2", 2)));
    }

    [Test]
    public void A_function_must_be_given()
    {
        IdempotencyHandler handler = Handler();

        Assert.Multiple(() =>
        {
            Assert.That(() => handler.Wrap("o", (Func<Order, Receipt>)null!), Throws.ArgumentNullException);
            Assert.That(() => handler.Wrap<Order>("o", (Action<Order>)null!), Throws.ArgumentNullException);
            Assert.That(() => handler.Wrap("o", (Action)null!), Throws.ArgumentNullException);
            Assert.That(() => handler.Wrap<int>("o", (Func<int>)null!), Throws.ArgumentNullException);
            Assert.That(
                () => handler.Operation<Order, Receipt>("o").Handle(A, null!),
                Throws.ArgumentNullException);
        });
    }
}
