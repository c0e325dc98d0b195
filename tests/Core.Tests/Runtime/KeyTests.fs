// From an input to a key: which text it gets, that no two different calls share one, and why there may be none.
module Core.Tests.Runtime.KeyTests

open System
open System.Text
open System.Text.Json
open FsCheck
open FsCheck.FSharp
open NUnit.Framework
open FsCheck.NUnit
open Idempotency.Core
open Core.Tests.Runtime.Harness

let private utf8 (text: string) = Encoding.UTF8.GetBytes text

let private json (text: 'Input -> byte[]) =
    JsonSource<'Input>.OfText(fun input -> ReadOnlyMemory(text input))

/// A source whose input is JSON text, key and payload apart.
let private sourceOf prefix : KeySource<string * string> =
    { Prefix = prefix
      Hash = HashFunction.Sha256
      MaxDepth = Canonical.DefaultMaxDepth
      Json = json (fun _ -> failwith "The whole input is not asked for.")
      Key = KeyPart.Of(json (fst >> utf8))
      Payload = ValueSome(KeyPart.Of(json (snd >> utf8)))
      Events = null }

let private identify key payload =
    KeySource.identify (sourceOf "charge#") (key, payload)

let private identity key payload =
    match identify key payload with
    | Ok identity -> identity
    | Error problem -> failwith $"%A{problem}"

let private problem key payload =
    match identify key payload with
    | Ok identity -> failwith $"it has the key {identity.Key}"
    | Error problem -> problem

[<TestCase(null, "charge", "charge#")>]
[<TestCase("shop", "charge", "shop/charge#")>]
[<TestCase(null, "shop/charge", "shop%2Fcharge#")>]
[<TestCase("a#b", "c%d", "a%23b/c%25d#")>]
[<TestCase("%2F", "%", "%252F/%25#")>]
let ``what separates is escaped in names`` (scope: string, operation: string, expected: string) =
    Assert.That(KeyText.prefix scope operation, Is.EqualTo expected)

[<Test>]
let ``the digest is SHA-256 of the canonical form in lower-case hexadecimal`` () =
    let expected = "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9"
    Assert.That(KeyText.digest HashFunction.Sha256 (ReadOnlySpan(utf8 "0")), Is.EqualTo expected)
    Assert.That((identity "0e5" "1").Key, Is.EqualTo("charge#" + expected))

/// Names and values made of what separates and escapes, so that mistakes meet soon.
type private Call =
    { Scope: string | null
      Operation: string
      Value: string }

let private nameGen =
    Gen.elements [ "/"; "#"; "%"; "2F"; "23"; "25"; "a" ]
    |> Gen.nonEmptyListOf
    |> Gen.resize 3
    |> Gen.map (String.concat "")

let private callGen =
    Gen.map3
        (fun scope operation value ->
            { Scope = scope
              Operation = operation
              Value = value })
        (Gen.oneof [ Gen.constant null; nameGen ])
        nameGen
        nameGen

/// Another call, often one whose parts only stand elsewhere.
let private nearby (call: Call) =
    let moved =
        match call.Scope with
        | null ->
            let at = call.Operation.IndexOf '/'

            if at < 1 || at = call.Operation.Length - 1 then
                { call with Scope = call.Value }
            else
                { call with
                    Scope = call.Operation.Substring(0, at)
                    Operation = call.Operation.Substring(at + 1) }
        | scope ->
            { call with
                Scope = null
                Operation = scope + "/" + call.Operation }

    let escaped =
        { call with
            Operation = call.Operation.Replace("/", "%2F").Replace("#", "%23") }

    Gen.oneof [ Gen.constant call; Gen.constant moved; Gen.constant escaped; callGen ]

let private calls =
    gen {
        let! one = callGen
        let! other = nearby one
        return one, other
    }
    |> Arb.fromGen

let private keepsApart prefix (one: Call, other: Call) =
    let key (call: Call) =
        prefix call.Scope call.Operation
        + KeyText.digest HashFunction.Sha256 (ReadOnlySpan(utf8 call.Value))

    (key one = key other) = (one = other)

[<Property(MaxTest = 2000)>]
let ``calls have one key exactly when scope, operation and value are the same`` () =
    Prop.forAll calls (keepsApart KeyText.prefix)

[<Test>]
let ``names that are joined without escapes are rejected`` () =
    let joined (scope: string | null) operation =
        match scope with
        | null -> $"{operation}#"
        | known -> $"{known}/{operation}#"

    let halfEscaped (scope: string | null) (operation: string) =
        let escape (name: string) =
            name.Replace("#", "%23").Replace("/", "%2F")

        match scope with
        | null -> $"{escape operation}#"
        | known -> $"{escape known}/{escape operation}#"

    for wrong in [ joined; halfEscaped ] do
        let verdict =
            messageThrownBy (fun () ->
                Check.One(Config.QuickThrowOnFailure.WithMaxTest 2000, Prop.forAll calls (keepsApart wrong)))

        Assert.That(verdict, Does.Contain "Falsifiable")

[<TestCase("null")>]
[<TestCase("\"\"")>]
[<TestCase("\" \\t\\u00a0\\u3000\"")>]
[<TestCase("[]")>]
[<TestCase("{}")>]
[<TestCase("[null]")>]
[<TestCase("[null,null,null]")>]
[<TestCase("{\"a\":null,\"b\":null}")>]
let ``a value that says nothing is missing`` (json: string) =
    Assert.That((problem json "1").IsMissing, Is.True)

[<TestCase("0")>]
[<TestCase("false")>]
[<TestCase("true")>]
[<TestCase("\"null\"")>]
[<TestCase("\"\\u0000\"")>]
[<TestCase("[0]")>]
[<TestCase("[null,false]")>]
[<TestCase("[[]]")>]
[<TestCase("[\"\"]")>]
[<TestCase("{\"a\":\"\"}")>]
[<TestCase("{\"a\":{}}")>]
[<TestCase("{\"a\":null,\"b\":0}")>]
let ``a value that says anything is not missing`` (json: string) =
    Assert.That((identity json "1").Key, Does.Match "^charge#[0-9a-f]{64}$")

[<Test>]
let ``a key without a canonical form is unfit, and so is a payload`` () =
    let isUnfit (expected: CanonicalFault) (found: KeyProblem) =
        match found with
        | KeyProblem.Unfit problem -> problem.Fault = expected
        | KeyProblem.Missing
        | KeyProblem.Path _
        | KeyProblem.Unserialisable _ -> false

    let cases =
        [ """{"a":1,"a":1}""", CanonicalFault.DuplicateMember
          "\"\\ud800\"", CanonicalFault.NotUnicode
          "1e9999999", CanonicalFault.NumberOutOfRange
          "?", CanonicalFault.NotJson ]

    for json, expected in cases do
        Assert.That(problem json "1" |> isUnfit expected, Is.True, $"key {json}")
        Assert.That(problem "1" json |> isUnfit expected, Is.True, $"payload {json}")

[<Test>]
let ``a selector's exception is carried as it is, from the key and from the payload`` () =
    let thrown = InvalidOperationException "no id"

    let throwing = json (fun _ -> raise thrown)
    let fine = json (fun _ -> utf8 "1")

    for key, payload in [ throwing, fine; fine, throwing ] do
        let source =
            { sourceOf "charge#" with
                Key = KeyPart.Of key
                Payload = ValueSome(KeyPart.Of payload) }

        match KeySource.identify source ("key", "payload") with
        | Error(KeyProblem.Unserialisable error) -> Assert.That(error, Is.SameAs thrown)
        | other -> Assert.Fail $"%A{other}"

[<Test>]
let ``a missing key is found before the payload is looked at`` () =
    let source =
        { sourceOf "charge#" with
            Payload = ValueSome(KeyPart.Of(json (fun _ -> failwith "looked at"))) }

    match KeySource.identify source ("null", "") with
    | Error KeyProblem.Missing -> ()
    | other -> Assert.Fail $"%A{other}"

[<Test>]
let ``the fingerprint is the digest of the payload, however it is spelled`` () =
    let one = identity "1" """{"a":1.50,"b":[]}"""
    let other = identity "1.0" """ { "b" : [ ], "a" : 15e-1 } """

    let expected =
        KeyText.digest HashFunction.Sha256 (ReadOnlySpan(utf8 """{"a":1.5,"b":[]}"""))

    Assert.That(string one.Fingerprint, Is.EqualTo expected)
    Assert.That(other, Is.EqualTo one)

[<Test>]
let ``a payload that is not looked at leaves no fingerprint`` () =
    match
        KeySource.identify
            { sourceOf "charge#" with
                Payload = ValueNone }
            ("1", "?")
    with
    | Ok identity -> Assert.That(identity.Fingerprint, Is.EqualTo Fingerprint.None)
    | Error problem -> Assert.Fail $"%A{problem}"

[<TestCase("")>]
[<TestCase(" \t ")>]
[<TestCase("a\nb")>]
[<TestCase("\u0000")>]
[<TestCase("a\u0085b")>]
let ``a name that is empty or holds control characters is refused by handlers`` (name: string) =
    let world = World()
    let handler = Idempotent.handlerWith world.Options world.Store

    let ofOperation =
        messageThrownBy (fun () -> Idempotent.operation<int, int> handler name |> ignore)

    let ofScope =
        messageThrownBy (fun () ->
            Idempotent.handlerWith { world.Options with Keys.Scope = name } world.Store
            |> ignore)

    Assert.That(ofOperation, Does.StartWith "The operation's name must not")
    Assert.That(ofScope, Does.StartWith "The scope must not")

[<Test>]
let ``a name may have 200 characters and no more`` () =
    let name length = String('n', length)
    Assert.That(KeyText.problemOf "It" (name KeyText.MaxNameLength), Is.EqualTo(None: string option))

    Assert.That(
        KeyText.problemOf "It" (name (KeyText.MaxNameLength + 1)),
        Is.EqualTo(Some "It must be at most 200 characters long, but has 201")
    )
