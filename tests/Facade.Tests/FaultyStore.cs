// A store before another one, written in C#: it notes every request, and fails where a test says so.
using System.Collections.Concurrent;
using Idempotency;
using Idempotency.Core;

namespace Facade.Tests;

internal enum Request
{
    Acquire,
    Renew,
    Complete,
    Release,
    LateComplete,
    Get,
}

internal sealed class StoreDownException(string message = "The store is down.") : Exception(message);

internal sealed class FaultyStore(IIdempotencyStore inner) : IIdempotencyStore, IDisposable
{
    private readonly ConcurrentQueue<Request> _requests = new();

    /// <summary>Called before a request is applied; what it throws keeps the request from being applied.</summary>
    public Func<Request, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called after a request was applied; what it throws loses the reply.</summary>
    public Func<Request, Task> After { get; set; } = _ => Task.CompletedTask;

    public bool IsDisposed { get; private set; }

    /// <summary>All requests so far, in order.</summary>
    public IReadOnlyCollection<Request> Requests => _requests;

    /// <summary>Says that requests of a kind fail from now on, without being applied.</summary>
    public void Break(Request broken) =>
        Before = request => request == broken ? throw new StoreDownException() : Task.CompletedTask;

    /// <summary>Says that requests of a kind are applied from now on, but their replies are lost.</summary>
    public void LoseReplies(Request lost) =>
        After = request => request == lost ? throw new StoreDownException() : Task.CompletedTask;

    /// <summary>Says that nothing fails any more.</summary>
    public void Mend()
    {
        Before = _ => Task.CompletedTask;
        After = _ => Task.CompletedTask;
    }

    public void Dispose() => IsDisposed = true;

    public ValueTask<StoreReply> Acquire(AcquireRequest request, CancellationToken cancellation) =>
        Pass(Request.Acquire, () => inner.Acquire(request, cancellation));

    public ValueTask<StoreReply> Renew(RenewRequest request, CancellationToken cancellation) =>
        Pass(Request.Renew, () => inner.Renew(request, cancellation));

    public ValueTask<StoreReply> Complete(CompleteRequest request, CancellationToken cancellation) =>
        Pass(Request.Complete, () => inner.Complete(request, cancellation));

    public ValueTask<StoreReply> Release(ReleaseRequest request, CancellationToken cancellation) =>
        Pass(Request.Release, () => inner.Release(request, cancellation));

    public ValueTask<StoreReply> LateComplete(LateCompleteRequest request, CancellationToken cancellation) =>
        Pass(Request.LateComplete, () => inner.LateComplete(request, cancellation));

    public ValueTask<Record?> Get(string key, CancellationToken cancellation) =>
        Pass(Request.Get, () => inner.Get(key, cancellation));

    private async ValueTask<T> Pass<T>(Request request, Func<ValueTask<T>> send)
    {
        _requests.Enqueue(request);
        await Before(request);
        T reply = await send();
        await After(request);
        return reply;
    }
}
