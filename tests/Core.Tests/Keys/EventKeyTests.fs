// Keys of events, from the bytes to the refusal: what is no JSON, what is no Unicode, what is no key, what has no payload.
module Core.Tests.Keys.EventKeyTests

open System
open System.Text
open FsCheck
open FsCheck.FSharp
open NUnit.Framework
open FsCheck.NUnit
open Idempotency
open Idempotency.Core
open Core.Tests.Keys.Events

let private formats = KeyFormat.Canonical :: List.map KeyFormat.Powertools languages

let private problemOf options (event: ReadOnlyMemory<byte>) =
    match (prepared options).Make event with
    | Error(KeyProblem.Unfit problem) -> problem
    | Error problem -> raise (AssertionException $"%A{problem}")
    | Ok key -> raise (AssertionException $"there must be no key, but there is one of {key.Text}")

[<Test>]
let ``an event that is not JSON is refused in every format, with line and byte`` () =
    for format in formats do
        let problem = problemOf (choice format null) (utf8 "{\"a\":1,\n \"b\":x}")
        Assert.That(problem.Fault.IsNotJson, Is.True)
        Assert.That((problem.Line, problem.Column), Is.EqualTo((2L, 6L)))

[<Test>]
let ``bytes that are no UTF-8 are refused in every format`` () =
    let event = ReadOnlyMemory(Array.concat [ "{\"id\":\""B; [| 0xFFuy |]; "\"}"B ])

    for format in formats do
        Assert.That((problemOf (choice format null) event).Fault.IsNotUnicode, Is.True)

// System.Text.Json stops at 64 levels; the other languages have no limit, and ours for them is 1000.
[<Test>]
let ``depth is limited as in the language, and said to be the fault`` () =
    let nested depth =
        utf8 (String('[', depth) + "1" + String(']', depth))

    for language in languages do
        let limit = if language.IsDotNet then 64 else 1000
        let options = choice (KeyFormat.Powertools language) null
        Assert.That(hashedOf options (nested limit), Does.Contain "1")

        match (problemOf options (nested (limit + 1))).Fault with
        | CanonicalFault.TooDeep said -> Assert.That(said, Is.EqualTo limit)
        | other -> Assert.Fail $"%A{other}"

// Powertools for .NET fails on half a pair wherever it stands; the others write it: INTEROP's lone surrogate.
[<TestCase("""["a\ud800"]""", "[\"a\\ud800\"]", "[\"a\\ud800\"]", "[\"a?\"]")>]
[<TestCase("""{"\udc00":1}""", "{\"\\udc00\": 1}", "{\"\\udc00\":1}", "{\"?\":1}")>]
[<TestCase("""{"\ud83d\ude00":["\ud800\ud800"]}""",
           "{\"\\ud83d\\ude00\": [\"\\ud800\\ud800\"]}",
           "{\"😀\":[\"\\ud800\\ud800\"]}",
           "{\"😀\":[\"??\"]}")>]
let ``half of a surrogate pair is written as the language does, and refused by .NET``
    (event: string, python, javaScript, java)
    =
    match hashed null event with
    | [ first; second; third; fourth ] ->
        [ first; second; third ] |> isSame [ python; javaScript; java ]
        Assert.That(fourth, Does.Contain "Unicode")
    | others -> Assert.Fail $"%A{others}"

/// Texts of letters, halves of pairs, and pairs.
let private texts =
    Gen.elements [ "a"; string '\uD83D'; string '\uDE00'; "\U0001F600"; "\n" ]
    |> Gen.listOf
    |> Gen.map (String.concat "")
    |> Arb.fromGen

/// JSON.stringify since ECMAScript 2019: what is no pair is escaped, and all else stays.
let private stringified (text: string) =
    let output = StringBuilder "\""
    let mutable rest = text

    while rest.Length > 0 do
        let isWhole, rune = Rune.TryGetRuneAt(rest, 0)

        output.Append(
            if isWhole then
                (if rune = Rune '\n' then "\\n" else rune.ToString())
            else
                $"\\u%04x{int rest[0]}"
        )
        |> ignore

        rest <- rest.Substring(if isWhole then rune.Utf16SequenceLength else 1)

    output.Append('"').ToString()

let private isStringified write (text: string) = write text = stringified text

let private compact (text: string) =
    DialectText.compact PowertoolsLanguage.TypeScript (JsonTree.Text text)

[<Property(MaxTest = 1000)>]
let ``JavaScript escapes what is no pair, and nothing that is one`` () =
    Prop.forAll texts (isStringified compact)

[<Test>]
let ``a writer that escapes every surrogate, or none, is rejected`` () =
    let rejects write =
        try
            let config = Config.QuickThrowOnFailure.WithQuietOnSuccess true
            Check.One(config, Prop.forAll texts (isStringified write))
            false
        with problem ->
            problem.Message.Contains "Falsifiable"

    Assert.That(rejects (DialectText.compact PowertoolsLanguage.Python << JsonTree.Text), Is.True)
    Assert.That(rejects (DialectText.compact PowertoolsLanguage.Java << JsonTree.Text), Is.True)
    Assert.That(rejects compact, Is.False)

