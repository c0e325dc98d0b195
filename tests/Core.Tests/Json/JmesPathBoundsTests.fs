// Nothing grows out of proportion: not the stack with the depth of an expression, not the time with the width of a
// document. And one compiled expression serves all threads.
module Core.Tests.JmesPathBoundsTests

open System
open System.Diagnostics
open System.Linq
open System.Text.Json
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Idempotency.Core
open Core.Tests.JmesPathSupport

let private repeat count (text: string) = String.replicate count text

let deep =
    [ "(", "a", ")"
      "!", "a", ""
      "[", "a", "]"
      "{a: ", "a", "}"
      "abs(", "a", ")"
      "[?", "a", "]"
      "a[?", "a", "]"
      "map(&", "a", ", a)"
      "", "a", "[*]"
      "", "a", "[]"
      "", "a", "[?a]"
      "", "a", ".*"
      "", "a", "[1:]"
      "", "a", " == a"
      "a == ", "a", "" ]
    |> List.map (fun (before, inner, after) ->
        TestCaseData(before, inner, after).SetArgDisplayNames $"{before}{inner}{after}")

[<TestCaseSource(nameof deep)>]
let ``an expression that is nested too deeply is refused, whatever it is made of``
    (before: string, inner: string, after: string)
    =
    let nested count =
        repeat count before + inner + repeat count after

    let problem = refused (nested 100_000)
    Assert.That(problem.Kind, Is.EqualTo JmesProblemKind.Syntax)
    Assert.That(problem.Reason, Does.Contain "more than 256 levels")
    compiled (nested 60) |> ignore

[<TestCase(".a")>]
[<TestCase(" | a")>]
[<TestCase(" || a")>]
[<TestCase(" && a")>]
[<TestCase("[0]")>]
[<TestCase(".a[0]")>]
[<TestCase(".[a]")>]
let ``a long expression is not a deep one`` (step: string) =
    let path = compiled ("a" + repeat 20_000 step)

    match path.Evaluate(JsonElement.Parse """{"a": 1}""") with
    | Ok _ -> ()
    | Error problem -> Assert.Fail problem.Summary

[<Test>]
let ``the deepest expressions are evaluated on a small stack`` () =
    let expressions =
        [ repeat 120 "!" + "@"
          repeat 120 "(" + "@" + repeat 120 ")"
          repeat 120 "[" + "@" + repeat 120 "]"
          repeat 120 "to_array(" + "@" + repeat 120 ")"
          "@" + repeat 120 "[*]"
          "@" + repeat 120 " == @"
          repeat 120 "map(&" + "@" + repeat 120 ", to_array(@))" ]

    let problems = System.Collections.Concurrent.ConcurrentQueue<string>()

    let run () =
        for expression in expressions do
            match (compiled expression).Evaluate(JsonElement.Parse "[[1]]") with
            | Ok value -> JmesValue.toJson value |> ignore
            | Error problem -> problems.Enqueue problem.Summary

    let thread = Thread(run, 512 * 1024)
    thread.Start()
    thread.Join()
    Assert.That(problems, Is.Empty)

[<Test>]
let ``a document that is nested very deeply is refused or evaluated, and never ends the process`` () =
    let depth = 20_000
    let text = String('[', depth) + String(']', depth)

    use parsed =
        JsonDocument.Parse(text, JsonDocumentOptions(MaxDepth = Int32.MaxValue))

    for expression in
        [ "@"
          "[0]"
          "[]"
          "@ == @"
          "to_string(@)"
          "[@, @]"
          "contains(@, @)"
          "length(@)" ] do
        match (compiled expression).Evaluate parsed.RootElement with
        | Ok value -> JmesValue.toElement value |> ignore
        | Error problem -> Assert.That(problem.Kind, Is.EqualTo JmesProblemKind.InvalidDocument)

/// The shortest of some runs, in milliseconds.
let private time (run: unit -> unit) =
    run ()

    Seq.init 5 (fun _ ->
        let start = Stopwatch.GetTimestamp()
        run ()
        Stopwatch.GetElapsedTime(start).TotalMilliseconds)
    |> Seq.min

let wide =
    [ "[*].a"
      "[?a > `5`].a"
      "[].a"
      "[::-1]"
      "[::2]"
      "sort_by(@, &a)[*].a"
      "sort(map(&b, @))"
      "max_by(@, &a)"
      "map(&a, @) | sum(@)"
      "map(&b, @) | join(',', @)"
      "map(&b, @) | contains(@, 'none')"
      "reverse(@)"
      "to_string(@)"
      "@ == @"
      "[*].[a, b]"
      "[0].big.*"
      "[0].big | keys(@)"
      "[0].big | merge(@, @)"
      "[0].big == [1].big"
      "[-1].a" ]
    |> List.map (fun expression -> TestCaseData expression)

/// `big` has as many members as there are items, in opposite orders in the first two of them.
let private wideDocument count =
    let members numbers =
        numbers |> Seq.map (fun i -> $"\"m{i}\":{i}") |> String.concat ","

    let items =
        Seq.init count (fun i -> $$"""{"a":{{(i * 7919) % count}},"b":"text {{(i * 104729) % count}}"}""")

    let first =
        "{\"a\":1,\"b\":\"x\",\"big\":{" + members (seq { 0 .. count - 1 }) + "}}"

    let second =
        "{\"a\":1,\"b\":\"x\",\"big\":{" + members (seq { count - 1 .. -1 .. 0 }) + "}}"

    JsonElement.Parse("[" + String.Join(",", Seq.append [ first; second ] items) + "]")

let private narrow = lazy (wideDocument 2_000)
let private tenfold = lazy (wideDocument 20_000)

[<TestCaseSource(nameof wide)>]
let ``ten times the items take not much more than ten times as long`` (expression: string) =
    let path = compiled expression

    let run document () =
        match path.Evaluate document with
        | Ok _ -> ()
        | Error problem -> Assert.Fail problem.Message

    let few = max 0.05 (time (run (narrow.Force())))
    let many = time (run (tenfold.Force()))
    // A quadratic step would take a hundred times as long.
    Assert.That(many / few, Is.LessThan 50.0)

[<Test>]
let ``one compiled expression serves all threads`` () =
    let path =
        compiled "items[?qty > `3`].{sku: sku, name: join('-', [name, 'x'])} | sort_by(@, &sku)[*].name"

    let document =
        let items =
            Seq.init 50 (fun i -> $$"""{"sku":"{{99 - i}}","qty":{{i % 7}},"name":"n\u00e9{{i}}"}""")

        JsonElement.Parse("{\"items\":[" + String.Join(",", items) + "]}")

    let once () =
        match path.Evaluate document with
        | Ok value -> JmesValue.toJson value
        | Error problem -> problem.Message

    let expected = once ()
    use start = new Barrier 4

    let tasks =
        [| for _ in 1..4 ->
               Task.Factory.StartNew(
                   (fun () ->
                       start.SignalAndWait()
                       Array.init 500 (fun _ -> once ())),
                   TaskCreationOptions.LongRunning
               ) |]

    for results in Task.WhenAll(tasks).GetAwaiter().GetResult() do
        Assert.That(results.Distinct().ToArray(), Is.EqualTo<string[]> [| expected |])
