// A store of your own in C#: a dictionary that is changed by compare-and-swap. Read a record, let the lifecycle
// decide, write only if the record is still the one that was read. A table with a version column works the same way.
using System.Collections.Concurrent;
using Idempotency;
using Idempotency.Core;

namespace CustomStore;

public sealed class DictionaryStore : IIdempotencyStore
{
    private readonly ConcurrentDictionary<string, Record> _records = new();

    public ValueTask<StoreReply> Acquire(AcquireRequest request, CancellationToken cancellation) =>
        Answer(request.Ticket.Key, record => Lifecycle.acquire(request, record));

    public ValueTask<StoreReply> Renew(RenewRequest request, CancellationToken cancellation) =>
        Answer(request.Ticket.Key, record => Lifecycle.renew(request, record));

    public ValueTask<StoreReply> Complete(CompleteRequest request, CancellationToken cancellation) =>
        Answer(request.Ticket.Key, record => Lifecycle.complete(request, record));

    public ValueTask<StoreReply> Release(ReleaseRequest request, CancellationToken cancellation) =>
        Answer(request.Ticket.Key, record => Lifecycle.release(request, record));

    public ValueTask<StoreReply> LateComplete(LateCompleteRequest request, CancellationToken cancellation) =>
        Answer(request.Ticket.Key, record => Lifecycle.lateComplete(request, record));

    public ValueTask<Record?> Get(string key, CancellationToken cancellation) =>
        ValueTask.FromResult(_records.GetValueOrDefault(key));

    /// <summary>Writes a record without any condition, as another program on the same table would.</summary>
    public void Put(Record record) => _records[record.Key] = record;

    private ValueTask<StoreReply> Answer(string key, Func<Record?, Decision> decide)
    {
        while (true)
        {
            Record? current = _records.GetValueOrDefault(key);
            Decision decision = decide(current);

            if (decision.IsRefuse)
            {
                return ValueTask.FromResult(StoreReply.NewRefused(current));
            }

            if (Swap(key, current, decision.IsWrite ? decision.record : null))
            {
                return ValueTask.FromResult(StoreReply.NewApplied(current));
            }

            // Somebody else has written in between: look again.
        }
    }

    private bool Swap(string key, Record? current, Record? next) => (current, next) switch
    {
        (null, null) => true,
        (null, not null) => _records.TryAdd(key, next),
        (not null, null) => _records.TryRemove(KeyValuePair.Create(key, current)),
        (not null, not null) => _records.TryUpdate(key, next, current),
    };
}
