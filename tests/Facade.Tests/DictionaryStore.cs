// A whole store in C#: the rules are `Lifecycle`'s, the store's own part is one step of look, judge and write.
using Idempotency;
using Idempotency.Core;

namespace Facade.Tests;

internal sealed class DictionaryStore : IIdempotencyStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Record> _records = [];

    public ValueTask<StoreReply> Acquire(AcquireRequest request, CancellationToken cancellation) =>
        Apply(request.Ticket.Key, current => Lifecycle.acquire(request, current));

    public ValueTask<StoreReply> Renew(RenewRequest request, CancellationToken cancellation) =>
        Apply(request.Ticket.Key, current => Lifecycle.renew(request, current));

    public ValueTask<StoreReply> Complete(CompleteRequest request, CancellationToken cancellation) =>
        Apply(request.Ticket.Key, current => Lifecycle.complete(request, current));

    public ValueTask<StoreReply> Release(ReleaseRequest request, CancellationToken cancellation) =>
        Apply(request.Ticket.Key, current => Lifecycle.release(request, current));

    public ValueTask<StoreReply> LateComplete(LateCompleteRequest request, CancellationToken cancellation) =>
        Apply(request.Ticket.Key, current => Lifecycle.lateComplete(request, current));

    public ValueTask<Record?> Get(string key, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return new(_records.GetValueOrDefault(key));
        }
    }

    private ValueTask<StoreReply> Apply(string key, Func<Record?, Decision> judge)
    {
        lock (_gate)
        {
            Record? current = _records.GetValueOrDefault(key);
            Decision decision = judge(current);

            if (decision.IsRefuse)
            {
                return new(StoreReply.NewRefused(current));
            }

            if (decision.IsWrite)
            {
                _records[key] = decision.record;
            }
            else
            {
                _records.Remove(key);
            }

            return new(StoreReply.NewApplied(current));
        }
    }
}
