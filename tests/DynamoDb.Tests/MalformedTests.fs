// Items that are no records: each is a typed error that names the table, the key and the attribute, and never a guess.
module DynamoDb.Tests.MalformedTests

open System
open System.Threading
open System.Threading.Tasks
open Idempotency
open Idempotency.Core
open DynamoDb.Testing
open DynamoDb.Tests.Raw
open NUnit.Framework

let private sound =
    Map
        [ "id", """{"S":"charge#1"}"""
          "status", """{"S":"COMPLETED"}"""
          "expiration", """{"N":"1893459600"}"""
          "in_progress_expiration", """{"N":"1893456061000"}"""
          "data", """{"S":"1"}""" ]

let private json (item: Map<string, string>) =
    let members = [ for KeyValue(name, value) in item -> $"\"{name}\":{value}" ]
    "{" + String.Join(",", members) + "}"

let private readOf (item: Map<string, string>) =
    read (DynamoDbStoreOptions()) "charge#1" (parse (json item))

let private errorOf (item: Map<string, string>) : MalformedRecordException =
    try
        raise (AssertionException $"it was read: {readOf item}")
    with :? MalformedRecordException as malformed ->
        malformed

[<Test>]
let ``the item that the others are made of is a record`` () =
    match readOf sound with
    | null -> Assert.Fail "no record"
    | record -> Assert.That((record.Status = Status.Completed && record.Payload = Payload.OfText "1"))

[<TestCase("status")>]
[<TestCase("expiration")>]
let ``an attribute that is missing is named`` (name: string) =
    let error = errorOf (sound.Remove name)
    Assert.That(error.Attribute, Is.EqualTo name)
    Assert.That(error.Message, Does.Contain $"'{name}' is missing")

[<TestCase("status", """{"N":"1"}""")>]
[<TestCase("status", """{"S":"EXPIRED"}""")>]
[<TestCase("status", """{"S":"completed"}""")>]
[<TestCase("status", """{"S":""}""")>]
[<TestCase("expiration", """{"S":"1893459600"}""")>]
[<TestCase("expiration", """{"N":"1893459600.5"}""")>]
[<TestCase("expiration", """{"N":"-1"}""")>]
[<TestCase("expiration", """{"N":"1893459600000"}""")>]
[<TestCase("expiration", """{"N":"1E+125"}""")>]
[<TestCase("expiration", """{"NULL":true}""")>]
[<TestCase("in_progress_expiration", """{"S":"1893456061000"}""")>]
[<TestCase("in_progress_expiration", """{"N":"1893456061000.25"}""")>]
[<TestCase("in_progress_expiration", """{"N":"99999999999999999999"}""")>]
[<TestCase("in_progress_expiration", """{"N":"-5"}""")>]
[<TestCase("owner", """{"N":"7"}""")>]
[<TestCase("owner", """{"SS":["a"]}""")>]
[<TestCase("validation", """{"M":{}}""")>]
[<TestCase("v", """{"S":"1"}""")>]
[<TestCase("v", """{"N":"2"}""")>]
[<TestCase("v", """{"N":"0"}""")>]
let ``an attribute of another type, or with a value that cannot be, is named``
    (name: string)
    (value: string)
    =
    let error = errorOf (sound.Add(name, value))
    Assert.That(error.Attribute, Is.EqualTo name)
    Assert.That(error.Table, Is.EqualTo "table")
    Assert.That(error.Key, Is.EqualTo "charge#1")
    Assert.That(error.Request, Is.EqualTo "get")
    Assert.That((box error :? IPermanentFault))

    for part in [ "'table'"; "'charge#1'"; $"'{name}'"; "corrected or deleted" ] do
        Assert.That(error.Message, Does.Contain part)

[<Test>]
let ``no payload stands in the message`` () =
    let item =
        sound.Add("data", """{"S":"4111 1111 1111 1111"}""").Add("expiration", """{"S":"secret"}""")

    let error = errorOf item
    Assert.That(error.Message, Does.Not.Contain "4111")
    Assert.That(error.Message, Does.Not.Contain "secret")

[<TestCase("1893459600.0", 1893459600L)>]
[<TestCase("1.8934596E9", 1893459600L)>]
[<TestCase("0", 0L)>]
let ``a whole number is read however it is written`` (digits: string) (expected: int64) =
    let item = sound.Add("expiration", "{\"N\":\"" + digits + "\"}")

    match readOf item with
    | null -> Assert.Fail "no record"
    | record -> Assert.That(int64 record.Expires, Is.EqualTo expected)

[<Test>]
let ``in progress, the result is not looked at`` () =
    let item = sound.Add("status", """{"S":"INPROGRESS"}""").Add("v", """{"S":"?"}""")

    match readOf item with
    | null -> Assert.Fail "no record"
    | record -> Assert.That(record.Payload.IsAbsent)

let private seeded (item: Map<string, string>) =
    let key = Engine.newKey ()

    task {
        let attributes =
            [ for KeyValue(name, value) in item.Add("id", $"{{\"S\":\"{key}\"}}") ->
                  name, valueOf (parse value) ]

        do! Layout.simple.Put(Collections.Generic.Dictionary(dict attributes))
        return key
    }

let private acquire key now =
    let store: IIdempotencyStore = Layout.simple.Store()
    store.Acquire({ Ticket = ticket key; Now = now }, CancellationToken.None).AsTask()

[<Test>]
let ``a key whose item is no record is refused with that error, and the item stays`` () =
    task {
        let! key = seeded (sound.Add("status", """{"S":"DONE"}"""))
        let! error = failure<MalformedRecordException>(acquire key epoch)
        Assert.That(error.Request, Is.EqualTo "acquire")
        Assert.That(error.Operation, Is.EqualTo "charge")
        let! item = Layout.simple.Get key

        match item with
        | null -> Assert.Fail "it is gone"
        | left -> Assert.That(left["status"].S, Is.EqualTo "DONE")
    }
    :> Task

[<Test>]
let ``an item without a status or an expiration is never taken for a free key`` () =
    task {
        for missing in [ "status"; "expiration" ] do
            let! key = seeded (sound.Remove missing)
            let! error = failure<MalformedRecordException>(acquire key epoch)
            Assert.That(error.Attribute, Is.EqualTo missing)
    }
    :> Task

[<Test>]
let ``an expired item that is no record is replaced, and counts as a run that may have been cut off`` () =
    task {
        let! key = seeded (sound.Add("status", """{"S":"DONE"}"""))

        match! acquire key (epoch + 4_000_000L<ms>) with
        | StoreReply.Applied(NonNull replaced) -> Assert.That(replaced.IsInProgress)
        | other -> Assert.Fail $"{other}"
    }
    :> Task
