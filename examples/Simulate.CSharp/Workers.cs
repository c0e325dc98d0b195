// Four workers that charge an order. The first two charge it twice when things go wrong; the other two never do.
using Idempotency;
using Idempotency.Simulation;

namespace Simulate;

public static class Workers
{
    /// <summary>Trusts that it runs once.</summary>
    public static Task<Receipt> Trusting(
        SimulatedProcess<Gateway> process, Order order, CancellationToken cancellation) =>
        Charging(process).HandleAsync(
            order,
            (o, _) => process.CallAsync("charge", gateway => gateway.Charge(o)),
            cancellation).AsTask();

    /// <summary>Looks first whether the order is charged already.</summary>
    public static Task<Receipt> Looking(
        SimulatedProcess<Gateway> process, Order order, CancellationToken cancellation) =>
        Charging(process).HandleAsync(
            order,
            async (o, _) =>
                await process.CallAsync("look", gateway => gateway.Find(o.Id))
                ?? await process.CallAsync("charge", gateway => gateway.Charge(o)),
            cancellation).AsTask();

    /// <summary>Looks first, and brings its fencing token along.</summary>
    public static Task<Receipt> Fenced(
        SimulatedProcess<Gateway> process, Order order, CancellationToken cancellation) =>
        Charging(process).HandleAsync(
            order,
            async (o, context, _) =>
                await process.CallAsync("look", gateway => gateway.Find(o.Id, context.FencingToken))
                ?? await process.CallAsync("charge", gateway => gateway.Charge(o, context.FencingToken)),
            cancellation).AsTask();

    /// <summary>Hands the idempotency key on to a gateway that knows what to do with it.</summary>
    public static Task<Receipt> Keyed(
        SimulatedProcess<Gateway> process, Order order, CancellationToken cancellation) =>
        Charging(process).HandleAsync(
            order,
            (o, context, _) => process.CallAsync("charge", gateway => gateway.Charge(o, context.Key)),
            cancellation).AsTask();

    private static IdempotentOperation<Order, Receipt> Charging(SimulatedProcess<Gateway> process)
    {
        var handler = new IdempotencyHandler(process.Store, options =>
        {
            options.TimeProvider = process.Time;
            options.Lease = TimeSpan.FromSeconds(30);
        });

        return handler.Operation<Order, Receipt>("charge-order", options => options.KeyFrom(order => order.Id));
    }
}
