// What the tests sell: inputs, results, and a function that counts how often it runs.
namespace Facade.Tests;

internal sealed record Order(string Id, int Amount = 1);

internal sealed record Receipt(string Number, decimal Total);

/// <summary>Every run gives another result, so that a replay can be told from a run.</summary>
internal sealed class Till
{
    private int _runs;

    public int Runs => Volatile.Read(ref _runs);

    public Receipt Charge(Order order)
    {
        int run = Interlocked.Increment(ref _runs);
        return new Receipt($"{order.Id}-{run}", order.Amount * 1.10m);
    }

    public Task<Receipt> ChargeAsync(Order order, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Charge(order));
    }
}
