// Rules of runs: no two overlap while both trust their leases, and each but the first has a reason: the one before failed
// and gave the key back, its lease had passed, or its result had expired.
module Chaos.Explained

open Idempotency.Core

/// A run holds its lease from here to there; None when it started on a lease that had passed.
let private live (call: CallStory, run: Execution) =
    let trusted = Runs.trusted call run

    let until =
        match run.Ended with
        | Some(at, _, _) -> min at.Wall trusted
        | None -> trusted

    if run.Started.Wall <= until then Some(run.Started.Wall, until) else None

let private pairs items =
    [ for index, first in List.indexed items do
          for second in List.skip (index + 1) items -> first, second ]

let apart (key: KeyStory) =
    [ for (_, a as first), (_, b as second) in pairs (Runs.ofKey key) do
          match live first, live second with
          | Some(from, until), Some(otherFrom, otherUntil) when from < otherUntil && otherFrom < until ->
              Runs.broken
                  "leases apart"
                  key.Key
                  $"{a.Name} ran with a live lease from {from} to {until}, {b.Name} from {otherFrom} to {otherUntil}"
          | _ -> () ]

let once (key: KeyStory) =
    [ for call in key.Calls do
          if call.Runs.Length > 1 then
              Runs.broken
                  "one run for a call"
                  key.Key
                  $"call {call.Id} ran its function {call.Runs.Length} times"

      for call, run in Runs.ofKey key do
          if (Runs.claim call run).IsNone then
              Runs.broken "claimed" key.Key $"{run.Name} started, and its call had not asked for the lock" ]

let private windowEnded (call: CallStory) saves (asked: Exchange) =
    let ends = saves |> List.map (Runs.expires call) |> List.min
    Runs.mayBeOver ends (Runs.carriedOutBy (int64 call.Profile.Policy.SkewPad) asked)

/// Whether one run may have followed another, by what the earlier one had done when the later one asked for the key.
let private mayFollow
    (call: CallStory, run: Execution)
    (later: CallStory, laterRun: Execution)
    (asked: Exchange)
    =
    let savedBefore =
        Runs.saves call
        |> List.filter (fun save ->
            match save.Heard with
            | Some(at, Heard.Applied _) -> at.Order < asked.Sent.Order
            | _ -> false)

    let released =
        Runs.releases call
        |> List.exists (fun release -> release.Sent.Order < laterRun.Started.Order)

    let leasePassed () =
        Runs.published call run < asked.Request.Now

    let isHeld =
        call.Profile.Policy.Abandoned = WhenAbandoned.Hold
        && later.Profile.Policy.Abandoned = WhenAbandoned.Hold

    if not savedBefore.IsEmpty then
        windowEnded call savedBefore asked
    elif released then
        true
    elif isHeld then
        // Until its window ends, which the lock has from its claim.
        match Runs.claim call run with
        | Some claim -> windowEnded call [ claim ] asked && leasePassed ()
        | None -> true
    else
        leasePassed ()

let private isBefore (exchange: Exchange) (asked: Exchange) =
    match exchange.Heard with
    | Some(at, _) -> at.Order < asked.Sent.Order
    | None -> false

/// Whether nothing keeps one run from having followed another, as far as these two go.
let private follows (first: CallStory * Execution) (second: CallStory * Execution) =
    match Runs.claim (fst first) (snd first), Runs.claim (fst second) (snd second) with
    | Some claim, Some asked -> not (isBefore asked claim) && mayFollow first second asked
    | _ -> true

/// Whether one run may have come after another, with others between them: a request that is long under way finds the key
/// given back by one that took it over after the request was made.
let private leads runs (first: CallStory * Execution) (last: CallStory * Execution) =
    let isLast (_, run: Execution) = run.Name = (snd last).Name

    let rec walk reached left =
        match reached with
        | [] -> false
        | from :: others ->
            let next, left = left |> List.partition (follows from)
            List.exists isLast next || walk (next @ others) left

    walk [ first ] (runs |> List.filter (fun (_, run) -> run.Name <> (snd first).Name))

let explained (key: KeyStory) =
    let runs = Runs.ofKey key

    [ for (_, run as first), (_, otherRun as second) in pairs runs do
          if not (leads runs first second) && not (leads runs second first) then
              Runs.broken
                  "runs explained"
                  key.Key
                  $"{run.Name} and {otherRun.Name} ran, and neither failure, nor lease, nor window explains both" ]
