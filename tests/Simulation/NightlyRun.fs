// One exploration of a night, and the words to describe its bounds in.
namespace Idempotency.Simulation

open Idempotency.Core

/// What the model had, of states, steps, depth, and ticks that a fresh caller waits.
type Modelled =
    { States: int
      Steps: int
      Depth: int
      Recovery: int }

/// One run of a profile.
[<NoComparison>]
type NightlyRun =
    {
        Name: string
        Bounds: Bounds
        Modelled: Modelled option
        /// What may break: what a peer does that nobody can prevent.
        Tolerated: int
    }

/// Bounds, changed step by step.
module internal Changing =
    let modelled states steps depth recovery =
        Some
            { States = states
              Steps = steps
              Depth = depth
              Recovery = recovery }

    let run name model bounds =
        { Name = name
          Bounds = bounds
          Modelled = model
          Tolerated = 0 }

    let two = Bounds.ofCallers 2
    let three = Bounds.ofCallers 3

    let faults change (bounds: Bounds) =
        { bounds with
            Faults = change bounds.Faults }

    let lost count =
        faults (fun faults -> { faults with LostReplies = count })

    let crash count =
        faults (fun faults -> { faults with Crashes = count })

    let giveUp = faults (fun faults -> { faults with GiveUps = 1 })

    let heartbeats count =
        faults (fun faults -> { faults with Heartbeats = count })

    let ticks count (bounds: Bounds) = { bounds with Ticks = count }
    let waiting (bounds: Bounds) = { bounds with Waits = true }

    let tombstone (bounds: Bounds) =
        { bounds with
            Release = ReleaseBy.Tombstone }

    let sweeping (bounds: Bounds) = { bounds with Sweeps = true }
    let window seconds (bounds: Bounds) = { bounds with Window = seconds }
    let pad ticks (bounds: Bounds) = { bounds with Pad = ticks }

    let anyTakeOver (bounds: Bounds) =
        { bounds with
            PayloadBeforeTakeover = false }

    let each change (bounds: Bounds) =
        { bounds with
            Workers = List.mapi change bounds.Workers }

    let clocks (offsets: int list) =
        each (fun index worker -> { worker with Offset = offsets[index] })

    /// One payload for each worker, checked.
    let payloads (list: int list) =
        each (fun index worker ->
            { worker with
                Validates = true
                Payloads = [ list[index] ] })

    /// Two calls for each worker, one after the other.
    let calls (list: int list) =
        each (fun _ worker -> { worker with Payloads = list })

    let validating = each (fun _ worker -> { worker with Validates = true })

    let caches kind =
        each (fun _ worker -> { worker with Cache = kind })

    let own = caches WorkerCache.Own
    let all = lost 2 >> crash 1 >> giveUp
