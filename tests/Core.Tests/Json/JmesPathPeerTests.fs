// Ours against the JMESPath of Powertools for TypeScript, on random expressions and documents. It needs Node and npm,
// and says loudly when it does not run.
module Core.Tests.JmesPathPeerTests

open System
open System.ComponentModel
open System.Diagnostics
open System.IO
open System.Text.Json
open System.Text.RegularExpressions
open NUnit.Framework
open Idempotency.Core
open Core.Tests.JmesPathSupport
open Idempotency

let private package = "@aws-lambda-powertools/jmespath"
let private folder = Path.Combine(repository, "artifacts", "jmespath-peer")

let private script =
    Path.Combine(repository, "tests", "Interop", "jmespath-peer.mjs")

/// Runs a program to its end; what it said if it failed, or is not there.
let private run (program: string) (arguments: string list) : Result<unit, string> =
    let start =
        ProcessStartInfo(program, arguments, RedirectStandardError = true, RedirectStandardOutput = true)

    try
        match Process.Start start with
        | null -> Error $"{program} did not start"
        | running ->
            use running = running
            let said = running.StandardError.ReadToEndAsync()
            running.StandardOutput.ReadToEnd() |> ignore
            running.WaitForExit()
            if running.ExitCode = 0 then Ok() else Error $"{program} failed: {said.Result}"
    with :? Win32Exception ->
        Error $"{program} is not there"

let private install () =
    run "bash" [ Path.Combine(repository, "eng", "interop-peers") ]

type private Answer = Result<string, string>

/// What the peer gives for each pair, or why it cannot be asked.
let private askPeer (pairs: (string * string)[]) : Result<Answer[], string> =
    let ask () =
        Directory.CreateDirectory folder |> ignore
        let cases = Path.Combine(folder, "cases.json")
        let results = Path.Combine(folder, "results.json")

        let written =
            pairs
            |> Array.map (fun (expression, document) ->
                {| expression = expression
                   document = document |})

        File.WriteAllText(cases, JsonSerializer.Serialize written)

        run "node" [ script; cases; results ]
        |> Result.map (fun () ->
            [| for result in (JsonElement.Parse(File.ReadAllText results)).EnumerateArray() do
                   match result.TryGetProperty "value" with
                   | true, value -> Ok(value.GetRawText())
                   | false, _ -> Error(result.GetProperty("error").ToString()) |])

    install () |> Result.bind ask

let private ours (expression: string, document: string) : Answer =
    JmesPath.compile expression FunctionTable.Powertools
    |> Result.bind (CompiledPath.evaluate (JsonElement.Parse document))
    |> Result.map JmesValue.toJson
    |> Result.mapError _.Kind.Name

/// What the peer does otherwise than the specification, or leaves to its host, the expressions that this may show in,
/// and an expression of a document that it does show in.
[<NoComparison; NoEquality>]
type private Difference =
    { Reason: string
      Pattern: Regex
      Example: string * string }

