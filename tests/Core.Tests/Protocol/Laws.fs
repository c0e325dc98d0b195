// What holds for every call at every moment, as functions of the states that a call went through. Each law is
// stated once; ProtocolProperties.fs tries it on the machine that ships and on a broken twin.
module Core.Tests.Laws

open Idempotency.Core
open Core.Tests.Given
open Core.Tests.Scripts

/// A law, over the script and the states that it led to.
type Law = Script -> Visit list -> bool

/// The runs that a call started, each with the moment of the start and what the call saw just before.
let private starts visits =
    [ for visit in visits do
          match visit.From, visit.Step with
          | ValueSome(Step.Run _), _ -> ()
          | _, Step.Run running -> visit, running
          | _ -> () ]

let private hasRun visits = not (List.isEmpty (starts visits))

let private conclusion visits =
    match (List.last visits).Step with
    | Step.Done(ended, remember) -> ValueSome(struct (ended, remember))
    | _ -> ValueNone

let private patience step =
    match step with
    | Step.Acquire state -> ValueSome state.Patience
    | Step.Refresh state -> ValueSome state.Patience
    | Step.Complete state -> ValueSome state.Patience
    | Step.LateComplete state -> ValueSome state.Patience
    | Step.Wait state -> ValueSome state.Patience
    | Step.Peek state -> ValueSome state.Patience
    | Step.Look _
    | Step.Abandon _
    | Step.Run _
    | Step.Release _
    | Step.Done _ -> ValueNone

/// Every reply leads to a state, until the call has ended.
let goesOn: Law =
    fun script visits ->
        match conclusion visits with
        | ValueSome _ -> visits.Length <= script.Moves.Length + 1
        | ValueNone -> visits.Length = script.Moves.Length + 1

/// Tries never exceed three.
let threeTries: Law =
    fun _ visits ->
        visits
        |> List.forall (fun visit ->
            match patience visit.Step with
            | ValueSome left -> left.Tries >= 0 && left.Tries <= 3
            | ValueNone -> true)

/// How often this part of the protocol asks the store before it sleeps or ends, at the most.
let private mostAsked isAsking visits =
    ((0, 0), visits)
    ||> List.fold (fun (count, most) visit ->
        match visit.Step with
        | Step.Wait _
        | Step.Run _ -> 0, most
        | step when isAsking step -> count + 1, max most (count + 1)
        | _ -> count, most)
    |> snd

/// Four requests at the most go out between two sleeps.
let fourRequests: Law =
    fun _ visits ->
        let acquires = visits |> mostAsked (fun step -> step.IsAcquire || step.IsRefresh)

        let completes =
            visits |> mostAsked (fun step -> step.IsComplete || step.IsLateComplete)

        // A failure in the place of a refused result is another thing to save.
        acquires <= 4 && completes <= (if wasRefused visits then 8 else 4)

/// A function is started only on a live lease.
let liveStart: Law =
    fun _ visits ->
        starts visits
        |> List.forall (fun (visit, running) -> visit.Now <= running.LeaseEnds)

/// A lease is trusted only as far as it is confirmed: what was asked for, or a skew pad less than the record says.
let confirmedLease: Law =
    fun script visits ->
        let pad = script.Ticket.Policy.SkewPad

        let confirmed (visit: Visit) =
            match visit.Saw with
            | null ->
                match visit.From, visit.Move with
                | ValueSome(Step.Acquire state), _ -> state.Request.Now + script.Ticket.Lease
                | ValueSome(Step.Refresh state), _ -> state.Request.Now + script.Ticket.Lease
                | ValueSome(Step.Run _), ValueSome { Answer = Applies _ } -> visit.Now + script.Ticket.Lease
                | ValueSome(Step.Run before), _ -> before.LeaseEnds
                | _ -> at 0
            | record -> record.LeaseEnds.GetValueOrDefault() - pad

        visits
        |> List.forall (fun visit ->
            match visit.From, visit.Step with
            | ValueSome(Step.Run before), Step.Run running ->
                running.LeaseEnds <= max before.LeaseEnds (confirmed visit)
            | _, Step.Run running -> running.LeaseEnds <= confirmed visit
            | _ -> true)

