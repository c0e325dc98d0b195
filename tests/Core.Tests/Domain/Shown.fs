// States and conclusions as text, so that an expectation is one readable line. Moments are shown as milliseconds
// after the beginning (`+5`), tries in parentheses; only what differs from the usual is named.
module Core.Tests.Shown

open Idempotency.Core
open Core.Tests.Given
open NUnit.Framework

let moment (now: int64<ms>) = $"+{now - at 0}"

let private note condition words = if condition then words else ""

let ending (ending: Ending) =
    match ending with
    | Ending.Returned result -> text result
    | Ending.Threw failure -> $"failure {text failure}"

let private run (run: Run) =
    match run with
    | Run.Returned(result, enlisted, _) -> text result + (if enlisted.IsNone then "" else " with writes")
    | Run.Threw(error, failure) -> $"{error.Message} as {text failure}"

let private inHand (hand: InHand) =
    match hand with
    | InHand.Nothing acquiredAt -> $"asked {moment acquiredAt}"
    | InHand.Run ended -> $"with {run ended}"

let conclusion (conclusion: Conclusion) =
    match conclusion with
    | Conclusion.Executed result -> $"Executed {text result}"
    | Conclusion.Replayed left -> $"Replayed {ending left}"
    | Conclusion.Adopted left -> $"Adopted {ending left}"
    | Conclusion.CompletedUnsaved(result, fault) -> $"CompletedUnsaved {text result}: {fault.Message}"
    | Conclusion.LeaseLost result -> $"LeaseLost {text result}"
    | Conclusion.FunctionFailed error -> $"FunctionFailed {error.Message}"
    | Conclusion.PayloadMismatch holder -> $"PayloadMismatch {holder.Fingerprint}"
    | Conclusion.InProgress(holder, leaseEnds) -> $"InProgress {holder.Owner} until {moment leaseEnds}"
    | Conclusion.Held(holder, expires) -> $"Held {holder.Owner} until {moment expires}"
    | Conclusion.Contended -> "Contended"
    | Conclusion.PersistFailed fault -> $"PersistFailed {fault.Message}"
    | Conclusion.Cancelled -> "Cancelled"

let running (state: Running) =
    $"Running fence {moment state.Fence} trusted to {moment state.LeaseEnds}"
    + note state.TakeOver ", take-over"
    + note state.LeaseLost ", lease lost"

let step (step: Step) =
    match step with
    | Step.Look state -> $"Looking at {moment state.Now}"
    | Step.Acquire state -> $"Acquiring({state.Patience.Tries}) at {moment state.Request.Now}"
    | Step.Refresh state ->
        $"Refreshing({state.Patience.Tries}) at {moment state.Request.Now} asked {moment state.AcquiredAt}"
        + note state.TakeOver ", take-over"
    | Step.Abandon state -> $"Abandoning {moment state.Request.Fence} as {conclusion state.Because}"
    | Step.Run state -> running state
    | Step.Complete state ->
        $"Completing({state.Patience.Tries}) {run state.Run} at {moment state.Request.Now}"
    | Step.LateComplete state ->
        $"LateCompleting({state.Patience.Tries}) {run state.Run} at {moment state.Request.Now}"
    | Step.Release state -> $"Releasing {moment state.Request.Fence} after {state.Error.Message}"
    | Step.Wait state ->
        $"Waiting({state.Patience.Tries}) {inHand state.InHand} for {state.Holder.Owner} to {moment state.LeaseEnds}, "
        + $"sleep {state.Patience.Sleeps}, deadline {moment state.Patience.Deadline}"
    | Step.Peek state -> $"Peeking({state.Patience.Tries}) {inHand state.InHand}"
    | Step.Done(ended, remember) -> $"Done {conclusion ended}" + note (not (isNull remember)) ", cached"

let standing (standing: Standing) =
    match standing with
    | Standing.Mine leaseEnds -> $"Mine to {moment leaseEnds}"
    | Standing.Free -> "Free"
    | Standing.OtherPayload -> "OtherPayload"
    | Standing.Finished left -> $"Finished {ending left}"
    | Standing.Abandoned expires -> $"Abandoned to {moment expires}"
    | Standing.Busy leaseEnds -> $"Busy to {moment leaseEnds}"

/// The step reads so.
let shows (expected: string) (actual: Step) =
    Assert.That(step actual, Is.EqualTo expected)

/// The running state reads so.
let runs (expected: string) (actual: Running) =
    Assert.That(running actual, Is.EqualTo expected)
