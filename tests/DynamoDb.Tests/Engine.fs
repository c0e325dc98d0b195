// The engine that all tests here share, and small requests to it.
namespace DynamoDb.Tests

open System
open System.Collections.Generic
open System.Threading
open System.Threading.Tasks
open Amazon.DynamoDBv2
open Amazon.DynamoDBv2.Model
open DynamoDb.Testing
open NUnit.Framework

[<SetUpFixture>]
type StopsTheEngine() =
    [<OneTimeTearDown>]
    member _.Stop() = LocalEngine.StopShared()

module Engine =
    /// The engine; without one the test does not run, and says so.
    let shared () =
        match LocalEngine.Shared with
        | Ok engine -> engine
        | Error reason -> raise (IgnoreException $"NOT RUN: there is no DynamoDB Local ({reason})")

    let private table = lazy (shared().CreateTable())

    /// A table for tests that bring keys of their own.
    let sharedTable () = table.Value

    let newKey () = Guid.NewGuid().ToString "N"

    /// So long may something take that comes from another thread or process.
    let patience = TimeSpan.FromMinutes 1.

[<AutoOpen>]
module Failure =
    /// The error of this kind that a call fails with.
    let failure<'error when 'error :> exn> (call: Task) : Task<'error> =
        task {
            let! outcome =
                task {
                    try
                        do! call
                        return None
                    with error ->
                        return Some error
                }

            match outcome with
            | Some(:? 'error as error) -> return error
            | Some other -> return raise (AssertionException $"another error: {other}")
            | None -> return raise (AssertionException "no error")
        }

    /// A call fails, with whatever error.
    let fails (call: Task) : Task<unit> =
        task {
            let! _ = failure<exn> call
            return ()
        }

/// Requests for an item with a counter.
module Item =
    let key (id: string) =
        Dictionary(dict [ "id", AttributeValue id ])

    /// Creates the item, with the counter at 1, if there is none.
    let create (client: AmazonDynamoDBClient) table id =
        let item = key id
        item["counter"] <- AttributeValue(N = "1")

        client.PutItemAsync(
            PutItemRequest(
                TableName = table,
                Item = item,
                ConditionExpression = "attribute_not_exists(id)",
                ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD
            )
        )
        :> Task

    /// Adds 1 to the counter.
    let addUntil (cancellation: CancellationToken) (client: AmazonDynamoDBClient) table id =
        client.UpdateItemAsync(
            UpdateItemRequest(
                TableName = table,
                Key = key id,
                UpdateExpression = "ADD #counter :one",
                ExpressionAttributeNames = Dictionary(dict [ "#counter", "counter" ]),
                ExpressionAttributeValues = Dictionary(dict [ ":one", AttributeValue(N = "1") ])
            ),
            cancellation
        )
        :> Task

    let add client table id =
        addUntil CancellationToken.None client table id

    /// What the counter stands at; 0 without an item.
    let count (client: AmazonDynamoDBClient) table id =
        task {
            let! got =
                client.GetItemAsync(GetItemRequest(TableName = table, Key = key id, ConsistentRead = true))

            return
                match got.Item with
                | null -> 0
                | item when item.Count = 0 -> 0
                | item -> int item["counter"].N
        }