/// A function is started once at the most.
let oneStart: Law = fun _ visits -> (starts visits).Length <= 1

/// The clock of the last acquire, or of the look of a call that has not acquired yet.
let private lastAcquire visits =
    visits
    |> List.choose (fun visit ->
        match visit.Step with
        | Step.Look state -> Some state.Now
        | Step.Acquire state -> Some state.Request.Now
        | _ -> None)
    |> List.last

/// The fence is the clock that the policy names.
let namedFence: Law =
    fun script visits ->
        starts visits
        |> List.forall (fun (visit, running) ->
            match script.Ticket.Policy.Fence with
            | FenceFrom.Start -> running.Fence = visit.Now
            | FenceFrom.Acquire -> running.Fence = lastAcquire visits)

/// A request speaks for its own call, with the clock of its moment.
let ownRequests: Law =
    fun script visits ->
        let fence =
            starts visits |> List.tryHead |> Option.map (fun (_, running) -> running.Fence)

        let own (ticket: Ticket) =
            obj.ReferenceEquals(ticket, script.Ticket)

        visits
        |> List.forall (fun visit ->
            match visit.Step with
            | Step.Look state -> own state.Ticket && state.Now = visit.Now
            | Step.Acquire state -> own state.Request.Ticket && state.Request.Now = visit.Now
            | Step.Refresh state -> own state.Request.Ticket && state.Request.Now = visit.Now
            | Step.Complete state -> own state.Request.Ticket && state.Request.Now = visit.Now
            | Step.LateComplete state -> own state.Request.Ticket && state.Request.Now = visit.Now
            | Step.Release state ->
                own state.Request.Ticket
                && (match visit.From with
                    | ValueSome(Step.Complete refused) -> state.Request.Fence = refused.Request.Now
                    | _ -> fence = Some state.Request.Fence)
            | Step.Abandon state -> own state.Request.Ticket && state.Request.Fence = lastAcquire visits
            | Step.Wait state -> own state.Ticket
            | Step.Peek state -> own state.Ticket
            | Step.Run state -> own state.Ticket
            | Step.Done _ -> true)

let private endingOf (run: Run) = run.Ending

/// How this call's function ended: the result or failure of the first state after it.
let private runOf visits =
    visits
    |> List.tryPick (fun visit ->
        match visit.Step with
        | Step.Complete state -> Some(endingOf state.Run)
        | Step.Release _ -> Some(Ending.Threw Payload.Absent)
        | _ -> None)

/// A result or an exception of the function always reaches the caller.
let nothingLost: Law =
    fun _ visits ->
        match conclusion visits, runOf visits with
        | ValueSome(struct (ended, _)), _ when hasRun visits ->
            match ended, runOf visits with
            | Conclusion.Executed result, Some(Ending.Returned own)
            | Conclusion.CompletedUnsaved(result, _), Some(Ending.Returned own)
            | Conclusion.LeaseLost result, Some(Ending.Returned own) -> result = own
            | Conclusion.Adopted _, Some(Ending.Returned _) -> true
            | Conclusion.FunctionFailed error, (None | Some(Ending.Threw _)) ->
                obj.ReferenceEquals(error, boom)
            | Conclusion.FunctionFailed error, Some(Ending.Returned _) ->
                wasRefused visits && obj.ReferenceEquals(error, boom)
            | _ -> false
        | _ -> true

/// A record that may answer this call: finished, its window open, of the same payload.
let private answers (script: Script) now (record: Record) =
    record.Status <> Status.InProgress
    && record.Expires >= Time.floorSeconds now
    && (script.Ticket.Fingerprint = noHash
        || record.Fingerprint = script.Ticket.Fingerprint)

