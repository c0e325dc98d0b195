// What a run tells people: a line now and then while it runs, and a table in the end.
module Chaos.Report

open System

let private count choose (lines: Line list) =
    lines |> List.sumBy (fun line -> if choose line.Event then 1 else 0)

let private outcomes (lines: Line list) =
    lines
    |> List.choose (fun line ->
        match line.Event with
        | Event.Ended(_, outcome, _) -> Some outcome
        | _ -> None)
    |> List.countBy id
    |> List.sortByDescending snd

let private begun (lines: Line list) = lines |> count _.IsBegun

let private started (lines: Line list) = lines |> count _.IsStarted

let private takeOvers lines =
    lines
    |> count (function
        | Event.Started(takeOver = takeOver) -> takeOver
        | _ -> false)

let private lateCompletions (history: History) =
    history.Keys
    |> List.sumBy (fun key ->
        key.Calls
        |> List.sumBy (fun call ->
            call.Exchanges
            |> List.filter (fun exchange ->
                exchange.Request.Asking = Asking.LateComplete && Runs.isApplied exchange)
            |> List.length))

let private refusedByRegister lines =
    lines
    |> count (function
        | Event.Fenced(accepted = accepted) -> not accepted
        | _ -> false)

let private fates = [ "LoseReply"; "HangAfter"; "Keep"; "AnswerAfter" ]

/// How far a run is.
let progress (elapsed: TimeSpan) (whole: TimeSpan) (lines: Line list) =
    let at = int elapsed.TotalSeconds
    let last = int whole.TotalSeconds
    let kills = lines |> count _.IsKilled
    let stalls = lines |> count _.IsStalled

    $"{at, 4} s of {last} s: {begun lines} calls, {started lines} executions, {takeOvers lines} take-overs, {kills} kills, {stalls} stalls"

/// The table.
let table (history: History) (trouble: (string * int) list) (verdict: Verdict) =
    let lines = history.Lines
    let outcomes = outcomes lines
    let row (name: string) (value: int) = $"  {name, -34}{value, 8}"

    let outcome name =
        outcomes
        |> List.tryFind (fun (known, _) -> known = name)
        |> Option.map snd
        |> Option.defaultValue 0

    [ row "keys" history.Keys.Length
      row "calls" (begun lines)
      row "executions" (started lines)
      row "take-overs" (takeOvers lines)
      row "late completions" (lateCompletions history)
      row "writes refused by a register" (refusedByRegister lines)
      row "kills" (lines |> count _.IsKilled)
      row "stalls" (lines |> count _.IsStalled)
      row
          "lost replies"
          (trouble
           |> List.filter (fun (fate, _) -> List.contains fate fates)
           |> List.sumBy snd)
      "  on the way"
      for fate, number in trouble |> List.filter (fun (fate, _) -> fate <> "Pass") |> List.sort do
          row ("  " + fate) number
      "  answers"
      for name, _ in outcomes do
          row ("  " + name) (outcome name)
      row "keys linearizable" verdict.Linearizable
      row "keys undecided" verdict.Undecided
      row "violations" verdict.Violations.Length ]

/// What is wrong, with the histories of the first few keys that are concerned.
let violations (history: History) (verdict: Verdict) =
    let keys = verdict.Violations |> List.map _.Key |> List.distinct |> List.truncate 3

    [ for violation in verdict.Violations |> List.truncate 40 do
          $"VIOLATION {violation.Rule}: {violation.Key}: {violation.What}"

      for key in keys do
          ""
          $"The history of {key}:"
          yield! Verdict.show history key ]
