// Everything that can happen next in a state, and what it breaks. A worker thread has one of these for itself.
namespace Idempotency.Simulation

open System

/// Takes the states that can follow.
type ITakeStates =
    /// A state that follows by a move (`Move.ofNumber`), and the invariants that the move breaks. The bytes are only
    /// lent.
    abstract Take: state: byte[] * move: int * broken: int -> unit

/// Finds what follows a state. For one thread.
[<Sealed>]
type Successors(stage: Stage, layout: Layout) =
    let cast = stage.Cast
    let bounds = cast.Bounds
    let roles = cast.Roles
    let numbers = stage.Numbers
    let lookup = Lookup stage
    let chronicle = Chronicle(cast, numbers, layout, lookup)
    let next: byte[] = Array.zeroCreate layout.Width

    /// Applies an outcome to a copy of the state.
    let apply (state: byte[]) tick call budget left (outcome: Outcome) =
        let role = roles[call]
        Buffer.BlockCopy(state, 0, next, 0, state.Length)
        layout.SetLeft(next, budget, (if budget = Budget.Free then left else left - 1))
        layout.SetStored(next, outcome.Stored)
        layout.SetCall(next, call, outcome.Local)

        if role.Cache >= 0 then layout.SetCached(next, role.Cache, outcome.Cached)

        for copy in outcome.Copies do
            layout.AddCopy(next, copy)

        let mutable broken = outcome.Broken

        match outcome.Commits with
        | ValueSome(struct (request, expires)) ->
            broken <- broken ||| chronicle.Commit(next, tick, call, request, false, expires)
        | ValueNone -> ()

        match outcome.Starts with
        | ValueSome fence -> broken <- broken ||| chronicle.Start(next, call, fence)
        | ValueNone -> ()

        if outcome.Delivers >= 0 then
            broken <-
                broken
                ||| chronicle.Receive(next, tick, call, outcome.Delivers, outcome.Expires)

        if (numbers.Local outcome.Local).IsGone then layout.SetKnown(next, call, 0)

        broken

    let mayBegin (state: byte[]) (role: Role) =
        let begun other =
            match (numbers.Local(layout.Call(state, other))).Call.Phase with
            | Phase.Unbegun -> false
            | Phase.At _
            | Phase.Crashed -> true

        (role.After < 0 || (numbers.Local(layout.Call(state, role.After))).LetsNext)
        && (role.Twin < 0 || begun role.Twin)

    let befall (state: byte[]) tick call (taker: ITakeStates) =
        let role = roles[call]
        let localNumber = layout.Call(state, call)
        let local = numbers.Local localNumber
        let stored = layout.Stored state
        let cached = if role.Cache < 0 then 0 else layout.Cached(state, role.Cache)

        for place in 0 .. local.Incidents.Length - 1 do
            let budget = local.Budgets[place]
            let left = layout.Left(state, budget)

            if left > 0 && (not local.Begins || mayBegin state role) then
                let wobble = if local.Reads[place] then bounds.Wobble else 0

                for off in -wobble .. wobble do
                    match lookup.Outcome(tick, off, local, localNumber, place, stored, cached) with
                    | ValueSome found when not found.IsIdle ->
                        let broken =
                            if local.Begins then
                                layout.SetKnown(state, call, chronicle.Open(state, tick))
                                let broken = apply state tick call budget left found
                                layout.SetKnown(state, call, 0)
                                broken
                            else
                                apply state tick call budget left found

                        taker.Take(next, Move.befall call place off, broken)
                    | ValueSome _
                    | ValueNone -> ()

    let arrive (state: byte[]) tick place (taker: ITakeStates) =
        let copy = layout.Copy(state, place) - 1

        // The same request twice makes no difference which of them comes.
        let isFirst = place = 0 || layout.Copy(state, place - 1) <> copy + 1

        if isFirst && not (stage.IsLate(tick, copy)) then
            match lookup.Arrival(copy, layout.Stored state) with
            | ValueSome found ->
                Buffer.BlockCopy(state, 0, next, 0, state.Length)
                layout.SetStored(next, found.Stored)
                layout.RemoveCopy(next, place)

                let broken =
                    match found.Commits with
                    | ValueSome(struct (request, expires)) ->
                        let sender = (numbers.Copy copy).Sender
                        found.Broken ||| chronicle.Commit(next, tick, sender, request, true, expires)
                    | ValueNone -> found.Broken

                taker.Take(next, Move.arrive place, broken)
            | ValueNone -> ()

    /// Peers whose lease is over are gone, where their host stops them.
    let stopPeers tick =
        for call in 0 .. roles.Length - 1 do
            if roles[call].Plan.IsPeer then
                let local = numbers.Local(layout.Call(next, call))

                if local.Leased < Cast.moment tick then
                    layout.SetCall(next, call, numbers.OfGone local.Role)
                    layout.SetKnown(next, call, 0)

    let pass (state: byte[]) tick (taker: ITakeStates) =
        Buffer.BlockCopy(state, 0, next, 0, state.Length)
        layout.SetTick(next, tick + 1)
        chronicle.Tick(next, tick + 1)
        if bounds.PeersStop then stopPeers (tick + 1)
        taker.Take(next, Move.ofPass, 0)

    let sweep (state: byte[]) tick (taker: ITakeStates) =
        let stored = layout.Stored state
        let after = stage.Sweep(tick, stored)

        if after <> stored then
            Buffer.BlockCopy(state, 0, next, 0, state.Length)
            layout.SetStored(next, after)
            taker.Take(next, Move.ofSweep, 0)

    /// The first state.
    member _.First() : byte[] =
        let state = Array.zeroCreate layout.Width
        let faults = bounds.Faults
        layout.SetLeft(state, Budget.LostReplies, faults.LostReplies)
        layout.SetLeft(state, Budget.SlowReplies, faults.SlowReplies)
        layout.SetLeft(state, Budget.Crashes, faults.Crashes)
        layout.SetLeft(state, Budget.GiveUps, faults.GiveUps)
        layout.SetLeft(state, Budget.Cancellations, faults.Cancellations)
        layout.SetLeft(state, Budget.Heartbeats, faults.Heartbeats)
        layout.SetHistory(state, numbers.Blank)

        for role in roles do
            layout.SetCall(state, role.Index, numbers.Unbegun[role.Index])

        state

    /// Hands on everything that can follow a state.
    member _.Expand(state: byte[], taker: ITakeStates) =
        let tick = layout.Tick state

        for call in 0 .. roles.Length - 1 do
            befall state tick call taker

        let mutable place = 0

        while place < layout.Copies && layout.Copy(state, place) <> 0 do
            arrive state tick place taker
            place <- place + 1

        if bounds.Sweeps then sweep state tick taker
        if tick < bounds.Ticks then pass state tick taker

    /// I1 and I6: what a state breaks as it is, and how long a fresh caller would have to wait where all have stopped.
    member _.Look(state: byte[], recovery: byref<int>) =
        let tick = layout.Tick state
        let moment = Cast.moment (tick - bounds.Wobble)
        let mutable live = 0
        let mutable stopped = true

        for call in 0 .. roles.Length - 1 do
            let local = numbers.Local(layout.Call(state, call))
            if local.LiveUntil >= moment then live <- live + 1

            match local.Call.Phase with
            | Phase.At _ -> stopped <- false
            | Phase.Unbegun
            | Phase.Crashed -> ()

        let wait = lookup.Wait(tick, layout.Stored state)
        let overlap = if live > 1 then Breach.ofInvariant Invariant.I1 else 0

        match wait with
        | Ok ticks ->
            if stopped then recovery <- max recovery ticks
            overlap
        | Error _ -> overlap ||| Breach.ofInvariant Invariant.I6
