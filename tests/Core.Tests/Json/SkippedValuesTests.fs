// What skips values against Utf8JsonReader: both take and refuse the same texts.
module Core.Tests.Json.SkippedValuesTests

open System
open System.Text
open System.Text.Json
open FsCheck
open FsCheck.FSharp
open NUnit.Framework
open Idempotency.Core
open Core.Tests.Json.JsonModel

let private skips maxDepth (json: byte[]) =
    let after =
        SkippedValues.value (ReadOnlySpan json) (SkippedValues.space (ReadOnlySpan json) 0) maxDepth

    after >= 0 && SkippedValues.space (ReadOnlySpan json) after = json.Length

let private reads (options: JsonReaderOptions) (json: byte[]) =
    try
        let mutable reader = Utf8JsonReader(ReadOnlySpan json, options)

        while reader.Read() do
            ()

        true
    with :? JsonException ->
        false

let private strictly maxDepth = JsonReaderOptions(MaxDepth = maxDepth)

let private agree maxDepth json =
    Assert.That(skips maxDepth json, Is.EqualTo(reads (strictly maxDepth) json), Encoding.UTF8.GetString json)

let private utf8 (text: string) = Encoding.UTF8.GetBytes text

/// What damage may put into a text.
let private meaningful =
    "{}[]\",:\\/bfnrtux019.eE+-  \t\n\u0001\u000b\u007fntrueafalsel€𝄞/*"

let private damagedText (json: Json) seed =
    let random = Random seed
    damaged meaningful random (utf8 (spell random json))

[<FsCheck.NUnit.Property(Arbitrary = [| typeof<Generators> |], MaxTest = 1_000)>]
let ``every value is skipped, however it is spelled`` (json: Json) (seed: int) =
    skips 64 (utf8 (spell (Random seed) json))

[<FsCheck.NUnit.Property(Arbitrary = [| typeof<Generators> |], MaxTest = 10_000)>]
let ``what the reader refuses is not skipped, and nothing else is`` (json: Json) (seed: int) =
    agree 64 (damagedText json seed)

/// A text of many blocks, full of escapes, of which some are wrong.
let private escapes (random: Random) =
    let usual =
        [ "\\\""
          "\\\\"
          "\\/"
          "\\n"
          "\\u00e9"
          "\\ud834"
          "a"
          "é"
          "0123456789abcdef" ]

    let wrong = [ "\\x"; "\\"; "\""; "\u0001"; "\\u12"; "\\u12g4" ]
    let text = StringBuilder "\""

    for _ in 1 .. random.Next 100 do
        let pieces = if random.Next 200 = 0 then wrong else usual
        text.Append(pieces[random.Next pieces.Length]) |> ignore

    text.Append("\"").ToString()

[<FsCheck.NUnit.Property(MaxTest = 5_000)>]
let ``so it is with texts full of escapes`` (seed: int) = agree 64 (utf8 (escapes (Random seed)))

[<Test>]
let ``so it is with texts that break off anywhere`` () =
    let whole =
        utf8
            """ {"a": [1.50e+7, -0, true, false, null, {}, [], "\u00e9\n\"x"], "b" : {"c": "0123456789 0123456789"}} """

    for length in 0 .. whole.Length do
        agree 64 (Array.truncate length whole)

[<TestCase("")>]
[<TestCase(" ")>]
[<TestCase("nul")>]
[<TestCase("nulll")>]
[<TestCase("True")>]
[<TestCase("-")>]
[<TestCase("+1")>]
[<TestCase("01")>]
[<TestCase("-01")>]
[<TestCase("0")>]
[<TestCase("1.")>]
[<TestCase("1.e1")>]
[<TestCase(".5")>]
[<TestCase("1e")>]
[<TestCase("1E-")>]
[<TestCase("1e+5")>]
[<TestCase("1 2")>]
[<TestCase("[1,]")>]
[<TestCase("[,1]")>]
[<TestCase("[1 2]")>]
[<TestCase("{,}")>]
[<TestCase("{\"a\"}")>]
[<TestCase("{\"a\":}")>]
[<TestCase("{\"a\":1,}")>]
[<TestCase("{\"a\":1]")>]
[<TestCase("{1:1}")>]
[<TestCase("[1}")>]
[<TestCase("]")>]
[<TestCase("\"\\u00e\"")>]
[<TestCase("\"\\u00eg\"")>]
[<TestCase("\"\\")>]
[<TestCase("\"a\tb\"")>]
[<TestCase("\"0123456789abcdef\u001f\"")>]
[<TestCase("\ufeff1")>]
[<TestCase("/* no */ 1")>]
let ``so it is with such texts`` (json: string) = agree 64 (utf8 json)

[<Test>]
let ``a value may be nested as deeply as it is allowed to be, and no deeper than 64 levels`` () =
    for levels in 1..66 do
        for opening, closing in [ "[", "]"; "{\"a\":", "}"; "[{\"a\":", "}]" ] do
            let json =
                utf8 (String.replicate levels opening + "1" + String.replicate levels closing)

            agree 3 json
            agree 64 json
            Assert.That(skips 1000 json, Is.EqualTo(reads (strictly 64) json))

let twins =
    [ "comments", JsonReaderOptions(MaxDepth = 64, CommentHandling = JsonCommentHandling.Skip)
      "commas before the end", JsonReaderOptions(MaxDepth = 64, AllowTrailingCommas = true)
      "several values", JsonReaderOptions(MaxDepth = 64, AllowMultipleValues = true) ]
    |> List.map (fun (name, options) -> TestCaseData(options).SetArgDisplayNames name)

[<TestCaseSource(nameof twins)>]
let ``a broken twin that takes more is noticed`` (options: JsonReaderOptions) =
    let isWrong seed =
        let json =
            (Generators.Json().Generator |> Gen.sampleWithSeed (Rnd(uint64 seed)) 10 1)[0]

        let text = damagedText json seed
        reads options text <> skips 64 text

    Assert.That(Seq.exists isWrong (seq { 1..20_000 }))
