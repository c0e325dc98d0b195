// The embedded store: `Lifecycle` over dictionaries. Each key belongs to one of many stripes, and a stripe is
// changed under its lock. Expired records go a few with every write, the longest expired first, never by a scan.
namespace Idempotency

open System
open System.Collections.Generic
open System.Threading
open System.Threading.Tasks
open Idempotency.Core

/// <summary>The in-memory store has as many records as it may, and found none that has expired.</summary>
[<Sealed>]
type StoreFullException(capacity: int) =
    inherit
        InvalidOperationException(
            worded
                $"The in-memory store holds {capacity} records and may not hold more. None that has not expired was removed: \
              each of them still keeps a function from running twice. Give InMemoryStore a larger capacity, or its \
              operations a shorter Expiry."
        )

    /// <summary>The number of records that the store may hold.</summary>
    member _.Capacity = capacity

    interface IPermanentFault

/// One part of the keys. All members must be called under its lock.
[<Sealed>]
type private Stripe() =
    let records = Dictionary<string, Record>()
    // At least one entry for every record, under a second at which the record can have expired at the earliest.
    let expiries = PriorityQueue<string, int64<s>>()

    let enqueue (record: Record) =
        // A key that is released and taken again leaves entries behind; they are cleared once they prevail.
        if expiries.Count > 64 && expiries.Count > 2 * records.Count then
            expiries.Clear()

            for pair in records do
                expiries.Enqueue(pair.Key, pair.Value.Expires)
        else
            expiries.Enqueue(record.Key, record.Expires)

    member _.Find(key: string) : Record | null =
        match records.TryGetValue key with
        | true, record -> record
        | false, _ -> null

    member _.Add(record: Record) =
        records[record.Key] <- record
        enqueue record

    member _.Replace(record: Record, old: Record) =
        records[record.Key] <- record

        if record.Expires < old.Expires then enqueue record

    member _.Remove(key: string) = records.Remove key |> ignore

    /// Whether a record may have expired.
    member _.HasDue(now: int64<ms>) =
        let mutable key = ""
        let mutable due = 0L<s>
        expiries.TryPeek(&key, &due) && due < Time.floorSeconds now

    /// Drops expired records, at most so many, and says how many they were.
    member this.DropExpired(now: int64<ms>, atMost: int) =
        let second = Time.floorSeconds now
        let mutable dropped = 0
        let mutable looked = 0
        let mutable key = ""
        let mutable due = 0L<s>

        while looked < atMost && expiries.TryPeek(&key, &due) && due < second do
            looked <- looked + 1
            expiries.Dequeue() |> ignore

            match this.Find key with
            | null -> ()
            | record when Lifecycle.mayDrop now record ->
                records.Remove key |> ignore
                dropped <- dropped + 1
            | record -> expiries.Enqueue(key, max record.Expires second)

        dropped

/// What becomes of a record by a request.
type private Rule<'Request> = delegate of 'Request * (Record | null) -> Decision

