// The table beside the records: a register for each key, which keeps the highest fencing token, and accounts, between which
// transfers are committed with results.
namespace Chaos

open System
open System.Collections.Generic
open System.Threading.Tasks
open Amazon.DynamoDBv2
open Amazon.DynamoDBv2.Model
open Idempotency

/// A transfer of a run.
type Transfer =
    { From: string
      Towards: string
      Amount: int64 }

/// Writes to the table beside. Its client goes to the engine directly.
[<Sealed>]
type Side(client: IAmazonDynamoDB, table: string) =
    let item (id: string) =
        Dictionary(dict [ "id", AttributeValue id ])

    let number (value: int64) = AttributeValue(N = string value)

    let numberOf (item: Dictionary<string, AttributeValue>) name = int64 item[name].N

    let change account (amount: int64) =
        Update(
            TableName = table,
            Key = item $"account#{account}",
            UpdateExpression = "ADD #balance :amount",
            ExpressionAttributeNames = Dictionary(dict [ "#balance", "balance" ]),
            ExpressionAttributeValues = Dictionary(dict [ ":amount", number amount ])
        )

    let count run (transfer: Transfer) =
        Update(
            TableName = table,
            Key = item $"run#{run}",
            UpdateExpression = "SET #from = :from, #to = :to, #amount = :amount ADD #count :one",
            ExpressionAttributeNames =
                Dictionary(dict [ "#from", "from"; "#to", "to"; "#amount", "amount"; "#count", "count" ]),
            ExpressionAttributeValues =
                Dictionary(
                    dict
                        [ ":from", AttributeValue transfer.From
                          ":to", AttributeValue transfer.Towards
                          ":amount", number transfer.Amount
                          ":one", number 1L ]
                )
        )

    /// Has a transfer committed with the result, and counted under the run's name.
    member _.Enlist(context: IdempotencyContext, run: string, transfer: Transfer) =
        context.EnlistUpdate(change transfer.From -transfer.Amount)
        context.EnlistUpdate(change transfer.Towards transfer.Amount)
        context.EnlistUpdate(count run transfer)

    /// Enlists a condition that never holds: the transaction is refused.
    member _.EnlistRefusal(context: IdempotencyContext) =
        context.EnlistCheck(
            ConditionCheck(
                TableName = table,
                Key = item "nowhere",
                ConditionExpression = "attribute_exists(#id)",
                ExpressionAttributeNames = Dictionary(dict [ "#id", "id" ])
            )
        )

    /// Writes to the register of a key, which refuses a token lower than the highest that it has seen; whether it did.
    member _.Accepts(key: string, fence: int64) : Task<bool> =
        task {
            try
                let! _ =
                    client.UpdateItemAsync(
                        UpdateItemRequest(
                            TableName = table,
                            Key = item $"register#{key}",
                            UpdateExpression = "SET #fence = :fence",
                            ConditionExpression = "attribute_not_exists(#fence) OR #fence <= :fence",
                            ExpressionAttributeNames = Dictionary(dict [ "#fence", "fence" ]),
                            ExpressionAttributeValues = Dictionary(dict [ ":fence", number fence ])
                        )
                    )

                return true
            with :? ConditionalCheckFailedException ->
                return false
        }

    /// What the accounts say in the end.
    member _.Read() : Task<Books.Books> =
        task {
            let mutable books = Books.Books.none
            let mutable from = null
            let mutable goOn = true

            while goOn do
                let! page =
                    client.ScanAsync(
                        ScanRequest(TableName = table, ConsistentRead = true, ExclusiveStartKey = from)
                    )

                for found in page.Items do
                    match found["id"].S.Split('#', 2) with
                    | [| "account"; name |] ->
                        books <-
                            { books with
                                Balances = books.Balances.Add(name, numberOf found "balance") }
                    | [| "run"; name |] ->
                        books <-
                            { books with
                                Counted = books.Counted.Add(name, numberOf found "count")
                                Moved =
                                    books.Moved.Add(
                                        name,
                                        (found["from"].S, found["to"].S, numberOf found "amount")
                                    ) }
                    | _ -> ()

                from <- page.LastEvaluatedKey
                goOn <- not (isNull from) && from.Count > 0

            return books
        }
