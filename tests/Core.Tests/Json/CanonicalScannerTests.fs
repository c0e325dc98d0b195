// The scanner against the reader that knows what is wrong: they take and refuse the same texts, and write the same.
module Core.Tests.Json.CanonicalScannerTests

open System
open System.Text
open FsCheck.NUnit
open NUnit.Framework
open Idempotency.Core
open Core.Tests.Json.JsonModel

let private asText (output: ReadOnlySpan<byte>) isMissing =
    Encoding.UTF8.GetString output + (if isMissing then " (missing)" else "")

let private scanned maxDepth (json: byte[]) =
    let output = ByteBuffer 16

    match CanonicalScanner(output).TryRead(ReadOnlySpan json, maxDepth) with
    | ValueSome hasValue -> asText output.Written (not hasValue)
    | ValueNone -> "refused"

let private read maxDepth (json: byte[]) =
    let canonicalizer = Canonicalizer()

    match canonicalizer.ReadCarefully(ReadOnlySpan json, maxDepth) with
    | ValueNone -> asText canonicalizer.Written canonicalizer.IsMissing
    | ValueSome _ -> "refused"

let private agree json =
    Assert.That(scanned 64 json, Is.EqualTo(read 64 json), Encoding.UTF8.GetString json)

let private utf8 (text: string) = Encoding.UTF8.GetBytes text

[<FsCheck.NUnit.Property(Arbitrary = [| typeof<Generators> |], MaxTest = 2_000)>]
let ``they agree on every value, however it is spelled`` (json: Json) (seed: int) =
    agree (utf8 (spell (Random seed) json))

/// Changes a few bytes, to such as mean something in JSON.
let private damaged (random: Random) (json: byte[]) =
    let choices = utf8 "{}[]\",:\\/bfnrtu019.eE+-  \t\n\u0001ntrueaAé€𝄞"
    let bytes = ResizeArray json

    for _ in 0 .. random.Next 3 do
        let place = random.Next(bytes.Count + 1)
        let choice = choices[random.Next choices.Length]

        match random.Next 3 with
        | 0 -> bytes.Insert(place, choice)
        | 1 when place < bytes.Count -> bytes.RemoveAt place
        | _ when place < bytes.Count -> bytes[place] <- choice
        | _ -> bytes.Add choice

    bytes.ToArray()

[<FsCheck.NUnit.Property(Arbitrary = [| typeof<Generators> |], MaxTest = 10_000)>]
let ``they agree on damaged texts`` (json: Json) (seed: int) =
    let random = Random seed
    agree (damaged random (utf8 (spell random json)))

/// A text of many blocks, full of escapes: most of them as the canonical form has them, some to be rewritten, some wrong.
let private escaped (random: Random) =
    let usual =
        [ "\\\""
          "\\\\"
          "\\n"
          "\\t"
          "\\b"
          "\\f"
          "\\r"
          "a"
          "b"
          "u"
          "/"
          "é"
          "0123456789" ]

    let rewritten =
        [ "\\/"; "\\u0022"; "\\u005C"; "\\u00e9"; "\\ud834\\udd1e"; "\\u0001" ]

    let wrong = [ "\\x"; "\\"; "\""; "\u0001"; "\\ud834"; "\\u12" ]
    let text = StringBuilder "\""

    for _ in 1 .. random.Next 250 do
        let pieces =
            match random.Next 400 with
            | 0 -> wrong
            | n when n < 20 -> rewritten
            | _ -> usual

        text.Append(pieces[random.Next pieces.Length]) |> ignore

    text.Append("\"").ToString()

[<FsCheck.NUnit.Property(MaxTest = 10_000)>]
let ``they agree on texts full of escapes`` (seed: int) = agree (utf8 (escaped (Random seed)))

[<Test>]
let ``they agree on runs of backslashes of every length, wherever they stand`` () =
    for before in 0..70 do
        for run in 0..9 do
            for last in [ "n"; "/"; "\""; "x" ] do
                agree (utf8 ("\"" + String('a', before) + String('\\', run) + last + String('a', 80) + "\""))

[<TestCase("")>]
[<TestCase(" ")>]
[<TestCase("nul")>]
[<TestCase("nulll")>]
[<TestCase("-")>]
[<TestCase("01")>]
[<TestCase("-01")>]
[<TestCase("1.")>]
[<TestCase(".5")>]
[<TestCase("1e")>]
[<TestCase("1e+")>]
[<TestCase("1 2")>]
[<TestCase("1e1000001")>]
[<TestCase("-0")>]
[<TestCase("[1,]")>]
[<TestCase("[,1]")>]
[<TestCase("{,}")>]
[<TestCase("{\"a\"}")>]
[<TestCase("{\"a\":}")>]
[<TestCase("{\"a\":1,}")>]
[<TestCase("{\"a\":1]")>]
[<TestCase("{\"a\" :1 , \"\\u0061\" : 2}")>]
[<TestCase("{\"b\":1,\"a\":2,\"b\":3}")>]
[<TestCase("[1}")>]
[<TestCase("\"\\x\"")>]
[<TestCase("\"\\")>]
[<TestCase("\"\\u12\"")>]
[<TestCase("\"\\ud834\"")>]
[<TestCase("\"\\udd1e\"")>]
[<TestCase("\"\\ud834\\u0041\"")>]
[<TestCase("\"\\ud834\\udd1e\\/\\u0022\\u005c\\u001f\\u0008\\u007f\"")>]
[<TestCase("\" \\t\\u00a0\\u2003\"")>]
[<TestCase("\"\u2003\"")>]
[<TestCase("[[],{}]")>]
[<TestCase("[null,{\"a\":null}]")>]
[<TestCase("{\"a\":null,\"b\":null}")>]
[<TestCase("\ufeff1")>]
[<TestCase("// no\n1")>]
let ``they agree on edges`` (json: string) = agree (utf8 json)

[<Test>]
let ``they agree on bytes that are no UTF-8`` () =
    for bytes in [ [| 0xC3uy |]; [| 0xEDuy; 0xA0uy; 0x80uy |]; [| 0xC0uy; 0xAFuy |] ] do
        agree [| yield '"'B; yield! bytes; yield '"'B |]

[<Test>]
let ``they agree on how deep is too deep`` () =
    for levels in 1..5 do
        for opening, closing in [ "[", "]"; "{\"a\":", "}" ] do
            let json = String.replicate levels opening + "1" + String.replicate levels closing
            Assert.That(scanned 3 (utf8 json), Is.EqualTo(read 3 (utf8 json)), json)

[<Test>]
let ``broken twin: a scanner that takes what the reader refuses would be noticed`` () =
    Assert.That(scanned 64 (utf8 "{\"a\":1,\"a\":1}"), Is.EqualTo "refused")
    Assert.That(scanned 64 (utf8 "{\"a\":1,\"b\":1}"), Is.Not.EqualTo "refused")
