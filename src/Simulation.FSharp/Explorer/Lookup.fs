// What the stage has worked out, to look up: by the numbers of what it depends on.
namespace Idempotency.Simulation

open System.Collections.Generic
open Idempotency.Core

/// Remembers outcomes. For one thread.
[<Sealed>]
type Lookup(stage: Stage) =
    let numbers = stage.Numbers
    let outcomes = Dictionary<uint64, Outcome voption>()
    let arrivals = Dictionary<uint64, Arrival voption>()
    let histories = Dictionary<struct (int * int * int64), struct (int * int)>()
    let waits = Dictionary<uint64, Result<int, string>>()

    let optional (found: 'found option) =
        match found with
        | Some value -> ValueSome value
        | None -> ValueNone

    /// What comes of the incident at a place of a call's list.
    member _.Outcome(tick: int, off: int, local: Local, number: int, place: int, stored: int, cached: int) =
        let key =
            uint64 number
            ||| (uint64 stored <<< 16)
            ||| (uint64 cached <<< 32)
            ||| (uint64 tick <<< 48)
            ||| (uint64 place <<< 54)
            ||| (uint64 (off + 1) <<< 60)

        match outcomes.TryGetValue key with
        | true, known -> known
        | false, _ ->
            let found =
                optional (stage.Befall(tick, off, local.Incidents[place], number, stored, cached))

            outcomes.Add(key, found)
            found

    /// What comes of a copy that reaches the store.
    member _.Arrival(copy: int, stored: int) =
        let key = uint64 copy ||| (uint64 stored <<< 16)

        match arrivals.TryGetValue key with
        | true, known -> known
        | false, _ ->
            let found = optional (stage.Arrive(copy, stored))
            arrivals.Add(key, found)
            found

    /// The number of what a history becomes by a change, and the set of its open results. `kind` and `value` name the
    /// change.
    member _.Changed(history: int, kind: int, value: int64, change: History -> History) =
        let key = struct (history, kind, value)

        match histories.TryGetValue key with
        | true, known -> known
        | false, _ ->
            let next = change (numbers.History history)
            let known = struct (numbers.OfHistory next, History.mask next)
            histories.Add(key, known)
            known

    /// How long a fresh caller has to wait, in ticks; or what is wrong.
    member _.Wait(tick: int, stored: int) =
        let key = uint64 stored ||| (uint64 tick <<< 16)

        match waits.TryGetValue key with
        | true, known -> known
        | false, _ ->
            let found = stage.Wait(tick, stored)
            waits.Add(key, found)
            found
