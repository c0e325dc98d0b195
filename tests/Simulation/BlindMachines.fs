// More machines with one guard removed, those that do not look where they should.
namespace Idempotency.Simulation

open System
open Idempotency.Core

module BlindMachines =
    let private onReply change =
        { Machine.shipped with
            OnReply =
                fun step now reply ->
                    match change step now reply with
                    | Some next -> next
                    | None -> Machine.shipped.OnReply step now reply }

    let private isAsking (step: Step) =
        match step with
        | Step.Look _
        | Step.Acquire _
        | Step.Refresh _
        | Step.Peek { InHand = InHand.Nothing _ } -> true
        | Step.Peek { InHand = InHand.Run _ }
        | Step.Abandon _
        | Step.Run _
        | Step.Complete _
        | Step.LateComplete _
        | Step.Release _
        | Step.Wait _
        | Step.Done _ -> false

    let private isSaving (step: Step) =
        match step with
        | Step.Complete _
        | Step.LateComplete _
        | Step.Peek { InHand = InHand.Run _ } -> true
        | Step.Peek { InHand = InHand.Nothing _ }
        | Step.Look _
        | Step.Acquire _
        | Step.Refresh _
        | Step.Abandon _
        | Step.Run _
        | Step.Release _
        | Step.Wait _
        | Step.Done _ -> false

    /// What the machine sees of a record, in some of its states.
    let private seeingWhere where change =
        { Machine.shipped with
            OnReply =
                fun step now reply ->
                    let reply = if where step then BrokenMachines.seeing change step reply else reply
                    Machine.shipped.OnReply step now reply }

    let private ownHash (ticket: Ticket) (record: Record) =
        { record with
            Fingerprint = ticket.Fingerprint }

    /// A finished record is replayed to whoever comes.
    let replaysToAll = seeingWhere isAsking ownHash

    /// A finished record is adopted without a look at its hash.
    let adoptsAnything = seeingWhere isSaving ownHash

    let private found (reply: Result<Reply, exn>) : Record | null =
        match reply with
        | Ok(Reply.Wrote(StoreReply.Refused record))
        | Ok(Reply.Read record) -> record
        | Ok(Reply.Wrote(StoreReply.Applied _))
        | Ok(Reply.Wrote StoreReply.RefusedUnseen)
        | Error _ -> null

    /// A finished record is replayed although its window has ended.
    let replaysExpired =
        onReply (fun step _ reply ->
            match found reply with
            | NonNull record when isAsking step && not record.IsInProgress ->
                Some(Step.Done(Conclusion.Replayed record.Ending, null))
            | NonNull _
            | Null -> None)

    /// Where a look finds the key free, the function is run.
    let runsOnALook =
        onReply (fun step now reply ->
            match step, reply with
            | Step.Look state, Ok(Reply.Read Null) ->
                Some(Step.Run(BrokenMachines.running state.Ticket now (now + state.Ticket.Lease)))
            | _, _ -> None)

    /// The lease of an own lock is trusted as long as others see it.
    let trustsThePad =
        onReply (fun step now reply ->
            match Machine.shipped.OnReply step now reply, found reply with
            | Step.Run running, NonNull record when
                record.LeaseEnds.HasValue && now <= record.LeaseEnds.Value
                ->
                Some(
                    Step.Run
                        { running with
                            LeaseEnds = record.LeaseEnds.Value }
                )
            | next, _ -> Some next)

    /// An acquire that was not answered counts as done.
    let runsOnAFault =
        onReply (fun step now reply ->
            match step, reply with
            | Step.Acquire { Request = request }, Error _ when now <= request.TrustedUntil ->
                Some(Step.Run(BrokenMachines.running request.Ticket now request.TrustedUntil))
            | _, _ -> None)

    /// A renewed lease counts from the reply.
    let renewedFromReply =
        { Machine.shipped with
            OnRenewed =
                fun running request now reply ->
                    match reply with
                    | Ok(StoreReply.Applied _) ->
                        { running with
                            LeaseEnds = now + running.Ticket.Lease }
                    | Ok(StoreReply.Refused _)
                    | Ok StoreReply.RefusedUnseen
                    | Error _ -> Protocol.onRenewed running request now reply }

    /// A renewal counts as done where the given replies come.
    let private believing isBelieved =
        { Machine.shipped with
            OnRenewed =
                fun running request now reply ->
                    if isBelieved reply then
                        { running with
                            LeaseEnds = request.TrustedUntil }
                    else
                        Protocol.onRenewed running request now reply }

    let private isRefused (reply: Result<StoreReply, exn>) =
        match reply with
        | Ok(StoreReply.Refused _)
        | Ok StoreReply.RefusedUnseen -> true
        | Ok(StoreReply.Applied _)
        | Error _ -> false

    /// A renewal that was refused counts as done.
    let believesRefusedRenewals = believing isRefused

    /// A renewal that was not answered counts as done.
    let believesFailedRenewals = believing Result.isError

    let private resultOf (step: Step) =
        match step with
        | Step.Complete { Run = Run.Returned(result, _, _) }
        | Step.LateComplete { Run = Run.Returned(result, _, _) }
        | Step.Peek { InHand = InHand.Run(Run.Returned(result, _, _)) }
        | Step.Wait { InHand = InHand.Run(Run.Returned(result, _, _)) } -> Some result
        | Step.Complete _
        | Step.LateComplete _
        | Step.Peek _
        | Step.Wait _
        | Step.Look _
        | Step.Acquire _
        | Step.Refresh _
        | Step.Abandon _
        | Step.Run _
        | Step.Release _
        | Step.Done _ -> None

    /// The own result is returned although another one is stored.
    let prefersItsOwn =
        onReply (fun step now reply ->
            match Machine.shipped.OnReply step now reply, resultOf step with
            | Step.Done(Conclusion.Adopted _, _), Some result ->
                Some(Step.Done(Conclusion.Executed result, null))
            | next, _ -> Some next)

    /// A result counts as saved where the own lock is found in its place.
    let savedByItsLock =
        onReply (fun step now reply ->
            match Machine.shipped.OnReply step now reply, resultOf step with
            | Step.Complete _, Some result -> Some(Step.Done(Conclusion.Executed result, null))
            | next, _ -> Some next)

    /// A result that may not be stored is returned as the result.
    let unsavedIsExecuted =
        BrokenMachines.ending Machine.shipped (fun _ _ conclusion remember ->
            match conclusion with
            | Conclusion.CompletedUnsaved(result, _) -> Step.Done(Conclusion.Executed result, remember)
            | other -> Step.Done(other, remember))

    /// A call that waited in vain returns its own result as the result.
    let impatient =
        { Machine.shipped with
            OnDeadline =
                fun state ->
                    match resultOf (Step.Wait state) with
                    | Some result -> Step.Done(Conclusion.Executed result, null)
                    | None -> Protocol.onDeadline state }

    /// A late completion leaves the writes out.
    let lateWithoutWrites =
        onReply (fun step now reply ->
            match Machine.shipped.OnReply step now reply with
            | Step.LateComplete({ Run = Run.Returned(result, _, savedFrom) } as state) ->
                Some(
                    Step.LateComplete
                        { state with
                            Run = Run.Returned(result, Enlisted.None, savedFrom) }
                )
            | next -> Some next)

    /// What was enlisted is saved again at any time.
    let savesWritesAgain =
        onReply (fun step now reply ->
            match Machine.shipped.OnReply step now reply, step with
            | Step.Done(Conclusion.LeaseLost _, _), Step.Complete state when
                Lifecycle.isFree state.Ticket now (found reply)
                ->
                Some(
                    Step.LateComplete
                        { Ticket = state.Ticket
                          Now = now
                          Run = state.Run
                          Patience = state.Patience }
                )
            | next, _ -> Some next)

    /// A store's refusal of the writes is overlooked.
    let overlooksRefusedWrites =
        { Machine.shipped with
            OnEnlistedRefused =
                fun step now error disposition ->
                    match resultOf step with
                    | Some result -> Step.Done(Conclusion.Executed result, null)
                    | None -> Machine.shipped.OnEnlistedRefused step now error disposition }

    /// Nobody counts the tries.
    let untiring =
        let fresh (step: Step) =
            match step with
            | Step.Acquire state -> Step.Acquire { state with Patience = Patience.fresh }
            | Step.Refresh state -> Step.Refresh { state with Patience = Patience.fresh }
            | Step.Complete state -> Step.Complete { state with Patience = Patience.fresh }
            | Step.LateComplete state -> Step.LateComplete { state with Patience = Patience.fresh }
            | Step.Look _
            | Step.Peek _
            | Step.Abandon _
            | Step.Run _
            | Step.Release _
            | Step.Wait _
            | Step.Done _ -> step

        { Machine.shipped with
            OnReply = fun step now reply -> fresh (Machine.shipped.OnReply step now reply) }

    /// Functions are renewed for ever.
    let renewsForEver =
        { Machine.shipped with
            OnHeartbeat = fun running now -> ValueSome { Ticket = running.Ticket; Now = now } }
