// Runs a world: lets the director decide what happens, plays it on the machine and the store that the world is set in,
// and writes it down as a schedule, which can be replayed and shrunk.
namespace Idempotency.Simulation

open System
open System.Collections.Generic
open Idempotency.Core

/// What came of a world.
[<NoComparison>]
type WorldReport =
    {
        World: World
        /// What happened, and what it broke.
        Schedule: Schedule
        Violations: Violation list
        /// The states that its calls were in, and the kinds of their conclusions.
        Reached: Set<string>
    }

    override this.ToString() =
        String.Join(
            Environment.NewLine,
            [ $"the world of seed {this.World.Seed}, {this.Schedule.Calls.Length} calls, {this.Schedule.Steps.Length} steps"
              for violation in this.Violations do
                  string violation ]
        )

module WorldRun =
    /// What was performed, as a schedule that expects the same again: what broke, who ran, and how each call ended.
    let internal written (performance: Performance) (steps: ScheduleStep list) : Schedule =
        { performance.Schedule with
            Steps = steps
            Expect =
                { Schedule.unjudged with
                    Outcomes = Map [ for call in performance.Calls -> call.Name, Findings.outcome call ]
                    Executions = Some performance.Executions
                    Breaks = Some [ for violation in performance.Violations -> violation.Invariant ] } }

    /// Runs a world in a setting.
    let run (setting: Setting) (world: World) : WorldReport =
        let plan = world.Plan
        let bench = Replay.benchFor setting plan
        let performance = Performance(setting, bench, "key", plan, Attention.Watching)
        let director = Director(world, performance)
        let steps = List<ScheduleStep>()
        let reached = HashSet<string>()
        let mutable at = 0L<ms>
        let mutable left = world.Events

        let play (call: string option, verb: Verb) =
            let step = Schedule.step (steps.Count + 1) at call verb

            match performance.Play step with
            | Error _ -> ()
            | Ok _ ->
                steps.Add step

                match verb with
                | Verb.Duplicate(_, tag) -> director.Copied tag
                | Verb.To _
                | Verb.Arrive _
                | Verb.TtlSweep
                | Verb.Restart _
                | Verb.Jump _ -> ()

                call
                |> Option.bind performance.Find
                |> Option.iter (fun call -> reached.Add(Findings.kind call) |> ignore)

        while left > 0 do
            left <- left - 1

            match director.Next() with
            | None -> left <- 0
            | Some cue ->
                at <- at + cue.Passes
                List.iter play cue.Verbs

        performance.Finish()

        { World = world
          Schedule = written performance (List.ofSeq steps)
          Violations = performance.Violations
          Reached = Set.ofSeq reached }

    /// What happens in a schedule, told step by step.
    let frames (setting: Setting) (schedule: Schedule) : Frame list =
        (Replay.runIn setting (Replay.benchFor setting schedule) "key" true schedule).Frames
