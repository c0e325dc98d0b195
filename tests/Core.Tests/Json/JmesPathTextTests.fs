// JSON that powertools_json finds in the texts of a document: the short way has the results and the problems that the
// general way has.
module Core.Tests.JmesPathTextTests

open System
open System.Buffers
open System.Text
open System.Text.RegularExpressions
open NUnit.Framework
open Idempotency
open Idempotency.Core
open Core.Tests.JmesPathSupport

/// A text as UTF-8, with bytes that are not where they are written as [C3].
let private bytesOf (text: string) =
    let parts = Regex.Split(text, @"\[([0-9A-F]{2})\]")

    ReadOnlyMemory
        [| for i in 0 .. parts.Length - 1 do
               if i % 2 = 0 then
                   yield! Encoding.UTF8.GetBytes parts[i]
               else
                   Convert.ToByte(parts[i], 16) |]

[<TestCase("""{"a": "{}", "b": "1", "a": "{\"b\": 2}"}""")>]
[<TestCase("""{"a": "{\"b\": 1, \"b\": 2}"}""")>]
[<TestCase("""{"a": "{\"b\": [C3]}"}""")>]
[<TestCase("""{"a": "{\"b\": \"[C3]\"}"}""")>]
[<TestCase("""{"a": "{\"b\": \"[C3]\u00a9\"}"}""")>]
[<TestCase("""{"a": "{\"b\": \"[A9]\"}"}""")>]
[<TestCase("""{"a": "{}", "c": "[C3]"}""")>]
[<TestCase("""{"a": "{}", "[C3]": 1, "[C3]\u0061": 2}""")>]
[<TestCase("""{"a": "{}", "\ud800": 1}""")>]
[<TestCase("""{"a": "\ufeff{}"}""")>]
[<TestCase("""[EF][BB][BF]{"a": "{}"}""")>]
[<TestCase("""{"a": "{} x"}""")>]
[<TestCase("""{"a": " {} "}""")>]
[<TestCase("""{"a": ""}""")>]
[<TestCase("""{"a": " "}""")>]
[<TestCase("""{"a": "nul"}""")>]
[<TestCase("""{"a": "null"}""")>]
[<TestCase("""{"a": "1e999999"}""")>]
[<TestCase("""{"a": "01"}""")>]
[<TestCase("""{"a": "// {}"}""")>]
[<TestCase("""{"a": "{\"b\": 1,}"}""")>]
[<TestCase("""{"a": "{\"b\": \"\\ud800\"}"}""")>]
[<TestCase("""{"a": "{\"b\": \"\ud800\"}"}""")>]
[<TestCase("""{"a": "{\"b\": \"\ud83d\ude00\"}"}""")>]
[<TestCase("""{"a": "{\"b\": \"\ud83d\u0061\"}"}""")>]
[<TestCase("""{"a": "{\"b\": \"\ud83d\\ude00\"}"}""")>]
[<TestCase("""{"a": "{\u0022\u0062\u0022: \u0022\u00E9\u20ac\u0022}"}""")>]
[<TestCase("""{"a": "{\"b\": \"\n\"}"}""")>]
[<TestCase("""{"a": "{\"b\":\n\t\r1}"}""")>]
[<TestCase("""{"a": "{\"b\":\b1}"}""")>]
[<TestCase("""{"a": "{\"b\":\f1}"}""")>]
[<TestCase("""{"a": "{\"b\": \"1\/2\"}"}""")>]
[<TestCase("""{"a": null}""")>]
[<TestCase("""{"a": {}}""")>]
[<TestCase("""{"a": 1}""")>]
[<TestCase("""{}""")>]
[<TestCase("""{"a": "{}" """)>]
[<TestCase("""{"a": "{}"} {}""")>]
[<TestCase("""{"a": "eyJiIjogMX0="}""")>]
[<TestCase("""{"a": "eyJiIjogMX0"}""")>]
[<TestCase("""{"a": " eyJi\nIjog\tMX0= "}""")>]
[<TestCase("""{"a": "eyJiIjogMX0=x"}""")>]
[<TestCase("""{"a": "eyJiIjogMX1="}""")>]
[<TestCase("""{"a": "eyJiIjogMX0\u003d"}""")>]
[<TestCase("""{"a": "eyJiIjogMX0=\u000b"}""")>]
[<TestCase("""{"a": "===="}""")>]
[<TestCase("""{"a": "="}""")>]
[<TestCase("""{"a": "e"}""")>]
[<TestCase("""{"a": "gA=="}""")>]
[<TestCase("""{"a": "IoAi"}""")>]
[<TestCase("""{"a": "77u/e30="}""")>]
[<TestCase("""{"a": "-_8="}""")>]
[<TestCase("""{"a": "eyJiIjogIlx1ZDgwMCJ9"}""")>]
[<TestCase("""{"a": "MSAy"}""")>]
[<TestCase("""null""")>]
[<TestCase("""1""")>]
let ``a text that holds JSON, or does not, has the same result and the same problem both ways``
    (document: string)
    =
    for expression in
        [ "powertools_json(a)"
          "powertools_json(a).b"
          "powertools_json(a).[b, c]"
          "[c, powertools_json(a).{b: b}]"
          "c.[powertools_json(a)]"
          "powertools_json(powertools_json(a).b)"
          "powertools_json(powertools_base64(a))"
          "powertools_json(powertools_base64(a)).b" ] do
        let document = bytesOf document
        Assert.That(shortly expression document, Is.EqualTo(generally expression document), expression)

