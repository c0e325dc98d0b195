// Hears what the library tells the world: measurements and activities of one operation, and events of calls, as lines of
// text.
module Core.Tests.Runtime.Listening

open System
open System.Collections.Concurrent
open System.Collections.Generic
open System.Diagnostics
open System.Diagnostics.Metrics
open Idempotency.Core
open NUnit.Framework

let private operationTag = "idempotency.operation"

let private shorten (name: string) = name.Replace("idempotency.", "")

let private shown (tags: seq<KeyValuePair<string, obj | null>>) =
    [ for tag in tags do
          if tag.Key <> operationTag then $" {shorten tag.Key}={tag.Value}" ]
    |> String.concat ""

/// Listens to the measurements of one operation, until it is disposed of.
type Measurements(operation: string) =
    let heard = ConcurrentQueue<string * string>()
    let listener = new MeterListener()

    let note (instrument: Instrument) (value: string) (tags: KeyValuePair<string, obj | null>[]) =
        let isOurs =
            tags
            |> Array.exists (fun tag -> tag.Key = operationTag && tag.Value = operation)

        if isOurs then heard.Enqueue(shorten instrument.Name, $"{value}{shown tags}")

    do
        listener.InstrumentPublished <-
            fun instrument listener ->
                if instrument.Meter.Name = Telemetry.Name then
                    listener.EnableMeasurementEvents instrument

        listener.SetMeasurementEventCallback<int64>(fun instrument value tags _ ->
            note instrument (string value) (tags.ToArray()))

        listener.SetMeasurementEventCallback<float>(fun instrument value tags _ ->
            note instrument (string value) (tags.ToArray()))

        listener.Start()

    /// What an instrument was told, in order: the value and the tags but for the operation.
    member _.Of(instrument: string) =
        [ for name, line in heard do
              if name = instrument then line ]

    interface IDisposable with
        member _.Dispose() = listener.Dispose()

/// Listens to the activities of all operations, and keeps those that have ended.
type Activities() =
    let ended = ConcurrentQueue<Activity>()

    let listener =
        new ActivityListener(
            ShouldListenTo = (fun source -> source.Name = Telemetry.Name),
            Sample = SampleActivity(fun _ -> ActivitySamplingResult.AllDataAndRecorded),
            ActivityStopped = (fun activity -> ended.Enqueue activity)
        )

    do ActivitySource.AddActivityListener listener

    member _.Ended = List.ofSeq ended

    /// The activities of an operation as lines: their tags but for the operation, and their status.
    member this.Of(operation: string) =
        [ for activity in this.Ended do
              if activity.GetTagItem operationTag = operation then
                  $"{shorten activity.OperationName}{shown activity.TagObjects}: {activity.Status}" ]

    interface IDisposable with
        member _.Dispose() = listener.Dispose()

/// Asserts what was heard.
let lines (expected: string list) (actual: string list) =
    Assert.That(String.Join("\n", actual), Is.EqualTo(String.Join("\n", expected)))

/// Keeps the events of calls, as text.
type Events() =
    let told = ResizeArray<string>()

    let keyless (call: CallInfo) =
        if isNull call.Key then " (no key)" else ""

    let show event =
        match event with
        | CallEvent.TookOver _ -> "TookOver"
        | CallEvent.RenewalRefused _ -> "RenewalRefused"
        | CallEvent.LeaseLost _ -> "LeaseLost"
        | CallEvent.StoreFailed(request, fault, _) -> $"StoreFailed {request.Name} {fault.GetType().Name}"
        | CallEvent.Ended(kind, fault, call) ->
            match fault with
            | null -> $"Ended %A{kind}{keyless call}"
            | known -> $"Ended %A{kind} {known.GetType().Name}"

    member _.Told = lock told (fun () -> List.ofSeq told)

    member _.Observe(options: HandlerOptions) =
        { options with
            Observer = Action<CallEvent>(fun event -> lock told (fun () -> told.Add(show event))) }
