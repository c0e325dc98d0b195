// Keys as the four languages of Powertools made them, case by case. The file was recorded from the real ones.
module Core.Tests.PowertoolsKeyTests

open System
open System.IO
open System.Text
open System.Text.Json
open NUnit.Framework
open Idempotency.Core
open Idempotency

let private languages =
    [ "python", PowertoolsLanguage.Python
      "typescript", PowertoolsLanguage.TypeScript
      "java", PowertoolsLanguage.Java
      "dotnet", PowertoolsLanguage.DotNet ]

let private recorded: JsonElement list =
    let file =
        Path.Combine(TestContext.CurrentContext.TestDirectory, "data", "powertools-keys.json")

    let document = JsonElement.Parse(File.ReadAllText file)
    [ for one in document.GetProperty("cases").EnumerateArray() -> one ]

let private textOf (name: string) (one: JsonElement) : string | null =
    let mutable found = Unchecked.defaultof<JsonElement>
    if one.TryGetProperty(name, &found) then found.GetString() else null

let private known (name: string) (one: JsonElement) : string =
    match textOf name one with
    | null -> raise (AssertionException $"the case has no {name}")
    | text -> text

/// The key of a recorded event. The prefix is what it was there; `ownMissingRule` leaves our rule out.
let private make ownMissingRule language (one: JsonElement) (prefix: string) : Result<EventKey, string> =
    let hash =
        match HashFunction.Find(known "hash_function" one) with
        | Ok found -> found
        | Error problem -> raise (AssertionException problem)

    let options =
        { Format = KeyFormat.Powertools language
          Prefix = prefix
          KeyPath = textOf "event_key_jmespath" one
          PayloadPath = textOf "payload_validation_jmespath" one
          Hash = hash
          Functions = FunctionTable.Powertools
          OwnMissingRule = ownMissingRule
          RaisesWhenMissing = one.GetProperty("raise_on_no_idempotency_key").GetBoolean() }

    match EventKeys.Prepare options with
    | Error problem -> Error problem.Message
    | Ok keys ->
        match keys.Make(ReadOnlyMemory(Encoding.UTF8.GetBytes(known "payload_text" one))) with
        | Ok key -> Ok key
        | Error KeyProblem.Missing -> Error "missing"
        | Error(KeyProblem.Unfit problem) -> Error problem.Text
        | Error(KeyProblem.Path problem) -> Error problem.Message
        | Error(KeyProblem.Unserialisable problem) -> Error problem.Message

let private checkKey (expected: JsonElement) (made: Result<EventKey, string>) =
    match made with
    | Error problem -> Assert.Fail $"there must be a key, but: {problem}"
    | Ok key ->
        Assert.That(key.Text, Is.EqualTo(known "hash_input" expected))
        Assert.That(key.Digest, Is.EqualTo(known "hash" expected))
        Assert.That(key.Key, Is.EqualTo(known "key" expected))
        Assert.That(key.ValidationHash, Is.EqualTo(textOf "validation_hash" expected))

/// The types of errors that say that there is no key; ours says so in one way, whether the option to fail is set or not.
let private isKeyError (expected: JsonElement) =
    [ textOf "error" expected; textOf "cause" expected ]
    |> List.exists (fun name -> name = "IdempotencyKeyError" || name = "IdempotencyKeyException")

let private checkRefusal (wanted: string option) (made: Result<EventKey, string>) =
    match made, wanted with
    | Ok key, _ -> Assert.Fail $"there must be no key, but there is {key.Key} of {key.Text}"
    | Error problem, Some text -> Assert.That(problem, Is.EqualTo text)
    | Error problem, None -> Assert.That(problem, Is.Not.EqualTo "missing")

let cases =
    [ for one in recorded do
          for name, language in languages do
              TestCaseData(one, name, language).SetArgDisplayNames(known "name" one, name) ]

