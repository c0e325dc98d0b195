// Items as Powertools of four languages leaves them in tables: each has to be read as what it means.
module DynamoDb.Tests.GoldenTests

open System
open System.IO
open System.Text.Json
open System.Threading
open System.Threading.Tasks
open Amazon.DynamoDBv2.Model
open Idempotency
open Idempotency.Core
open DynamoDb.Testing
open DynamoDb.Tests.Raw
open NUnit.Framework

let private file name =
    Path.Combine(AppContext.BaseDirectory, "data", name)

let private theirs =
    lazy
        ([ for entry in
               (parse (File.ReadAllText(file "powertools-items.json"))).GetProperty("items").EnumerateArray() do
               entry ])

let private label (entry: JsonElement) =
    let step = entry.GetProperty "step"
    $"""{text "language" entry}, {text "scenario" entry}, step {step}, {text "stage" entry}"""

/// The options that a fleet with these names would choose.
let private optionsOf (entry: JsonElement) =
    let options = DynamoDbStoreOptions()
    let names = options.Attributes

    for option, value in
        (match tryMember "names" entry with
         | Some given -> members given
         | None -> []) do
        let value = string value

        match option with
        | "key_attr" -> names.PartitionKey <- value
        | "sort_key_attr" -> names.SortKey <- value
        | "expiry_attr" -> names.Expiration <- value
        | "in_progress_expiry_attr" -> names.InProgressExpiration <- value
        | "status_attr" -> names.Status <- value
        | "data_attr" -> names.Data <- value
        | "validation_key_attr" -> names.Validation <- value
        | "static_pk_value" -> ()
        | unknown -> invalidOp $"the option {unknown}"

    match names.SortKey with
    | null -> ()
    | _ -> options.PartitionValue <- text "S" ((entry.GetProperty "item").GetProperty names.PartitionKey)

    options

let private keyName (options: DynamoDbStoreOptions) =
    match options.Attributes.SortKey with
    | null -> options.Attributes.PartitionKey
    | sort -> sort

let private readBy (options: DynamoDbStoreOptions) (entry: JsonElement) : Record =
    let item = entry.GetProperty "item"
    let key = text "S" (item.GetProperty(keyName options))

    match read options key item with
    | null -> invalidOp "no record"
    | record -> record

let private number (item: JsonElement) (name: string) =
    match tryMember name item with
    | Some value -> Nullable(Int64.Parse(text "N" value, Globalization.CultureInfo.InvariantCulture))
    | None -> Nullable()

let private jsonOf (payload: Payload) =
    match payload.Utf8 with
    | null -> None
    | utf8 -> Some(parse (Text.Encoding.UTF8.GetString utf8))

let private sameJson (expected: JsonElement option) (actual: JsonElement option) =
    match expected, actual with
    | None, None -> true
    | Some one, Some other -> JsonElement.DeepEquals(one, other)
    | Some _, None
    | None, Some _ -> false

/// A string that was stored bare, and happens to be JSON: nobody can tell it from JSON.
let private isAmbiguous (entry: JsonElement) =
    let language = text "language" entry

    text "scenario" entry = "result-string-that-is-json"
    && (language = "java" || language = "typescript")

[<Test>]
let ``the items of every language are there, at every stage`` () =
    let counts = theirs.Value |> List.countBy (text "language") |> Map.ofList

    for language in [ "python"; "typescript"; "java"; "dotnet" ] do
        Assert.That(counts[language], Is.GreaterThan 40, language)

