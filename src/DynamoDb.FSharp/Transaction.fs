// A completion in one step with writes that the function enlisted: all of them, or none. The completion comes first in the
// transaction, under the same condition as alone.
namespace Idempotency.DynamoDb

open System
open System.Collections.Generic
open System.Globalization
open System.Text
open Amazon.DynamoDBv2.Model
open Idempotency
open Idempotency.Core

module internal Transaction =
    /// DynamoDB takes 100 writes in a transaction; one is the completion.
    [<Literal>]
    let MostWrites = 99

    /// An enlisted write as the SDK has it; null for anything else.
    let private writeOf (enlisted: obj) : TransactWriteItem | null =
        match enlisted with
        | :? TransactWriteItem as write -> write
        | :? Put as put -> TransactWriteItem(Put = put)
        | :? Update as update -> TransactWriteItem(Update = update)
        | :? Delete as delete -> TransactWriteItem(Delete = delete)
        | :? ConditionCheck as check -> TransactWriteItem(ConditionCheck = check)
        | _ -> null

    /// The table and the attributes that name the item, of each thing that a write has to do.
    let private targets (write: TransactWriteItem) : ((string | null) * (Item | null)) list =
        [ match write.Put with
          | null -> ()
          | put -> put.TableName, put.Item
          match write.Update with
          | null -> ()
          | update -> update.TableName, update.Key
          match write.Delete with
          | null -> ()
          | delete -> delete.TableName, delete.Key
          match write.ConditionCheck with
          | null -> ()
          | check -> check.TableName, check.Key ]

    /// Why a write cannot be enlisted; null when it can.
    let problemOf (enlisted: obj) (before: int) : string | null =
        match writeOf enlisted with
        | null ->
            "DynamoDbStore commits Amazon.DynamoDBv2.Model.TransactWriteItem, Put, Update, Delete or ConditionCheck"
        | _ when before >= MostWrites ->
            $"a transaction takes {MostWrites} writes beside the result; write some of them before, or in another operation"
        | write ->
            match targets write with
            | [ table, item ] when String.IsNullOrEmpty table || isNull item ->
                "it names no table, or no item"
            | [ _ ] -> null
            | [] -> "it is empty: set Put, Update, Delete or ConditionCheck"
            | _ -> "it has more than one of Put, Update, Delete and ConditionCheck"

    let private same (a: AttributeValue | null) (b: AttributeValue | null) =
        match a, b with
        | NonNull one, NonNull other -> not (isNull one.S) && one.S = other.S
        | _ -> false

    /// Whether a write is to the very record that is completed.
    let private touches (table: string) (key: Item) (write: TransactWriteItem) =
        targets write
        |> List.exists (fun (where, item) ->
            match item with
            | NonNull attributes when where = table ->
                key
                |> Seq.forall (fun part ->
                    match attributes.TryGetValue part.Key with
                    | true, value -> same value part.Value
                    | false, _ -> false)
            | _ -> false)

    /// Names the request, so that DynamoDB applies it once however often it is sent: by the call's token, the kind of the
    /// request and its clock, without which a later request of the same call would pass for the same one.
    let token (ticket: Ticket) (kind: string) (now: int64<ms>) =
        let clock = (int64 now).ToString CultureInfo.InvariantCulture

        let digits =
            HashFunction.Sha256.Hex(ReadOnlySpan(Encoding.UTF8.GetBytes $"{ticket.Owner}\n{kind}\n{clock}"))
        // DynamoDB takes 36 characters.
        digits.Substring(0, 32)

    let private none: IReadOnlyList<EnlistedRefusal> = Array.empty

    let private refused asked problem refusals inner : exn =
        EnlistedWritesRefusedException(asked, problem, refusals, inner)

    /// The transaction of a completion and what is enlisted.
    let request
        (layout: Layout)
        (asked: Asked)
        (own: TransactWriteItem)
        (enlisted: Enlisted)
        (token: string)
        =
        let key = Layout.key layout asked
        let items = List<TransactWriteItem>()
        items.Add own

        match enlisted.Writes with
        | null -> ()
        | writes ->
            for write in writes do
                match writeOf write with
                | null ->
                    raise (refused asked $"a {write.GetType()} was enlisted, which is no write." none null)
                | known -> items.Add known

        for index in 1 .. items.Count - 1 do
            if touches layout.Table key items[index] then
                let what =
                    EnlistedRefusal(index - 1, "ValidationError", "it is to the idempotency record", null)

                raise (
                    refused
                        asked
                        $"enlisted write {index - 1} is to the idempotency record of this call. Write only to items of your own."
                        [| what |]
                        null
                )

        TransactWriteItemsRequest(TransactItems = items, ClientRequestToken = token)

    /// What may be otherwise when it is sent again.
    let private mayPass (code: string) =
        match code with
        | "ConditionalCheckFailed"
        | "ValidationError"
        | "ItemCollectionSizeLimitExceeded"
        | "AccessDenied" -> false
        | _ -> true

    let private isRefusal (reason: CancellationReason) =
        not (String.IsNullOrEmpty reason.Code) && reason.Code <> "None"

    /// What a cancelled transaction means: an answer if the completion's own condition did not hold, whatever else was
    /// wrong; else an exception.
    let onCancelled
        (asked: Asked)
        (readOwn: Item | null -> StoreReply)
        (cancelled: TransactionCanceledException)
        =
        let reasons =
            match cancelled.CancellationReasons with
            | null -> List<CancellationReason>()
            | known -> known

        let refusals =
            [ for index in 0 .. reasons.Count - 1 do
                  if isRefusal reasons[index] then index, reasons[index] ]

        let permanent =
            refusals |> List.filter (fun (_, reason) -> not (mayPass reason.Code))

        match refusals, permanent with
        | (0, own) :: _, _ when own.Code = "ConditionalCheckFailed" -> Ok(readOwn own.Item)
        | _, _ :: _ ->
            let told =
                [| for index, reason in permanent do
                       if index > 0 then
                           EnlistedRefusal(index - 1, reason.Code, reason.Message, reason.Item) |]

            let why =
                String.Join(
                    "; ",
                    [ for index, reason in permanent do
                          let which = if index = 0 then "the result" else $"enlisted write {index - 1}"
                          $"{which}: {reason.Code}, {reason.Message}" ]
                )

            Error(
                refused
                    asked
                    $"DynamoDB refused what was to be committed with the result ({why}). Nothing was written."
                    told
                    cancelled
            )
        | _ ->
            let codes =
                String.Join(", ", [ for _, reason in refusals -> reason.Code ] |> List.distinct)

            Error(
                DynamoDbUnavailableException(
                    asked,
                    $"DynamoDB cancelled the transaction ({codes}). Try again.",
                    cancelled
                )
            )

    /// What other exceptions mean of a transaction: nothing was written, and sending it again cannot help.
    let onFault (asked: Asked) (translated: exn) (fault: exn) : exn =
        match fault with
        | :? IdempotentParameterMismatchException ->
            DynamoDbSetupException(
                asked,
                "the transaction was sent before with other writes. An enlisted write must not be changed after it was \
                  enlisted.",
                fault
            )
        | _ ->
            match translated with
            | :? DynamoDbSetupException
            | :? DynamoDbItemTooLargeException ->
                refused
                    asked
                    $"DynamoDB does not take the transaction with the enlisted writes ({translated.Message}) Nothing was written."
                    none
                    fault
            | _ -> translated
