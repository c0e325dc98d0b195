// Plays single incidents with the functions that ship, for one call, one record and one moment, and judges them.
namespace Idempotency.Simulation

open Idempotency
open Idempotency.Core

/// Plays incidents. Thread-safe.
[<Sealed>]
type Stage(cast: Cast) =
    let bounds = cast.Bounds
    let numbers = Numbers cast

    let storeWith record =
        let store = RuledStore cast.Rules
        store.Plant(Cast.key, record)
        store

    let visible (store: RuledStore) : IIdempotencyStore =
        if bounds.Unseen then UnseenStore store else store

    let cacheWith (record: Record | null) =
        let cache = LocalCache 4

        match record with
        | null -> ()
        | known -> cache.Remember known

        cache

    let isApplied (reply: Reply) =
        match reply with
        | Reply.Wrote(StoreReply.Applied _) -> true
        | Reply.Wrote(StoreReply.Refused _)
        | Reply.Wrote StoreReply.RefusedUnseen
        | Reply.Read _ -> false

    let isOwnLock (before: Stored) sender =
        match before.Record with
        | NonNull record -> before.Author = sender && record.IsInProgress
        | Null -> false

    let metItself (local: Local) (before: Stored) (seen: Seen) =
        match seen with
        | Seen.Answered(_, reply, false) -> not (isApplied reply) && isOwnLock before local.Role.Index
        | Seen.Answered(_, _, true)
        | Seen.Nothing
        | Seen.NotApplied _
        | Seen.Swept _ -> local.MetItself

    /// The reply that the call handles in this incident, with the request that it is for.
    let handled incident (local: Local) (seen: Seen) =
        match incident, seen with
        | Incident.Handle, _ ->
            match Call.pending local.Call, local.Call.Kept with
            | Some request, Some reply -> Some(request, reply)
            | _, _ -> None
        | _, Seen.Answered(request, reply, false) -> Some(request, reply)
        | _, _ -> None

    let commitsBy sender request =
        match Judge.commits request with
        | ValueSome expires -> ValueSome(struct (numbers.OfRequest(sender, request), expires))
        | ValueNone -> ValueNone

    let changeBy sender request reply before after =
        if isApplied reply then
            struct (Judge.change sender request before after,
                    (if isNull after then -1 else sender),
                    commitsBy sender request)
        else
            struct ([], before.Author, ValueNone)

    let blame (role: Role) broken =
        let set = Breach.ofList broken
        if role.Plan.IsPeer then Breach.byPeer set else set

    let startOf (local: Local) (after: Call) clock =
        match local.Call.Phase, after.Phase with
        | Phase.At(Step.Run _), _ -> struct (ValueNone, [])
        | _, Phase.At(Step.Run running) -> struct (ValueSome running.Fence, Judge.start local clock running)
        | _, _ -> struct (ValueNone, [])

    let isWaiting (call: Call) =
        match call.Phase with
        | Phase.At(Step.Wait _) -> true
        | Phase.At _
        | Phase.Unbegun
        | Phase.Crashed -> false

    let changesOf sender before record (seen: Seen) =
        match seen with
        | Seen.Answered(request, reply, _) -> changeBy sender request reply before record
        | Seen.Nothing
        | Seen.NotApplied _
        | Seen.Swept _ -> struct ([], before.Author, ValueNone)

    /// The record that the incident shows to the call, and the request that it confirms to it.
    let learns incident (local: Local) seen cached =
        match incident, handled incident local seen with
        | Incident.Begin, _ -> struct (cached, None)
        | _, Some(request, reply) when isApplied reply -> struct (null, Some request)
        | _, Some(_, reply) -> struct (Judge.shown reply, None)
        | _, None -> struct (null, None)

    let endingOf (local: Local) (after: Call) clock ran met struct (shown, confirmed) =
        match after.Phase with
        | Phase.At(Step.Done(conclusion, _)) ->
            Judge.ending local cast.Roles clock ran met shown confirmed conclusion
        | Phase.At _
        | Phase.Unbegun
        | Phase.Crashed -> struct ([], Judge.nothing)

    /// Whether a request of a call has been under way for too long to reach the store at a tick.
    let isLate tick (role: Role) (request: Request) =
        match request.Made with
        | ValueSome made ->
            made - role.Call.Offset + Bounds.ticks (bounds.Travel + bounds.Wobble) < Cast.moment tick
        | ValueNone -> false

    let cannotReach tick incident (local: Local) =
        Incident.reaches incident
        && (Call.underWay local.Call |> Option.exists (isLate tick local.Role))

    /// Whether a copy has been in the network for too long.
    member _.IsLate(tick: int, copyNumber: int) =
        let copy = numbers.Copy copyNumber
        isLate tick cast.Roles[copy.Sender] copy.Request

    /// Plays an incident on a call, at a tick, its clock off by so many ticks, with this in the store and this in
    /// its cache. None where it cannot happen.
    member _.Befall(tick, off, incident: Incident, localNumber: int, beforeNumber: int, cachedNumber: int) =
        let local = numbers.Local localNumber
        let role = local.Role
        let before = numbers.Stored beforeNumber
        let clock = Cast.moment tick + role.Call.Offset + Bounds.ticks off
        let store = storeWith before.Record
        let cached = (numbers.Stored cachedNumber).Record
        let cache: LocalCache | null = if role.Cache < 0 then null else cacheWith cached

        let played =
            if cannotReach tick incident local then
                Error "the request is too late"
            else
                Incident.befall (visible store) clock incident { local.Call with Cache = cache }

        match played with
        | Error _ -> None
        | Ok(struct (after, seen, left)) ->
            let record = store.Find Cast.key
            let struct (changes, author, commits) = changesOf role.Index before record seen
            let met = metItself local before seen
            let ran = Incident.ran incident local.Call local.Ran
            let struct (starts, starting) = startOf local after clock

            let struct (ending, receipt) =
                endingOf local after clock ran met (learns incident local seen cached)

            let next =
                numbers.OfCall(
                    role,
                    after,
                    local.Started || starts.IsSome,
                    ran,
                    met && (isWaiting after || after.Kept.IsSome)
                )

            let afterNumber = numbers.OfRecord(record, author)

            let cachedAfter =
                match cache with
                | null -> cachedNumber
                | known -> numbers.OfRecord(known.Recall Cast.key, -1)

            Some
                { Local = next
                  Stored = afterNumber
                  Cached = cachedAfter
                  Copies = [| for request in left -> numbers.OfRequest(role.Index, request) |]
                  Delivers = receipt.Result
                  Expires = receipt.Expires
                  Commits = commits
                  Starts = starts
                  Broken = blame role (changes @ starting @ ending)
                  IsIdle =
                    next = localNumber
                    && afterNumber = beforeNumber
                    && cachedAfter = cachedNumber
                    && left.IsEmpty
                  After = after
                  Seen = seen }

    /// A copy reaches the store, and nobody sees the reply. None where it changes nothing.
    member _.Arrive(copyNumber: int, beforeNumber: int) =
        let copy = numbers.Copy copyNumber
        let role = cast.Roles[copy.Sender]
        let before = numbers.Stored beforeNumber
        let store = storeWith before.Record
        let reply = Wire.send store copy.Request
        let record = store.Find Cast.key

        let struct (changes, author, commits) =
            changeBy copy.Sender copy.Request reply before record

        let afterNumber = numbers.OfRecord(record, author)

        if afterNumber = beforeNumber && commits.IsNone then
            None
        else
            Some
                { Arrival.Stored = afterNumber
                  Commits = commits
                  Broken = blame role changes
                  Reply = reply }

    /// The number of what stands in the store after a sweep at a tick.
    member _.Sweep(tick: int, beforeNumber: int) =
        let store = storeWith (numbers.Stored beforeNumber).Record
        let clock = Cast.moment tick + Bounds.ticks (Bounds.fastest bounds)

        if store.Sweep Cast.key clock then numbers.OfRecord(null, -1) else beforeNumber

    /// I6: how many ticks a fresh caller has to wait that comes at a tick with the slowest clock; or what is wrong.
    member _.Wait(tick: int, storedNumber: int) =
        let store = storeWith (numbers.Stored storedNumber).Record
        let now = Cast.moment tick

        let latest =
            now
            + Bounds.ticks (Bounds.fastest bounds + bounds.Wobble + bounds.Lease + bounds.Pad)

        FreshCaller.wait (visible store) cast.Setting.Machine (Cast.fresh cast) now latest
        |> Result.map (fun wait -> int ((wait + Bounds.tick - 1L<ms>) / Bounds.tick))

    /// The numbers of all that was met.
    member _.Numbers = numbers

    /// Who is on it.
    member _.Cast = cast