let private differences =
    [ "an ordering of what are no numbers is undefined there, not null",
      "<|>",
      "[a < b == `null`]",
      """{"a": "x"}"""
      "map() turns 0, false and '' into null", @"\bmap\(", "map(&a, @)", """[{"a": 0}]"""
      "not_null() turns 0, false and '' into null", @"\bnot_null\(", "not_null(a)", """{"a": false}"""
      "contains() compares arrays and objects by identity", @"\bcontains\(", "contains(@, `[1]`)", "[[1]]"
      "contains() makes text of what it looks for in a text", @"\bcontains\(", "contains(@, `1`)", "\"a1\""
      "sort() orders texts by the locale", @"\bsort\(", "sort(@)", """["b", "B", "a"]"""
      "sort() lets texts before numbers through", @"\bsort\(", "sort(@)", """["a", 1]"""
      "max() and min() let texts before numbers through", @"\b(max|min)\(", "max(@)", """["a", 1]"""
      "sort_by() and the like take numbers and texts at once",
      @"\b(max|min|sort)_by\(",
      "sort_by(@, &a)",
      """[{"a": 1}, {"a": "x"}]"""
      "merge() looks at the type of its first argument only", @"\bmerge\(", "merge(@, `[1]`)", "{}"
      "to_number() reads whatever JavaScript reads", @"\bto_number\(", "to_number('')", "null"
      "length() of a text counts UTF-16 code units", @"\blength\(", "length(@)", "\"😀\""
      "reverse() of a text tears surrogate pairs apart", @"\breverse\(", "reverse(@)", "\"a😀\""
      "numbers are doubles there, also where they are only selected",
      "9007199254740993",
      "@",
      "9007199254740993"
      "to_string() writes a number as JavaScript does", @"\bto_string\(", "to_string(@)", "1.0"
      "a member with the empty name is never found", "^\"\"$", "\"\"", """{"": 1}"""
      "an unknown function is an error only when it is called", "nothing", "a || nothing(b)", """{"a": 1}"""
      "arguments need no comma between them", "' a", "join('-' a)", """{"a": ["x", "y"]}"""
      "an expression reference can stand anywhere", "^&", "&a", "{}" ]
    |> List.map (fun (reason, pattern, expression, document) ->
        { Reason = reason
          Pattern = Regex pattern
          Example = expression, document })

let private agree (mine: Answer) (theirs: Answer) =
    match mine, theirs with
    | Ok mine, Ok theirs ->
        try
            JmesValue.equal (JmesValue(JsonElement.Parse mine)) (JmesValue(JsonElement.Parse theirs))
        with :? InvalidOperationException ->
            false // Half of a surrogate pair, which is no text.
    | Error mine, Error theirs -> mine = theirs
    | Ok _, Error _
    | Error _, Ok _ -> false

let private show (answer: Answer) =
    match answer with
    | Ok json -> json
    | Error kind -> $"error {kind}"

let private describe ((expression: string, document: string), theirs) =
    $"{expression}\n  of {document}\n  is {show (ours (expression, document))}, but {show theirs} there"

/// Runs a test with the peer's answers, or says loudly that it does not run.
let private withAnswers (pairs: (string * string)[]) (test: ((string * string) * Answer)[] -> unit) =
    match askPeer pairs with
    | Ok answers -> test (Array.zip pairs answers)
    | Error reason ->
        Assert.Ignore $"NOT RUN: comparing with {package} on {pairs.Length} expressions ({reason})"

[<TestCase(20261121UL)>]
[<TestCase(42UL)>]
let ``random expressions give what the peer gives, but for its known differences`` (seed: uint64) =
    withAnswers (JmesPathGenerators.pairs seed 2000) (fun answers ->
        let disagreeing =
            answers |> Array.filter (fun (pair, theirs) -> not (agree (ours pair) theirs))

        let isKnown ((expression: string, _), _) =
            differences |> List.exists (fun known -> known.Pattern.IsMatch expression)

        let known, unknown = Array.partition isKnown disagreeing

        let findsSomething (pair, _) =
            match ours pair with
            | Ok json -> json <> "null" && json <> "[]"
            | Error _ -> false

        let found = answers |> Array.filter findsSomething |> Array.length
        TestContext.Out.WriteLine $"{answers.Length} compared, {found} find something"
        TestContext.Out.WriteLine $"{known.Length} differ for known reasons"

        if unknown.Length > 0 then
            Assert.Fail(unknown |> Array.truncate 10 |> Array.map describe |> String.concat "\n")

        Assert.That(
            known.Length * 10,
            Is.LessThan answers.Length,
            "so many differences that this says little"
        )

        Assert.That(found * 4, Is.GreaterThan answers.Length, "most expressions find nothing"))

[<Test>]
let ``each known difference is there`` () =
    withAnswers (differences |> List.map _.Example |> Array.ofList) (fun answers ->
        let gone = answers |> Array.filter (fun (pair, theirs) -> agree (ours pair) theirs)

        if gone.Length > 0 then
            Assert.Fail("No difference any more:\n" + (gone |> Array.map describe |> String.concat "\n")))
