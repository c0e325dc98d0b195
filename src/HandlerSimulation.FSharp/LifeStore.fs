// The store as one process sees it: the in-memory store that ships, behind a network that delays, loses and repeats.
namespace Idempotency.Simulation.Users

open System
open System.Collections.Generic
open System.Threading
open System.Threading.Tasks
open Idempotency
open Idempotency.Core
open Idempotency.Simulation

/// The one store of a run, and who holds what in it.
[<Sealed>]
type internal SharedStore() =
    let owners = Dictionary<string, Life>()

    member val Inner: IIdempotencyStore = InMemoryStore()

    /// Some process asked for something.
    member val IsAsked = false with get, set

    member _.Know(owner: OwnerToken, life: Life) = owners[string owner] <- life

    member _.LifeOf(owner: OwnerToken) : Life | null =
        match owners.TryGetValue(string owner) with
        | true, life -> life
        | false, _ -> null

[<Sealed>]
type internal LifeStore(shared: SharedStore, life: Life) =
    /// How long a client waits for a reply that does not come.
    let patience = 1000L<ms>

    let nameOf (record: Record) =
        match shared.LifeOf record.Owner with
        | null -> "nobody"
        | other -> other.Name

    let inWords (record: Record | null) =
        match record with
        | null -> "nothing is there"
        | known when known.IsInProgress -> $"{nameOf known} holds the lock"
        | known when known.Status = Status.Failed -> "a failure is stored"
        | _ -> "a result is stored"

    let show (reply: StoreReply) =
        match reply with
        | StoreReply.Applied(NonNull replaced) when replaced.IsInProgress && nameOf replaced <> life.Name ->
            $"done, in the place of the lock of {nameOf replaced} (take-over)"
        | StoreReply.Applied _ -> "done"
        | StoreReply.Refused current -> $"refused, {inWords current}"
        | StoreReply.RefusedUnseen -> "refused"

    let now (pending: ValueTask<'Reply>) =
        pending.AsTask().GetAwaiter().GetResult()

    let noteTakeOver (reply: StoreReply) =
        match reply with
        | StoreReply.Applied(NonNull replaced) when replaced.IsInProgress ->
            match shared.LifeOf replaced.Owner with
            | NonNull other when not (obj.ReferenceEquals(other, life)) ->
                other.IsOvertaken <- true
                life.Clockwork.Coverage.TakeOvers <- life.Clockwork.Coverage.TakeOvers + 1
            | _ -> ()
        | _ -> ()

    let send what show deliver =
        shared.IsAsked <- true

        ValueTask<'Reply>(
            task =
                Network.send
                    life
                    { What = what
                      Spot = Spot.Request
                      Deliver = deliver
                      Show = show
                      Patience = patience }
        )

    let write what (call: unit -> ValueTask<StoreReply>) =
        send what show (fun () -> now (call ()))

    let begins (request: AcquireRequest) =
        let off = request.Now - life.Clock

        if abs (int64 off) > (TimeSpan.TicksPerDay / TimeSpan.TicksPerMillisecond) then
            life.Clockwork.Fail(
                SimulationException
                    "The handler does not run on the simulation's clock: set the TimeProvider of its options to process.Time."
            )

        life.Lease <- request.Ticket.Lease
        life.Owner <- string request.Ticket.Owner
        shared.Know(request.Ticket.Owner, life)

    interface IIdempotencyStore with
        member _.Acquire(request, _) =
            begins request

            write "acquire" (fun () ->
                let reply = shared.Inner.Acquire(request, CancellationToken.None)
                noteTakeOver reply.Result

                match reply.Result with
                | StoreReply.Applied _ -> life.HasHeld <- true
                | StoreReply.Refused _
                | StoreReply.RefusedUnseen -> ()

                reply)

        member _.Renew(request, _) =
            write "renew" (fun () -> shared.Inner.Renew(request, CancellationToken.None))

        member _.Complete(request, _) =
            write "complete" (fun () -> shared.Inner.Complete(request, CancellationToken.None))

        member _.Release(request, _) =
            write "release" (fun () -> shared.Inner.Release(request, CancellationToken.None))

        member _.LateComplete(request, _) =
            write "late complete" (fun () ->
                let reply = shared.Inner.LateComplete(request, CancellationToken.None)
                noteTakeOver reply.Result
                reply)

        member _.Get(key, _) =
            send "get" inWords (fun () -> now (shared.Inner.Get(key, CancellationToken.None)))
