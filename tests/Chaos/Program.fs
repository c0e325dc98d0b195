// The command line: runs several processes over one table, kills and stalls them, loses their replies, and judges what they did.
module Chaos.Program

open System
open System.IO
open DynamoDb.Testing

[<Literal>]
let private usage =
    """Several processes call the same keys over DynamoDB Local; some are killed, some are stalled past their leases, and a
proxy loses, delays and repeats what they ask. What they did is judged.

  --minutes N        how long, 0.5 unless said
  --workers W        how many processes at once, 3 unless said
  --callers C        how many calls at once in each, 4 unless said
  --seed S           what is random follows from it, as far as it can; another each time unless said
  --composite        the table has a sort key
  --unfenced         the broken twin: a result is saved without a look at the owner
  --history FILE     writes the history, a line of JSON for each event
  --help             prints this

Exit codes: 0 no rule is broken, 1 one is, 2 it could not run."""

type private Asked =
    { Options: Coordinator.Options
      History: string option }

let private none =
    { Options =
        { Time = TimeSpan.FromSeconds 30.
          Workers = 3
          Callers = 4
          Seed = Random.Shared.Next 1_000_000
          Composite = false
          Unfenced = false }
      History = None }

let rec private parse asked arguments =
    let options = asked.Options

    let change change rest =
        parse { asked with Options = change options } rest

    let number (text: string) most use' rest =
        match Double.TryParse(text, Globalization.CultureInfo.InvariantCulture) with
        | true, value when value > 0. && value <= most -> change (use' value) rest
        | _ -> Error $"{text} is not a number from above 0 to {most}"

    match arguments with
    | [] -> Ok asked
    | "--minutes" :: text :: rest ->
        rest
        |> number text 1440. (fun value options ->
            { options with
                Time = TimeSpan.FromMinutes value })
    | "--workers" :: text :: rest ->
        rest
        |> number text 64. (fun value options ->
            { options with
                Workers = max 1 (int value) })
    | "--callers" :: text :: rest ->
        rest
        |> number text 256. (fun value options ->
            { options with
                Callers = max 1 (int value) })
    | "--seed" :: text :: rest ->
        rest |> number text 1e9 (fun value options -> { options with Seed = int value })
    | "--composite" :: rest -> rest |> change (fun options -> { options with Composite = true })
    | "--unfenced" :: rest -> rest |> change (fun options -> { options with Unfenced = true })
    | "--history" :: file :: rest -> parse { asked with History = Some file } rest
    | other :: _ -> Error $"{other} is not known, or lacks a value; try --help"

let private say (lines: string list) =
    for line in lines do
        printfn "%s" line

let private runWith asked (engine: LocalEngine) =
    let options = asked.Options
    printfn $"seed {options.Seed}, {options.Workers} workers with {options.Callers} callers each"
    let ended = (Coordinator.run engine options).GetAwaiter().GetResult()

    asked.History
    |> Option.iter (fun file -> File.WriteAllLines(file, ended.History.Lines |> List.map Line.write))

    say (Report.table ended.History ended.Trouble ended.Verdict)
    say ended.Complaints
    say (Report.violations ended.History ended.Verdict)

    if ended.Verdict.Violations.IsEmpty && ended.Complaints.IsEmpty then
        printfn "no rule is broken"
        0
    else
        printfn $"broken, with seed {options.Seed}"
        1

[<EntryPoint>]
let main arguments =
    match List.ofArray arguments with
    | "--worker" :: _ as worker ->
        match Settings.read worker with
        | Some settings -> (Callers.run settings).GetAwaiter().GetResult()
        | None -> 2
    | list when List.contains "--help" list ->
        printfn "%s" usage
        0
    | list ->
        match parse none list with
        | Error problem ->
            eprintfn "%s" problem
            2
        | Ok _ when not Signal.isPossible ->
            eprintfn "Processes cannot be stalled on this system."
            2
        | Ok asked ->
            match LocalEngine.Shared with
            | Error reason ->
                eprintfn "There is no DynamoDB Local: %s" reason
                2
            | Ok engine ->
                try
                    runWith asked engine
                finally
                    LocalEngine.StopShared()
