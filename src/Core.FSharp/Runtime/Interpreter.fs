// Runs a call as the protocol says: performs each step, and the function where it comes to that. It decides nothing itself.
namespace Idempotency.Core

open System
open System.Threading
open System.Threading.Tasks
open Idempotency

/// Runs the calls of one operation. Immutable, and shared between threads.
[<Sealed>]
type internal Interpreter<'Input, 'Output>
    (
        store: IIdempotencyStore,
        effects: Effects,
        codec: IResultCodec<'Output>,
        classify: FailureClassifier,
        share: ReplayShare | null,
        looksAtOnce: bool
    ) =

    let recalls = StoreFeature.find<IRecallsRecords> store
    let commits = StoreFeature.find<ICommitsEnlisted> store
    let requests = Requests(store, effects, classify)
    let endings = Endings(effects, codec)

    /// The step after the function, which has ended.
    let ended (run: RunUnderWay) (callerCancelled: bool) (result: Result<'Output, exn>) =
        let enlisted = run.Stop()
        let running = run.Running

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
        | Error error ->
            Protocol.onThrew
                running
                effects.Now
                error
                (FailureClassifier.disposition classify error callerCancelled)

    let lookAtOnce key : Record | null =
        let found = store.Get(key, CancellationToken.None)

        if found.IsCompletedSuccessfully then
            found.Result
        else
            // The store is not what it says. What it comes to must not be lost silently on the finaliser's thread.
            found.AsTask().ContinueWith(fun (late: Task<Record | null>) -> late.Exception |> ignore)
            |> ignore

            null

    // A memory that fails is a memory that knows nothing.
    let recall key : Record | null =
        try
            match recalls with
            | NonNull memory -> memory.Recall key
            | Null when looksAtOnce -> lookAtOnce key
            | Null -> null
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

    /// Whether records are remembered in the process.
    member _.UsesCache = not (isNull recalls)

    /// What a call with this identity gets at once: from what is remembered of the key, or is in this process anyway.
    member _.Recalled(operation: string, identity: Identity) : Outcome<'Output> voption =
        match recall identity.Key with
        | null -> ValueNone
        | record ->
            let name =
                { Operation = operation
                  Key = identity.Key
                  Owner = OwnerToken.None }

            endings.AtOnce(name, Protocol.recalled identity.Fingerprint effects.Now record)

    member private _.Finish(ticket: Ticket, conclusion, remember, value) =
        keep remember
        report conclusion

        let name =
            { Operation = ticket.Operation
              Key = ticket.Key
              Owner = ticket.Owner }

        endings.Outcome(name, conclusion, value)

    /// The rest of a call that has to wait: for its function, or for the reply to what a step asked for.
    member private this.Later<'Work when 'Work :> IWork<'Input, 'Output>>
        (
            call: Call<'Input, 'Output, 'Work>,
            reached: Step,
            pendingStep: ValueTask<Step>,
            running: RunUnderWay,
            pendingRun: ValueTask<Result<'Output, exn>>,
            produced: 'Output
        ) : Task<Outcome<'Output>> =
        task {
            let ticket = call.Ticket
            let policy = ticket.Policy.Completion
            let mutable value = produced
            let mutable saveBy = requests.SaveBy(policy, reached, 0L<ms>)
            let mutable step = reached
            let mutable outcome = ValueNone

            match reached with
            | Step.Run _ ->
                let! result = pendingRun.ConfigureAwait false
                value <- Result.defaultValue value result
                step <- ended running call.Cancellation.IsCancellationRequested result
            | _ ->
                let! next = pendingStep.ConfigureAwait false
                step <- next

            while outcome.IsNone do
                match step with
                | Step.Done(conclusion, remember) ->
                    outcome <- ValueSome(this.Finish(ticket, conclusion, remember, value))
                | Step.Run state ->
                    let running = RunUnderWay.start store effects commits call.Work.NeedsContext state
                    let! result = Attempt.toAwait (fun () -> call.Invoke running.Context)
                    value <- Result.defaultValue value result
                    step <- ended running call.Cancellation.IsCancellationRequested result
                | _ ->
                    saveBy <- requests.SaveBy(policy, step, saveBy)

                    let! next =
                        requests.Perform(policy, step, saveBy, call.Cancellation).ConfigureAwait false

                    step <- next

            return outcome.Value
        }

    /// Runs one call, for which nothing was recalled, to its end: on this thread and without a task, as long as nothing has to be waited for.
    member this.Run<'Work when 'Work :> IWork<'Input, 'Output>>
        (call: Call<'Input, 'Output, 'Work>)
        : ValueTask<Outcome<'Output>> =
        let ticket = call.Ticket
        let mutable step = Protocol.start ticket effects.Now null
        let mutable value = Unchecked.defaultof<'Output>
        let mutable ending = ValueNone

        while ending.IsNone do
            match step with
            | Step.Done(conclusion, remember) ->
                let outcome = this.Finish(ticket, conclusion, remember, value)
                ending <- ValueSome(ValueTask<Outcome<'Output>>(result = outcome))
            | Step.Run state ->
                let running = RunUnderWay.start store effects commits call.Work.NeedsContext state
                let pending = Attempt.run (fun () -> call.Invoke running.Context)

                if pending.IsCompletedSuccessfully then
                    let result = pending.Result
                    value <- Result.defaultValue value result
                    step <- ended running call.Cancellation.IsCancellationRequested result
                else
                    let rest = this.Later(call, step, ValueTask<Step>(), running, pending, value)
                    ending <- ValueSome(ValueTask<Outcome<'Output>>(task = rest))
            | _ ->
                let next =
                    requests.Perform(ticket.Policy.Completion, step, 0L<ms>, call.Cancellation)

                if next.IsCompletedSuccessfully then
                    step <- next.Result
                else
                    let rest =
                        this.Later(call, step, next, Unchecked.defaultof<RunUnderWay>, ValueTask<_>(), value)

                    ending <- ValueSome(ValueTask<Outcome<'Output>>(task = rest))

        ending.Value
