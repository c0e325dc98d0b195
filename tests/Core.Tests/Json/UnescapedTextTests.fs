// What unescapes texts against Utf8JsonReader: both read the same, and refuse the same.
module Core.Tests.Json.UnescapedTextTests

open System
open System.Text
open System.Text.Json
open NUnit.Framework
open Idempotency.Core

/// What stands between the quotes, unescaped into a room that is no longer than it.
let private unescaped (text: byte[]) =
    let room = Array.zeroCreate text.Length

    match UnescapedText.write (ReadOnlySpan text) (Span room) with
    | length when length >= 0 -> Convert.ToHexString(room, 0, length)
    | _ -> "refused"

let private read (text: byte[]) =
    let quoted = [| '"'B; yield! text; '"'B |]
    let mutable reader = Utf8JsonReader(ReadOnlySpan quoted)
    reader.Read() |> ignore

    try
        Convert.ToHexString(Encoding.UTF8.GetBytes(string (reader.GetString())))
    with :? InvalidOperationException ->
        "refused"

let private agree (text: byte[]) =
    Assert.That(unescaped text, Is.EqualTo(read text), Encoding.UTF8.GetString text)

let private utf8 (text: string) = Encoding.UTF8.GetBytes text

let private usual =
    [ "\\\""
      "\\\\"
      "\\/"
      "\\b"
      "\\f"
      "\\n"
      "\\r"
      "\\t"
      "a"
      "u"
      "é"
      "𝄞"
      "\\u0000"
      "\\u0022"
      "\\u005C"
      "\\u00e9"
      "\\u20AC"
      "\\ud834\\udd1e"
      "\\uDBFF\\uDFFF"
      "0123456789"
      "0123456789012345678901234567890123456789012345678901234567890123456789" ]
    |> List.map utf8

let private unfit =
    [ utf8 "\\ud834"
      utf8 "\\udd1e"
      utf8 "\\ud834\\u0041"
      utf8 "\\ud834\\n"
      utf8 "\\ud834\\ud834"
      utf8 "\\ud834u"
      [| 0xC3uy |]
      [| 0xA9uy |]
      [| 0xF0uy; 0x9Duy |] ]

/// A text of several blocks; a few have something in them that is not Unicode.
let private text (seed: int) =
    let random = Random seed

    [| for _ in 1 .. random.Next 80 do
           let pieces = if random.Next 200 = 0 then unfit else usual
           yield! pieces[random.Next pieces.Length] |]

[<FsCheck.NUnit.Property(MaxTest = 10_000)>]
let ``they agree on texts full of escapes`` (seed: int) = agree (text seed)

[<Test>]
let ``they agree on every piece, wherever it stands`` () =
    for before in 0..70 do
        for after in [ 0; 1; 62; 63; 64; 65; 130 ] do
            for piece in usual @ unfit do
                agree
                    [| yield! Array.create before 'a'B
                       yield! piece
                       yield! Array.create after 'b'B |]

[<Test>]
let ``they agree on every code unit`` () =
    for unit in 0..0xFFFF do
        agree (utf8 $"\\u%04x{unit}")

let twins =
    [ "that takes \\b for the letter", (fun (text: string) -> text.Replace("\\b", "b"))
      "that ends at a zero", (fun text -> text.Split("\\u0000")[0])
      "that knows no pairs", (fun text -> text.Replace("\\ud834\\udd1e", "\ufffd")) ]
    |> List.map (fun (name, change) -> TestCaseData(change).SetArgDisplayNames name)

[<TestCaseSource(nameof twins)>]
let ``a broken twin is noticed`` (change: string -> string) =
    let isWrong seed =
        let text = text seed

        Ascii.IsValid(ReadOnlySpan text)
        && unescaped (utf8 (change (Encoding.ASCII.GetString text))) <> read text

    Assert.That(Seq.exists isWrong (seq { 1..3_000 }))