[<TestCaseSource(nameof cases)>]
let ``a key is what the real implementation made`` (one: JsonElement) (name: string) language =
    let expected = one.GetProperty("expect").GetProperty name
    let prefix = Option.ofObj (textOf "prefix" expected) |> Option.defaultValue "p"
    let made = make true language one prefix

    match known "status" expected with
    | "key" -> checkKey expected made
    | "skipped" -> checkRefusal (Some "missing") made
    | _ when isKeyError expected -> checkRefusal (Some "missing") made
    | _ -> checkRefusal None made

[<TestCaseSource(nameof cases)>]
let ``our own rule takes away keys that would be shared, and changes no other``
    (one: JsonElement)
    (_: string)
    language
    =
    match make false language one "p", make true language one "p" with
    | Ok ours, Ok theirs -> Assert.That(ours, Is.EqualTo theirs)
    | Error ours, Error theirs -> Assert.That(ours, Is.EqualTo theirs)
    | Error ours, Ok _ -> Assert.That(ours, Is.EqualTo "missing")
    | Ok ours, Error _ -> Assert.Fail $"there is a key only by our rule: {ours.Text}"

[<Test>]
let ``every case and language is covered`` () =
    Assert.That(List.length cases, Is.EqualTo 320)

/// The text that is hashed for an event.
let private hashed language (path: string | null) (event: string) =
    let options =
        { Format = KeyFormat.Powertools language
          Prefix = "p"
          KeyPath = path
          PayloadPath = null
          Hash = HashFunction.Md5
          Functions = FunctionTable.Powertools
          OwnMissingRule = true
          RaisesWhenMissing = false }

    match EventKeys.Prepare options with
    | Error problem -> raise (AssertionException problem.Message)
    | Ok keys ->
        match keys.Make(ReadOnlyMemory(Encoding.UTF8.GetBytes event)) with
        | Ok key -> key.Text
        | Error _ -> "no key"

// What CPython 3.11, Node 20 and OpenJDK 17 write for doubles that are known to be hard.
[<TestCase("1e23", "1e+23", "1e+23", "9.999999999999999E22")>]
[<TestCase("2e23", "2e+23", "2e+23", "1.9999999999999998E23")>]
[<TestCase("2.98023223876953125e-8",
           "2.9802322387695312e-08",
           "2.9802322387695312e-8",
           "2.9802322387695312E-8")>]
[<TestCase("5.684341886080802e-14", "5.684341886080802e-14", "5.684341886080802e-14", "5.6843418860808015E-14")>]
[<TestCase("2.3851136372966235e+25",
           "2.3851136372966235e+25",
           "2.3851136372966235e+25",
           "2.3851136372966234E25")>]
[<TestCase("4.9e-324", "5e-324", "5e-324", "4.9E-324")>]
let ``hard doubles come out as the languages write them``
    (text: string)
    (python: string)
    (js: string)
    (java: string)
    =
    let found =
        [ PowertoolsLanguage.Python
          PowertoolsLanguage.TypeScript
          PowertoolsLanguage.Java ]
        |> List.map (fun language -> hashed language null text)

    Assert.That(
        found,
        Is.EqualTo<string list>[python
                                js
                                java]
    )

// Read in the sources of jmespath-java and Powertools, and in INTEROP.md.
[<TestCase("ceil(n)", "2", "2", "2.0", "2")>]
[<TestCase("avg(ns)", "5.0", "5", "5.0", "5")>]
[<TestCase("sum(ns)", "10", "10", "10.0", "10")>]
[<TestCase("length(emoji)", "1", "2", "2", "1")>]
let ``functions give the numbers of their language``
    (path: string)
    (python: string)
    (js: string)
    (java: string)
    net
    =
    let found =
        languages
        |> List.map (fun (_, language) ->
            hashed language path """{"n":1.5,"ns":[4,6],"emoji":"\ud83d\ude00"}""")

    Assert.That(
        found,
        Is.EqualTo<string list>[python
                                js
                                java
                                net]
    )
