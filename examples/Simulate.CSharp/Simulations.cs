// Two callers that send the same order, and a promise: it is charged once.
using Idempotency.Simulation;

namespace Simulate;

public static class Simulations
{
    public static HandlerSimulation<Gateway> Of(
        Func<SimulatedProcess<Gateway>, Order, CancellationToken, Task<Receipt>> worker)
    {
        var order = new Order("A-1001", 49.90m);
        var simulation = new HandlerSimulation<Gateway>(() => new Gateway());

        simulation.Calls(worker, order, order);
        simulation.Expect<StaleTokenException>();
        simulation.Always("an order is charged at most once", gateway => gateway.TimesCharged(order.Id) <= 1);

        return simulation;
    }
}
