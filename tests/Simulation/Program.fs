// The command line: replays schedule files over a store, and explores random worlds.
module Idempotency.Simulation.Program

open System
open System.IO

[<Literal>]
let private usage =
    """Drives the protocol that ships over a store, without threads and without real time.

  replay FILE                  replays the schedules of a file and compares what happens with what it expects
    --store memory             over the in-memory store (the default)
    --store dynamodb           over a DynamoDB table that is made for it and deleted again
    --endpoint-url URL         where DynamoDB Local answers
    --composite                the table has a sort key
    --picture FILE             draws what happens (FILE-ID for each schedule, if there are several), and tells it
  explore OPTIONS              explores everything that can happen within bounds, and says what breaks
  random [FROM] [COUNT]        runs random worlds, by their seeds, until one breaks an invariant, which is made small and
                               written as a schedule; COUNT from seed FROM on, 10000 from 1 unless said
    --minutes N                for so long, instead of COUNT worlds
    --twin NAME                with this broken twin of the protocol
    --out FOLDER               where to write the schedule and its picture; artifacts/worlds unless said
  mutants                      switches off each guard of the protocol, and says what breaks for want of it
  twins                        runs the broken twins in random worlds, and says which invariants they break
  timeline [FOLDER]            draws the races of docs/races.md, into docs/races unless said
  --help                       prints this

What explore is bounded by (a tick is half a second; a lease is two ticks, a window two seconds, unless said):
  --callers N  --calls N       so many workers, 2; each makes so many calls, 1
  --ticks N                    how long, 7
  --lease TICKS  --window SECONDS  --pad TICKS
  --lost-replies N  --slow-replies N  --crashes N  --give-ups N  --heartbeats N  --crash  --give-up  --cancel
                               how often what may go wrong; --crash and --give-up are once each
  --sweep                      the store removes what has expired, at any time after
  --clocks N,N,...  --wobble   clocks that are so many ticks ahead; each reading off by up to a tick
  --payloads N,N,...  --payloads-per-call N,N,...  --takeover-by-any-payload
  --unchecked N                so many of the workers do not check payloads (after --payloads)
  --own-caches  --shared-cache  --wait  --look-first  --unseen  --no-late-completion
  --store-failures  --hold-failures  --hold  --tombstone  --fence-from-acquire  --enlist
  --peers N  --peers-stop      so many of the workers are Powertools; stopped with their leases
  --protocol powertools        all of them are
  --all                        goes on when something has broken, to the shortest way to everything that breaks
  --timeline FOLDER            where to draw what broke; artifacts/timelines unless said
  --profile NAME               the runs of a night (nightly), or a part of them (design, added, mixed); or the races that
                               are known of Powertools' protocol, the shortest way to each (powertools)
  --threads N  --limit STATES

Exit codes: 0 all as expected, 1 something differs or breaks, 2 the command or the file cannot be used."""

let private cannot (message: string) =
    eprintfn "%s" message
    2

let private line (verdict: Verdict) =
    let id = verdict.Schedule.Id

    match verdict.Differences, verdict.NotCompared with
    | [], [] -> $"{id} ok  {verdict.Schedule.Title}"
    | [], unknown ->
        let fields = String.Join(", ", unknown)
        $"{id} ok  {verdict.Schedule.Title} (not compared: {fields})"
    | [ only ], _ -> $"{id} DIFFERS {only}"
    | first :: others, _ -> $"{id} DIFFERS {first} (and {others.Length} more)"

/// What a replay runs on.
[<NoComparison>]
type private Chosen =
    { File: string option
      Picture: string option
      Store: string
      Endpoint: string option
      Composite: bool }

let rec private choose (chosen: Chosen) arguments =
    match arguments, chosen.File with
    | [], _ -> Ok chosen
    | "--store" :: store :: rest, _ -> choose { chosen with Store = store } rest
    | "--endpoint-url" :: url :: rest, _ -> choose { chosen with Endpoint = Some url } rest
    | "--composite" :: rest, _ -> choose { chosen with Composite = true } rest
    | "--picture" :: path :: rest, _ -> choose { chosen with Picture = Some path } rest
    | path :: rest, None when not (path.StartsWith "--") -> choose { chosen with File = Some path } rest
    | other :: _, _ -> Error $"Not understood: {other}\n\n{usage}"

/// Where the picture of one of so many schedules goes.
let private picturePath (path: string) count id =
    if count = 1 then
        path
    else
        let name = $"{Path.GetFileNameWithoutExtension path}-{id}{Path.GetExtension path}"
        Path.Combine(Path.GetDirectoryName path |> Option.ofObj |> Option.defaultValue "", name)

let private draw (path: string) (verdicts: Verdict list) =
    for verdict in verdicts do
        let path = picturePath path verdicts.Length verdict.Schedule.Id
        File.WriteAllText(path, FoundWorld.picture verdict.Schedule verdict.Frames)
        printfn $"\n{verdict.Schedule.Id}, drawn in {path}:"

        for line in Frame.lines verdict.Frames do
            printfn "%s" line

