// One call that somebody watches: by metrics, as an activity, or as an observer. It passes on what it sees, and changes
// nothing: not the function's exception, not the outcome, not the thread that it runs on.
namespace Idempotency.Core

open System
open System.Diagnostics
open System.Threading
open System.Threading.Tasks
open Idempotency

[<Sealed>]
type internal WatchedCall<'Input, 'Output, 'Work when 'Work :> IWork<'Input, 'Output>>
    (telemetry: OperationTelemetry, work: 'Work, activity: Activity | null, effects: Effects) =
    let mutable lostLease = false
    let mutable key: string | null = null

    let lost () =
        if not lostLease then
            lostLease <- true
            telemetry.LostLease(key, activity)

    let ended (context: IdempotencyContext) =
        if context.OutlivedLease(effects.Now) then lost ()

    let follow (context: IdempotencyContext) (pending: ValueTask<'Output>) =
        task {
            try
                return! pending.ConfigureAwait false
            finally
                ended context
        }

    let invoke input (context: IdempotencyContext) (cancellation: CancellationToken) : ValueTask<'Output> =
        key <- context.Key
        telemetry.Started(context, activity)
        let mutable isPending = false

        try
            let pending = work.Invoke(input, context, cancellation)
            isPending <- not pending.IsCompleted

            if isPending then ValueTask<'Output>(task = follow context pending) else pending
        finally
            if not isPending then ended context

    interface IWork<'Input, 'Output> with
        member _.NeedsContext = true

        member _.Invoke(input, context, cancellation) =
            invoke input (nonNull context) cancellation

    /// The call has ended.
    member _.Ended(outcome: Outcome<'Output>) =
        let kind = OutcomeKind.ofOutcome outcome

        if kind.IsAdopted || kind.IsLeaseLost then lost ()
        telemetry.Ended(outcome, kind, lostLease)

        match activity with
        | null -> ()
        | known -> telemetry.Note(known, kind, OutcomeKind.faultOf outcome)

module internal WatchedCall =
    type private Run<'Input, 'Output, 'Work when 'Work :> IWork<'Input, 'Output>> =
        WatchedCall<'Input, 'Output, 'Work> -> ValueTask<Outcome<'Output>>

    /// The activity begins and ends within the task, so that the caller's own stays what it is.
    let private traced (telemetry: OperationTelemetry) effects work (run: Run<'Input, 'Output, 'Work>) =
        task {
            let activity = telemetry.StartActivity()

            try
                let call = WatchedCall<'Input, 'Output, 'Work>(telemetry, work, activity, effects)
                let! outcome = (run call).ConfigureAwait false
                call.Ended outcome
                return outcome
            finally
                telemetry.Close activity
        }

    let private counted
        telemetry
        effects
        work
        (run: Run<'Input, 'Output, 'Work>)
        : ValueTask<Outcome<'Output>> =
        let call = WatchedCall<'Input, 'Output, 'Work>(telemetry, work, null, effects)
        let pending = run call

        let follow () =
            task {
                let! outcome = pending.ConfigureAwait false
                call.Ended outcome
                return outcome
            }

        if pending.IsCompletedSuccessfully then
            let outcome = pending.Result
            call.Ended outcome
            ValueTask<Outcome<'Output>>(result = outcome)
        else
            ValueTask<Outcome<'Output>>(task = follow ())

    /// Runs a call under the eyes of whoever listens.
    let run (telemetry: OperationTelemetry) effects work (run: Run<'Input, 'Output, 'Work>) =
        if telemetry.IsTraced then
            ValueTask<Outcome<'Output>>(task = traced telemetry effects work run)
        else
            counted telemetry effects work run
