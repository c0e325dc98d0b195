// The house rules as functions of text: each finds what breaks it. ArchitectureTests.fs tries them on the source tree
// and on texts that are bad on purpose.
module Core.Tests.HouseRules

open System
open System.IO
open System.Text.RegularExpressions

/// The root of the source tree.
let root =
    let rec up (folder: DirectoryInfo | null) =
        match folder with
        | null -> invalidOp "Idempotency.sln is in no folder above the tests"
        | folder when File.Exists(Path.Combine(folder.FullName, "Idempotency.sln")) -> folder.FullName
        | folder -> up folder.Parent

    up (DirectoryInfo AppContext.BaseDirectory)

/// One source file: its path from the root, with slashes, and its text.
type Source = { Path: string; Text: string }

/// The F# and C# files of a folder, but for what a build leaves there.
let sources folder =
    let top = Path.Combine(root, folder)

    if not (Directory.Exists top) then
        []
    else
        [ for file in Directory.EnumerateFiles(top, "*.*", SearchOption.AllDirectories) do
              let path = Path.GetRelativePath(root, file).Replace('\\', '/')
              let isSource = path.EndsWith ".fs" || path.EndsWith ".cs"
              let isBuilt = path.Contains "/obj/" || path.Contains "/bin/"

              if isSource && not isBuilt then
                  { Path = path
                    Text = File.ReadAllText file } ]

let private commentOrText =
    Regex(
        "(?<text>\"\"\"[\\s\\S]*?\"\"\"|@\"(?:[^\"]|\"\")*\"|\"(?:\\\\.|[^\"\\\\])*\"|'(?:\\\\u....|\\\\.|[^\\\\'\\n])')"
        + "|//[^\\n]*|\\(\\*(?!\\))[\\s\\S]*?\\*\\)|/\\*[\\s\\S]*?\\*/"
    )

/// The text without its comments; what stands in quotes stays.
let code (text: string) =
    commentOrText.Replace(text, fun found -> if found.Groups["text"].Success then found.Value else " ")

/// What of these words the code has in it.
let mentions words text =
    let code = code text

    [ for word: string in words do
          if Regex.IsMatch(code, $@"\b{word}\b") then word ]

/// What reads a clock that nobody handed over.
let ambientClock =
    [ @"DateTime(Offset)?\.(Utc)?Now"
      @"DateTime\.Today"
      "Stopwatch"
      "TickCount(64)?" ]

/// What may stand only in the file that hands clock and tokens to everybody else.
let effects =
    [ @"TimeProvider\.System"
      @"Guid\.\w*New\w*|Guid\.CreateVersion7"
      "RandomNumberGenerator"
      @"Random\.Shared" ]

/// What a pure function has no use for.
let impure =
    ambientClock
    @ effects
    @ [ "TimeProvider"
        "Random"
        "Environment"
        "ILogger"
        "Amazon"
        "AWSSDK"
        "Console"
        "e?printfn?"
        "ValueTask"
        "Task"
        "task"
        "async"
        "Async"
        "Thread"
        "Threading"
        "Interlocked"
        "Monitor"
        "CancellationToken" ]

/// What is said of work that was left undone, or of a warning that was silenced. Put together here, so that this
/// file does not break its own rule.
let unfinished =
    [ "Not" + "Implemented"
      "TO" + "DO"
      "FIX" + "ME"
      "#no" + "warn"
      "#pragma warning " + "disable" ]

/// Such marks anywhere in a text, comments too.
let leftUndone (text: string) =
    unfinished
    |> List.filter (fun mark -> text.Contains(mark, StringComparison.Ordinal))

let lines (text: string) =
    let count = text.Split('\n').Length
    if text.EndsWith '\n' then count - 1 else count

/// Whether the file says first what it is.
let saysWhatItIs (text: string) =
    text.TrimStart('\uFEFF').StartsWith("// ", StringComparison.Ordinal)

/// How many arms of matches take whatever is left.
let wildcardArms text =
    Regex.Matches(code text, @"\|\s*_\s*->").Count

/// The folders of the core, in the order in which they may use each other.
let folders =
    [ "Domain"; "Json"; "Keys"; "Protocol"; "Runtime"; "Stores"; "Surface" ]

/// The files that a project compiles, in its order.
let compiled (project: string) =
    [ for found in Regex.Matches(project, "<Compile Include=\"([^\"]+)\"") ->
          found.Groups[1].Value.Replace('\\', '/') ]

/// The compiled files that stand in no known folder, or after a file of a folder that may not be used there.
let outOfOrder files =
    let rank (file: string) =
        folders |> List.tryFindIndex (fun folder -> file.StartsWith $"{folder}/")

    let known, strangers = files |> List.partition (rank >> Option.isSome)

    let late =
        List.pairwise known
        |> List.filter (fun (before, after) -> rank before > rank after)
        |> List.map snd

    strangers @ late