/// <summary>Keeps records in the memory of this process: for one machine, and for tests.</summary>
/// <remarks>
/// Thread-safe. It holds at most <c>capacity</c> records; when it is full of live ones, a call that needs another
/// record fails with <see cref="T:Idempotency.StoreFullException"/> before its function is run. A live lock or result
/// is never evicted.
/// </remarks>
[<Sealed>]
type InMemoryStore(capacity: int) =
    do
        if capacity < 1 then
            raise (
                ArgumentOutOfRangeException(
                    nameof capacity,
                    capacity,
                    "InMemoryStore: capacity must be at least 1 record. Leave it out for the default of 1,000,000."
                )
            )

    static let dropWithEachWrite = 4
    static let dropWhenFull = 256

    let stripes =
        let atLeast = max 16 (4 * Environment.ProcessorCount)
        Array.init (int (Numerics.BitOperations.RoundUpToPowerOf2(uint32 atLeast))) (fun _ -> Stripe())

    let mutable count = 0

    // Keys end in a digest, whose last characters are as good as a hash of all of it.
    let stripeHash (key: string) =
        let last = key.Length - 1
        if last < 1 then 0 else int key[last] + 31 * int key[last - 1]

    let stripeOf (key: string) =
        stripes[stripeHash key &&& (stripes.Length - 1)]

    let drop (stripe: Stripe) now atMost =
        let dropped = stripe.DropExpired(now, atMost)

        if dropped > 0 then Interlocked.Add(&count, -dropped) |> ignore
        dropped

    let dropToFit (stripe: Stripe) now =
        while Volatile.Read &count > capacity && stripe.HasDue now do
            drop stripe now dropWhenFull |> ignore

    /// Makes room for one record. The stripe that needs it is locked; the others are only tried, so that two
    /// stripes never wait for each other.
    let reserve (own: Stripe) now =
        if Interlocked.Increment &count > capacity then
            dropToFit own now
            let mutable i = 0

            while Volatile.Read &count > capacity && i < stripes.Length do
                let other = stripes[i]
                i <- i + 1

                if not (obj.ReferenceEquals(other, own)) && Monitor.TryEnter other then
                    try
                        dropToFit other now
                    finally
                        Monitor.Exit other

            if Volatile.Read &count > capacity then
                Interlocked.Decrement &count |> ignore
                raise (StoreFullException capacity)

    let apply (stripe: Stripe) (key: string) (current: Record | null) now (decision: Decision) =
        match decision with
        | Decision.Refuse -> StoreReply.Refused current
        | Decision.Remove ->
            stripe.Remove key
            Interlocked.Decrement &count |> ignore
            StoreReply.Applied current
        | Decision.Write record ->
            match current with
            | null ->
                reserve stripe now
                stripe.Add record
                drop stripe now dropWithEachWrite |> ignore
            | old -> stripe.Replace(record, old)

            StoreReply.Applied current

    // The rules, as values that are made once.
    static let acquire = Rule Lifecycle.acquire
    static let renew = Rule Lifecycle.renew
    static let complete = Rule Lifecycle.complete
    static let release = Rule Lifecycle.release
    static let lateComplete = Rule Lifecycle.lateComplete

    let change (ticket: Ticket) now (rule: Rule<'Request>) (request: 'Request) =
        let stripe = stripeOf ticket.Key
        // As `lock`, but without a closure.
        Monitor.Enter stripe

        try
            let current = stripe.Find ticket.Key
            ValueTask<StoreReply>(rule.Invoke(request, current) |> apply stripe ticket.Key current now)
        finally
            Monitor.Exit stripe

    /// <summary>A store for at most 1,000,000 records.</summary>
    new() = InMemoryStore(1_000_000)

    /// <summary>How many records it may hold.</summary>
    member _.Capacity = capacity

    /// <summary>How many records it holds now; expired ones that were not dropped yet count too.</summary>
    member _.Count = Volatile.Read &count

    /// <summary>Drops every record that has expired. Not needed for correctness; each write drops a few anyway.</summary>
    /// <param name="now">The clock to judge by.</param>
    /// <returns>How many records were dropped.</returns>
    member _.Sweep(now: DateTimeOffset) =
        let moment = LanguagePrimitives.Int64WithMeasure<ms>(now.ToUnixTimeMilliseconds())

        stripes
        |> Array.sumBy (fun stripe -> lock stripe (fun () -> drop stripe moment Int32.MaxValue))

    /// <summary>Removes the record of a key, whatever it holds: the next call with that key runs. For a person who has
    /// looked, as after <c>Abandoned = Hold</c>.</summary>
    /// <param name="key">The key's text, as exceptions and outcomes give it.</param>
    /// <returns>Whether there was a record.</returns>
    member _.Remove(key: string) =
        let stripe = stripeOf key

        lock stripe (fun () ->
            match stripe.Find key with
            | null -> false
            | _ ->
                stripe.Remove key
                Interlocked.Decrement &count |> ignore
                true)

    interface IAnswersAtOnce

    interface IIdempotencyStore with
        member _.Acquire(request, _) =
            change request.Ticket request.Now acquire request

        member _.Renew(request, _) =
            change request.Ticket request.Now renew request

        member _.Complete(request, _) =
            change request.Ticket request.Now complete request

        member _.Release(request, _) =
            change request.Ticket request.Fence release request

        member _.LateComplete(request, _) =
            change request.Ticket request.Now lateComplete request

        member _.Get(key, _) =
            let stripe = stripeOf key
            Monitor.Enter stripe

            try
                ValueTask<Record | null>(stripe.Find key)
            finally
                Monitor.Exit stripe
