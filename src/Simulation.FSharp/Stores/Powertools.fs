// The protocol of Powertools for AWS Lambda (Python), to have it as a peer and as a warning: a conditional put, an
// unconditional update, an unconditional delete. Its calls have no owner token.
namespace Idempotency.Simulation

open System
open Idempotency
open Idempotency.Core

module Powertools =
    /// `MAX_RETRIES` of its handler: how often it tries again on an inconsistent state.
    [<Literal>]
    let private retries = 2

    /// Whether a call is one of Powertools': it has no owner token.
    let isPeer (ticket: Ticket) =
        let owner = ticket.Owner
        owner.IsNone

    let private payloadOf (ending: Ending) = ending.Payload

    let private statusOf (ending: Ending) = ending.Status

    let private checksPayload (ticket: Ticket) =
        let fingerprint = ticket.Fingerprint
        not fingerprint.IsNone

    let private mayPut (now: int64<ms>) (current: Record | null) =
        match current with
        | null -> true
        | record ->
            record.Expires < Time.floorSeconds now
            || (record.IsInProgress && record.LeaseEnds.HasValue && record.LeaseEnds.Value < now)

    /// The lease is what is left of the function's time: no pad, and the record may expire before it.
    let private put (request: AcquireRequest) (current: Record | null) =
        if mayPut request.Now current then
            Decision.Write
                { request.Record with
                    LeaseEnds = Nullable request.TrustedUntil
                    Expires = Time.floorSeconds (request.Now + request.Ticket.Policy.Expiry) }
        else
            Decision.Refuse

    /// An update that sets some attributes, and leaves the others as they are.
    let private update (request: CompleteRequest) (current: Record | null) =
        let ticket = request.Ticket

        let known =
            match current with
            | null ->
                { Key = ticket.Key
                  Status = Status.Completed
                  Expires = request.Expires
                  LeaseEnds = Nullable()
                  Owner = OwnerToken.None
                  Fingerprint = Fingerprint.None
                  Payload = Payload.Absent }
            | record -> record

        Decision.Write
            { known with
                Status = statusOf request.Ending
                Payload = payloadOf request.Ending
                Expires = request.Expires
                Fingerprint = if checksPayload ticket then ticket.Fingerprint else known.Fingerprint }

    let private delete (current: Record | null) =
        if isNull current then Decision.Refuse else Decision.Remove

    /// Rules for a table that peers share: theirs for their calls, the given ones for ours.
    let beside (ours: Rules) : Rules =
        { Acquire =
            fun request current ->
                if isPeer request.Ticket then
                    put request current
                else
                    ours.Acquire request current
          Renew = ours.Renew
          Complete =
            fun request current ->
                if isPeer request.Ticket then
                    update request current
                else
                    ours.Complete request current
          Release =
            fun request current ->
                if isPeer request.Ticket then delete current else ours.Release request current
          LateComplete = ours.LateComplete }

    let private acquire (ticket: Ticket) now tries =
        Step.Acquire
            { Request = { Ticket = ticket; Now = now }
              Patience = { Patience.fresh with Tries = tries } }

    let private inconsistent (ticket: Ticket) now tries =
        if tries < retries then
            acquire ticket now (tries + 1)
        else
            Step.Done(Conclusion.Contended, null)

    /// What its handler does with the record of somebody else.
    let private handle (ticket: Ticket) (now: int64<ms>) tries (record: Record | null) =
        match record with
        | null -> inconsistent ticket now tries
        | known when known.Expires < Time.floorSeconds now -> inconsistent ticket now tries
        | known when known.IsInProgress ->
            if known.LeaseEnds.HasValue && known.LeaseEnds.Value < now then
                inconsistent ticket now tries
            else
                Step.Done(Conclusion.InProgress(known, known.LeaseEnds.GetValueOrDefault()), null)
        | known when checksPayload ticket && known.Fingerprint <> ticket.Fingerprint ->
            Step.Done(Conclusion.PayloadMismatch known, null)
        | known -> Step.Done(Conclusion.Replayed known.Ending, known)

    /// It has no fencing tokens; what stands in the place of one is the end of its lease.
    let private run (request: AcquireRequest) now =
        Step.Run
            { Ticket = request.Ticket
              Fence = request.TrustedUntil
              StartedAt = now
              LeaseEnds = request.TrustedUntil
              TakeOver = false
              LeaseLost = false }

    let private onAcquired (state: Acquiring) now (reply: Result<Reply, exn>) =
        let ticket = state.Request.Ticket

        match reply with
        | Ok(Reply.Wrote(StoreReply.Applied _)) -> run state.Request now
        | Ok(Reply.Wrote(StoreReply.Refused record)) -> handle ticket now state.Patience.Tries record
        | Ok(Reply.Wrote StoreReply.RefusedUnseen)
        | Ok(Reply.Read _) ->
            Step.Peek
                { Ticket = ticket
                  InHand = InHand.Nothing state.Request.Now
                  Patience = state.Patience }
        | Error fault -> Step.Done(Conclusion.PersistFailed fault, null)

    let private onCompleted (state: Completing) (reply: Result<Reply, exn>) =
        let request = state.Request

        match reply with
        | Ok _ ->
            let stored =
                { Key = request.Ticket.Key
                  Status = statusOf request.Ending
                  Expires = request.Expires
                  LeaseEnds = Nullable()
                  Owner = OwnerToken.None
                  Fingerprint = request.Ticket.Fingerprint
                  Payload = payloadOf request.Ending }

            Step.Done(Conclusion.Executed(payloadOf request.Ending), stored)
        | Error fault -> Step.Done(Conclusion.PersistFailed fault, null)

    let private onReply (step: Step) now (reply: Result<Reply, exn>) =
        match step with
        | Step.Acquire state -> onAcquired state now reply
        | Step.Peek state ->
            match reply with
            | Ok(Reply.Read record) -> handle state.Ticket now state.Patience.Tries record
            | Ok(Reply.Wrote _) -> invalidOp "A read was answered as a write."
            | Error fault -> Step.Done(Conclusion.PersistFailed fault, null)
        | Step.Complete state -> onCompleted state reply
        | Step.Release state ->
            match reply with
            | Ok _ -> Step.Done(Conclusion.FunctionFailed state.Error, null)
            | Error fault -> Step.Done(Conclusion.PersistFailed fault, null)
        | Step.Look _
        | Step.Refresh _
        | Step.Abandon _
        | Step.LateComplete _
        | Step.Run _
        | Step.Wait _
        | Step.Done _ -> invalidOp $"A Powertools call is never {step.StateName}."

    let private start (ticket: Ticket) (now: int64<ms>) (cached: Record | null) =
        match cached with
        | null -> acquire ticket now 0
        | known when known.Expires < Time.floorSeconds now -> acquire ticket now 0
        | known -> handle ticket now 0 known

    /// Its handler: what it does with the answers that it gets.
    let machine: Machine =
        { Machine.shipped with
            Start = start
            OnReply = onReply
            OnHeartbeat = fun _ _ -> ValueNone }

    /// Nothing but Powertools, on a store that knows its rules.
    let setting: Setting =
        { Setting.ruled (beside Rules.right) with
            Machine = machine }

    /// A setting with peers beside its own calls.
    let joining (setting: Setting) : Setting =
        let mixed = Setting.ruled (beside setting.Rules)

        { mixed with
            Machine = setting.Machine
            Token = setting.Token }