// throwOnNoIdempotencyKey of TypeScript: `!data`, or a list or an object all of whose values are falsy. Lists and objects
// are truthy in JavaScript, empty ones too.
[<TestCase("0", false)>]
[<TestCase("-0.0", false)>]
[<TestCase("\"\"", false)>]
[<TestCase("false", false)>]
[<TestCase("null", false)>]
[<TestCase("""[0,"",false,null]""", false)>]
[<TestCase("""{"a":0,"b":""}""", false)>]
[<TestCase("[]", false)>]
[<TestCase("{}", false)>]
[<TestCase("1", true)>]
[<TestCase("\" \"", true)>]
[<TestCase("true", true)>]
[<TestCase("[[]]", true)>]
[<TestCase("[{}]", true)>]
[<TestCase("""{"a":0,"b":{}}""", true)>]
[<TestCase("""{"a":1,"a":0}""", false)>]
let ``TypeScript's option to fail counts what JavaScript counts as false`` (event: string) (isKey: bool) =
    let options =
        { choice (KeyFormat.Powertools PowertoolsLanguage.TypeScript) null with
            RaisesWhenMissing = true }

    Assert.That(hashedOf options (utf8 event) <> "<missing>", Is.EqualTo isKey)

// JSON.stringify writes null for what is no finite number, so that all such events would share a record.
[<TestCase("1e400", "null")>]
[<TestCase("[-1e400,null]", "[null,null]")>]
[<TestCase("""{"a":1e400}""", "{\"a\":null}")>]
let ``what TypeScript hashes as null is no key by our rule, and one by its own``
    (event: string)
    (text: string)
    =
    let options = choice (KeyFormat.Powertools PowertoolsLanguage.TypeScript) null

    Assert.That(hashedOf options (utf8 event), Is.EqualTo text)

    let ours language =
        { choice (KeyFormat.Powertools language) null with
            OwnMissingRule = false }

    Assert.That(hashedOf (ours PowertoolsLanguage.TypeScript) (utf8 event), Is.EqualTo "<missing>")
    Assert.That(hashedOf (ours PowertoolsLanguage.Python) (utf8 event), Does.Contain "Infinity")
    Assert.That(hashedOf (ours PowertoolsLanguage.TypeScript) (utf8 "[1e400,1]"), Is.EqualTo "[null,1]")

let private withPayload format payload event =
    hashedOf
        { choice format "id" with
            PayloadPath = payload }
        (utf8 event)

[<Test>]
let ``a payload that cannot be selected or written refuses the call, whatever the key`` () =
    let event = """{"id":"A-1","note":"\ud800","body":"no json","far":1e9999999}"""

    for format in formats do
        Assert.That(withPayload format "id" event, Does.Contain "A-1")

    let python = KeyFormat.Powertools PowertoolsLanguage.Python
    let java = KeyFormat.Powertools PowertoolsLanguage.Java
    let dotNet = KeyFormat.Powertools PowertoolsLanguage.DotNet

    [ withPayload KeyFormat.Canonical "sum(body)" event
      withPayload python "sum(body)" event
      withPayload java "powertools_json(body)" event ]
    |> isSame [ "<invalid-type>"; "<invalid-type>"; "<invalid-value>" ]

    // Python has a text for half of a pair, and .NET has none.
    Assert.That(withPayload python "note" event, Does.Contain "A-1")
    Assert.That(withPayload KeyFormat.Canonical "far" event, Does.Contain "exponent")
    Assert.That(withPayload dotNet "@" event, Does.Contain "Unicode")

[<Test>]
let ``an empty expression is none: the key is made of the whole event`` () =
    for format in formats do
        let whole = hashedOf (choice format null) (utf8 """{"id":1}""")
        Assert.That(hashedOf (choice format "") (utf8 """{"id":1}"""), Is.EqualTo whole)

[<Test>]
let ``an expression for the payload that does not compile is refused`` () =
    for format in formats do
        let options =
            { choice format "id" with
                PayloadPath = "a..b" }

        match EventKeys.Prepare options with
        | Ok _ -> Assert.Fail "must be refused"
        | Error problem -> Assert.That(problem.Message, Does.Contain "a..b")

let private withPrefix prefix =
    Idempotent.operationWith<string, int> (Idempotent.handler (InMemoryStore())) "charge" (fun keys ->
        { keys with Prefix = prefix })

[<TestCase("a\nb", "control")>]
[<TestCase("a\uFFFDb", "Unicode")>]
let ``a prefix that would not come back from a store as it was is refused``
    (prefix: string)
    (reason: string)
    =
    let make () = withPrefix prefix |> ignore

    Assert.That(
        Action make,
        Throws.ArgumentException.With.Message.Contains("KeyPrefix").And.Message.Contains reason
    )

[<Test>]
let ``a prefix with half of a surrogate pair is refused`` () =
    let make () =
        withPrefix ("a" + string '\uD800') |> ignore

    Assert.That(Action make, Throws.ArgumentException.With.Message.Contains "surrogate")

[<Test>]
let ``a prefix of any length stands before the digest, whole`` () =
    for length in [ 0; 1; 191; 192; 193; 1000 ] do
        let prefix = String('x', length)

        match (withPrefix prefix).Identify "A-1", (withPrefix "").Identify "A-1" with
        | Ok found, Ok bare ->
            Assert.That(found.Key, Is.EqualTo(prefix + bare.Key))
            Assert.That(bare.Key, Has.Length.EqualTo 65)
        | problem -> Assert.Fail $"%A{problem}"