[<Test>]
let ``every item of Powertools is read as what it means`` () =
    for entry in theirs.Value do
        let options = optionsOf entry
        let record = readBy options entry
        let item = entry.GetProperty "item"
        let names = options.Attributes
        let which = label entry
        Assert.That(record.Key, Is.EqualTo(text "S" (item.GetProperty(keyName options))), which)

        let status =
            match record.Status with
            | Status.InProgress -> "INPROGRESS"
            | Status.Completed -> "COMPLETED"
            | Status.Failed -> "FAILED"

        Assert.That(status, Is.EqualTo(text "S" (item.GetProperty names.Status)), which)
        Assert.That(Nullable(int64 record.Expires), Is.EqualTo(number item names.Expiration), which)

        let lease =
            if record.LeaseEnds.HasValue then
                Nullable(int64 record.LeaseEnds.Value)
            else
                Nullable()

        Assert.That(lease, Is.EqualTo(number item names.InProgressExpiration), which)
        Assert.That(record.Owner.IsNone, which)

        let print =
            match tryMember names.Validation item with
            | Some value -> Fingerprint(text "S" value)
            | None -> Fingerprint.None

        Assert.That((record.Fingerprint = print), which)

        if not (isAmbiguous entry) then
            Assert.That(
                sameJson (tryMember "result" entry) (jsonOf record.Payload),
                $"{which}: {record.Payload}"
            )

[<Test>]
let ``a bare string that is JSON is read as the options say`` () =
    let ambiguous =
        theirs.Value
        |> List.filter (fun entry -> isAmbiguous entry && text "stage" entry = "item_after")

    Assert.That(ambiguous, Is.Not.Empty)

    for entry in ambiguous do
        let stored = text "S" ((entry.GetProperty "item").GetProperty "data")
        let options = optionsOf entry
        Assert.That((readBy options entry).Payload, Is.EqualTo(Payload.OfText stored))
        options.BareText <- BareText.Never
        Assert.That((readBy options entry).Payload, Is.EqualTo(Payload.OfText stored))
        options.BareText <- BareText.Always
        Assert.That(sameJson (tryMember "result" entry) (jsonOf (readBy options entry).Payload), label entry)

[<Test>]
let ``a bare string that is no JSON is left as it is where all text is JSON`` () =
    let entry =
        theirs.Value
        |> List.find (fun entry ->
            text "scenario" entry = "result-string"
            && text "language" entry = "java"
            && text "stage" entry = "item_after")

    let options = optionsOf entry
    options.BareText <- BareText.Never
    Assert.That((readBy options entry).Payload, Is.EqualTo(Payload.OfText "hello w\u00f6rld"))

/// Every type that DynamoDB has, as TypeScript stores them.
[<TestCase("""{"S":"a"}""", "\"a\"")>]
[<TestCase("""{"S":""}""", "\"\"")>]
[<TestCase("""{"N":"12345678901234567890.123456789"}""", "12345678901234567890.123456789")>]
[<TestCase("""{"N":"-1.5E-7"}""", "-1.5E-7")>]
[<TestCase("""{"BOOL":false}""", "false")>]
[<TestCase("""{"NULL":true}""", "null")>]
[<TestCase("""{"L":[]}""", "[]")>]
[<TestCase("""{"M":{}}""", "{}")>]
[<TestCase("""{"L":[{"S":""},{"L":[{"NULL":true}]},{"M":{"b":{"N":"2"},"a":{"BOOL":true}}}]}""",
           """["",[null],{"a":true,"b":2}]""")>]
[<TestCase("""{"SS":["x","y"]}""", """["x","y"]""")>]
[<TestCase("""{"NS":["1","2.5"]}""", "[1,2.5]")>]
[<TestCase("""{"B":"AQID"}""", "\"AQID\"")>]
[<TestCase("""{"BS":["AQID"]}""", "[\"AQID\"]")>]
[<TestCase("""{"M":{"é\"":{"S":"<&\u2028😀"}}}""", """{"é\"":"<&\u2028\uD83D\uDE00"}""")>]
let ``a native value becomes the JSON that it stands for`` (data: string) (expected: string) =
    let item =
        parse (
            """{"id":{"S":"k"},"status":{"S":"COMPLETED"},"expiration":{"N":"1893459600"},"data":"""
            + data
            + "}"
        )

    match read (DynamoDbStoreOptions()) "k" item with
    | null -> Assert.Fail "no record"
    | record ->
        Assert.That(record.Payload, Is.EqualTo(Payload.OfText expected), string (jsonOf record.Payload))
