// Makes a schedule that breaks something small: without what it does not need, and with round times.
namespace Idempotency.Simulation

open Idempotency.Core

module Shrinking =
    /// Plays a schedule, leaving out the steps that cannot be played, and says how many of the others were played when
    /// each invariant broke. What breaks only when all have stopped has broken after the last one.
    let private play (setting: Setting) (schedule: Schedule) =
        let bench = Replay.benchFor setting schedule
        let performance = Performance(setting, bench, "key", schedule, Attention.Watching)

        let folder (kept, count, broken) (step: ScheduleStep) =
            match performance.Play step with
            | Error _ -> kept, count, broken
            | Ok _ ->
                let news =
                    [ for violation in performance.Violations do
                          if not (Map.containsKey violation.Invariant broken) then
                              violation.Invariant, count + 1 ]

                step :: kept, count + 1, List.fold (fun known (one, at) -> Map.add one at known) broken news

        let kept, count, broken = List.fold folder ([], 0, Map.empty) schedule.Steps
        performance.Finish()
        struct (performance, List.rev kept, count, broken)

    let private numbered (steps: ScheduleStep list) =
        steps |> List.mapi (fun index step -> { step with Number = index + 1 })

    /// The schedule without the steps that cannot be played, and with what comes of it written down.
    let tidy (setting: Setting) (schedule: Schedule) : Schedule =
        let struct (performance, kept, _, _) = play setting schedule
        WorldRun.written performance (numbered kept)

    /// The schedule up to where it breaks an invariant, if it does.
    let private upTo (setting: Setting) (invariant: Invariant) (schedule: Schedule) : Schedule option =
        let struct (performance, kept, count, broken) = play setting schedule

        if
            performance.Violations
            |> List.exists (fun violation -> violation.Invariant = invariant)
        then
            let length = broken |> Map.tryFind invariant |> Option.defaultValue count

            Some
                { schedule with
                    Steps = numbered (List.truncate length kept) }
        else
            None

    let private withoutCall (schedule: Schedule) name =
        { schedule with
            Calls = schedule.Calls |> List.filter (fun plan -> plan.Name <> name)
            Steps = schedule.Steps |> List.filter (fun step -> step.Call <> Some name) }

    let private isPeersOnly (schedule: Schedule) = schedule.Calls |> List.forall _.IsPeer

    /// Halves, quarters, ... and at last single steps.
    let private withoutSteps (schedule: Schedule) =
        let steps = Array.ofList schedule.Steps

        seq {
            let mutable size = steps.Length / 2

            while size > 0 do
                for start in 0..size .. steps.Length - 1 do
                    { schedule with
                        Steps =
                            [ for index in 0 .. steps.Length - 1 do
                                  if index < start || index >= start + size then steps[index] ] }

                size <- size / 2
        }

    let private withConfig change (schedule: Schedule) =
        { schedule with
            Config = change schedule.Config }

    let private withCalls change (schedule: Schedule) =
        { schedule with
            Calls = List.map change schedule.Calls }

    /// Without what is set up in it, one thing after the other.
    let private simpler: (Schedule -> Schedule) list =
        [ withCalls (fun plan -> { plan with Cache = None })
          withCalls (fun plan -> { plan with LooksFirst = false })
          withCalls (fun plan -> { plan with Enlists = false })
          withCalls (fun plan -> { plan with Validates = true })
          withCalls (fun plan -> { plan with Key = None })
          withConfig (fun config -> { config with Wait = false })
          withConfig (fun config -> { config with Hold = false })
          withConfig (fun config ->
              { config with
                  PayloadValidation = false })
          withConfig (fun config ->
              { config with
                  PayloadBeforeTakeover = true })
          withConfig (fun config -> { config with LateComplete = true })
          withConfig (fun config ->
              { config with
                  ReturnsOldOnFailure = true })
          withConfig (fun config ->
              { config with
                  Release = ReleaseBy.Delete
                  Fence = FenceFrom.Start })
          withConfig (fun config -> { config with Fence = FenceFrom.Start })
          withConfig (fun config -> { config with ClockBound = 0L<ms> })
          withConfig (fun config -> { config with SweepAhead = 0L<ms> })
          withConfig (fun config -> { config with Travel = None })
          withConfig (fun config ->
              { config with
                  SkewPad = 0L<ms>
                  PeerPad = 0L<ms> })
          fun schedule ->
              { schedule with
                  Processes = [ for plan in schedule.Processes -> { plan with Drift = 0 } ] }
          fun schedule ->
              { schedule with
                  Processes = [ for plan in schedule.Processes -> { plan with Offset = 0L<ms> } ] }
          // Calls without a process have the common clock.
          fun schedule ->
              let uses name (step: ScheduleStep) =
                  match step.Verb with
                  | Verb.Restart known
                  | Verb.Jump(known, _) -> known = name
                  | Verb.To _
                  | Verb.Duplicate _
                  | Verb.Arrive _
                  | Verb.TtlSweep -> false

              let idle =
                  [ for plan in schedule.Processes do
                        let isIdle = plan.Offset = 0L<ms> && plan.Drift = 0

                        if isIdle && not (List.exists (uses plan.Name) schedule.Steps) then plan.Name ]

              { schedule with
                  Processes =
                      schedule.Processes
                      |> List.filter (fun plan -> not (List.contains plan.Name idle))
                  Calls =
                      [ for call in schedule.Calls ->
                            { call with
                                Process =
                                    call.Process |> Option.filter (fun name -> not (List.contains name idle)) } ] } ]

    let private isChanged (before: Schedule) (after: Schedule) =
        before.Config <> after.Config
        || before.Processes <> after.Processes
        || before.Calls <> after.Calls

    /// The time before each step, made shorter.
    let private sooner (schedule: Schedule) =
        let steps = Array.ofList schedule.Steps

        let shift from (by: int64<ms>) =
            { schedule with
                Steps =
                    [ for index in 0 .. steps.Length - 1 ->
                          if index < from then
                              steps[index]
                          else
                              { steps[index] with
                                  At = steps[index].At - by } ] }

        seq {
            for index in 0 .. steps.Length - 1 do
                let before = if index = 0 then 0L<ms> else steps[index - 1].At
                let gap = steps[index].At - before

                let mutable by = gap

                while by > 0L<ms> do
                    shift index by
                    by <- by / 2L
        }

    /// Smaller schedules, the boldest first: without a call, without some steps, simpler, sooner.
    let smaller (schedule: Schedule) : seq<Schedule> =
        seq {
            if schedule.Calls.Length > 1 then
                for plan in schedule.Calls do
                    let fewer = withoutCall schedule plan.Name
                    // Peers that are left alone would be judged otherwise.
                    if plan.IsPeer || not (isPeersOnly fewer) then fewer

            yield! withoutSteps schedule

            for change in simpler do
                let changed = change schedule
                if isChanged schedule changed then changed

            yield! sooner schedule
        }

    /// The smallest schedule that is found on the way of ever smaller ones that still break the invariant, after so many
    /// tries at the most; or the schedule itself, where it does not break it.
    let smallest (setting: Setting) (invariant: Invariant) (tries: int) (schedule: Schedule) : Schedule =
        let mutable left = tries

        let attempt candidate =
            left <- left - 1
            upTo setting invariant candidate

        let rec go best =
            let next = smaller best |> Seq.takeWhile (fun _ -> left > 0) |> Seq.tryPick attempt

            match next with
            | Some better -> go better
            | None -> best

        match upTo setting invariant schedule with
        | Some found -> tidy setting (go found)
        | None -> schedule
