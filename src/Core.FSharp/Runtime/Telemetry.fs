// The activities and metrics of the library, all named `Idempotency`. Names, units and tags are a contract, which
// docs/observability.md tells. Nothing here costs more than a look while nobody listens, and nobody who listens can make a
// call fail.
namespace Idempotency.Core

open System
open System.Collections.Generic
open System.Diagnostics
open System.Diagnostics.Metrics
open Idempotency

/// The names under which calls are told of.
module Telemetry =
    /// The name of the `ActivitySource` and of the `Meter`.
    [<Literal>]
    let Name = "Idempotency"

module internal Tag =
    let operation (name: string) =
        KeyValuePair<string, obj | null>("idempotency.operation", name)

    let outcome (name: string) =
        KeyValuePair<string, obj | null>("idempotency.outcome", name)

    let request (kind: StoreRequestKind) =
        KeyValuePair<string, obj | null>("idempotency.request", kind.Name)

module internal Instruments =
    let private version =
        match typeof<CallEvent>.Assembly.GetName().Version with
        | null -> null
        | known -> known.ToString 3

    let source = new ActivitySource(Telemetry.Name, version)
    let private meter = new Meter(Telemetry.Name, version)

    let private counter (name: string) (unit: string) (description: string) =
        meter.CreateCounter<int64>(name, unit, description)

    let calls =
        counter "idempotency.calls" "{call}" "Calls that have ended, by how they ended."

    let executions =
        counter "idempotency.executions" "{execution}" "How often a function was started."

    let takeOvers =
        counter
            "idempotency.take_overs"
            "{execution}"
            "How often a function was started although the call before may have run it and been cut off."

    let leaseLosses =
        counter
            "idempotency.lease_losses"
            "{execution}"
            "How often a lease ended before its function did, or turned out to be another call's."

    let renewals =
        counter "idempotency.renewals" "{request}" "Requests to renew a lease, by what came of them."

    // Powers of four from a sixteenth of a millisecond to sixteen seconds.
    let storeDuration =
        meter.CreateHistogram<float>(
            "idempotency.store.duration",
            "s",
            "How long the store took to answer, or to fail.",
            null,
            InstrumentAdvice<float>(
                HistogramBucketBoundaries = [| for power in -7 .. 2 -> Math.Pow(4.0, float power) |]
            )
        )

    // The next to last is the longest item of DynamoDB.
    let resultSize =
        meter.CreateHistogram<int64>(
            "idempotency.result.size",
            "By",
            "How long a function's result is, as it is stored.",
            null,
            InstrumentAdvice<int64>(
                HistogramBucketBoundaries =
                    [| 256L; 1024L; 4096L; 16384L; 65536L; 262144L; 409600L; 1048576L |]
            )
        )

