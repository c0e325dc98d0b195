// The tables that the tests of the store use: one of each layout, with the options that go with it; and items that are
// written past the store, as other libraries would.
namespace DynamoDb.Tests

open System
open System.Collections.Generic
open System.Text
open System.Threading.Tasks
open Amazon.DynamoDBv2
open Amazon.DynamoDBv2.Model
open DynamoDb.Testing
open Idempotency
open Idempotency.Core

/// A layout, and the one table here that has it.
[<Sealed>]
type Layout(key: TableKey, configure: DynamoDbStoreOptions -> unit) =
    let table = lazy (Engine.shared().CreateTable(key, false))
    let client = lazy (Engine.shared().Client())

    member _.Options =
        let options = DynamoDbStoreOptions()
        configure options
        options

    member _.Table = table.Value.GetAwaiter().GetResult()

    /// A client without a gate.
    member _.Client: AmazonDynamoDBClient = client.Value

    member this.Store(client: IAmazonDynamoDB) =
        DynamoDbStore(client, this.Table, this.Options)

    member this.Store() = this.Store this.Client

    /// The key attributes of a key's text.
    member this.Key(text: string) =
        let names = this.Options.Attributes

        match names.SortKey, this.Options.PartitionValue, this.Options.PartitionOf with
        | Null, _, _ -> Dictionary(dict [ names.PartitionKey, AttributeValue text ])
        | NonNull sort, NonNull partition, _ ->
            Dictionary(dict [ names.PartitionKey, AttributeValue partition; sort, AttributeValue text ])
        | NonNull sort, _, NonNull partitionOf ->
            Dictionary(
                dict
                    [ names.PartitionKey, AttributeValue(partitionOf.Invoke text)
                      sort, AttributeValue text ]
            )
        | _ -> invalidOp "a sort key without a partition"

    member this.Put(item: Dictionary<string, AttributeValue>) : Task =
        this.Client.PutItemAsync(PutItemRequest(TableName = this.Table, Item = item))

    /// The item of a key; null when there is none.
    member this.Get(text: string) : Task<Dictionary<string, AttributeValue> | null> =
        task {
            let! got =
                this.Client.GetItemAsync(
                    GetItemRequest(TableName = this.Table, Key = this.Key text, ConsistentRead = true)
                )

            return
                match got.Item with
                | NonNull item when item.Count > 0 -> item
                | _ -> null
        }

    member this.Delete(text: string) : Task =
        this.Client.DeleteItemAsync(DeleteItemRequest(TableName = this.Table, Key = this.Key text))

    /// The item that a record is. Nothing here is taken from the store.
    member this.ItemOf(record: Record) =
        let names = this.Options.Attributes
        let item = this.Key record.Key
        let number (value: int64) = AttributeValue(N = string value)

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

        item

module Layout =
    /// As Powertools has it by default.
    let simple = Layout(TableKey.simple, ignore)

    /// A sort key, and one partition for all.
    let composite =
        Layout(
            TableKey.composite,
            fun options ->
                options.Attributes.PartitionKey <- "pk"
                options.Attributes.SortKey <- "sk"
                options.PartitionValue <- "idempotency#orders-fn"
        )

    /// A sort key, a partition that follows from the key, and names that only placeholders can carry: reserved words, names
    /// with a dot, a blank, a placeholder's own.
    let custom =
        Layout(
            { Partition = "#st"
              Sort = Some "order" },
            fun options ->
                let names = options.Attributes
                names.PartitionKey <- "#st"
                names.SortKey <- "order"
                names.Status <- "a.b"
                names.Expiration <- "table"
                names.InProgressExpiration <- ":now_ms"
                names.Data <- "data[0]"
                names.Validation <- "select"
                names.Owner <- "own er"
                names.Version <- "värsion"
                options.PartitionOf <- Func<_, _>(fun key -> "tenant#" + key.Substring(0, min 1 key.Length))
        )

    let all = [ simple; composite; custom ]
