// The short way from UTF-8 to UTF-8 gives what the general way gives, for every document and every selection.
module Core.Tests.JmesPathSelectionTests

open System
open System.Buffers
open System.Text.RegularExpressions
open FsCheck
open FsCheck.FSharp
open NUnit.Framework
open Idempotency
open Idempotency.Core
open Core.Tests.Json.SelectionGenerators
open Core.Tests.JmesPathSupport

let private isSame (document: string) (expression: string) =
    (compiled expression).IsSelection |> Prop.label $"a selection: {expression}"
    .&. (generally expression (utf8 document) = shortly expression (utf8 document))

[<FsCheck.NUnit.Property(MaxTest = 5000)>]
let ``the short way gives what the general way gives`` () =
    Prop.forAll (Arb.fromGen pairs) (fun (document, expression) -> isSame document expression)

[<FsCheck.NUnit.Property(MaxTest = 2000)>]
let ``the short way refuses the documents that the general way refuses`` () =
    Prop.forAll (Arb.fromGen brokenPairs) (fun (document, expression) -> isSame document expression)

let private selectionOf (expression: string) =
    match Selection.ofNode FunctionTable.Powertools (Parser.parse expression) with
    | ValueSome selection -> selection
    | ValueNone -> raise (AssertionException $"must be a selection: {expression}")

/// The result of the short way without the evaluator behind it.
let private read (selection: Selection) (document: ReadOnlyMemory<byte>) =
    let output = ArrayBufferWriter<byte>()

    if SelectionReader.tryEvaluate selection document 64 output then
        ValueSome(textOf (output.WrittenSpan.ToArray()))
    else
        ValueNone

