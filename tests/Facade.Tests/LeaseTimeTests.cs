// A lease that follows from the time the host has left.
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class LeaseTimeTests : OnManualTime
{
    private readonly Till _till = new();

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(500)]
    [TestCase(499.9999)]
    public async Task With_no_time_left_nothing_is_run_or_written(double left)
    {
        var store = new FaultyStore(Store);
        IdempotencyHandler handler = Handler(
            o => o.LeaseFrom(() => TimeSpan.FromMilliseconds(left), TimeSpan.FromMilliseconds(500)), store);

        IdempotencyResult<Receipt> result = await handler.TryHandleAsync("charge", new Order("A"), _till.ChargeAsync);

        Assert.Multiple(() =>
        {
            Assert.That(result.Refusal, Is.TypeOf<IdempotencyLeaseTimeException>().With.Message.Contains("'charge'"));
            Assert.That(result.Refusal!.Message, Does.Contain(" ms after the safety margin"));
            Assert.That((_till.Runs, Store.Count), Is.EqualTo((0, 0)));
            Assert.That(store.Requests, Is.Empty);
        });
    }

    [Test]
    public void The_lease_is_the_time_left_less_the_margin()
    {
        DateTimeOffset ends = default;
        IdempotencyHandler handler = Handler(o => o.LeaseFrom(() => 20 * Second, 5 * Second));
        Func<Order, Receipt> charge = handler.Wrap<Order, Receipt>("charge", (order, context) =>
        {
            ends = context.LeaseEnds;
            return _till.Charge(order);
        });

        charge(new Order("A"));

        Assert.That(ends - Time.UtcNow, Is.EqualTo(15 * Second));
    }

    [Test]
    public async Task The_time_left_is_asked_for_once_a_call_and_after_the_key()
    {
        int asked = 0;
        IdempotencyHandler handler = Handler(o => o.LeaseFrom(
            () =>
            {
                asked++;
                return Minute;
            },
            Second));

        await handler.TryHandleAsync("charge", new Order("A"), _till.ChargeAsync);
        await handler.TryHandleAsync("charge", new Order("A"), _till.ChargeAsync);
        await handler.TryHandleAsync("charge", "", (_, _) => Task.FromResult(0));

        Assert.That(asked, Is.EqualTo(2));
    }

    [Test]
    public void A_negative_margin_is_refused() =>
        Assert.That(
            () => Handler(o => o.LeaseFrom(() => Minute, -Second)),
            Throws.InstanceOf<ArgumentOutOfRangeException>()
                .With.Message.Contains("safety margin must not be negative"));

    [Test]
    public void The_time_left_must_be_given() =>
        Assert.That(() => Handler(o => o.LeaseFrom(null!, Second)), Throws.ArgumentNullException);
}
