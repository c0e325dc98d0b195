// What people and tools do with a single record: look at it, and give a lock back that nobody will. No call needs it.
namespace Idempotency

open System
open System.Collections.Generic
open System.Runtime.InteropServices
open System.Threading
open System.Threading.Tasks
open Amazon.DynamoDBv2
open Amazon.DynamoDBv2.Model
open Idempotency.Core
open Idempotency.DynamoDb
open Idempotency.DynamoDb.Translation

/// <summary>What became of a lock that was to be given back by hand.</summary>
type LockRelease =
    /// <summary>It is given back: the next call with the key runs.</summary>
    | Released = 0
    /// <summary>There is no record under the key.</summary>
    | NoRecord = 1
    /// <summary>There is no lock: the record is finished, and was left as it is.</summary>
    | Finished = 2
    /// <summary>The lease has not ended: the call that holds the lock may still be running. It was left as it is.</summary>
    | StillLeased = 3

/// <summary>Looks at single records, and gives back locks that their calls never will.</summary>
[<AbstractClass; Sealed>]
type DynamoDbRecords private () =
    static let layoutOf table (options: DynamoDbStoreOptions | null) =
        match options with
        | null -> Layout.create table (DynamoDbStoreOptions())
        | given -> Layout.create table given

    static let leaseEnded =
        "#st = :inp AND (#ipe < :now_ms OR attribute_not_exists(#ipe) AND #exp < :now_s)"

    static let anyLock = "#st = :inp"

    static let deletion (layout: Layout) asked (now: int64<ms>) force =
        let request =
            DeleteItemRequest(
                TableName = layout.Table,
                Key = Layout.key layout asked,
                ConditionExpression = (if force then anyLock else leaseEnded),
                ExpressionAttributeNames = Dictionary(dict [ "#st", layout.Names.Status ]),
                ExpressionAttributeValues = Dictionary(dict [ ":inp", Values.inProgress ]),
                ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD
            )

        if not force then
            request.ExpressionAttributeNames["#ipe"] <- layout.Names.InProgressExpiration
            request.ExpressionAttributeNames["#exp"] <- layout.Names.Expiration
            request.ExpressionAttributeValues[":now_ms"] <- Values.moment now
            request.ExpressionAttributeValues[":now_s"] <- Values.second (Time.floorSeconds now)

        request

    /// <summary>The record of a key, whether or not it has expired.</summary>
    /// <param name="client">The client.</param>
    /// <param name="table">The table.</param>
    /// <param name="key">The key's text, as <c>TryGetKey</c> and <c>IdempotencyContext.Key</c> give it.</param>
    /// <param name="options">The options that the store has; null for the defaults.</param>
    /// <param name="cancellation">Ends the look.</param>
    /// <returns>The record; null when there is none.</returns>
    /// <exception cref="T:System.ArgumentException">The options do not fit.</exception>
    /// <exception cref="T:Idempotency.DynamoDbStoreException">DynamoDB could not be asked, or the item is no record.</exception>
    static member FindAsync
        (
            client: IAmazonDynamoDB,
            table: string,
            key: string,
            [<Optional; DefaultParameterValue(null: DynamoDbStoreOptions | null)>] options:
                DynamoDbStoreOptions | null,
            [<Optional>] cancellation: CancellationToken
        ) : Task<Record | null> =
        let options =
            match options with
            | null -> DynamoDbStoreOptions()
            | given -> given

        let store = DynamoDbStore(client, table, options) :> IIdempotencyStore
        store.Get(key, cancellation).AsTask()

    /// <summary>Deletes a lock whose lease has ended without a result, so that the next call runs: one that a policy holds for
    /// a person, say. A finished record is never touched.</summary>
    /// <remarks>Look first what the call that was cut off may have done.</remarks>
    /// <param name="client">The client.</param>
    /// <param name="table">The table.</param>
    /// <param name="key">The key's text.</param>
    /// <param name="now">The time by which the lease has ended, or has not.</param>
    /// <param name="force">Whether to delete the lock of a live lease too: its call may still be running, and the next one
    /// will run beside it.</param>
    /// <param name="options">The options that the store has; null for the defaults.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <returns>What became of it.</returns>
    /// <exception cref="T:System.ArgumentException">The options do not fit.</exception>
    /// <exception cref="T:Idempotency.DynamoDbStoreException">DynamoDB could not be asked, or the item is no record.</exception>
    static member ReleaseAsync
        (
            client: IAmazonDynamoDB,
            table: string,
            key: string,
            now: DateTimeOffset,
            force: bool,
            [<Optional; DefaultParameterValue(null: DynamoDbStoreOptions | null)>] options:
                DynamoDbStoreOptions | null,
            [<Optional>] cancellation: CancellationToken
        ) : Task<LockRelease> =
        let layout = layoutOf table options

        let asked: Asked =
            { Table = layout.Table
              Request = "release"
              Operation = null
              Key = key }

        let now: int64<ms> =
            LanguagePrimitives.Int64WithMeasure(now.ToUnixTimeMilliseconds())

        task {
            try
                let! _ =
                    client.DeleteItemAsync(deletion layout asked now force, cancellation).ConfigureAwait false

                return LockRelease.Released
            with
            | ConditionRefused item ->
                return
                    match Item.tryRead layout asked item with
                    | null -> LockRelease.NoRecord
                    | record when record.IsInProgress -> LockRelease.StillLeased
                    | _ -> LockRelease.Finished
            | Translated asked cancellation fault -> return raise fault
        }
