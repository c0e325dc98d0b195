// The command line: replays schedule files over a store.
module Idempotency.Simulation.Program

open System

[<Literal>]
let private usage =
    """Drives the protocol that ships over a store, without threads and without real time.

  replay FILE [--store NAME]   replays the schedules of a file and compares what happens with what it expects
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
        let verdicts = schedules |> List.map (fun schedule -> Replay.run (openBench ()) schedule.Id schedule)

        for verdict in verdicts do
            printfn "%s" (line verdict)

        if verdicts |> List.forall _.IsOk then 0 else 1

[<EntryPoint>]
let main arguments =
    match List.ofArray arguments with
    | [ "replay"; path ] -> replay path "memory"
    | [ "replay"; path; "--store"; store ]
    | [ "replay"; "--store"; store; path ] -> replay path store
    | [ "--help" ]
    | [ "-h" ]
    | [ "help" ] ->
        printfn "%s" usage
        0
    | [] -> cannot $"Say what to do.\n\n{usage}"
    | other ->
        let given = String.Join(" ", other)
        cannot $"Not understood: {given}\n\n{usage}"
