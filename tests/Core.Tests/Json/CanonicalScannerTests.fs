// The scanner against the reader that knows what is wrong: they take and refuse the same texts, and write the same.
module Core.Tests.Json.CanonicalScannerTests

open System
open System.Text
open System.Text.Json.Nodes
open FsCheck.NUnit
open NUnit.Framework
open Idempotency.Core
open Core.Tests.Json.JsonModel

let private asText (output: ReadOnlySpan<byte>) isMissing =
    Encoding.UTF8.GetString output + (if isMissing then " (missing)" else "")

let private scannedBy (scanner: CanonicalScanner) (output: ByteBuffer) maxDepth (json: byte[]) =
    match scanner.TryRead(ReadOnlySpan json, maxDepth) with
    | ValueSome hasValue -> asText output.Written (not hasValue)
    | ValueNone -> "refused"

let private scanned maxDepth json =
    let output = ByteBuffer 16
    scannedBy (CanonicalScanner output) output maxDepth json

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

/// What damage may put into a text.
let private meaningful = "{}[]\",:\\/bfnrtu019.eE+-  \t\n\u0001ntrueaAé€𝄞"

[<FsCheck.NUnit.Property(Arbitrary = [| typeof<Generators> |], MaxTest = 10_000)>]
let ``they agree on damaged texts`` (json: Json) (seed: int) =
    let random = Random seed
    agree (damaged meaningful random (utf8 (spell random json)))

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

[<FsCheck.NUnit.Property(MaxTest = 20_000)>]
let ``they agree on texts that are nearly in their form`` (seed: int) =
    agree (utf8 (NearlyCanonical.make (Random seed)))

[<FsCheck.NUnit.Property(MaxTest = 10_000)>]
let ``they agree on such texts when they are damaged`` (seed: int) =
    let random = Random seed
    agree (damaged meaningful random (utf8 (NearlyCanonical.make random)))

[<Test>]
let ``a scanner takes the next text as if the last, which it may have refused, had not been`` () =
    let output = ByteBuffer 16
    let scanner = CanonicalScanner output

    for seed in 1..5_000 do
        let random = Random seed
        let text = utf8 (NearlyCanonical.make random)
        let json = if random.Next 2 = 0 then damaged meaningful random text else text
        Assert.That(scannedBy scanner output 64 json, Is.EqualTo(read 64 json), Encoding.UTF8.GetString json)

/// A text in which each kind of thing stands once, with members in order and not.
let private sample =
    utf8 (
        "{\"b\":[1,\"text\",{\"d\":true,\"c\":[],\"a \\n\":{}}],\"a\":{\"n\":-1.5,\"o\":null},"
        + "\"a longer name than that\":\"and a longer text, with \\\"quotes\\\" in it, of more bytes than 64\",\"e\":[[2,0.5]]}"
    )

[<Test>]
let ``they agree wherever a text breaks off`` () =
    for length in 0 .. sample.Length do
        agree (Array.truncate length sample)

[<Test>]
let ``they agree whatever is put in anywhere`` () =
    for place in 0 .. sample.Length do
        for piece in
            [ " "
              "\n\t\r "
              "\\/"
              "\\u0061"
              "\\\""
              "\""
              "0"
              ".50"
              ","
              "}"
              "\u0001" ] do
            agree (Array.concat [ Array.truncate place sample; utf8 piece; Array.skip place sample ])

[<Test>]
let ``they agree on every byte, wherever it stands in a text`` () =
    for byte in 0uy .. 127uy do
        for start in [ ""; "\\n" ] do
            for place in [ 0; 7; 15; 16; 31; 40; 79 ] do
                let text = utf8 ("\"" + start + String('x', 80) + "\"")
                text[1 + start.Length + place] <- byte
                agree text

let private objectOf (names: string seq) =
    let members = names |> Seq.map (fun name -> "\"" + name + "\":\"" + name + "\"")
    "{" + String.Join(",", members) + "}"

[<Test>]
let ``they agree on so many members out of order, wherever the object stands`` () =
    for count in 0..40 do
        let names = List.init count (fun i -> $"member {i * 7 % 41:D2}")

        for one in
            [ objectOf names
              objectOf (List.rev names)
              objectOf (names @ List.truncate 1 names) ] do
            for around in
                [ "{0}"
                  " {0}"
                  "[1.0,{0}]"
                  "[{0},{0} ]"
                  "{\"b\":{0},\"a\":{0}}"
                  "{\"a\":[{0}],\"c\":1 ,\"b\":2}" ] do
                agree (utf8 (around.Replace("{0}", one)))

[<Test>]
let ``they agree on names that part anywhere`` () =
    for same in 0..40 do
        for one, other in [ "a", "b"; "", "a"; "é", "f"; "\ufb33", "😂"; "\\n", "\\t"; "\\n", "a" ] do
            for after in [ ""; "more"; "much more than sixteen bytes" ] do
                let start = String('x', same)
                agree (utf8 (objectOf [ start + one + after; start + other + after ]))
                agree (utf8 (objectOf [ start + other + after; start + one + after ]))
                agree (utf8 $"{{\"{start}{other}{after}\":1,\"{start}{one}\":2}}")

[<Test>]
let ``they agree on names of so many members that they need more room`` () =
    let names = List.init 300 (fun i -> $"name {i:D3}")
    agree (utf8 (objectOf names))
    agree (utf8 (objectOf (List.rev names)))

    agree (
        utf8 (
            "["
            + objectOf (List.rev names)
            + ","
            + String.replicate 40 "["
            + String.replicate 40 "]"
            + "]"
        )
    )

[<Test>]
let ``broken twin: a scanner that takes what the reader refuses would be noticed`` () =
    Assert.That(scanned 64 (utf8 "{\"a\":1,\"a\":1}"), Is.EqualTo "refused")
    Assert.That(scanned 64 (utf8 "{\"a\":1,\"b\":1}"), Is.Not.EqualTo "refused")

/// What does a part of the work only.
let private minified (json: string) =
    match JsonNode.Parse json with
    | null -> "null"
    | node -> node.ToJsonString()

[<Test>]
let ``broken twins: the nearly canonical texts tell who leaves the text as it is, or takes out white space only``
    ()
    =
    let texts = List.init 200 (fun seed -> NearlyCanonical.make (Random seed))

    let formOf (text: string) =
        (read 64 (utf8 text)).Replace(" (missing)", "")

    let fit = texts |> List.filter (fun text -> formOf text <> "refused")

    let agreeing (form: string -> string) =
        fit |> List.filter (fun text -> form text = formOf text)

    Assert.That(agreeing id, Is.Not.Empty, "some are in their form")
    Assert.That((agreeing id).Length, Is.LessThan fit.Length)
    Assert.That((agreeing minified).Length, Is.LessThan fit.Length)

    Assert.That(
        (agreeing (fun text -> scanned 64 (utf8 text) |> _.Replace(" (missing)", ""))).Length,
        Is.EqualTo fit.Length
    )