/// What is told of one operation. Shared between its calls.
[<Sealed>]
type internal OperationTelemetry
    (operation: string, observer: Action<CallEvent> | null, time: TimeProvider, tellsUnprotected: bool) =
    let named = Tag.operation operation

    // Whoever listens runs in here, and may throw.
    let safely (tell: unit -> unit) =
        try
            tell ()
        with _ ->
            ()

    let tell event =
        match observer with
        | null -> ()
        | known -> safely (fun () -> known.Invoke event)

    let infoOf (key: string | null) =
        CallInfo(operation, key, null, Nullable(), Nullable())

    let count (counter: Counter<int64>) =
        if counter.Enabled then safely (fun () -> counter.Add(1L, named))

    let countBy (counter: Counter<int64>) (outcome: string) =
        if counter.Enabled then
            safely (fun () -> counter.Add(1L, named, Tag.outcome outcome))

    let measured (kind: StoreRequestKind) (start: int64) (outcome: string) =
        if Instruments.storeDuration.Enabled then
            safely (fun () ->
                Instruments.storeDuration.Record(
                    time.GetElapsedTime(start).TotalSeconds,
                    named,
                    Tag.request kind,
                    Tag.outcome outcome
                ))

    /// Whether nobody wants to know of calls.
    member _.IsIdle =
        isNull observer
        && not Instruments.calls.Enabled
        && not Instruments.executions.Enabled
        && not Instruments.takeOvers.Enabled
        && not Instruments.leaseLosses.Enabled
        && not (Instruments.source.HasListeners())

    /// Whether somebody wants to know of requests to the store.
    member _.WatchesStore =
        not (isNull observer)
        || Instruments.storeDuration.Enabled
        || Instruments.renewals.Enabled

    /// Whether calls are traced.
    member _.IsTraced = Instruments.source.HasListeners()

    /// Begins the activity of a call, for the flow that it is called in; null when nobody records it.
    member _.StartActivity() : Activity | null =
        try
            match Instruments.source.CreateActivity("idempotency.call", ActivityKind.Internal) with
            | null -> null
            | made ->
                made.DisplayName <- "idempotency " + operation
                safely (fun () -> made.SetTag(named.Key, named.Value).Start() |> ignore)
                made
        with _ ->
            null

    /// Ends it.
    member _.Close(activity: Activity | null) =
        match activity with
        | null -> ()
        | known -> safely known.Dispose

    /// Says on it how the call ended.
    member _.Note(activity: Activity, outcome: OutcomeKind, fault: exn | null) =
        safely (fun () ->
            activity.SetTag("idempotency.outcome", outcome.Name) |> ignore

            if OutcomeKind.isReplay outcome then
                activity.SetTag("idempotency.replay", true) |> ignore

            if not (OutcomeKind.isFine outcome) then
                let errorType =
                    match fault with
                    | null -> outcome.Name
                    | known -> string (known.GetType().FullName)

                activity.SetStatus(ActivityStatusCode.Error).SetTag("error.type", errorType)
                |> ignore)

    /// The function is about to be started.
    member _.Started(context: IdempotencyContext, activity: Activity | null) =
        count Instruments.executions

        if context.IsTakeOver then
            count Instruments.takeOvers

            match activity with
            | null -> ()
            | known -> safely (fun () -> known.SetTag("idempotency.take_over", true) |> ignore)

            tell (CallEvent.TookOver(infoOf context.Key))

    /// The function has ended, too late.
    member _.LostLease(key: string | null, activity: Activity | null) =
        match activity with
        | null -> ()
        | known -> safely (fun () -> known.SetTag("idempotency.lease_lost", true) |> ignore)

        tell (CallEvent.LeaseLost(infoOf key))

    /// A call has ended; the flag tells whether it lost its lease.
    member _.Ended(outcome: Outcome<'T>, kind: OutcomeKind, lostLease: bool) =
        countBy Instruments.calls kind.Name
        if lostLease then countBy Instruments.leaseLosses kind.Name

        match observer, OutcomeKind.infoOf outcome with
        | null, _ -> ()
        | _, NonNull call -> tell (CallEvent.Ended(kind, OutcomeKind.faultOf outcome, call))
        | _, Null ->
            if kind.IsUnprotected && tellsUnprotected then
                tell (CallEvent.Ended(kind, null, infoOf null))

    /// When a request was sent, for the two below.
    member _.Timestamp() = time.GetTimestamp()

    /// A request was answered.
    member _.Answered(kind: StoreRequestKind, start: int64, answer: string) = measured kind start answer

    /// A request was given up with its caller, or with the function that it was sent for.
    member _.GivenUp(kind: StoreRequestKind, start: int64) = measured kind start "cancelled"

    /// A request failed.
    member _.Failed(kind: StoreRequestKind, key: string, start: int64, fault: exn) =
        measured kind start "failed"

        if not (isNull observer) then
            tell (CallEvent.StoreFailed(kind, fault, infoOf key))

    /// Something came of a renewal.
    member _.Renewal(outcome: string) = countBy Instruments.renewals outcome

    /// A renewal was refused because of this record, which is not the call's own.
    member _.RenewalRefused(key: string) =
        if not (isNull observer) then tell (CallEvent.RenewalRefused(infoOf key))

    /// A result was encoded.
    member _.Encoded(payload: Payload) =
        if Instruments.resultSize.Enabled && not payload.IsAbsent then
            safely (fun () -> Instruments.resultSize.Record(int64 payload.Length, named))
