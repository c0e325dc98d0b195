// From a store's request to the SDK's. Everything that is written is written here.
namespace Idempotency.DynamoDb

open System.Collections.Generic
open Amazon.DynamoDBv2
open Amazon.DynamoDBv2.Model
open Idempotency
open Idempotency.Core

[<Sealed>]
type internal Requests(layout: Layout) =
    let names = layout.Names
    let placeholders = PlaceholderNames names

    let asked (ticket: Ticket) request : Asked =
        { Table = layout.Table
          Request = request
          Operation = ticket.Operation
          Key = ticket.Key }

    /// What every put and every completion has besides the key.
    let common (item: Item) (status: Status) (expires: int64<s>) (ticket: Ticket) =
        item[names.Status] <- Values.status status
        item[names.Expiration] <- Values.second expires
        item[names.Owner] <- Values.text (string ticket.Owner)

        match ticket.Fingerprint.Text with
        | null -> ()
        | print -> item[names.Validation] <- Values.text print

    let putResult (item: Item) (payload: Payload) =
        item[names.Version] <- Values.format

        match Values.payload payload with
        | null -> ()
        | data -> item[names.Data] <- data

    static let longestMoment = Values.moment 9_999_999_999_999L<ms>

    let checkSize asked (payload: Payload) (whole: unit -> Item) =
        if payload.Length > ItemSize.Unproblematic then
            let size = ItemSize.ofItem (whole ())

            if size > int64 ItemSize.Limit then raise (ItemSize.tooLarge asked size null)

    member _.AskedToAcquire(ticket) = asked ticket "acquire"
    member _.AskedToRenew(ticket) = asked ticket "renew"
    member _.AskedToComplete(ticket) = asked ticket "complete"
    member _.AskedToRelease(ticket) = asked ticket "release"
    member _.AskedToCompleteLate(ticket) = asked ticket "late complete"

    member _.AskedToGet(key) : Asked =
        { Table = layout.Table
          Request = "get"
          Operation = null
          Key = key }

    member this.Acquire(request: AcquireRequest) =
        let ticket = request.Ticket
        let item = Item(8)
        Layout.putKey layout (this.AskedToAcquire ticket) item
        common item Status.InProgress request.Expires ticket
        item[names.InProgressExpiration] <- Values.moment request.LeaseEnds

        PutItemRequest(
            TableName = layout.Table,
            Item = item,
            ConditionExpression = Conditions.free ticket,
            ExpressionAttributeNames = placeholders.Free ticket,
            ExpressionAttributeValues = Conditions.freeValues ticket request.Now,
            // Whom a take-over replaced, and why a refusal is one.
            ReturnValues = ReturnValue.ALL_OLD,
            ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD
        )

    member this.Renew(request: RenewRequest) =
        let values = Conditions.mineValues request.Ticket
        values[":new_ipe"] <- Values.moment request.LeaseEnds
        values[":new_exp"] <- Values.second request.Expires

        UpdateItemRequest(
            TableName = layout.Table,
            Key = Layout.key layout (this.AskedToRenew request.Ticket),
            UpdateExpression = Conditions.Renew,
            ConditionExpression = Conditions.MineShorter,
            ExpressionAttributeNames = placeholders.Renew,
            ExpressionAttributeValues = values,
            ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD
        )

    /// A completion, in the terms that a single write and a transaction share.
    member this.Completion(request: CompleteRequest) =
        let ticket = request.Ticket
        let payload = request.Ending.Payload
        let asked = this.AskedToComplete ticket
        let key = Layout.key layout asked
        let values = Conditions.mineValues ticket
        values[":st"] <- Values.status request.Ending.Status
        values[":exp"] <- Values.second request.Expires
        values[":v"] <- Values.format

        match Values.payload payload with
        | null -> ()
        | data -> values[":data"] <- data

        match ticket.Fingerprint.Text with
        | null -> ()
        | print -> values[":ph"] <- Values.text print

        checkSize asked payload (fun () ->
            let whole = Item key
            common whole request.Ending.Status request.Expires ticket
            // The lock's own lease end stays in it, and may have been renewed: no moment is longer.
            whole[names.InProgressExpiration] <- longestMoment
            putResult whole payload
            whole)

        Update(
            TableName = layout.Table,
            Key = key,
            UpdateExpression = Conditions.complete ticket payload,
            ConditionExpression = Conditions.Mine,
            ExpressionAttributeNames = placeholders.Complete ticket,
            ExpressionAttributeValues = values,
            ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD
        )

    member this.Complete(request: CompleteRequest) =
        let update = this.Completion request

        UpdateItemRequest(
            TableName = update.TableName,
            Key = update.Key,
            UpdateExpression = update.UpdateExpression,
            ConditionExpression = update.ConditionExpression,
            ExpressionAttributeNames = update.ExpressionAttributeNames,
            ExpressionAttributeValues = update.ExpressionAttributeValues,
            ReturnValuesOnConditionCheckFailure = update.ReturnValuesOnConditionCheckFailure
        )

    member this.Delete(request: ReleaseRequest) =
        DeleteItemRequest(
            TableName = layout.Table,
            Key = Layout.key layout (this.AskedToRelease request.Ticket),
            ConditionExpression = Conditions.Mine,
            ExpressionAttributeNames = placeholders.Mine,
            ExpressionAttributeValues = Conditions.mineValues request.Ticket,
            ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD
        )

    member this.Tombstone(request: ReleaseRequest) =
        let values = Conditions.mineValues request.Ticket
        values[":fence"] <- Values.moment request.Fence
        values[":released"] <- Values.released

        UpdateItemRequest(
            TableName = layout.Table,
            Key = Layout.key layout (this.AskedToRelease request.Ticket),
            UpdateExpression = Conditions.Tombstone,
            ConditionExpression = Conditions.Mine,
            ExpressionAttributeNames = placeholders.Tombstone,
            ExpressionAttributeValues = values,
            ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD
        )

    /// A late completion, in the terms that a single write and a transaction share.
    member this.LateCompletion(request: LateCompleteRequest) =
        let ticket = request.Ticket
        let asked = this.AskedToCompleteLate ticket
        let item = Item(8)
        Layout.putKey layout asked item
        common item request.Ending.Status request.Expires ticket
        putResult item request.Ending.Payload
        checkSize asked request.Ending.Payload (fun () -> item)

        Put(
            TableName = layout.Table,
            Item = item,
            ConditionExpression = Conditions.free ticket,
            ExpressionAttributeNames = placeholders.Free ticket,
            ExpressionAttributeValues = Conditions.freeValues ticket request.Now,
            ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD
        )

    member this.LateComplete(request: LateCompleteRequest) =
        let put = this.LateCompletion request

        PutItemRequest(
            TableName = put.TableName,
            Item = put.Item,
            ConditionExpression = put.ConditionExpression,
            ExpressionAttributeNames = put.ExpressionAttributeNames,
            ExpressionAttributeValues = put.ExpressionAttributeValues,
            ReturnValuesOnConditionCheckFailure = put.ReturnValuesOnConditionCheckFailure
        )

    member this.Get(key: string) =
        GetItemRequest(
            TableName = layout.Table,
            Key = Layout.key layout (this.AskedToGet key),
            ConsistentRead = true
        )