let private replayOver (chosen: Chosen) (openBench: Setting -> Schedule -> Bench) (schedules: Schedule list) =
    let settings = [ for schedule in schedules -> Settings.find schedule.Setting ]

    if List.exists Option.isNone settings then
        cannot "A schedule names a setting that is not known; `twins` tells the names of all."
    else
        let verdicts =
            [ for setting, schedule in List.zip (List.choose id settings) schedules ->
                  let bench = openBench setting schedule
                  Replay.runIn setting bench schedule.Id chosen.Picture.IsSome schedule ]

        for verdict in verdicts do
            printfn "%s" (line verdict)

        chosen.Picture |> Option.iter (fun path -> draw path verdicts)
        if verdicts |> List.forall _.IsOk then 0 else 1

let private replayOverTable (endpoint: string) (chosen: Chosen) schedules =
    let isForMemory (schedule: Schedule) =
        schedule.Setting <> ""
        || Schedule.hasPeers schedule
        || schedule.Calls |> List.exists _.Enlists

    match
        (try
            Ok(new DynamoDbBench(endpoint, chosen.Composite))
         with fault ->
             Error fault.Message)
    with
    | Error reason -> cannot $"DynamoDB at {endpoint} cannot be used. {reason}"
    | Ok _ when List.exists isForMemory schedules ->
        cannot "Schedules with peers, enlisted writes or a broken twin are for --store memory."
    | Ok opened ->
        // Each schedule has a key of its own: one table is enough.
        use table = opened
        replayOver chosen (fun _ _ -> table.Bench) schedules

let private replayFile path chosen =
    match ScheduleFile.load path, chosen with
    | Error reason, _ -> cannot $"{path} cannot be replayed. {reason}"
    | Ok [], _ -> cannot $"{path} has no schedules."
    | Ok schedules,
      { Store = "memory"
        Endpoint = None
        Composite = false } -> replayOver chosen Replay.benchFor schedules
    | Ok _, { Store = "memory" } -> cannot "--endpoint-url and --composite are for --store dynamodb."
    | Ok schedules,
      { Store = "dynamodb"
        Endpoint = Some endpoint } -> replayOverTable endpoint chosen schedules
    | Ok _, { Store = "dynamodb"; Endpoint = None } ->
        cannot "--store dynamodb needs --endpoint-url, as in --endpoint-url http://localhost:8000."
    | Ok _, { Store = other } -> cannot $"There is no store \"{other}\". Choose one of: memory, dynamodb."

let private replay arguments =
    let nothing =
        { File = None
          Picture = None
          Store = "memory"
          Endpoint = None
          Composite = false }

    match choose nothing arguments with
    | Error problem -> cannot problem
    | Ok { File = None } -> cannot $"Name a file of schedules.\n\n{usage}"
    | Ok({ File = Some path } as chosen) -> replayFile path chosen

let private explore arguments =
    match ExploreOptions.parse arguments with
    | Error reason -> cannot reason
    | Ok options -> ExploreCommand.run options

let private twins () =
    let caught =
        [ for twin in Twins.all do
              let broken = Twins.broken twin 20_000
              let missed = twin.Breaks |> List.filter (broken.ContainsKey >> not)

              let names =
                  [ for KeyValue(invariant, (world, _)) in broken -> $"{invariant.Name} in world {world}" ]

              let what = if names.IsEmpty then "nothing" else String.Join(", ", names)
              printfn "%s" $"{twin.Name}: broke {what}"
              missed.IsEmpty ]

    if List.forall id caught then 0 else 1

let private mutants () =
    let killed =
        [ for guard in Guard.all do
              match Mutant.explore Environment.ProcessorCount guard with
              | ValueNone ->
                  printfn "%s" $"{Guard.text guard}: tested elsewhere"
                  true
              | ValueSome(struct (verdict, _, explored)) ->
                  let found =
                      explored.Broken
                      |> List.filter (_.ByPeer >> not)
                      |> List.map (fun broken -> $"{broken.Invariant.Name} ({broken.Depth} steps)")
                      |> String.concat ", "

                  let isKilled =
                      match verdict with
                      | GuardVerdict.Breaks(_, _, invariants) ->
                          invariants
                          |> List.forall (fun invariant ->
                              explored.Broken
                              |> List.exists (fun broken ->
                                  broken.Invariant = invariant && not broken.ByPeer))
                      | GuardVerdict.Spares _ -> explored.Broken.IsEmpty
                      | GuardVerdict.TestedBy _ -> true

                  let mark = if isKilled then "" else "NOT KILLED "

                  printfn
                      "%s"
                      $"{mark}{Guard.text guard}: {found} in {explored.Progress.States} states, {explored.Progress.Seconds:F1} s"

                  isKilled ]

    if List.forall id killed then 0 else 1

let private timeline (folder: string) =
    Directory.CreateDirectory folder |> ignore

    for name, text in Pictures.all do
        File.WriteAllText(Path.Combine(folder, name), text)
        printfn "%s" (Path.Combine(folder, name))

    0

[<EntryPoint>]
let main arguments =
    match List.ofArray arguments with
    | "replay" :: rest -> replay rest
    | "random" :: rest -> RandomCommand.run rest
    | "explore" :: options -> explore options
    | [ "twins" ] -> twins ()
    | [ "mutants" ] -> mutants ()
    | [ "timeline" ] -> timeline "docs/races"
    | [ "timeline"; folder ] -> timeline folder
    | [ "--help" ]
    | [ "-h" ]
    | [ "help" ] ->
        printfn "%s" usage
        0
    | [] -> cannot $"Say what to do.\n\n{usage}"
    | other ->
        let given = String.Join(" ", other)
        cannot $"Not understood: {given}\n\n{usage}"
