// The stores that a simulation runs on: one that hides why it refuses, one with a record planted in it, and
// the table of stores that can be chosen by name.
namespace Idempotency.Simulation

open System
open System.Threading.Tasks
open Idempotency
open Idempotency.Core

/// A store that cannot say why it refuses.
[<Sealed>]
type UnseenStore(store: IIdempotencyStore) =
    let hide (reply: ValueTask<StoreReply>) =
        task {
            match! reply with
            | StoreReply.Refused _ -> return StoreReply.RefusedUnseen
            | StoreReply.Applied _
            | StoreReply.RefusedUnseen as other -> return other
        }
        |> ValueTask<StoreReply>

    interface IIdempotencyStore with
        member _.Acquire(request, cancellation) =
            hide (store.Acquire(request, cancellation))

        member _.Renew(request, cancellation) =
            hide (store.Renew(request, cancellation))

        member _.Complete(request, cancellation) =
            hide (store.Complete(request, cancellation))

        member _.Release(request, cancellation) =
            hide (store.Release(request, cancellation))

        member _.LateComplete(request, cancellation) =
            hide (store.LateComplete(request, cancellation))

        member _.Get(key, cancellation) = store.Get(key, cancellation)

/// A store in which a record may stand that no request of ours can write: that of a peer. It is kept here,
/// under the rules of `Lifecycle`, until a request takes its key over; the store behind writes all that is
/// written then.
[<Sealed>]
type PlantedStore(store: IIdempotencyStore, sweep: string -> int64<ms> -> bool) =
    let mutable planted: Record | null = null

    let isPlanted (key: string) =
        match planted with
        | null -> false
        | record -> record.Key = key

    let change decide =
        let current = planted

        match decide current with
        | Decision.Write record ->
            planted <- record
            StoreReply.Applied current
        | Decision.Remove ->
            planted <- null
            StoreReply.Applied current
        | Decision.Refuse -> StoreReply.Refused current
        |> ValueTask<StoreReply>

    /// A request that writes a whole record: it finds the store behind empty.
    let takeOver decide (write: unit -> ValueTask<StoreReply>) =
        let current = planted

        match decide current with
        | Decision.Refuse -> ValueTask<StoreReply>(StoreReply.Refused current)
        | Decision.Write _
        | Decision.Remove ->
            planted <- null

            task {
                match! write () with
                | StoreReply.Applied _ -> return StoreReply.Applied current
                | StoreReply.Refused _
                | StoreReply.RefusedUnseen as refusal -> return refusal
            }
            |> ValueTask<StoreReply>

    /// Puts a record in the store, in the place of whatever was planted before.
    member _.Plant(record: Record) = planted <- record

    /// Removes the record of a key if its last second is over, and says whether it did.
    member _.Sweep (key: string) (now: int64<ms>) =
        match planted with
        | NonNull record when record.Key = key ->
            let over = record.Expires < Time.floorSeconds now
            if over then planted <- null
            over
        | _ -> sweep key now

    interface IIdempotencyStore with
        member _.Acquire(request, cancellation) =
            if isPlanted request.Ticket.Key then
                takeOver (Lifecycle.acquire request) (fun () -> store.Acquire(request, cancellation))
            else
                store.Acquire(request, cancellation)

        member _.Renew(request, cancellation) =
            if isPlanted request.Ticket.Key then
                change (Lifecycle.renew request)
            else
                store.Renew(request, cancellation)

        member _.Complete(request, cancellation) =
            if isPlanted request.Ticket.Key then
                change (Lifecycle.complete request)
            else
                store.Complete(request, cancellation)

        member _.Release(request, cancellation) =
            if isPlanted request.Ticket.Key then
                change (Lifecycle.release request)
            else
                store.Release(request, cancellation)

        member _.LateComplete(request, cancellation) =
            if isPlanted request.Ticket.Key then
                takeOver (Lifecycle.lateComplete request) (fun () ->
                    store.LateComplete(request, cancellation))
            else
                store.LateComplete(request, cancellation)

        member _.Get(key, cancellation) =
            if isPlanted key then
                ValueTask<Record | null>(planted)
            else
                store.Get(key, cancellation)

/// A store with what a simulation needs beside its contract.
[<NoComparison; NoEquality>]
type Bench =
    {
        Store: IIdempotencyStore
        /// Removes the record of a key if its last second lies before the moment's; whether it did.
        Sweep: string -> int64<ms> -> bool
        /// Writes a record as it is, under no condition.
        Plant: Record -> unit
    }

module Bench =
    /// Any store, with its sweep. Planted records stand before it, so the store needs no way to write them.
    let over (store: IIdempotencyStore) (sweep: string -> int64<ms> -> bool) =
        let planted = PlantedStore(store, sweep)

        { Store = planted
          Sweep = planted.Sweep
          Plant = planted.Plant }

    /// The in-memory store, with its own sweep.
    let memory () =
        let store = InMemoryStore()
        over store (fun _ now -> store.Sweep(Time.toDateTimeOffset now) > 0)
