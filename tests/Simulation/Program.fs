// The command line: replays schedule files over a store, and explores random worlds.
module Idempotency.Simulation.Program

open System

[<Literal>]
let private usage =
    """Drives the protocol that ships over a store, without threads and without real time.

  replay FILE [--store NAME]   replays the schedules of a file and compares what happens with what it expects
  explore OPTIONS              explores everything that can happen within bounds (below)
  random [FROM] [COUNT]        runs random worlds, by their seeds, until one breaks an invariant;
                               COUNT from seed FROM on, 10000 from 1 unless said
  twins                        runs the broken twins of the protocol, and says which invariants they break
  --help                       prints this

Exit codes: 0 all as expected, 1 something differs, 2 the command or the file cannot be used."""

let private cannot (message: string) =
    eprintfn "%s" message
    2

let private storeNames = Bench.byName |> List.map fst |> String.concat ", "

let private line (verdict: Verdict) =
    let id = verdict.Schedule.Id

    match verdict.Differences, verdict.NotCompared with
    | [], [] -> $"{id} ok  {verdict.Schedule.Title}"
    | [], unknown ->
        let fields = String.Join(", ", unknown)
        $"{id} ok  {verdict.Schedule.Title} (not compared: {fields})"
    | [ only ], _ -> $"{id} DIFFERS {only}"
    | first :: others, _ -> $"{id} DIFFERS {first} (and {others.Length} more)"

let private replay path store =
    match List.tryFind (fun (name, _) -> name = store) Bench.byName, ScheduleFile.load path with
    | None, _ -> cannot $"There is no store \"{store}\". Choose one of: {storeNames}."
    | _, Error reason -> cannot $"{path} cannot be replayed. {reason}"
    | Some _, Ok [] -> cannot $"{path} has no schedules."
    | Some(_, openBench), Ok schedules ->
        let verdicts =
            schedules
            |> List.map (fun schedule -> Replay.run (openBench ()) schedule.Id schedule)

        for verdict in verdicts do
            printfn "%s" (line verdict)

        if verdicts |> List.forall _.IsOk then 0 else 1

let private random (from: string) (count: string) =
    match Int32.TryParse from, Int32.TryParse count with
    | (true, from), (true, count) when count > 0 ->
        match RandomWorlds.firstBroken Setting.shipped (seq { from .. from + count - 1 }) with
        | None ->
            printfn $"{count} worlds from seed {from} on: no invariant broke"
            0
        | Some report ->
            printfn $"{report}"
            1
    | _, _ -> cannot $"Numbers are needed for the seed and the count, not \"{from}\" and \"{count}\"."

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

[<EntryPoint>]
let main arguments =
    match List.ofArray arguments with
    | [ "replay"; path ] -> replay path "memory"
    | [ "replay"; path; "--store"; store ]
    | [ "replay"; "--store"; store; path ] -> replay path store
    | [ "random" ] -> random "1" "10000"
    | [ "random"; from ] -> random from "10000"
    | [ "random"; from; count ] -> random from count
    | "explore" :: options -> explore options
    | [ "twins" ] -> twins ()
    | [ "mutants" ] -> mutants ()
    | [ "--help" ]
    | [ "-h" ]
    | [ "help" ] ->
        printfn "%s" usage
        0
    | [] -> cannot $"Say what to do.\n\n{usage}"
    | other ->
        let given = String.Join(" ", other)
        cannot $"Not understood: {given}\n\n{usage}"
