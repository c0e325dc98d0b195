// The broken twin: a store that completes whatever lock there is, whosever it is. The checks must find what comes of it.
namespace Chaos

open System.Collections.Generic
open System.Text
open System.Threading.Tasks
open Amazon.DynamoDBv2
open Amazon.DynamoDBv2.Model
open Idempotency
open Idempotency.Core

/// Completes without looking at the owner, by a function; all else is as in the store behind.
[<Sealed>]
type UnfencedStore(inner: IIdempotencyStore, complete: CompleteRequest -> Task) =
    interface IDecoratesStore with
        member _.Inner = inner

    interface IIdempotencyStore with
        member _.Acquire(request, cancellation) = inner.Acquire(request, cancellation)
        member _.Renew(request, cancellation) = inner.Renew(request, cancellation)
        member _.Release(request, cancellation) = inner.Release(request, cancellation)

        member _.LateComplete(request, cancellation) =
            inner.LateComplete(request, cancellation)

        member _.Get(key, cancellation) = inner.Get(key, cancellation)

        member _.Complete(request, cancellation) =
            if not request.Enlisted.IsNone then
                inner.Complete(request, cancellation)
            else
                let completing () =
                    task {
                        do! complete request
                        return StoreReply.Applied null
                    }

                ValueTask<StoreReply>(completing ())

module UnfencedStore =
    /// Over a table: an update without a condition.
    let onTable (client: IAmazonDynamoDB) table (key: string -> Dictionary<string, AttributeValue>) store =
        let complete (request: CompleteRequest) : Task =
            let text =
                match request.Ending.Payload.Utf8 with
                | null -> "null"
                | utf8 -> Encoding.UTF8.GetString utf8

            client.UpdateItemAsync(
                UpdateItemRequest(
                    TableName = table,
                    Key = key request.Ticket.Key,
                    UpdateExpression = "SET #st = :st, #data = :data, #exp = :exp",
                    ExpressionAttributeNames =
                        Dictionary(dict [ "#st", "status"; "#data", "data"; "#exp", "expiration" ]),
                    ExpressionAttributeValues =
                        Dictionary(
                            dict
                                [ ":st", AttributeValue(string(request.Ending.Status).ToUpperInvariant())
                                  ":data", AttributeValue text
                                  ":exp", AttributeValue(N = string (int64 request.Expires)) ]
                        )
                )
            )

        UnfencedStore(store, complete)
