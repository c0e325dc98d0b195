// What the worker reads from, and what must not happen twice.
using System.Runtime.CompilerServices;

namespace Invoices;

public sealed record Invoice(string Order, int Number);

public sealed class Mailbox
{
    private int _sent;

    /// <summary>How many invoices were sent.</summary>
    public int Sent => Volatile.Read(ref _sent);

    public Task<Invoice> SendAsync(string order, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(new Invoice(order, Interlocked.Increment(ref _sent)));
    }
}

/// <summary>A queue that delivers at least once: some orders come twice.</summary>
public sealed class OrderFeed(IEnumerable<string> messages)
{
    private readonly Queue<string> _messages = new(messages);

    public async IAsyncEnumerable<string> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (_messages.TryDequeue(out string? order))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
            yield return order;
        }
    }

    public void Return(string order) => _messages.Enqueue(order);
}
