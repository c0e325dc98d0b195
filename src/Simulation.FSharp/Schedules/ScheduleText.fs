// Writes schedules as the files that ScheduleFile.fs reads, a line for each step. What they have beside the schema of
// tests/Core.Tests/data/schedules.json (processes, keys, peers, the verbs of random worlds) is told in docs/explored.md.
namespace Idempotency.Simulation

open System.IO
open System.Text
open System.Text.Encodings.Web
open System.Text.Json
open Idempotency.Core

module ScheduleText =
    let private options =
        JsonWriterOptions(Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping)

    /// A value on one line.
    let private inLine (write: Utf8JsonWriter -> unit) =
        use stream = new MemoryStream()

        do
            use writer = new Utf8JsonWriter(stream, options)
            write writer

        Encoding.UTF8.GetString(stream.ToArray())

    let private inObject (write: Utf8JsonWriter -> unit) =
        inLine (fun writer ->
            writer.WriteStartObject()
            write writer
            writer.WriteEndObject())

    let private quoted (text: string) = Comparison.quoted text

    let private flagged (writer: Utf8JsonWriter) (name: string) isSet =
        if isSet then writer.WriteBoolean(name, true)

    let private named (writer: Utf8JsonWriter) (name: string) (text: string option) =
        match text with
        | Some text -> writer.WriteString(name, text)
        | None -> ()

    let private config (config: ScheduleConfig) =
        inObject (fun writer ->
            writer.WriteNumber("leaseMs", int64 config.Lease)
            writer.WriteNumber("expiresAfterSec", int64 config.Expiry / 1000L)
            writer.WriteNumber("skewPadMs", int64 config.SkewPad)
            writer.WriteNumber("peerPadMs", int64 config.PeerPad)
            writer.WriteBoolean("payloadValidation", config.PayloadValidation)
            writer.WriteBoolean("payloadBeforeTakeover", config.PayloadBeforeTakeover)
            writer.WriteBoolean("wait", config.Wait)
            writer.WriteBoolean("lateComplete", config.LateComplete)

            writer.WriteString(
                "release",
                match config.Release with
                | ReleaseBy.Delete -> "delete"
                | ReleaseBy.Tombstone -> "tombstone"
            )

            writer.WriteBoolean("returnsOldOnFailure", config.ReturnsOldOnFailure)
            writer.WriteBoolean("hold", config.Hold)

            writer.WriteString(
                "fence",
                match config.Fence with
                | FenceFrom.Start -> "start"
                | FenceFrom.Acquire -> "acquire"
            )

            writer.WriteNumber("clockBoundMs", int64 config.ClockBound)
            writer.WriteNumber("sweepAheadMs", int64 config.SweepAhead)

            match config.Travel with
            | Some travel -> writer.WriteNumber("travelMs", int64 travel)
            | None -> writer.WriteNull "travelMs")

    let private theProcess (plan: ProcessPlan) =
        inObject (fun writer ->
            writer.WriteNumber("clockOffsetMs", int64 plan.Offset)
            writer.WriteNumber("driftPerMillion", plan.Drift))

    let private call (plan: CallPlan) =
        inObject (fun writer ->
            let fingerprint = plan.Payload

            match plan.Result.Utf8 with
            | null -> ()
            | utf8 ->
                writer.WritePropertyName "result"
                writer.WriteRawValue utf8

            if not fingerprint.IsNone then writer.WriteString("payload", fingerprint.Text)

            named writer "cache" plan.Cache
            named writer "key" plan.Key
            named writer "process" plan.Process

            if plan.Offset <> 0L<ms> then
                writer.WriteNumber("clockOffsetMs", int64 plan.Offset)

            if not plan.Validates then writer.WriteBoolean("validates", false)

            flagged writer "peer" plan.IsPeer
            flagged writer "looksFirst" plan.LooksFirst
            flagged writer "enlists" plan.Enlists)

    let private record (epoch: int64<ms>) (record: Record) =
        inObject (fun writer ->
            for KeyValue(name, value) in Findings.recordFields epoch record do
                if value <> "null" then
                    writer.WritePropertyName name
                    writer.WriteRawValue value)

    let private expected (name: string) (fields: Expected) (writer: Utf8JsonWriter) =
        writer.WriteStartObject name

        for KeyValue(name, value) in fields do
            writer.WritePropertyName name
            writer.WriteRawValue value

        writer.WriteEndObject()

    let private verb (writer: Utf8JsonWriter) (verb: Verb) =
        writer.WriteString("do", verb.Name)

        match verb with
        | Verb.To _
        | Verb.TtlSweep -> ()
        | Verb.Duplicate(parcel, tag) ->
            match parcel with
            | Parcel.Request -> ()
            | Parcel.Renewal -> writer.WriteString("of", "renew")

            writer.WriteString("tag", tag)
        | Verb.Arrive tag -> writer.WriteString("tag", tag)
        | Verb.Restart name -> writer.WriteString("process", name)
        | Verb.Jump(name, by) ->
            writer.WriteString("process", name)
            writer.WriteNumber("byMs", int64 by)

    let private step (step: ScheduleStep) =
        inObject (fun writer ->
            writer.WriteNumber("at", int64 step.At)
            named writer "call" step.Call
            verb writer step.Verb

            if not step.Expect.IsEmpty then expected "expect" step.Expect writer)

    let private names (writer: Utf8JsonWriter) (name: string) (texts: string list) =
        writer.WriteStartArray name

        for text in texts do
            writer.WriteStringValue text

        writer.WriteEndArray()

    let private aftermath (aftermath: Aftermath) =
        inObject (fun writer ->
            if not aftermath.Outcomes.IsEmpty then
                writer.WriteStartObject "outcomes"

                for KeyValue(call, outcome) in aftermath.Outcomes do
                    expected call outcome writer

                writer.WriteEndObject()

            aftermath.Executions |> Option.iter (names writer "executions")

            if not aftermath.Fences.IsEmpty then
                writer.WriteStartObject "fencesMs"

                for KeyValue(call, fence) in aftermath.Fences do
                    writer.WriteNumber(call, int64 fence)

                writer.WriteEndObject()

            match aftermath.FinalRecord with
            | None -> ()
            | Some None -> writer.WriteNull "finalRecord"
            | Some(Some fields) -> expected "finalRecord" fields writer

            aftermath.Breaks |> Option.iter (List.map _.Name >> names writer "breaks"))

    /// The fields of an object, each on a line.
    let private lines (fields: (string * string) list) =
        fields
        |> List.map (fun (name, value) -> $"    {quoted name}: {value}")
        |> String.concat ",\n"
        |> fun text -> if text = "" then "{}" else $"{{\n{text}\n   }}"

    let private schedule (schedule: Schedule) =
        let initial =
            match schedule.Initial with
            | Some known -> record schedule.Epoch known
            | None -> "null"

        let steps =
            schedule.Steps |> List.map (fun one -> $"    {step one}") |> String.concat ",\n"

        [ $"\"id\": {quoted schedule.Id}"
          $"\"title\": {quoted schedule.Title}"
          $"\"setting\": {quoted schedule.Setting}"
          $"\"config\": {config schedule.Config}"
          "\"processes\": "
          + lines [ for one in schedule.Processes -> one.Name, theProcess one ]
          "\"calls\": " + lines [ for plan in schedule.Calls -> plan.Name, call plan ]
          $"\"initialRecord\": {initial}"
          $"\"steps\": [\n{steps}\n   ]"
          $"\"expect\": {aftermath schedule.Expect}" ]
        |> String.concat ",\n   "
        |> fun fields -> $"  {{{fields}}}"

    /// The text of a file with these schedules, which must all count from the same epoch.
    let write (about: string) (schedules: Schedule list) =
        let epoch =
            match schedules |> List.map _.Epoch |> List.distinct with
            | [] -> 0L<ms>
            | [ epoch ] -> epoch
            | _ -> invalidArg (nameof schedules) "The schedules of a file count from one epoch."

        let bodies = schedules |> List.map schedule |> String.concat ",\n"

        $"{{\n \"about\": {quoted about},\n \"schema\": 1,\n \"epochMs\": {epoch},\n \"schedules\": [\n{bodies}\n ]\n}}\n"
