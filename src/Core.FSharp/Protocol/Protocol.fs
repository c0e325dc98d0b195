// The protocol: one total function for each reply. It is the state table of docs/protocol.md, row by row; the
// numbers in the comments are its rows. `now` is the call's clock when the reply is handled.
namespace Idempotency.Core

open Moves

/// The protocol of a call: each function takes the state that waits for a reply, and the reply, and gives the next step.
module Protocol =
    /// Rows 5 to 11: what a call that wants to run does about the record it met. A record that is its own was
    /// written by an acquire whose reply was lost, so nobody can say any more whom it replaced.
    let private onMet ticket now (patience: Patience) acquiredAt takeOver (record: Record | null) =
        match Lifecycle.judge ticket now record, record with
        | Standing.Mine leaseEnds, _ -> // 5
            startRun ticket now patience acquiredAt (leaseEnds - ticket.Policy.SkewPad) takeOver
        | Standing.Free, _ when mayTry patience -> acquire ticket now (again patience) // 6
        | Standing.Free, _
        | _, null -> finish Conclusion.Contended // 7
        | Standing.Finished ending, finished -> Step.Done(Conclusion.Replayed ending, finished) // 8
        | Standing.OtherPayload, holder -> finish (Conclusion.PayloadMismatch holder) // 9
        | Standing.Abandoned expires, holder -> finish (Conclusion.Held(holder, expires)) // 6, held
        | Standing.Busy leaseEnds, holder ->
            match ticket.Policy.InProgress with
            | WhileInProgress.Reject -> finish (Conclusion.InProgress(holder, leaseEnds)) // 10
            | WhileInProgress.Wait(atMost, _, _) -> // 11
                wait ticket now (InHand.Nothing acquiredAt) patience holder leaseEnds atMost

    let private ask (ticket: Ticket) now =
        if ticket.LooksFirst then
            Step.Look { Ticket = ticket; Now = now } // 35
        else
            acquire ticket now Patience.fresh // 3

    /// Rows 1 and 2: what a record says at once to a call that has not asked for the lock, and has no token yet: one that is
    /// remembered, or that the store has in this process.
    let recalled (fingerprint: Fingerprint) (now: int64<ms>) (record: Record | null) : Recalled =
        match record with
        | null -> Recalled.Nothing
        | known when known.IsInProgress || Lifecycle.windowEnded now known -> Recalled.Nothing
        | known when Lifecycle.isOfOtherPayload fingerprint known -> Recalled.OtherPayload known // 2
        | known -> Recalled.Finished known.Ending // 1

    /// Rows 1 to 3 and 35: begins a call, with what the local cache has for its key.
    let start (ticket: Ticket) (now: int64<ms>) (cached: Record | null) =
        match recalled ticket.Fingerprint now cached with
        | Recalled.Finished ending -> finish (Conclusion.Replayed ending)
        | Recalled.OtherPayload holder -> finish (Conclusion.PayloadMismatch holder)
        | Recalled.Nothing -> ask ticket now

    /// Rows 36 and 37: what the first look found. It only spares a refusal: where it fails, or finds the key free, the
    /// acquire decides.
    let onLooked (state: Looking) (now: int64<ms>) (reply: Result<Record | null, exn>) =
        match reply with
        | Ok(NonNull record) when
            not (Lifecycle.isFree state.Ticket now record || Lifecycle.isMine state.Ticket record)
            ->
            onMet state.Ticket now Patience.fresh state.Now true record // 36
        | Ok _
        | Error _ -> acquire state.Ticket now Patience.fresh // 37

    /// Rows 4 to 12, after an acquire.
    let onAcquired (state: Acquiring) (now: int64<ms>) (reply: Result<StoreReply, exn>) =
        let request = state.Request

        match reply with
        | Ok(StoreReply.Applied replaced) -> // 4
            startRun request.Ticket now state.Patience request.Now request.TrustedUntil (mayHaveRun replaced)
        | Ok(StoreReply.Refused current) -> onMet request.Ticket now state.Patience request.Now true current
        | Ok StoreReply.RefusedUnseen -> peek request.Ticket (InHand.Nothing request.Now) state.Patience
        | Error fault -> finish (Conclusion.PersistFailed fault) // 12

    /// Rows 4 to 12, after a renewal that the call needs before it may start.
    let onRefreshed (state: Refreshing) (now: int64<ms>) (reply: Result<StoreReply, exn>) =
        let request = state.Request

        match reply with
        | Ok(StoreReply.Applied _) -> // 4
            startRun request.Ticket now state.Patience state.AcquiredAt request.TrustedUntil state.TakeOver
        | Ok(StoreReply.Refused current) ->
            onMet request.Ticket now state.Patience state.AcquiredAt state.TakeOver current
        | Ok StoreReply.RefusedUnseen -> peek request.Ticket (InHand.Nothing state.AcquiredAt) state.Patience
        | Error fault -> finish (Conclusion.PersistFailed fault) // 12

    /// Row 32: the lock is given back, or will run out.
    let onAbandoned (state: Abandoning) (_: Result<StoreReply, exn>) = finish state.Because

    /// Row 16: the renewal to send, if the function has not run for too long.
    let onHeartbeat (running: Running) (now: int64<ms>) : RenewRequest voption =
        match running.Ticket.Policy.Renewal with
        | Renewal.Until longestRun when now - running.StartedAt < longestRun ->
            ValueSome { Ticket = running.Ticket; Now = now }
        | Renewal.Until _
        | Renewal.Off -> ValueNone

    /// Rows 17 to 20, after a renewal while the function runs.
    let onRenewed (running: Running) (request: RenewRequest) now (reply: Result<StoreReply, exn>) : Running =
        match reply with
        | Ok(StoreReply.Applied _) -> // 17
            { running with
                LeaseEnds = request.TrustedUntil }
        | Ok(StoreReply.Refused current) ->
            match Lifecycle.judge running.Ticket now current with
            | Standing.Mine leaseEnds -> // 18
                { running with
                    LeaseEnds = leaseEnds - running.Ticket.Policy.SkewPad }
            | Standing.Free
            | Standing.OtherPayload
            | Standing.Finished _
            | Standing.Abandoned _
            | Standing.Busy _ -> { running with LeaseLost = true } // 19
        | Ok StoreReply.RefusedUnseen -> { running with LeaseLost = true } // 19, for all that is known
        | Error _ -> running // 20

    /// Row 21: the call's own clock passes its lease.
    let onTick (running: Running) (now: int64<ms>) : Running =
        if now > running.LeaseEnds then { running with LeaseLost = true } else running

    /// Row 13: the function returned.
    let onReturned (running: Running) (now: int64<ms>) (result: Payload) (enlisted: Enlisted) =
        complete running.Ticket now (Run.Returned(result, enlisted, now)) Patience.fresh

    /// Rows 14 and 15: the function threw.
    let onThrew (running: Running) (now: int64<ms>) (error: exn) (disposition: Disposition) =
        match disposition with
        | Disposition.Release -> // 14
            Step.Release
                { Request =
                    { Ticket = running.Ticket
                      Fence = running.Fence }
                  Error = error }
        | Disposition.Hold -> finish (Conclusion.FunctionFailed error) // 15
        | Disposition.Store failure -> complete running.Ticket now (Run.Threw(error, failure)) Patience.fresh

    /// The store has confirmed how this call's own run ended.
    let private confirmed (run: Run) remember =
        match run with
        | Run.Returned(result, _, _) -> Step.Done(Conclusion.Executed result, remember)
        | Run.Threw(error, _) -> Step.Done(Conclusion.FunctionFailed error, remember)

    /// Somebody else may have stored, or may yet store, another result.
    let private lost (run: Run) =
        match run with
        | Run.Returned(result, _, _) -> finish (Conclusion.LeaseLost result)
        | Run.Threw(error, _) -> finish (Conclusion.FunctionFailed error)

    /// Rows 23 to 29: what a call that has run does about the record it met.
    let private onMetAfterRun ticket now (run: Run) (patience: Patience) (record: Record | null) =
        match Lifecycle.judgeAfterRun ticket now record, record with
        | Standing.Finished ending, finished -> // 23
            match run with
            | Run.Returned(result, _, _) when ending = Ending.Returned result -> confirmed run finished
            | Run.Returned _ -> Step.Done(Conclusion.Adopted ending, finished)
            | Run.Threw(error, _) -> Step.Done(Conclusion.FunctionFailed error, finished)
        | Standing.Free, _ when mayTry patience && ticket.Policy.LateCompletion && maySaveAgain ticket now run -> // 24
            Step.LateComplete
                { Ticket = ticket
                  Now = now
                  Run = run
                  Patience = again patience }
        | Standing.Mine _, _ when mayTry patience && maySaveAgain ticket now run ->
            complete ticket now run (again patience) // 26
        | Standing.Busy leaseEnds, holder ->
            match holder, run, ticket.Policy.InProgress with
            | NonNull lock, Run.Returned _, WhileInProgress.Wait(atMost, _, _) -> // 28
                wait ticket now (InHand.Run run) patience lock leaseEnds atMost
            | _, Run.Threw _, _
            | _, _, WhileInProgress.Reject
            | Null, _, _ -> lost run // 29
        | Standing.Free, _ // 25
        | Standing.Mine _, _
        | Standing.OtherPayload, _ // 27
        | Standing.Abandoned _, _ -> lost run

    let private onSaved (ticket: Ticket) now (run: Run) patience savedAt (reply: Result<StoreReply, exn>) =
        match reply with
        | Ok(StoreReply.Applied _) when ticket.UsesCache -> // 22
            confirmed run (Finished.record ticket (Finished.expires ticket savedAt) run.Ending)
        | Ok(StoreReply.Applied _) -> confirmed run null // 22
        | Ok(StoreReply.Refused current) -> onMetAfterRun ticket now run patience current
        | Ok StoreReply.RefusedUnseen -> peek ticket (InHand.Run run) patience
        | Error fault -> // 30
            match run with
            | Run.Returned(result, _, _) -> finish (Conclusion.CompletedUnsaved(result, fault))
            | Run.Threw(error, _) -> finish (Conclusion.FunctionFailed error)

    /// Rows 22 to 30, after a complete.
    let onCompleted (state: Completing) (now: int64<ms>) (reply: Result<StoreReply, exn>) =
        onSaved state.Ticket now state.Run state.Patience state.Now reply

    /// Rows 22 to 30, after a late complete.
    let onLateCompleted (state: LateCompleting) (now: int64<ms>) (reply: Result<StoreReply, exn>) =
        onSaved state.Ticket now state.Run state.Patience state.Now reply

    /// Row 38: the store refused what the function had enlisted, for good, and wrote nothing. That is a failure of the
    /// function, found out late. A tombstone keeps the clock of the complete: no fencing token of this call is above it.
    let onEnlistedRefused (state: Completing) (now: int64<ms>) (error: exn) (disposition: Disposition) =
        let ticket = state.Ticket

        match disposition with
        | Disposition.Release ->
            Step.Release
                { Request = { Ticket = ticket; Fence = state.Now }
                  Error = error }
        | Disposition.Hold -> finish (Conclusion.FunctionFailed error)
        | Disposition.Store failure -> complete ticket now (Run.Threw(error, failure)) Patience.fresh

    /// Row 39: the same where the lock was lost before: there is nothing to give back.
    let onLateEnlistedRefused (_: LateCompleting) (error: exn) =
        finish (Conclusion.FunctionFailed error)

    /// Row 31: whatever became of the release, the caller gets the function's own exception.
    let onReleased (state: Releasing) (_: Result<StoreReply, exn>) =
        finish (Conclusion.FunctionFailed state.Error)

    /// How long a waiting call sleeps: twice as long each time, at most to the end of the lease it waits for or of
    /// its own patience. `jitter` (from 0 to 1) takes off up to a half, so that many waiters do not come together.
    let pause (state: Waiting) (now: int64<ms>) (jitter: float) : int64<ms> =
        match state.Ticket.Policy.InProgress with
        | WhileInProgress.Reject -> 0L<ms>
        | WhileInProgress.Wait(_, first, longest) ->
            let doublings = min (state.Patience.Sleeps - 1) 20
            let full = min longest (first * (1L <<< doublings))
            let shortened = full - int64 (float full * 0.5 * jitter) * 1L<ms>
            let toLeaseEnd = (state.LeaseEnds |> Time.later 1L<ms>) - now
            let toDeadline = state.Patience.Deadline - now
            max 0L<ms> (min shortened (min toLeaseEnd toDeadline))

    /// Row 33: the sleep is over, and there is time left.
    let onTimer (state: Waiting) =
        peek state.Ticket state.InHand state.Patience

    /// Row 34: the time to wait is over.
    let onDeadline (state: Waiting) =
        match state.InHand with
        | InHand.Nothing _ -> finish (Conclusion.InProgress(state.Holder, state.LeaseEnds))
        | InHand.Run run -> lost run

    /// Rows 5 to 12 and 23 to 30, after a get.
    let onPeeked (state: Peeking) (now: int64<ms>) (reply: Result<Record | null, exn>) =
        match state.InHand, reply with
        | InHand.Nothing acquiredAt, Ok record -> onMet state.Ticket now state.Patience acquiredAt true record
        | InHand.Nothing _, Error fault -> finish (Conclusion.PersistFailed fault)
        | InHand.Run run, Ok record -> onMetAfterRun state.Ticket now run state.Patience record
        | InHand.Run(Run.Returned(result, _, _)), Error fault ->
            finish (Conclusion.CompletedUnsaved(result, fault))
        | InHand.Run(Run.Threw(error, _)), Error _ -> finish (Conclusion.FunctionFailed error)

    /// The caller gives up before the function was started: a lock that it may have is given back.
    let onCancelled (step: Step) =
        match step with
        | Step.Look _ -> finish Conclusion.Cancelled
        | Step.Acquire state -> abandon state.Request.Ticket state.Request.Now Conclusion.Cancelled
        | Step.Refresh state -> abandon state.Request.Ticket state.AcquiredAt Conclusion.Cancelled
        | Step.Wait { InHand = InHand.Nothing _ } -> finish Conclusion.Cancelled
        | Step.Wait { InHand = InHand.Run run } -> lost run
        | Step.Peek { InHand = InHand.Nothing acquiredAt
                      Ticket = ticket } -> abandon ticket acquiredAt Conclusion.Cancelled
        | Step.Peek { InHand = InHand.Run _ }
        | Step.Run _
        | Step.Complete _
        | Step.LateComplete _
        | Step.Release _
        | Step.Abandon _
        | Step.Done _ -> step
