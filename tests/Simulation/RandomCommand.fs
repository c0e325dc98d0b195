// Runs random worlds on all processors until one breaks an invariant, and says what was seen.
module Idempotency.Simulation.RandomCommand

open System
open System.Diagnostics
open System.IO
open System.Threading.Tasks
open Idempotency.Core

/// What `random` was asked for.
[<NoComparison; NoEquality>]
type private Asked =
    { From: int
      Count: int
      Minutes: float option
      Twin: Twin option
      Out: string }

/// What a number of worlds came to.
[<NoComparison>]
type private Tally =
    {
        Worlds: int
        Calls: int64
        Steps: int64
        Hours: float
        Reached: Set<string>
        /// The one with the lowest seed.
        Broken: WorldReport option
    }

let private nothing =
    { Worlds = 0
      Calls = 0L
      Steps = 0L
      Hours = 0.
      Reached = Set.empty
      Broken = None }

let private hours (schedule: Schedule) =
    match List.tryLast schedule.Steps with
    | Some step -> float step.At / 3_600_000.
    | None -> 0.

let private add (tally: Tally) (report: WorldReport) =
    { Worlds = tally.Worlds + 1
      Calls = tally.Calls + int64 report.Schedule.Calls.Length
      Steps = tally.Steps + int64 report.Schedule.Steps.Length
      Hours = tally.Hours + hours report.Schedule
      Reached =
        if report.Reached.IsSubsetOf tally.Reached then
            tally.Reached
        else
            tally.Reached + report.Reached
      Broken =
        if report.Violations.IsEmpty || tally.Broken.IsSome then
            tally.Broken
        else
            Some report }

let private together (one: Tally) (other: Tally) =
    { Worlds = one.Worlds + other.Worlds
      Calls = one.Calls + other.Calls
      Steps = one.Steps + other.Steps
      Hours = one.Hours + other.Hours
      Reached = one.Reached + other.Reached
      Broken = one.Broken |> Option.orElse other.Broken }

/// The worlds of a seed and so many after it, on all processors.
let private batch setting adapt from count =
    let threads = Environment.ProcessorCount
    let share = (count + threads - 1) / threads

    let tallies =
        Array.init threads (fun thread ->
            Task.Run(fun () ->
                RandomWorlds.reports
                    setting
                    adapt
                    (seq { from + thread * share .. min (from + count) (from + (thread + 1) * share) - 1 })
                |> Seq.fold add nothing))

    tallies |> Array.fold (fun known task -> together known task.Result) nothing

let private number (value: int64) =
    value.ToString("N0", Globalization.CultureInfo.InvariantCulture)

let private say (tally: Tally) (watch: Stopwatch) =
    let states = String.Join(", ", tally.Reached)

    printfn
        $"{number tally.Worlds} worlds, {number tally.Calls} calls, {number tally.Steps} steps, {number (int64 tally.Hours)} hours of virtual time, {watch.Elapsed.TotalSeconds:F0} s"

    printfn $"reached: {states}"

let private found (asked: Asked) setting (report: WorldReport) =
    let found = FoundWorld.shrink setting report.Violations.Head report

    for line in FoundWorld.lines found do
        printfn "%s" line

    let path, picture = FoundWorld.write asked.Out found
    printfn $"\nthe schedule: {path}\nits picture: {picture}"

let private runAsked (asked: Asked) =
    let watch = Stopwatch.StartNew()

    let setting =
        asked.Twin |> Option.map _.Setting |> Option.defaultValue Setting.shipped

    let adapt =
        match asked.Twin with
        | Some twin -> Twins.adapt twin
        | None -> id

    let isOver (tally: Tally) =
        tally.Broken.IsSome
        || match asked.Minutes with
           | Some minutes -> watch.Elapsed.TotalMinutes >= minutes
           | None -> tally.Worlds >= asked.Count

    let rec go (tally: Tally) =
        if isOver tally then
            tally
        else
            let count =
                if asked.Minutes.IsSome then 10_000 else min 10_000 (asked.Count - tally.Worlds)

            let next = batch setting adapt (asked.From + tally.Worlds) count
            let tally = together tally next
            eprintf $"\r{number tally.Worlds} worlds, {watch.Elapsed.TotalSeconds:F0} s   "
            go tally

    let tally = go nothing
    eprintfn ""
    say tally watch

    match tally.Broken with
    | None ->
        printfn "no invariant broke"
        0
    | Some report ->
        found asked setting report
        1

let private findTwin name =
    Twins.all @ GuardedWorlds.all |> List.tryFind (fun twin -> twin.Name = name)

let rec private parse (asked: Asked) places arguments =
    let positive (text: string) use' rest =
        match Int32.TryParse text with
        | true, value when value > 0 -> parse (use' value) (places + 1) rest
        | _, _ -> Error $"A number is needed, not \"{text}\"."

    match arguments with
    | [] -> Ok asked
    | "--out" :: folder :: rest -> parse { asked with Out = folder } places rest
    | "--minutes" :: text :: rest ->
        match Double.TryParse(text, Globalization.CultureInfo.InvariantCulture) with
        | true, minutes when minutes > 0. -> parse { asked with Minutes = Some minutes } places rest
        | _, _ -> Error $"A number of minutes is needed, not \"{text}\"."
    | "--twin" :: name :: rest ->
        match findTwin name with
        | Some twin -> parse { asked with Twin = Some twin } places rest
        | None -> Error $"There is no twin \"{name}\". `twins` tells their names."
    | text :: rest when places = 0 -> positive text (fun value -> { asked with From = value }) rest
    | text :: rest when places = 1 -> positive text (fun value -> { asked with Count = value }) rest
    | other :: _ -> Error $"Not understood: {other}"

/// Runs random worlds as the arguments say.
let run (arguments: string list) =
    let asked =
        { From = 1
          Count = 10_000
          Minutes = None
          Twin = None
          Out = Path.Combine("artifacts", "worlds") }

    match parse asked 0 arguments with
    | Ok asked -> runAsked asked
    | Error problem ->
        eprintfn "%s" problem
        2
