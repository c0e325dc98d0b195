// The code of docs/testing.md that no example shows. It is compiled and run here; another test compares the texts.
using Idempotency;
using Idempotency.Store.Conformance;
using NUnit.Framework;

namespace Facade.Tests;

public class TestingCode
{
    private sealed record Order(string Id, decimal Amount);

    private sealed record Receipt(int Number);

    private int _charges;

    private Task<Receipt> ChargeAsync(Order order, CancellationToken cancellation) =>
        Task.FromResult(new Receipt(++_charges));

    [Test]
    public async Task Retries_are_replays_until_the_record_expires()
    {
        var order = new Order("A-1001", 49.90m);

        var time = new ManualTime();
        var handler = new IdempotencyHandler(new InMemoryStore(), options => options.TimeProvider = time);
        var charge = handler.Operation<Order, Receipt>("charge-order", options => options.KeyFrom(o => o.Id));

        Assert.That((await charge.TryHandleAsync(order, ChargeAsync)).IsReplay, Is.False);
        Assert.That((await charge.TryHandleAsync(order, ChargeAsync)).IsReplay, Is.True);

        time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1)); // past Expiry
        Assert.That((await charge.TryHandleAsync(order, ChargeAsync)).IsReplay, Is.False);

        Assert.That(_charges, Is.EqualTo(2));
    }

    [Test]
    public async Task A_switch_turns_protection_off()
    {
        Environment.SetEnvironmentVariable("SHOP_WITHOUT_IDEMPOTENCY", "true");

        try
        {
            var handler = new IdempotencyHandler(
                new InMemoryStore(), options => options.DisabledBy = "SHOP_WITHOUT_IDEMPOTENCY");

            var charge = handler.Operation<Order, Receipt>("charge-order");
            await charge.HandleAsync(new Order("A", 1), ChargeAsync);
            await charge.HandleAsync(new Order("A", 1), ChargeAsync);
            Assert.That(_charges, Is.EqualTo(2));
        }
        finally
        {
            Environment.SetEnvironmentVariable("SHOP_WITHOUT_IDEMPOTENCY", null);
        }
    }
}
