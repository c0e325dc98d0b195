// What must not happen twice.
namespace WebApi;

public sealed class Warehouse
{
    private int _payments;
    private int _parcels;

    /// <summary>What a payment waits for, such as a bank.</summary>
    public Func<Task> Bank { get; set; } = () => Task.CompletedTask;

    public async Task<Receipt> PayAsync(Payment payment)
    {
        await Bank();
        return new(Interlocked.Increment(ref _payments), payment.Amount);
    }

    public Task<Shipment> ShipAsync(Order order) =>
        Task.FromResult(new Shipment(order.OrderId, Interlocked.Increment(ref _parcels)));
}
