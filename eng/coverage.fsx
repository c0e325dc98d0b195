// The coverage gate: what the tests reached of the pure folders, from the files that coverlet wrote while they ran.
// dotnet fsi eng/coverage.fsx FOLDER: exits 1 and names each place, as file:line, where a folder has too little.
open System
open System.IO
open System.Text.Json

/// The least share of lines and of branches, in percent. Small functions count as unreached lines wherever F# puts them
/// into their callers, so that the folders that must be whole are held to their branches. Most of what Json and
/// Keys have left only the compiler makes: whether a class is initialised, an array null, an exception to be thrown again.
let least =
    [ "Domain", 0.0, 100.0
      "Protocol", 0.0, 100.0
      "Json", 95.0, 95.0
      "Keys", 95.0, 95.0 ]

/// Branches that no test can reach: file, function, how many, and why.
let unreachable =
    [ "Domain/Lifecycle.fs", "isBefore", 2, "it is inlined wherever it is called, and its own code never runs"
      "Domain/Lifecycle.fs",
      "leaseEnded",
      2,
      "isBefore asks again whether there is a lease, which was asked before"
      "Protocol/Step.fs", "get_Enlisted", 1, "inlined where a run threw: only the other case is called"
      "Protocol/Protocol.fs",
      "onMetAfterRun",
      3,
      "a standing is busy by a record: that there is none cannot be" ]

type Place =
    { File: string
      Line: int
      Function: string
      What: string
      Reached: bool }

let folder = fsi.CommandLineArgs[1]

let reports =
    Directory.GetFiles(folder, "coverage.json", SearchOption.AllDirectories)

if reports.Length = 0 then
    eprintfn $"No coverage.json under {folder}: was anything collected?"
    exit 1

let members (element: JsonElement) =
    [ for it in element.EnumerateObject() -> it.Name, it.Value ]

/// `System.Boolean Idempotency.Core.Lifecycle::isBefore(System.Int64)` is `isBefore`.
let nameOf (signature: string) =
    let called = signature.Split("::")[1]
    called.Substring(0, called.IndexOf '(')

let placesIn (report: string) =
    use document = JsonDocument.Parse(File.ReadAllBytes report)

    [ for _, files in members document.RootElement do
          for path, classes in members files do
              match path.Replace('\\', '/').Split("/src/Core.FSharp/") with
              | [| _; file |] ->
                  for owner, functions in members classes do
                      for signature, counted in members functions do
                          let place line what reached =
                              { File = file
                                Line = line
                                Function = nameOf signature
                                What = $"{owner} {signature} {what}"
                                Reached = reached }

                          for line, hits in members (counted.GetProperty "Lines") do
                              place (int line) "line" (hits.GetInt32() > 0)

                          for branch in counted.GetProperty("Branches").EnumerateArray() do
                              let number (name: string) = branch.GetProperty(name).GetInt32()

                              place
                                  (number "Line")
                                  (let from, path = number "Offset", number "Path" in $"branch {from} {path}")
                                  (number "Hits" > 0)
              | _ -> () ]

/// Each place once: it was reached if any of the runs reached it.
let places =
    reports
    |> List.ofArray
    |> List.collect placesIn
    |> List.groupBy (fun place -> place.File, place.Line, place.What)
    |> List.map (fun (_, same) ->
        { same.Head with
            Reached = same |> List.exists _.Reached })

let excused (place: Place) =
    unreachable
    |> List.exists (fun (file, name, _, _) -> place.File = file && place.Function = name)

let isBranch (place: Place) = place.What.Contains " branch "
let mutable failed = false

let fail (text: string) =
    failed <- true
    eprintfn $"{text}"

for file, name, count, reason in unreachable do
    let left =
        places
        |> List.filter (fun p -> isBranch p && not p.Reached && p.File = file && p.Function = name)

    if left.Length <> count then
        for place in left do
            eprintfn $"src/Core.FSharp/{place.File}:{place.Line}: a branch of {name} is not reached"

        fail
            $"{file}, {name}: {left.Length} branches are unreached, and {count} cannot be reached, as {reason}."

for name, lines, branches in least do
    let ours = places |> List.filter (fun place -> place.File.StartsWith(name + "/"))

    let check what wanted (counted: Place list) =
        let missed = counted |> List.filter (fun place -> not place.Reached)

        let share =
            100.0 * float (counted.Length - missed.Length) / float (max 1 counted.Length)

        printfn
            $"%-10s{name}%-10s{what}%6d{counted.Length - missed.Length} of %6d{counted.Length}   %5.1f{share} %%"

        if share < wanted || counted.IsEmpty then
            for place in
                missed
                |> List.distinctBy (fun place -> place.File, place.Line)
                |> List.sortBy (fun p -> p.File, p.Line) do
                eprintfn $"src/Core.FSharp/{place.File}:{place.Line}: {what} of {place.Function} not reached"

            fail $"{name}: {share:F1} %% of the {what} are reached; at least {wanted} %% must be."

    ours
    |> List.filter (fun place -> not (isBranch place))
    |> List.groupBy (fun place -> place.File, place.Line)
    |> List.map (fun (_, same) ->
        { same.Head with
            Reached = same |> List.exists _.Reached })
    |> check "lines" lines

    ours
    |> List.filter (fun place -> isBranch place && not (excused place))
    |> check "branches" branches

exit (if failed then 1 else 0)
