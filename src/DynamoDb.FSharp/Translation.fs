// From the SDK's exceptions to the store's own. A refused condition is an answer, and the only exception that is one;
// everything else says what was asked of which table, and what to do about it.
namespace Idempotency.DynamoDb

open System
open System.Net
open System.Threading
open Amazon.DynamoDBv2
open Amazon.DynamoDBv2.Model
open Amazon.Runtime
open Idempotency

module internal Translation =
    /// A condition did not hold; with the item that was met, if there is one.
    [<return: Struct>]
    let (|ConditionRefused|_|) (fault: exn) : (Item | null) voption =
        match fault with
        | :? ConditionalCheckFailedException as refused -> ValueSome refused.Item
        | _ -> ValueNone

    /// The service knows who asks, and does not let him; or does not know him.
    let private refusesAccess (code: string | null) =
        match code with
        | "AccessDeniedException"
        | "AccessDenied"
        | "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "IncompleteSignatureException"
        | "MissingAuthenticationTokenException"
        | "InvalidClientTokenId"
        | "OptInRequired" -> true
        | _ -> false

    let private isOfSize (message: string) =
        message.Contains("Item size", StringComparison.OrdinalIgnoreCase)

    let private setup (asked: Asked) problem (fault: exn) : exn =
        DynamoDbSetupException(asked, problem, fault)

    let private unavailable (asked: Asked) problem (fault: exn) : exn =
        DynamoDbUnavailableException(asked, problem, fault)

    let private ofService asked (fault: AmazonServiceException) : exn =
        match fault with
        | :? ResourceNotFoundException ->
            setup
                asked
                "the table does not exist in this account and region. Create it (DynamoDbTable.CreateAsync), or correct its \
                  name, or the region or endpoint of the client."
                fault
        | _ when refusesAccess fault.ErrorCode ->
            setup
                asked
                $"the credentials may not do this ({fault.Message}). The store needs dynamodb:PutItem, UpdateItem, \
                  DeleteItem and GetItem on the table, and for enlisted writes the same on theirs."
                fault
        | _ when fault.ErrorCode = "ValidationException" && isOfSize fault.Message ->
            ItemSize.tooLarge asked (int64 ItemSize.Limit + 1L) fault
        | _ when fault.ErrorCode = "ValidationException" ->
            setup
                asked
                $"DynamoDB does not take the request ({fault.Message}). Its keys must be strings, of the names in \
                  DynamoDbStoreOptions.Attributes; DynamoDbTable.CheckAsync tells what is wrong."
                fault
        | :? ItemCollectionSizeLimitExceededException ->
            setup
                asked
                "the table has a local secondary index, and the records of this partition fill its 10 GB. Use a table without \
                  one, or spread the records with PartitionOf."
                fault
        | :? TransactionConflictException
        | :? TransactionInProgressException ->
            unavailable asked "a transaction is just writing the item. Try again." fault
        | :? ProvisionedThroughputExceededException
        | :? RequestLimitExceededException
        | :? ThrottlingException ->
            unavailable
                asked
                $"DynamoDB throttles ({fault.ErrorCode}). Give the table more capacity, or on-demand billing."
                fault
        | _ when int fault.StatusCode >= 500 ->
            unavailable asked $"DynamoDB failed ({int fault.StatusCode} {fault.ErrorCode}). Try again." fault
        | _ -> unavailable asked $"DynamoDB answered {fault.ErrorCode}: {fault.Message}" fault

    /// The store's exception for one of the SDK's. Nothing for what is to go its own way: the store's own exceptions, and
    /// the end of a token that was handed in.
    let fault (asked: Asked) (cancellation: CancellationToken) (fault: exn) : exn voption =
        match fault with
        | :? DynamoDbStoreException -> ValueNone
        | :? OperationCanceledException when cancellation.IsCancellationRequested -> ValueNone
        | :? OperationCanceledException
        | :? TimeoutException ->
            ValueSome(
                unavailable
                    asked
                    "there was no answer in time. Each try may take as long as the client's Timeout says."
                    fault
            )
        | :? AmazonServiceException as known -> ValueSome(ofService asked known)
        | _ ->
            ValueSome(
                unavailable
                    asked
                    $"DynamoDB could not be asked ({fault.GetType().Name}: {fault.Message})."
                    fault
            )

    /// As `fault`, for the handler of a request.
    [<return: Struct>]
    let (|Translated|_|) (asked: Asked) (cancellation: CancellationToken) (error: exn) =
        fault asked cancellation error
