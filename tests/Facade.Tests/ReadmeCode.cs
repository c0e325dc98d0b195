// The code of the README and the docs that no example shows. It is compiled and run here; another test compares the texts.
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public sealed class ReadmeCode
{
    private sealed record Order(string Id, decimal Amount);

    private sealed record Receipt(string Number, decimal Amount);

    private sealed class Gateway
    {
        public Task<Receipt> ChargeAsync(Order order, CancellationToken cancellation) =>
            Task.FromResult(new Receipt("receipt-1", order.Amount));
    }

    [Test]
    public async Task A_refusal_can_be_matched_as_a_value()
    {
        var handler = new IdempotencyHandler(new InMemoryStore());
        var gateway = new Gateway();
        var order = new Order("A-1001", 49.90m);

        var operation = handler.Operation<Order, Receipt>("charge-order", options => options.KeyFrom(o => o.Id));

        IdempotencyResult<Receipt> result = await operation.TryHandleAsync(order, gateway.ChargeAsync);

        string answer = result.Match(
            receipt => receipt.Number,
            refusal => $"not now; try again in {refusal.RetryAfter}");

        Assert.That(answer, Is.EqualTo("receipt-1"));
    }

    [Test]
    public void A_logger_factory_can_be_given_by_hand()
    {
        using var loggerFactory = new LogSink();

        var handler = new IdempotencyHandler(new InMemoryStore(), options => options.LoggerFactory = loggerFactory);

        IdempotencyResult<int> refused = handler.Operation<string, int>("wait").TryHandle(" ", _ => 1);
        Assert.That(refused.Outcome, Is.EqualTo(IdempotencyOutcome.KeyRejected));
        Assert.That(loggerFactory.Names, Is.EqualTo(new[] { "KeyRejected" }));
    }
}
