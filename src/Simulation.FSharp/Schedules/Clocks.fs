// The clocks of a schedule's calls: each runs in a process whose clock is ahead, drifts and jumps, within a bound.
namespace Idempotency.Simulation

open Idempotency.Core

/// The clocks of one performance.
[<Sealed>]
type internal Clocks(schedule: Schedule) =
    let plans = Array.ofList schedule.Calls
    let processes = Array.ofList schedule.Processes
    let jumps: int64<ms>[] = Array.map (fun _ -> 0L<ms>) processes

    let placeOf name =
        processes |> Array.findIndex (fun known -> known.Name = name)

    let places =
        plans
        |> Array.map (fun plan ->
            match plan.Process with
            | Some name -> placeOf name
            | None -> -1)

    /// The clock of the call with this number, at a moment of the common one.
    member _.Of(index: int, now: int64<ms>) =
        let place = places[index]
        let own = now + plans[index].Offset

        if place < 0 then
            own
        else
            let plan = processes[place]
            let drifted = (now - schedule.Epoch) * int64 plan.Drift / 1_000_000L
            let ahead = plan.Offset + drifted + jumps[place]
            own + max 0L<ms> (min schedule.Config.ClockBound ahead)

    /// The clock of a process is set forward, or back.
    member _.Jump(name: string, by: int64<ms>) =
        let place = placeOf name
        jumps[place] <- jumps[place] + by

    /// The numbers of the calls that run in a process.
    member _.CallsIn(name: string) =
        let place = placeOf name

        [ for index in 0 .. plans.Length - 1 do
              if places[index] = place then index ]