[<Test>]
let ``the members on the way to a value count as levels`` () =
    let document = utf8 """{"a": {"a": {"a": 1}}}"""

    for maxDepth in 1..4 do
        for expression in [ "a.a"; "a.a.a"; "a.b" ] do
            let run (path: CompiledPath) =
                let output = ArrayBufferWriter<byte>()

                path.EvaluateUtf8(document, maxDepth, output)
                |> Result.map (fun () -> textOf (output.WrittenSpan.ToArray()))
                |> Result.mapError _.Message

            Assert.That(run (compiled expression), Is.EqualTo(run (evaluator expression)), expression)

[<Test>]
let ``a text within the document may be 64 levels deep, whatever the document may be`` () =
    for levels in 62..66 do
        for opening, closing in [ "[", "]"; "{\\\"a\\\":", "}" ] do
            let text = String.replicate levels opening + "1" + String.replicate levels closing
            let document = utf8 $"{{\"a\": \"{text}\"}}"

            for maxDepth in [ -1; 0; 1; 2; 64; 100 ] do
                let run (path: CompiledPath) =
                    try
                        let output = ArrayBufferWriter<byte>()

                        path.EvaluateUtf8(document, maxDepth, output)
                        |> Result.map (fun () -> textOf (output.WrittenSpan.ToArray()))
                        |> Result.mapError _.Message
                    with :? ArgumentOutOfRangeException ->
                        Error "a depth below zero"

                for expression in [ "powertools_json(a)"; "powertools_json(a).a"; "a"; "b" ] do
                    Assert.That(
                        run (compiled expression),
                        Is.EqualTo(run (evaluator expression)),
                        $"{expression} at {maxDepth}: {document}"
                    )

[<Test>]
let ``a function of the user's own by the name of powertools_json is called`` () =
    let own =
        JmesFunction.define "powertools_json" [ JmesTypes.Any ] (fun _ -> Ok(JmesValue.ofText "mine"))

    match JmesPath.compile "powertools_json(a)" (FunctionTable.Powertools.With own) with
    | Error problem -> Assert.Fail problem.Message
    | Ok path ->
        Assert.That(path.IsSelection, Is.False)

        Assert.That(
            outcome (utf8 """{"a": "1"}""") path,
            Is.EqualTo(Result<_, struct (JmesProblemKind * string)>.Ok "\"mine\"")
        )
