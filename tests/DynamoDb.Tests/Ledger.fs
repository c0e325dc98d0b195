// What the tests of transactions share: a ledger in a table of its own kind, writes to it, and functions that enlist them.
module DynamoDb.Tests.Ledger

open System
open System.Collections.Generic
open System.Threading.Tasks
open Amazon.DynamoDBv2.Model
open DynamoDb.Testing
open DynamoDb.Tests.Raw
open Idempotency
open Idempotency.Core
open NUnit.Framework

let ledger () =
    Engine.sharedTable().GetAwaiter().GetResult()

let item (id: string) =
    Dictionary(dict [ "id", AttributeValue id ])

/// A payment that is booked with the result.
let put (id: string) =
    Put(TableName = ledger (), Item = item id)

/// A payment that may be booked only once.
let putOnce (id: string) =
    Put(
        TableName = ledger (),
        Item = item id,
        ConditionExpression = "attribute_not_exists(id)",
        ReturnValuesOnConditionCheckFailure = Amazon.DynamoDBv2.ReturnValuesOnConditionCheckFailure.ALL_OLD
    )

/// Adds 1 to a counter: it shows how often it was applied.
let add (id: string) =
    Update(
        TableName = ledger (),
        Key = item id,
        UpdateExpression = "ADD #counter :one",
        ExpressionAttributeNames = Dictionary(dict [ "#counter", "counter" ]),
        ExpressionAttributeValues = Dictionary(dict [ ":one", AttributeValue(N = "1") ])
    )

let counterOf id =
    Item.count Layout.simple.Client (ledger ()) id

let isBooked (id: string) =
    task {
        let! got =
            Layout.simple.Client.GetItemAsync(
                GetItemRequest(TableName = ledger (), Key = item id, ConsistentRead = true)
            )

        return got.IsItemSet
    }

let booked (expected: bool) id : Task =
    task {
        let! there = isBooked id
        Assert.That(there, Is.EqualTo expected, "booked")
    }

/// A function that enlists writes and returns 1.
let enlists (writes: obj list) (context: IdempotencyContext) =
    for write in writes do
        context.Enlist write

    Task.FromResult 1

let inEach (play: World -> Task) : Task =
    task {
        for layout in Layout.all do
            use world = new World(layout)
            do! play world
    }

let canceled codes =
    Fate.Answer(Reply.transactionCanceled codes)

let tokens (world: World) =
    [ for call in world.Gate.Calls do
          if call.Operation = "TransactWriteItems" then
              text "ClientRequestToken" (parse call.Body) ]
