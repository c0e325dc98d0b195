// Explores and says what came of it.
module Idempotency.Simulation.ExploreCommand

open System
open System.Diagnostics

let private number (value: int64) =
    value.ToString("N0", Globalization.CultureInfo.InvariantCulture)

let private show (progress: Progress) =
    let rate = float progress.States / max 0.001 progress.Seconds

    eprintf
        "\r%s states, %s to go at depth %d, %s a second, %.0f s   "
        (number progress.States)
        (number progress.Frontier)
        progress.Depth
        (number (int64 rate))
        progress.Seconds

let run (options: ExploreOptions) =
    let setting = if options.Powertools then Powertools.setting else Setting.shipped

    let bounds =
        if options.Powertools then
            { options.Bounds with
                Workers = [ for worker in options.Bounds.Workers -> { worker with IsPeer = true } ] }
        else
            options.Bounds

    let stage = Stage(Cast.create bounds setting)

    let search =
        Search(
            stage,
            { SearchOptions.standard TimeProvider.System with
                Threads = options.Threads
                StateLimit = options.StateLimit
                Tolerated = if options.All then -1 else 0
                Report = show }
        )

    let explored = search.Run()
    let progress = explored.Progress
    let peak = Process.GetCurrentProcess().PeakWorkingSet64
    eprintfn ""

    printfn
        $"{number progress.States} states, {number progress.Steps} steps, {progress.Seconds:F1} s, depth {progress.Depth}, {number (peak / 1_048_576L)} MB at the most"

    printfn $"a fresh caller waits {explored.Recovery} ticks at the most, when all have stopped"
    let calls, records, requests, histories = stage.Numbers.Counts
    printfn $"{calls} states of calls, {records} records, {requests} requests, {histories} histories"

    match explored.Broken with
    | [] -> printfn "no invariant broken"
    | broken ->
        for breakage in broken do
            printfn $"\n{breakage.Invariant.Name} broken after {breakage.Depth} steps:"

            for line in Frame.lines (Story.tell search breakage) do
                printfn "%s" line

    if explored.Broken.IsEmpty then 0 else 1
