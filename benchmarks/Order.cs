// What is charged in the benchmarks.
namespace Benchmarks;

public sealed record Order(string Id, decimal Amount, string Currency, string Card)
{
    public static async Task<Receipt> ChargeAsync(Order order, CancellationToken cancellation)
    {
        await ValueTask.CompletedTask;
        return new Receipt(order.Id, order.Amount);
    }
}

public sealed record Receipt(string Number, decimal Amount);
