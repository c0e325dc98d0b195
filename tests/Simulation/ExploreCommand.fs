// Explores and says what came of it.
module Idempotency.Simulation.ExploreCommand

open System
open System.Diagnostics
open System.IO

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

let private search (options: ExploreOptions) tolerated setting bounds =
    Search(
        Stage(Cast.create bounds setting),
        { SearchOptions.standard TimeProvider.System with
            Threads = options.Threads
            StateLimit = options.StateLimit
            Tolerated = tolerated
            Report = show }
    )

/// The most memory that the process has used, in megabytes.
let private peak () =
    use self = Process.GetCurrentProcess()
    self.PeakWorkingSet64 / 1_048_576L

let private tell (search: Search) (breakages: Breakage list) =
    for breakage in breakages do
        let whose = if breakage.ByPeer then ", by a peer" else ""
        printfn $"\n{breakage.Invariant.Name} broken after {breakage.Depth} steps{whose}:"

        for line in Frame.lines (Story.tell search breakage) do
            printfn "%s" line

/// Writes the chart of each breakage into a folder, where its file has this name.
let private drawAs nameOf (search: Search) (folder: string) (breakages: Breakage list) =
    Directory.CreateDirectory folder |> ignore

    for breakage in breakages do
        let name = breakage.Invariant.Name
        let file: string = nameOf name
        let path = Path.Combine(folder, $"{file.Replace('+', 'p')}.svg")

        File.WriteAllText(
            path,
            Chart.svg
                { Title = $"{name} broken after {breakage.Depth} steps"
                  Subtitle =
                    "The shortest way to it. Pale bars: leases; narrow bars: calls that have started their function."
                  Frames = Story.tell search breakage }
        )

        printfn $"the timeline of {name}: {path}"

let private draw = drawAs id

let private folderOf (options: ExploreOptions) =
    options.Timeline |> Option.defaultValue (Path.Combine("artifacts", "timelines"))

let private oneWithin (options: ExploreOptions) setting bounds =
    let search = search options (if options.All then -1 else 0) setting bounds
    let explored = search.Run()
    let progress = explored.Progress
    eprintfn ""

    printfn
        $"{number progress.States} states, {number progress.Steps} steps, {progress.Seconds:F1} s, depth {progress.Depth}, {number (peak ())} MB at the most"

    printfn $"a fresh caller waits {explored.Recovery} ticks at the most, when all have stopped"

    if explored.IsCut then
        printfn "the limit of states was reached: there is more to explore"

    if explored.Broken.IsEmpty then printfn "no invariant broken"

    tell search explored.Broken

    if not explored.Broken.IsEmpty then
        printfn ""

        draw search (folderOf options) explored.Broken

    if explored.Broken.IsEmpty then 0 else 1

let private one (options: ExploreOptions) =
    let setting = if options.Powertools then Powertools.setting else Setting.shipped

    let bounds =
        if options.Powertools then
            { options.Bounds with
                Workers = [ for worker in options.Bounds.Workers -> { worker with IsPeer = true } ] }
        else
            options.Bounds

    match Bounds.problems bounds with
    | [] -> oneWithin options setting bounds
    | problems ->
        for problem in problems do
            eprintfn $"{problem}."

        2

/// What is more or less than the model had, in words of the table.
let private beside (modelled: Modelled option) value (ofModel: Modelled -> int) =
    match modelled with
    | Some model -> $"{number value} ({number (int64 (ofModel model))})"
    | None -> number value

let private nightly (options: ExploreOptions) (runs: NightlyRun list) =
    printfn "In brackets: what the model had that the design was explored with.\n"
    printfn "| run | T | states | steps | s | depth | recovery | broken |"
    printfn "| --- | --- | --- | --- | --- | --- | --- | --- |"

    let mutable states = 0L
    let mutable steps = 0L
    let mutable seconds = 0.0
    let mutable isOk = true

    for run in runs do
        let search = search options run.Tolerated Setting.shipped run.Bounds
        let explored = search.Run()
        let progress = explored.Progress
        states <- states + progress.States
        steps <- steps + progress.Steps
        seconds <- seconds + progress.Seconds

        let unexpected =
            explored.Broken
            |> List.filter (fun breakage ->
                let set = Breach.ofInvariant breakage.Invariant
                let set = if breakage.ByPeer then Breach.byPeer set else set
                set &&& run.Tolerated = 0)

        let broken =
            match unexpected, explored.Broken with
            | [], [] -> "none"
            | [], expected ->
                let names =
                    expected |> List.map _.Invariant.Name |> List.distinct |> String.concat ", "

                $"only what a peer can: {names}"
            | broken, _ ->
                let names = broken |> List.map _.Invariant.Name |> String.concat ", "
                $"**{names}**"

        let model = run.Modelled
        let s = beside model progress.States _.States
        let t = beside model progress.Steps _.Steps
        let d = beside model (int64 progress.Depth) _.Depth
        let r = beside model (int64 explored.Recovery) _.Recovery
        let cut = if explored.IsCut then ", cut" else ""

        eprintf "\r%80s\r" ""

        printfn
            $"| {run.Name} | {run.Bounds.Ticks} | {s}{cut} | {t} | {progress.Seconds:F0} | {d} | {r} | {broken} |"

        tell search unexpected
        isOk <- isOk && unexpected.IsEmpty && not explored.IsCut

    printfn
        $"\n{runs.Length} runs, {number states} states, {number steps} steps, {seconds:F0} s, {number (peak ())} MB at the most"

    if isOk then printfn "no invariant broken, but for what only a peer breaks"

    if isOk then 0 else 1

/// The shortest way to each race that is known of Powertools.
let private counterexamples (options: ExploreOptions) =
    let missing =
        [ for race in Counterexamples.all do
              let search = Counterexamples.search options.Threads race
              let progress = search.Run()

              printfn
                  $"\n{race.Name}: {race.What} ({race.Invariant.Name}; {number progress.Progress.States} states, {progress.Progress.Seconds:F1} s)"

              match progress.Broken |> List.tryFind (fun known -> known.Invariant = race.Invariant) with
              | Some breakage ->
                  tell search [ breakage ]
                  drawAs (fun name -> $"{race.Name}-{name}") search (folderOf options) [ breakage ]
              | None -> race.Name ]

    if missing.IsEmpty then
        1
    else
        let names = String.Join(", ", missing)
        eprintfn $"Not found: {names}."
        2

/// Explores as the options say.
let run (options: ExploreOptions) =
    match options.Profile with
    | None -> one options
    | Some "nightly" -> nightly options NightlyMore.runs
    | Some "design" -> nightly options Nightly.designed
    | Some "added" -> nightly options NightlyMore.added
    | Some "mixed" -> nightly options NightlyMore.mixedFleets
    | Some "powertools" -> counterexamples options
    | Some other ->
        eprintfn $"There is no profile \"{other}\". Choose one of: nightly, design, added, mixed, powertools."
        2
