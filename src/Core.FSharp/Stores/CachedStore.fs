// A store with a local memory of finished records before it. What is remembered was confirmed by the store and
// checked by the protocol; the protocol judges it again, by clock and fingerprint, each time it is recalled.
namespace Idempotency

open System
open System.Collections.Generic
open System.Threading
open Idempotency.Core

/// <summary>Remembers the finished records that were used last, up to a number. Thread-safe.</summary>
[<Sealed>]
type LocalCache(maxItems: int) =
    do
        if maxItems < 1 then
            raise (
                ArgumentOutOfRangeException(
                    nameof maxItems,
                    maxItems,
                    "LocalCache: maxItems must be at least 1. To go without a cache, use the store itself."
                )
            )

    let gate = obj ()
    let nodes = Dictionary<string, LinkedListNode<Record>>()
    // The one used last stands first.
    let byUse = LinkedList<Record>()

    let forget (node: LinkedListNode<Record>) =
        byUse.Remove node
        nodes.Remove node.Value.Key |> ignore

    /// <summary>How many records it remembers now.</summary>
    member _.Count = lock gate (fun () -> nodes.Count)

    /// <summary>The record remembered for a key, or null.</summary>
    /// <param name="key">The key's text.</param>
    member _.Recall(key: string) : Record | null =
        // As `lock`, but without a closure.
        Monitor.Enter gate

        try
            match nodes.TryGetValue key with
            | false, _ -> null
            | true, node ->
                byUse.Remove node
                byUse.AddFirst node
                node.Value
        finally
            Monitor.Exit gate

    /// <summary>Remembers a record in the place of the one used longest ago. A lock is never remembered.</summary>
    /// <param name="record">A finished record.</param>
    member _.Remember(record: Record) =
        if not record.IsInProgress then
            lock gate (fun () ->
                match nodes.TryGetValue record.Key with
                | true, known -> forget known
                | false, _ ->
                    match byUse.Last with
                    | null -> ()
                    | oldest when nodes.Count >= maxItems -> forget oldest
                    | _ -> ()

                nodes[record.Key] <- byUse.AddFirst record)

    /// <summary>Forgets a key.</summary>
    /// <param name="key">The key's text.</param>
    member _.Forget(key: string) =
        lock gate (fun () ->
            match nodes.TryGetValue key with
            | true, node -> forget node
            | false, _ -> ())

/// <summary>A store with a <see cref="T:Idempotency.LocalCache"/> before it: a replay that it remembers needs no
/// request.</summary>
/// <remarks>A remembered record answers until its window ends by this process's clock, which may be later by as much as
/// the clocks of two processes differ.</remarks>
[<Sealed>]
type CachedStore(store: IIdempotencyStore, cache: LocalCache) =
    /// <summary>A store that remembers the 256 finished records used last.</summary>
    /// <param name="store">The store behind.</param>
    new(store: IIdempotencyStore) = CachedStore(store, LocalCache 256)

    /// <summary>What it remembers.</summary>
    member _.Cache = cache

    interface IDecoratesStore with
        member _.Inner = store

    interface IRecallsRecords with
        member _.Recall key = cache.Recall key
        member _.Remember record = cache.Remember record

    interface IIdempotencyStore with
        member _.Acquire(request, cancellation) =
            // A call that recalled a record and still acquires found it expired.
            cache.Forget request.Ticket.Key
            store.Acquire(request, cancellation)

        member _.Renew(request, cancellation) = store.Renew(request, cancellation)
        member _.Complete(request, cancellation) = store.Complete(request, cancellation)
        member _.Release(request, cancellation) = store.Release(request, cancellation)

        member _.LateComplete(request, cancellation) =
            store.LateComplete(request, cancellation)

        member _.Get(key, cancellation) = store.Get(key, cancellation)