/// Another call's result is replayed or adopted only from a record that answers.
let trueAnswers: Law =
    fun script visits ->
        let last = List.last visits

        match last.Step, last.Saw with
        | Step.Done((Conclusion.Replayed left | Conclusion.Adopted left), _), NonNull record ->
            answers script last.Now record && record.Ending = left
        | Step.Done((Conclusion.Replayed _ | Conclusion.Adopted _), _), null -> false
        | _ -> true

/// The store has just applied the write that holds how the call ended.
let private isConfirmed (last: Visit) =
    match last.From, last.Move with
    | ValueSome(Step.Complete _ | Step.LateComplete _), ValueSome { Answer = Applies _ } -> true
    | _ -> false

/// Executed is said only of what the store has.
let confirmedExecution: Law =
    fun script visits ->
        let last = List.last visits

        match last.Step, last.Saw with
        | Step.Done(Conclusion.Executed _, _), null -> isConfirmed last
        | Step.Done(Conclusion.Executed result, _), NonNull record ->
            answers script last.Now record && record.Ending = Ending.Returned result
        | _ -> true

/// Only what the store has confirmed is remembered.
let confirmedMemory: Law =
    fun script visits ->
        let last = List.last visits

        match last.Step with
        | Step.Done(_, NonNull remembered) ->
            match last.Saw with
            | null ->
                script.Ticket.UsesCache
                && isConfirmed last
                && remembered.Status <> Status.InProgress
            | record -> obj.ReferenceEquals(record, remembered) && answers script last.Now record
        | _ -> true

let private isEmptyHanded (hand: InHand) = hand.IsNothing

let private sleeping visits =
    [ for visit in visits do
          match visit.Step with
          | Step.Wait state -> visit, state
          | _ -> () ]

/// A call has one deadline before its run, and one after.
let oneDeadline: Law =
    fun _ visits ->
        sleeping visits
        |> List.groupBy (fun (_, state) -> isEmptyHanded state.InHand)
        |> List.forall (fun (_, sleeps) ->
            let first, _ = List.head sleeps

            sleeps
            |> List.forall (fun (_, state) -> state.Patience.Deadline = first.Now + 5_000L<ms>)
            && List.map (fun (_, state: Waiting) -> state.Patience.Sleeps) sleeps = [ 1 .. sleeps.Length ])

/// A pause is short enough, and long enough, as this machine says.
let rightPauses machine : Law =
    fun _ visits ->
        sleeping visits
        |> List.forall (fun (visit, state) ->
            [ 0.0; 0.5; 1.0 ]
            |> List.forall (fun jitter ->
                let pause = machine.Pause state visit.Now jitter
                let woken = visit.Now + pause
                let full = min 400L<ms> (50L<ms> * pown 2L (min 10 (state.Patience.Sleeps - 1)))
                let end' = min state.Patience.Deadline (state.LeaseEnds + 1L<ms>)

                pause >= 0L<ms>
                && pause <= full
                && (pause = 0L<ms> || woken <= end')
                && (woken >= end' || pause >= full / 2L)))

/// A call that was cancelled gives its lock back and does not run.
let cancelledForGood: Law =
    fun _ visits ->
        let wasCancelled (visit: Visit) =
            match visit.From, visit.Move with
            | ValueSome from, ValueSome move -> move.Cancels && isBeforeRun from
            | _ -> false

        match visits |> List.tryFindIndex wasCancelled with
        | None -> true
        | Some index ->
            match visits[index].From, visits[index].Step with
            | ValueSome(Step.Wait _ | Step.Look _), Step.Done(Conclusion.Cancelled, null) -> true
            | ValueSome(Step.Wait _ | Step.Look _), _ -> false
            | _, Step.Abandon { Because = Conclusion.Cancelled } ->
                List.skip index visits |> List.forall (fun visit -> not visit.Step.IsRun)
            | _ -> false

/// A function is told when its lease is over, and what it was told is not taken back.
let toldForGood: Law =
    fun _ visits ->
        visits
        |> List.forall (fun visit ->
            match visit.From, visit.Step with
            | ValueSome(Step.Run before), Step.Run after ->
                after.LeaseLost || not before.LeaseLost && visit.Now <= before.LeaseEnds
            | _ -> true)
