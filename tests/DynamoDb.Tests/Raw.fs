// DynamoDB's own JSON: what a store sends, read off the gate, and items that the gate answers with.
module DynamoDb.Tests.Raw

open System
open System.Collections.Generic
open System.Text.Json
open System.Threading
open System.Threading.Tasks
open Amazon.DynamoDBv2.Model
open DynamoDb.Testing
open Idempotency
open Idempotency.Core

/// A text of JSON, as an element that outlives it.
let parse (json: string) =
    use document = JsonDocument.Parse json
    document.RootElement.Clone()

/// The engine is not asked for anything: the gate answers it all.
let offline (gate: HttpGate) =
    LocalEngine("http://127.0.0.1:1").Client gate

/// What the gate answers to a read of this item.
let answerWith (item: JsonElement) =
    Fate.Answer
        { Status = 200
          Body = "{\"Item\":" + item.GetRawText() + "}" }

/// The request that a store sends, which nobody receives.
let sent (options: DynamoDbStoreOptions) (ask: IIdempotencyStore -> Task) : Call =
    use gate = new HttpGate()
    use client = offline gate
    gate.Rule(fun _ -> Fate.Answer { Status = 200; Body = "{}" })
    ask(DynamoDbStore(client, "table", options)).GetAwaiter().GetResult()
    List.exactlyOne gate.Calls

/// The record that a store reads from an item of that JSON.
let read (options: DynamoDbStoreOptions) (key: string) (item: JsonElement) : Record | null =
    use gate = new HttpGate()
    use client = offline gate
    gate.Next(answerWith item)
    let store: IIdempotencyStore = DynamoDbStore(client, "table", options)
    store.Get(key, CancellationToken.None).AsTask().GetAwaiter().GetResult()

/// A string member.
let text (name: string) (element: JsonElement) =
    match element.GetProperty(name).GetString() with
    | null -> invalidOp $"{name} is null"
    | known -> known

/// A member, if it is there.
let tryMember (name: string) (element: JsonElement) =
    match element.TryGetProperty name with
    | true, value -> Some value
    | false, _ -> None

/// A value of strings and numbers.
let valueOf (element: JsonElement) =
    match tryMember "S" element, tryMember "N" element with
    | Some text, _ -> AttributeValue(text.GetString())
    | _, Some number -> AttributeValue(N = number.GetString())
    | _ -> invalidOp $"neither S nor N: {element}"

/// The members of an object.
let members (element: JsonElement) =
    [ for entry in element.EnumerateObject() -> entry.Name, entry.Value ]

/// A ticket of a call that is all the same each time.
let ticket (key: string) : Ticket =
    { Operation = "charge"
      Key = key
      Owner = OwnerToken "AAECAwQFBgcICQoLDA0ODw"
      Fingerprint = Fingerprint "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
      Lease = 60_000L<ms>
      Policy = Defaults.policy
      UsesCache = false
      LooksFirst = false }

/// 2030-01-01, in milliseconds.
let epoch = 1_893_456_000_000L<ms>

/// A record that is there.
let found (record: Record | null) : Record =
    match record with
    | null -> invalidOp "there is no record"
    | known -> known
