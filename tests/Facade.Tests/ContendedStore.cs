// A store whose every key is free when it is looked at, and taken when it is asked for.
using Idempotency;
using Idempotency.Core;

namespace Facade.Tests;

internal sealed class ContendedStore : IIdempotencyStore
{
    private int _acquires;

    /// <summary>How often a call tried to take a key.</summary>
    public int Acquires => _acquires;

    public ValueTask<StoreReply> Acquire(AcquireRequest request, CancellationToken cancellation)
    {
        _acquires++;
        return new(StoreReply.NewRefused(null));
    }

    public ValueTask<StoreReply> Renew(RenewRequest request, CancellationToken cancellation) => throw Unexpected();

    public ValueTask<StoreReply> Complete(CompleteRequest request, CancellationToken cancellation) => throw Unexpected();

    public ValueTask<StoreReply> Release(ReleaseRequest request, CancellationToken cancellation) => throw Unexpected();

    public ValueTask<StoreReply> LateComplete(LateCompleteRequest request, CancellationToken cancellation) =>
        throw Unexpected();

    public ValueTask<Record?> Get(string key, CancellationToken cancellation) => throw Unexpected();

    private static NotSupportedException Unexpected() => new("A call that never has the key has nothing to ask for.");
}
