// Does what the protocol says: performs each step's effect and hands back the reply. It decides nothing itself.
namespace Idempotency.Core

open System
open System.Threading
open System.Threading.Tasks
open Idempotency

/// What becomes of the lock when the function has thrown this exception; the flag tells whether the caller's own
/// token had ended by then.
type FailureClassifier = delegate of error: exn * callerCancelled: bool -> OnFailure

/// The classifiers of failures.
module FailureClassifier =
    /// A cancellation by the caller leaves the effect unknown and keeps the lock until its lease ends; any other
    /// failure gives it back.
    let standard =
        FailureClassifier(fun error callerCancelled ->
            match error with
            | :? OperationCanceledException when callerCancelled -> OnFailure.Hold
            | _ -> OnFailure.Release)

/// Runs the calls of one operation. Immutable, and shared between threads.
[<Sealed>]
type internal Interpreter<'Input, 'Output>
    (
        store: IIdempotencyStore,
        effects: Effects,
        codec: IResultCodec<'Output>,
        classify: FailureClassifier,
        share: ReplayShare | null
    ) =

    let recalls = StoreFeature.find<IRecallsRecords> store
    let commits = StoreFeature.find<ICommitsEnlisted> store

    let disposition error callerCancelled =
        let act answer =
            match answer with
            | OnFailure.Release -> Disposition.Release
            | OnFailure.Hold -> Disposition.Hold
            | OnFailure.Store -> Disposition.Store(FailureCodec.encode error)

        try
            act (classify.Invoke(error, callerCancelled))
        with _ ->
            // A failure of the classifier, or of the exception's own message, must not replace the function's; and as
            // nobody knows what it would have said, the function does not run again at once.
            Disposition.Hold

    let ended
        (watch: LeaseWatch)
        (callerCancelled: bool)
        (enlisted: Enlisted)
        (result: Result<'Output, exn>)
        =
        let running = watch.Running

        match result with
        | Ok value ->
            match
                (try
                    Ok(codec.Encode value)
                 with problem ->
                     Error problem)
            with
            | Ok payload -> Protocol.onReturned running effects.Now payload enlisted
            | Error problem -> Step.Done(Conclusion.CompletedUnsaved(Payload.Absent, problem), null)
        | Error error -> Protocol.onThrew running effects.Now error (disposition error callerCancelled)

    /// A caller that gave up meanwhile does not get its function started any more.
    let unlessCancelled (cancellation: CancellationToken) step next =
        match next with
        | Step.Run _ when cancellation.IsCancellationRequested -> Protocol.onCancelled step
        | Step.Done(Conclusion.PersistFailed(:? OperationCanceledException), _) when
            cancellation.IsCancellationRequested
            ->
            Protocol.onCancelled step
        | _ -> next

    let endings = Endings(effects, codec)

    // A memory that fails is a memory that knows nothing.
    let recall key : Record | null =
        try
            match recalls with
            | null -> null
            | memory -> memory.Recall key
        with _ ->
            null

    let keep (record: Record | null) =
        try
            match recalls, record with
            | NonNull memory, NonNull known -> memory.Remember known
            | _ -> ()
        with _ ->
            ()

    let report (conclusion: Conclusion) =
        match share, conclusion with
        | null, _
        | _, Conclusion.PersistFailed _
        | _, Conclusion.Cancelled -> ()
        | known, Conclusion.Replayed _
        | known, Conclusion.PayloadMismatch _
        | known, Conclusion.InProgress _
        | known, Conclusion.Held _ -> known.Report true
        | known, Conclusion.Executed _
        | known, Conclusion.Adopted _
        | known, Conclusion.CompletedUnsaved _
        | known, Conclusion.LeaseLost _
        | known, Conclusion.FunctionFailed _
        | known, Conclusion.Contended -> known.Report false

    let isRefusalOfEnlisted (fault: exn) = (box fault) :? IEnlistedRefused

    /// Until when a call may save; zero before its first write.
    let deadlineOf (policy: Persistence) (saveBy: int64<ms>) =
        if saveBy = 0L<ms> then effects.Now + policy.Budget else saveBy

    /// What is left of the time to save, which all writes of a call share.
    let withinBudget (policy: Persistence) (saveBy: int64<ms>) =
        let left = max 1L<ms> (saveBy - effects.Now)
        if left >= policy.Budget then policy else { policy with Budget = left }

    /// Whether records are remembered in the process.
    member _.UsesCache = not (isNull recalls)

    /// Runs one call to its end.
    member _.Run
        (
            ticket: Ticket,
            input: 'Input,
            work: Func<'Input, IdempotencyContext, CancellationToken, ValueTask<'Output>>,
            cancellation: CancellationToken
        ) : Task<Outcome<'Output>> =
        task {
            let policy = ticket.Policy.Completion
            let cached = recall ticket.Key
            let mutable saveBy = 0L<ms>
            let mutable step = Protocol.start ticket effects.Now cached
            let mutable askedStore = false
            let mutable value = Unchecked.defaultof<'Output>
            let mutable outcome = ValueNone

            while outcome.IsNone do
                match step with
                | Step.Look state ->
                    askedStore <- true

                    let! reply =
                        Attempt.toAwait (fun () ->
                            Attempt.within cancellation (store.Get(ticket.Key, cancellation)))

                    step <-
                        match Protocol.onLooked state effects.Now reply with
                        | Step.Acquire _ when cancellation.IsCancellationRequested ->
                            Protocol.onCancelled step
                        | next -> next

                | Step.Acquire state ->
                    askedStore <- true

                    let! reply =
                        Attempt.toAwait (fun () ->
                            Attempt.within cancellation (store.Acquire(state.Request, cancellation)))

                    step <- Protocol.onAcquired state effects.Now reply |> unlessCancelled cancellation step

                | Step.Refresh state ->
                    let! reply =
                        Attempt.toAwait (fun () ->
                            Attempt.within cancellation (store.Renew(state.Request, cancellation)))

                    step <-
                        Protocol.onRefreshed state effects.Now reply
                        |> unlessCancelled cancellation step

                | Step.Abandon state ->
                    let! reply =
                        Saving.sendOnce store effects policy (fun limit ->
                            store.Release(state.Request, limit))

                    step <- Protocol.onAbandoned state reply

                | Step.Run state ->
                    let watch = LeaseWatch(store, effects, state)

                    let context =
                        IdempotencyContext(
                            ticket.Operation,
                            ticket.Key,
                            state.Fence,
                            state.TakeOver,
                            watch,
                            commits
                        )

                    watch.Start()
                    let! result = Attempt.toAwait (fun () -> work.Invoke(input, context, cancellation))
                    watch.Stop()
                    let enlisted = context.Close()

                    match result with
                    | Ok produced -> value <- produced
                    | Error _ -> ()

                    step <- ended watch cancellation.IsCancellationRequested enlisted result

                | Step.Complete state ->
                    saveBy <- deadlineOf policy saveBy

                    let! reply =
                        Saving.send store effects (withinBudget policy saveBy) (fun limit ->
                            store.Complete(state.Request, limit))

                    step <-
                        match reply with
                        | Error fault when isRefusalOfEnlisted fault ->
                            Protocol.onEnlistedRefused state effects.Now fault (disposition fault false)
                        | _ -> Protocol.onCompleted state effects.Now reply

                | Step.LateComplete state ->
                    saveBy <- deadlineOf policy saveBy

                    let! reply =
                        Saving.send store effects (withinBudget policy saveBy) (fun limit ->
                            store.LateComplete(state.Request, limit))

                    step <-
                        match reply with
                        | Error fault when isRefusalOfEnlisted fault ->
                            Protocol.onLateEnlistedRefused state fault
                        | _ -> Protocol.onLateCompleted state effects.Now reply

                | Step.Release state ->
                    let! reply =
                        Saving.sendOnce store effects policy (fun limit ->
                            store.Release(state.Request, limit))

                    step <- Protocol.onReleased state reply

                | Step.Wait state ->
                    // The time to save does not pass while it waits for another call.
                    saveBy <- 0L<ms>
                    let pause = Protocol.pause state effects.Now (effects.Jitter())

                    let! slept = effects.Sleep(pause, cancellation).ConfigureAwait false

                    step <-
                        if not slept then Protocol.onCancelled step
                        elif effects.Now >= state.Patience.Deadline then Protocol.onDeadline state
                        else Protocol.onTimer state

                | Step.Peek({ InHand = InHand.Nothing _ } as state) ->
                    let! reply =
                        Attempt.toAwait (fun () ->
                            Attempt.within cancellation (store.Get(ticket.Key, cancellation)))

                    step <- Protocol.onPeeked state effects.Now reply |> unlessCancelled cancellation step

                | Step.Peek({ InHand = InHand.Run _ } as state) ->
                    saveBy <- deadlineOf policy saveBy

                    let! reply =
                        Saving.look effects (withinBudget policy saveBy) (fun limit ->
                            store.Get(ticket.Key, limit))

                    step <- Protocol.onPeeked state effects.Now reply

                | Step.Done(conclusion, remember) ->
                    keep remember
                    if askedStore then report conclusion
                    outcome <- ValueSome(endings.Outcome(ticket, conclusion, value))

            return outcome.Value
        }