/// Readers that do something wrong.
let twins: TestCaseData list =
    let changed change expression document =
        read (change (selectionOf expression)) document

    let rec slipped template =
        match template with
        | Template.Part slot -> Template.Part(max 0 (slot - 1))
        | Template.Items(guard, items) -> Template.Items(guard, List.map slipped items)
        | Template.Members(guard, members) ->
            let slip (struct (name, one)) = struct (name, slipped one)
            Template.Members(guard, List.map slip members)

    let rec unguarded template =
        match template with
        | Template.Part slot -> Template.Part slot
        | Template.Items(_, items) -> Template.Items(0, List.map unguarded items)
        | Template.Members(_, members) ->
            let member' (struct (name, one)) = struct (name, unguarded one)
            Template.Members(0, List.map member' members)

    let withoutEscapes (document: ReadOnlyMemory<byte>) =
        utf8 (Regex.Replace(textOf (document.ToArray()), "\\\\u00(..)", "?"))

    let templates change (selection: Selection) =
        { selection with
            Template = change selection.Template }

    [ "nothing wrong", id, id
      "another value is copied", templates slipped, id
      "another value decides whether a list is null", templates unguarded, id
      "escapes with four digits say nothing", id, withoutEscapes ]
    |> List.map (fun (name, change, prepare) ->
        let twin expression document =
            changed change expression (prepare document)

        TestCaseData(name, twin).SetArgDisplayNames name)

[<TestCaseSource(nameof twins)>]
let ``broken twins of the short way are noticed``
    (name: string, twin: string -> ReadOnlyMemory<byte> -> string voption)
    =
    let samples = Gen.sampleWithSeed (Rnd 7UL) 0 3000 pairs

    let isWrong (document: string, expression: string) =
        match twin expression (utf8 document), generally expression (utf8 document) with
        | ValueSome result, Ok expected -> result <> expected
        | ValueSome _, Error _ -> true
        | ValueNone, _ -> false

    Assert.That(Array.exists isWrong samples, Is.EqualTo((name <> "nothing wrong")))

[<Test>]
let ``nothing that has a result is left to the evaluator, but for a list of nothing`` () =
    let samples = Gen.sampleWithSeed (Rnd 7UL) 0 3000 pairs

    let hasResult (document: string, expression: string) =
        Result.isOk (generally expression (utf8 document))

    let samples = Array.filter hasResult samples

    let isLeft (document: string, expression: string) =
        ValueOption.isNone (read (selectionOf expression) (utf8 document))

    let left = samples |> Array.filter isLeft

    Assert.That(samples.Length - left.Length, Is.GreaterThan(samples.Length / 2))

    for document, expression in left do
        let result = generally expression (utf8 document) |> Result.defaultValue ""
        Assert.That(result, Does.Contain "null", document)
        Assert.That(expression.IndexOfAny [| '['; '{' |], Is.Not.EqualTo -1, expression)

let shapes =
    [ "a", true
      "@", true
      "a.b.c", true
      "a | b", true
      "(a.b).c", true
      "\"a b\".c", true
      "[a, b.c, @]", true
      "a.b.[c, d.e]", true
      "{x: a, y: {z: b.[c]}}", true
      "a[0]", false
      "a[*].b", false
      "[a, length(b)]", false
      "[a].b", false
      "a || b", false
      "'x'", false
      "powertools_json(body)", true
      "powertools_json(body).[user, cart]", true
      "[powertools_json(body).id, path]", true
      "{x: powertools_json(powertools_json(a).b), y: powertools_json(a)}", true
      "body | powertools_json(@)", true
      "powertools_json(body)[0]", false
      "powertools_json([a, b])", false
      "powertools_json({a: a})", false
      "powertools_json('x')", false
      "powertools_json(to_string(a))", false
      "powertools_json(powertools_base64(body)).id", true
      "powertools_json(powertools_base64([a]))", false
      "powertools_json(powertools_base64_gzip(a))", false
      "powertools_base64(a)", false ]
    |> List.map (fun (expression, isShort) -> TestCaseData(expression, isShort))

[<TestCaseSource(nameof shapes)>]
let ``member paths, and lists and hashes of them, go the short way`` (expression: string, isShort: bool) =
    Assert.That((compiled expression).IsSelection, Is.EqualTo isShort)

[<Test>]
let ``up to 64 names and texts go the short way`` () =
    let names count =
        String.concat "." (List.replicate count "a")

    let texts count =
        String.concat "." (List.replicate count "powertools_json(@)")

    Assert.That((compiled (names 64)).IsSelection)
    Assert.That((compiled (names 65)).IsSelection, Is.False)
    Assert.That((compiled (texts 64)).IsSelection)
    Assert.That((compiled (texts 65)).IsSelection, Is.False)
    Assert.That((compiled (texts 60 + "." + names 5)).IsSelection, Is.False)

[<Test>]
let ``a text is read once, however often it is asked for`` () =
    let again = "powertools_json(a).b, powertools_json(powertools_base64(a)).b"
    let selection = selectionOf $"[{again}, {again}]"
    Assert.That(selection.Texts.Length, Is.EqualTo 3)
    Assert.That(selection.Slots, Is.EqualTo 4)

let private allocated (path: CompiledPath) (document: ReadOnlyMemory<byte>) =
    let output = ArrayBufferWriter<byte> 1024

    let run count =
        for _ in 1..count do
            output.ResetWrittenCount()
            path.EvaluateUtf8(document, 64, output) |> ignore

    run 1000
    let before = GC.GetAllocatedBytesForCurrentThread()
    run 1000
    (GC.GetAllocatedBytesForCurrentThread() - before) / 1000L

[<Test>]
let ``the short way allocates nothing but a place for each value`` () =
    let document =
        utf8 """{"a": 1, "b": {"c": "x", "d": [1, 2, 3]}, "e": {"f": null}}"""

    Assert.That(allocated (compiled "[a, b.c]") document, Is.LessThan 300L)

[<Test>]
let ``a text within the document costs no memory, however long it is`` () =
    let lines = String.replicate 2000 "{\\\"article\\\": \\\"A-1\\\"},"

    let document =
        utf8 $"{{\"body\": \"{{\\\"user\\\": 1, \\\"lines\\\": [{lines} 1]}}\"}}"

    let path = compiled "powertools_json(body).[user, cart]"

    Assert.That(
        shortly "powertools_json(body).user" document,
        Is.EqualTo(Result<_, struct (JmesProblemKind * string)>.Ok "1")
    )

    Assert.That(allocated path document, Is.LessThan 300L)

[<Test>]
let ``the depth that is allowed is the same both ways`` () =
    let document = String('[', 65) + String(']', 65)
    let deeper = "{\"a\":" + document + "}"

    for expression in [ "a"; "a[0]" ] do
        let path = compiled expression

        match path.EvaluateUtf8(utf8 deeper, 64, ArrayBufferWriter<byte>()) with
        | Ok() -> Assert.Fail "must be too deep"
        | Error problem -> Assert.That(problem.Kind, Is.EqualTo JmesProblemKind.InvalidDocument)

        match path.EvaluateUtf8(utf8 deeper, 66, ArrayBufferWriter<byte>()) with
        | Ok() -> ()
        | Error problem -> Assert.Fail problem.Summary
