// A DynamoDB table as the store of a simulation: real requests, one at a time, to a table that is made for it and deleted
// at the end.
namespace Idempotency.Simulation

open System
open System.Collections.Generic
open System.Text
open System.Threading
open System.Threading.Tasks
open Amazon.DynamoDBv2
open Amazon.DynamoDBv2.Model
open Amazon.Runtime
open Idempotency
open Idempotency.Core

/// <summary>A table of its own at an endpoint such as DynamoDB Local's.</summary>
/// <param name="endpoint">The address of the endpoint.</param>
/// <param name="composite">Whether the table has a sort key.</param>
[<Sealed>]
type DynamoDbBench(endpoint: string, composite: bool) =
    // Any region will do, and any credentials.
    let client =
        new AmazonDynamoDBClient(
            BasicAWSCredentials("local", "local"),
            AmazonDynamoDBConfig(ServiceURL = endpoint, AuthenticationRegion = "eu-central-1")
        )

    let options = DynamoDbStoreOptions()

    do
        if composite then
            options.Attributes.SortKey <- "sk"
            options.PartitionValue <- "idempotency#simulation"

    let names = options.Attributes
    let table = "simulation-" + Guid.NewGuid().ToString "N"
    let wait (answer: Task<'T>) = answer.GetAwaiter().GetResult()

    do
        let report =
            wait (DynamoDbTable.CreateAsync(client, table, options, CancellationToken.None))

        report.ThrowIfUnusable()

        // The moments of a schedule are long past by the engine's clock; it sweeps when the schedule says.
        let off =
            TimeToLiveSpecification(AttributeName = names.Expiration, Enabled = Nullable false)

        wait (
            client.UpdateTimeToLiveAsync(
                UpdateTimeToLiveRequest(TableName = table, TimeToLiveSpecification = off)
            )
        )
        |> ignore

    let store = DynamoDbStore(client, table, options)

    let keyOf (text: string) =
        match names.SortKey, options.PartitionValue with
        | NonNull sort, NonNull partition ->
            Dictionary(dict [ names.PartitionKey, AttributeValue partition; sort, AttributeValue text ])
        | _ -> Dictionary(dict [ names.PartitionKey, AttributeValue text ])

    let number (value: int64) = AttributeValue(N = string value)

    let plant (record: Record) =
        let item = keyOf record.Key

        item[names.Status] <-
            match record.Status with
            | Status.InProgress -> AttributeValue "INPROGRESS"
            | Status.Completed -> AttributeValue "COMPLETED"
            | Status.Failed -> AttributeValue "FAILED"

        item[names.Expiration] <- number (int64 record.Expires)

        if record.LeaseEnds.HasValue then
            item[names.InProgressExpiration] <- number (int64 record.LeaseEnds.Value)

        for name, text in [ names.Owner, record.Owner.Text; names.Validation, record.Fingerprint.Text ] do
            match text with
            | null -> ()
            | known -> item[name] <- AttributeValue known

        match record.Payload.Utf8 with
        | null -> ()
        | utf8 -> item[names.Data] <- AttributeValue(Encoding.UTF8.GetString utf8)

        wait (client.PutItemAsync(PutItemRequest(TableName = table, Item = item)))
        |> ignore

    /// What the TTL of a table does, at a moment that the schedule says.
    let sweep (key: string) (now: int64<ms>) =
        try
            let request =
                DeleteItemRequest(
                    TableName = table,
                    Key = keyOf key,
                    ConditionExpression = "#exp < :now",
                    ExpressionAttributeNames = Dictionary(dict [ "#exp", names.Expiration ]),
                    ExpressionAttributeValues =
                        Dictionary(dict [ ":now", number (int64 (Time.floorSeconds now)) ])
                )

            wait (client.DeleteItemAsync request) |> ignore
            true
        with :? ConditionalCheckFailedException ->
            false

    /// The store, its sweep, and a way to plant records.
    member _.Bench =
        { Store = store
          Sweep = sweep
          Plant = plant }

    interface IDisposable with
        member _.Dispose() =
            wait (client.DeleteTableAsync table) |> ignore
            client.Dispose()
