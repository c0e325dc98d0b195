// Two rules in the watch's own words, so that they are not judged by the code they are to judge: when a
// record is free by the clock, and what a caller may be told about a run.
namespace Idempotency.Simulation

open System
open Idempotency.Core

module Honesty =
    /// Free by the clock rule alone: the lease of a lock, or else the window of the record, has ended.
    let freeByClock (clock: int64<ms>) (record: Record) =
        let windowOver = record.Expires < Time.floorSeconds clock

        match record.Status, Option.ofNullable record.LeaseEnds with
        | Status.InProgress, Some leaseEnds -> leaseEnds < clock
        | Status.InProgress, None
        | Status.Completed, _
        | Status.Failed, _ -> windowOver

    /// Whether a call may take a record over: it is free by the clock, and not held for a person.
    let mayTakeOver (ticket: Ticket) (clock: int64<ms>) (record: Record) =
        let isHeld =
            ticket.Policy.Abandoned = WhenAbandoned.Hold
            && record.Status = Status.InProgress
            && record.Owner <> OwnerToken.Released
            && record.Expires >= Time.floorSeconds clock

        freeByClock clock record && not isHeld

    let private withoutRun name conclusion =
        match conclusion with
        | Conclusion.Replayed _
        | Conclusion.PersistFailed _
        | Conclusion.Cancelled
        | Conclusion.Contended
        | Conclusion.InProgress _
        | Conclusion.PayloadMismatch _
        | Conclusion.Held _ -> None
        | Conclusion.Executed _
        | Conclusion.Adopted _
        | Conclusion.CompletedUnsaved _
        | Conclusion.LeaseLost _
        | Conclusion.FunctionFailed _ ->
            Some
                { Invariant = Invariant.I8r
                  Text = $"{name} never ran, but ended as if it had: {conclusion}" }

    let private afterReturn name isStored conclusion =
        let own = $"\"r{name}\""
        let carries result = Comparison.payload result = own

        match conclusion with
        | Conclusion.Executed result when carries result && isStored own -> None
        | Conclusion.CompletedUnsaved(result, _)
        | Conclusion.LeaseLost result when carries result -> None
        | Conclusion.Adopted _ -> None
        | other ->
            Some
                { Invariant = Invariant.I8r
                  Text = $"{name} returned a result, but its caller got {other}" }

    let private afterThrow name (error: exn) conclusion =
        match conclusion with
        | Conclusion.FunctionFailed raised when Object.ReferenceEquals(raised, error) -> None
        | other ->
            Some
                { Invariant = Invariant.I8x
                  Text = $"the function of {name} threw, but its caller got {other}" }

    /// What is wrong with the conclusion that a call's caller got, or None. `isStored` says whether a result
    /// ever was in the store.
    let problem name (run: HowItRan) (isStored: string -> bool) conclusion : Violation option =
        match run with
        | HowItRan.Never -> withoutRun name conclusion
        | HowItRan.Returned -> afterReturn name isStored conclusion
        | HowItRan.Threw error -> afterThrow name error conclusion
