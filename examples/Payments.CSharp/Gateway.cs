// What stands for the payment provider, and what is sent to it.
namespace Payments;

public sealed record Order(string Id, decimal Amount);

public sealed record Receipt(string Number, decimal Amount);

public sealed class Gateway
{
    private int _calls;

    public int Calls => _calls;

    public async Task<Receipt> ChargeAsync(Order order, CancellationToken cancellation)
    {
        int number = Interlocked.Increment(ref _calls);
        await Task.Delay(20, cancellation);
        return new Receipt($"receipt-{number}", order.Amount);
    }
}
