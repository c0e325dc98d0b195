// The short way from UTF-8 to UTF-8 gives what the general way gives, for every document and every selection.
module Core.Tests.JmesPathSelectionTests

open System
open System.Buffers
open System.Text.Json
open FsCheck
open FsCheck.FSharp
open NUnit.Framework
open Idempotency.Core
open Core.Tests.JmesPathSupport

/// Few names, spelled in several ways, so that they often meet.
let private nameInDocument =
    Gen.elements
        [ "a"
          "b"
          "c"
          "\\u0061"
          "\\u0062"
          "long name"
          "\\ud83d\\ude00"
          "😀"
          "\\ud800"
          "" ]

let private space =
    Gen.frequency [ 5, Gen.constant ""; 1, Gen.elements [ " "; "\n\t"; "\r\n " ] ]

let rec private document size =
    let leaf =
        Gen.elements
            [ "null"
              "true"
              "false"
              "0"
              "-1.50"
              "1e400"
              "\"\""
              "\"x\""
              "\"\\ud800 \\\" }\"" ]

    let spaced text =
        Gen.map2 (fun before after -> before + text + after) space space

    let joined opening closing (items: Gen<string>) =
        gen {
            let! count = Gen.choose (0, 4)
            let! items = Gen.listOfLength count items
            return! spaced (opening + String.concat "," items + closing)
        }

    if size = 0 then
        Gen.bind spaced leaf
    else
        let inner = document (size - 1)

        let pair =
            gen {
                let! name = nameInDocument
                let! before = space
                let! value = inner
                return $"{before}\"{name}\"{before}:{value}"
            }

        Gen.frequency [ 2, Gen.bind spaced leaf; 5, joined "{" "}" pair; 2, joined "[" "]" inner ]

let private nameInExpression =
    Gen.elements [ "a"; "b"; "c"; "\"long name\""; "\"😀\""; "\"\"" ]

let private path =
    gen {
        let! names = Gen.nonEmptyListOf nameInExpression

        let! names =
            Gen.elements [ List.truncate 1 names; List.truncate 2 names; List.truncate 3 names ]

        let! separator = Gen.frequency [ 4, Gen.constant "."; 1, Gen.constant " | " ]
        return String.concat separator names
    }

let rec private selection size =
    if size = 0 then
        Gen.frequency [ 8, path; 1, Gen.constant "@" ]
    else
        let inner = selection (size - 1)
        let some = Gen.choose (1, 3) |> Gen.bind (fun count -> Gen.listOfLength count inner)
        let list = some |> Gen.map (fun items -> "[" + String.concat ", " items + "]")

        let hash =
            gen {
                let! items = some
                let! names = Gen.listOfLength items.Length nameInExpression
                let members = List.map2 (fun name item -> $"{name}: {item}") names items
                return "{" + String.concat ", " members + "}"
            }

        let after =
            gen {
                let! before = Gen.frequency [ 5, path; 1, Gen.constant "@" ]
                let! what = Gen.oneof [ list; hash ]
                return $"{before}.{what}"
            }

        Gen.oneof [ selection 0; list; hash; after ]

let private pairs =
    gen {
        let! document = document 4
        let! expression = selection 2
        return document, expression
    }

let private generally (expression: string) (document: string) =
    try
        use parsed = JsonDocument.Parse(utf8 document)

        compiled expression
        |> CompiledPath.evaluate parsed.RootElement
        |> Result.map JmesValue.toJson
        |> Result.mapError _.Kind
    with :? JsonException ->
        Error JmesProblemKind.InvalidDocument

let private shortly (expression: string) (document: string) =
    compiled expression
    |> CompiledPath.evaluateUtf8 (utf8 document)
    |> Result.map textOf
    |> Result.mapError _.Kind

let private isSame (document: string) (expression: string) =
    (compiled expression).IsSelection |> Prop.label $"a selection: {expression}"
    .&. (generally expression document = shortly expression document)

[<FsCheck.NUnit.Property(MaxTest = 3000)>]
let ``the short way gives what the general way gives`` () =
    Prop.forAll (Arb.fromGen pairs) (fun (document, expression) -> isSame document expression)

[<FsCheck.NUnit.Property(MaxTest = 1000)>]
let ``the short way refuses the documents that the general way refuses`` () =
    let broken =
        gen {
            let! document, expression = pairs
            let! place = Gen.choose (0, max 0 (document.Length - 1))
            let! what = Gen.elements [ ""; "}"; "]"; ","; "\""; "x"; "1"; "{" ]
            return document.Remove(place, min 1 document.Length).Insert(place, what), expression
        }

    Prop.forAll (Arb.fromGen broken) (fun (document, expression) -> isSame document expression)

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
      "'x'", false ]
    |> List.map (fun (expression, isShort) -> TestCaseData(expression, isShort))

[<TestCaseSource(nameof shapes)>]
let ``member paths, and lists and hashes of them, go the short way`` (expression: string, isShort: bool) =
    Assert.That((compiled expression).IsSelection, Is.EqualTo isShort)

[<Test>]
let ``the short way allocates nothing but a place for each value`` () =
    let path = compiled "[a, b.c]"

    let document =
        utf8 """{"a": 1, "b": {"c": "x", "d": [1, 2, 3]}, "e": {"f": null}}"""

    let output = ArrayBufferWriter<byte> 1024

    let run count =
        for _ in 1..count do
            output.ResetWrittenCount()
            path.EvaluateUtf8(document, 64, output) |> ignore

    run 1000
    let before = GC.GetAllocatedBytesForCurrentThread()
    run 1000
    let each = (GC.GetAllocatedBytesForCurrentThread() - before) / 1000L
    Assert.That(each, Is.LessThan 300L)

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
