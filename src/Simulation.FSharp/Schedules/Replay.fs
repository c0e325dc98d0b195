// Replays a schedule over a store: drives its calls step by step and compares what it sees with what the file
// expects. No threads and no real time.
namespace Idempotency.Simulation

open System
open Idempotency.Core

/// What is not as the file expects it.
[<NoComparison>]
type Difference =
    {
        /// The step, or none for what must hold at the end.
        Step: ScheduleStep option
        Text: string
    }

    override this.ToString() =
        match this.Step with
        | None -> $"at the end: {this.Text}"
        | Some step ->
            let who =
                match step.Call with
                | Some call -> $"{call} {step.Verb.Name}"
                | None -> step.Verb.Name

            $"at step {step.Number} (at {step.At}, {who}): {this.Text}"

/// What came of a schedule.
[<NoComparison>]
type Verdict =
    {
        Schedule: Schedule
        Differences: Difference list
        /// Expected fields that this program does not know.
        NotCompared: string list
        /// What broke, where the schedule says what must.
        Violations: Violation list
        /// What happened, where it was to be told.
        Frames: Frame list
    }

    /// Whether all is as expected.
    member this.IsOk = this.Differences.IsEmpty

module Replay =
    let private compareStep (call: Call option) seen (expected: Expected) =
        let fields =
            match call with
            | None -> Map.empty
            | Some call ->
                Map
                    [ "state", Comparison.quoted call.StateName
                      "leaseLostSignalled", (if call.LeaseLost then "true" else "false") ]

        [ for KeyValue(name, value) in expected ->
              name,
              (if name = "store" then
                   Comparison.store seen value
               else
                   Comparison.field fields name value) ]

    let private compareFields what fields (expected: Expected) =
        [ for KeyValue(name, value) in expected -> $"{what} {name}", Comparison.field fields name value ]

    let private same what expected seen =
        what,
        (if expected = seen then
             Comparison.Same
         else
             Comparison.Differs($"{what} {expected}", seen))

    let private compareEnd (performance: Performance) (record: Record | null) =
        let schedule = performance.Schedule
        let expect = schedule.Expect
        let names calls = String.concat ", " calls

        [ for KeyValue(name, expected) in expect.Outcomes do
              match performance.Find name with
              | Some call -> yield! compareFields $"outcome of {name}:" (Findings.outcome call) expected
              | None -> same $"outcome of {name}" "of a call" "no such call"
          match expect.Executions with
          | Some expected -> same "executions" (names expected) (names performance.Executions)
          | None -> ()
          for KeyValue(name, expected) in expect.Fences do
              let seen =
                  match performance.Find name with
                  | Some { Fence = ValueSome fence } -> string (fence - schedule.Epoch)
                  | Some _
                  | None -> "none"

              same $"fence of {name}" (string expected) seen
          match expect.FinalRecord, record with
          | None, _
          | Some None, Null -> ()
          | Some None, NonNull left ->
              same "final record" "none" $"%A{Findings.recordFields schedule.Epoch left}"
          | Some(Some _), Null -> same "final record" "one" "none"
          | Some(Some expected), NonNull left ->
              yield! compareFields "final record:" (Findings.recordFields schedule.Epoch left) expected ]

    let private difference step (compared: string * Comparison) =
        match compared with
        | _, Comparison.Differs(expected, seen) ->
            Some
                { Step = step
                  Text = $"expected {expected}, saw {seen}" }
        | _, Comparison.Same
        | _, Comparison.NotCompared -> None

    let private notCompared (compared: (string * Comparison) list) =
        [ for name, comparison in compared do
              if comparison = Comparison.NotCompared then name ]

    let private compareBroken (performance: Performance) =
        let names (list: Invariant list) =
            match list |> List.map _.Name |> List.sort with
            | [] -> "nothing"
            | names -> String.concat ", " names

        match performance.Schedule.Expect.Breaks with
        | Some expected ->
            [ same "broken" (names expected) (names [ for one in performance.Violations -> one.Invariant ]) ]
        | None -> []

    let private attempt (performance: Performance) step =
        try
            performance.Play step
        with fault ->
            Error $"the store or the protocol threw {fault.GetType().Name}: {fault.Message}"

    /// Replays a schedule in a setting, under a key that nothing else uses. A step that cannot be played ends it. What
    /// happens is told only if it is asked for.
    let runIn (setting: Setting) (bench: Bench) (key: string) tells (schedule: Schedule) : Verdict =
        let isWatched = schedule.Expect.Breaks.IsSome

        let attention =
            if tells then Attention.Telling
            elif isWatched then Attention.Watching
            else Attention.None

        let performance = Performance(setting, bench, key, schedule, attention)

        let rec go differences unknown steps =
            match steps with
            | [] ->
                let record = Wire.read bench.Store key
                if isWatched then performance.Finish()
                let compared = compareEnd performance record @ compareBroken performance
                differences @ List.choose (difference None) compared, unknown @ notCompared compared
            | step :: rest ->
                match attempt performance step with
                | Error reason -> differences @ [ { Step = Some step; Text = reason } ], unknown
                | Ok seen ->
                    let call = step.Call |> Option.bind performance.Find
                    let compared = compareStep call seen step.Expect

                    go
                        (differences @ List.choose (difference (Some step)) compared)
                        (unknown @ notCompared compared)
                        rest

        let differences, unknown = go [] [] schedule.Steps

        { Schedule = schedule
          Differences = differences
          NotCompared = List.distinct unknown
          Violations = performance.Violations
          Frames = performance.Frames }

    /// Replays a schedule with the protocol that ships, under a key that nothing else uses. A step that cannot be played
    /// ends it.
    let run (bench: Bench) (key: string) (schedule: Schedule) : Verdict =
        runIn Setting.shipped bench key false schedule

    /// A store that a schedule can be replayed on in a setting: in memory, and able to do what its calls need.
    let benchFor (setting: Setting) (schedule: Schedule) : Bench =
        if Schedule.hasPeers schedule then
            Setting.bench (Powertools.joining setting) true
        else
            Setting.bench setting (schedule.Calls |> List.exists _.Enlists)
