// Gives numbers to all that a state consists of: calls in their states, records, requests in the network, histories.
namespace Idempotency.Simulation

open Idempotency.Core

/// Numbers for the parts of states. Thread-safe.
[<Sealed>]
type Numbers(cast: Cast) =
    let bounds = cast.Bounds
    let locals = Interned<Local> "states of calls"
    let stored = Interned<Stored> "records"
    let copies = Interned<Copy> "requests"
    let histories = Interned<History> "histories"

    let hasNext =
        cast.Roles
        |> Array.map (fun role -> cast.Roles |> Array.exists (fun other -> other.After = role.Index))

    let ended (call: Call) =
        match call.Phase with
        | Phase.At(Step.Done _) -> true
        | Phase.At _
        | Phase.Unbegun
        | Phase.Crashed -> false

    let hasGone (call: Call) =
        match call.Phase with
        | Phase.Crashed
        | Phase.At(Step.Done _) -> true
        | Phase.At _
        | Phase.Unbegun -> false

    /// A call that has ended is like one that has crashed, but that its worker goes on to the next.
    let settled (role: Role) (call: Call) =
        { call with
            Phase =
                match call.Phase with
                | Phase.At(Step.Done _) -> Phase.Crashed
                | Phase.At step -> Phase.At(Settle.step role.Call.Ticket.Policy step)
                | Phase.Unbegun
                | Phase.Crashed -> call.Phase
            Cache = null
            Fence = if role.Plan.IsPeer && not (hasGone call) then call.Fence else ValueNone
            LeaseLost = false }

    /// A peer is stopped when the lease ends that it has asked for.
    let leased (role: Role) (call: Call) =
        match call.Phase, call.Fence with
        | Phase.At(Step.Acquire { Request = request }), _ when role.Plan.IsPeer ->
            request.TrustedUntil - call.Offset
        | Phase.At _, ValueSome lease when role.Plan.IsPeer -> lease - call.Offset
        | _, _ -> System.Int64.MaxValue * 1L<ms>

    let note started (ran: HowItRan) metItself =
        let ran =
            match ran with
            | HowItRan.Never -> "n"
            | HowItRan.Returned -> "r"
            | HowItRan.Threw _ -> "t"

        $"{started}{ran}{metItself}"

    let internLocal (role: Role) (call: Call) started ran metItself =
        let kept = settled role call
        let letsNext = hasNext[role.Index] && ended call

        let make isGone liveUntil fence =
            let incidents = Possible.incidents bounds kept

            { Role = role
              Call = kept
              Started = started
              Ran = ran
              MetItself = metItself
              Incidents = incidents
              Budgets = incidents |> Array.map Possible.budget
              Reads = incidents |> Array.map Possible.readsClock
              Begins = kept.StateName = "Start"
              Leased = leased role kept
              LiveUntil = liveUntil
              Fence = fence
              IsGone = isGone
              LetsNext = letsNext }

        match kept.Phase with
        | Phase.Crashed ->
            locals.Number(
                Code.ofCall role.Index (string letsNext) kept,
                fun () -> make true Local.never ValueNone
            )
        | Phase.At(Step.Run running) ->
            locals.Number(
                Code.ofCall role.Index (note started ran metItself) kept,
                fun () -> make false (running.LeaseEnds - call.Offset) (ValueSome running.Fence)
            )
        | Phase.At _
        | Phase.Unbegun ->
            locals.Number(
                Code.ofCall role.Index (note started ran metItself) kept,
                fun () -> make false Local.never ValueNone
            )

    let internStored record author =
        stored.Number(Code.ofRecord record author, (fun () -> { Record = record; Author = author }))

    let internCopy sender request =
        let request = Settle.request cast.Policy request

        copies.Number(Code.ofRequest sender request, fun () -> { Sender = sender; Request = request })

    let internHistory history =
        histories.Number(History.code history, (fun () -> history))

    do internStored null -1 |> ignore
    let blank = internHistory History.empty

    let unbegun =
        cast.Roles
        |> Array.map (fun role -> internLocal role role.Call false HowItRan.Never false)

    /// The number of a call in its state.
    member _.OfCall(role: Role, call: Call, started, ran, metItself) =
        internLocal role call started ran metItself

    /// The number of a call that has gone without an end.
    member _.OfGone(role: Role) =
        internLocal role { role.Call with Phase = Phase.Crashed } true HowItRan.Never false

    /// The number of a record and of the call that wrote it; that of no record is zero.
    member _.OfRecord(record: Record | null, author: int) = internStored record author

    /// The number of a request in the network.
    member _.OfRequest(sender: int, request: Request) = internCopy sender request

    /// The number of a history.
    member _.OfHistory(history: History) = internHistory history

    /// The call with a number.
    member _.Local(number: int) = locals[number]

    /// The record with a number.
    member _.Stored(number: int) = stored[number]

    /// The request with a number.
    member _.Copy(number: int) = copies[number]

    /// The history with a number.
    member _.History(number: int) = histories[number]

    /// The numbers of the calls before they begin.
    member _.Unbegun = unbegun

    /// The number of the history in which nothing has happened.
    member _.Blank = blank

    /// How many calls, records, requests and histories there are.
    member _.Counts = locals.Count, stored.Count, copies.Count, histories.Count
