// Does what a step asks of the store, or sleeps, and hands the reply to the protocol. It decides nothing itself.
namespace Idempotency.Core

open System
open System.Threading
open System.Threading.Tasks
open Idempotency

/// What a call asks of its store. Immutable, and shared between threads.
[<Sealed>]
type internal Requests(store: IIdempotencyStore, effects: Effects, classify: FailureClassifier) =
    /// A caller that gave up meanwhile does not get its function started any more.
    let unlessCancelled (cancellation: CancellationToken) step next =
        match next with
        | Step.Run _ when cancellation.IsCancellationRequested -> Protocol.onCancelled step
        | Step.Done(Conclusion.PersistFailed(:? OperationCanceledException), _) when
            cancellation.IsCancellationRequested
            ->
            Protocol.onCancelled step
        | _ -> next

    let isRefusalOfEnlisted (fault: exn) = (box fault) :? IEnlistedRefused

    let isSaving step =
        match step with
        | Step.Complete _
        | Step.LateComplete _
        | Step.Peek { InHand = InHand.Run _ } -> true
        | Step.Look _
        | Step.Acquire _
        | Step.Refresh _
        | Step.Abandon _
        | Step.Run _
        | Step.Release _
        | Step.Wait _
        | Step.Peek _
        | Step.Done _ -> false

    // Each step has a function of its own, and so a small frame: a call goes through few of them.

    let get (ticket: Ticket) cancellation =
        Attempt.run (fun () -> Attempt.within cancellation (store.Get(ticket.Key, cancellation)))

    let look step (state: Looking) (cancellation: CancellationToken) =
        Attempt.goOn (get state.Ticket cancellation) (fun reply ->
            match Protocol.onLooked state effects.Now reply with
            | Step.Acquire _ when cancellation.IsCancellationRequested -> Protocol.onCancelled step
            | next -> next)

    let acquire step (state: Acquiring) (cancellation: CancellationToken) =
        Attempt.goOn
            (Attempt.run (fun () -> Attempt.within cancellation (store.Acquire(state.Request, cancellation))))
            (fun reply -> Protocol.onAcquired state effects.Now reply |> unlessCancelled cancellation step)

    let refresh step (state: Refreshing) (cancellation: CancellationToken) =
        Attempt.goOn
            (Attempt.run (fun () -> Attempt.within cancellation (store.Renew(state.Request, cancellation))))
            (fun reply ->
                Protocol.onRefreshed state effects.Now reply
                |> unlessCancelled cancellation step)

    let releaseOnce policy (request: ReleaseRequest) =
        Saving.sendOnce store effects policy (fun limit -> store.Release(request, limit))

    let complete policy saveBy (state: Completing) =
        Attempt.goOn
            (Saving.send store effects policy saveBy (fun limit -> store.Complete(state.Request, limit)))
            (fun reply ->
                match reply with
                | Error fault when isRefusalOfEnlisted fault ->
                    let disposition = FailureClassifier.disposition classify fault false
                    Protocol.onEnlistedRefused state effects.Now fault disposition
                | _ -> Protocol.onCompleted state effects.Now reply)

    let lateComplete policy saveBy (state: LateCompleting) =
        Attempt.goOn
            (Saving.send store effects policy saveBy (fun limit -> store.LateComplete(state.Request, limit)))
            (fun reply ->
                match reply with
                | Error fault when isRefusalOfEnlisted fault -> Protocol.onLateEnlistedRefused state fault
                | _ -> Protocol.onLateCompleted state effects.Now reply)

    let wait step (state: Waiting) cancellation =
        let pause = Protocol.pause state effects.Now (effects.Jitter())

        Attempt.goOn (ValueTask<bool>(task = effects.Sleep(pause, cancellation))) (fun slept ->
            if not slept then Protocol.onCancelled step
            elif effects.Now >= state.Patience.Deadline then Protocol.onDeadline state
            else Protocol.onTimer state)

    let peek policy saveBy step (state: Peeking) cancellation =
        match state.InHand with
        | InHand.Nothing _ ->
            Attempt.goOn (get state.Ticket cancellation) (fun reply ->
                Protocol.onPeeked state effects.Now reply |> unlessCancelled cancellation step)
        | InHand.Run _ ->
            Attempt.goOn
                (Saving.look effects policy saveBy (fun limit -> store.Get(state.Ticket.Key, limit)))
                (fun reply -> Protocol.onPeeked state effects.Now reply)

    /// Until when a call may save, as it comes to a step; zero before the first write.
    member _.SaveBy(policy: Persistence, step, saveBy: int64<ms>) =
        match step with
        // The time to save does not pass while it waits for another call.
        | Step.Wait _ -> 0L<ms>
        | _ when isSaving step -> Saving.deadline effects policy saveBy
        | _ -> saveBy

    /// Does what a step other than the run and the end asks for, and gives the next one.
    member _.Perform
        (policy: Persistence, step: Step, saveBy, cancellation: CancellationToken)
        : ValueTask<Step> =
        match step with
        | Step.Look state -> look step state cancellation
        | Step.Acquire state -> acquire step state cancellation
        | Step.Refresh state -> refresh step state cancellation
        | Step.Abandon state ->
            Attempt.goOn (releaseOnce policy state.Request) (fun reply -> Protocol.onAbandoned state reply)
        | Step.Complete state -> complete policy saveBy state
        | Step.LateComplete state -> lateComplete policy saveBy state
        | Step.Release state ->
            Attempt.goOn (releaseOnce policy state.Request) (fun reply -> Protocol.onReleased state reply)
        | Step.Wait state -> wait step state cancellation
        | Step.Peek state -> peek policy saveBy step state cancellation
        | Step.Run _
        | Step.Done _ -> ValueTask<Step>(result = step)
