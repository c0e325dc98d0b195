// What DynamoDB answers when it does not do what it was asked, to be answered by the gate in its place.
namespace DynamoDb.Testing

open System.Text.Json

/// An answer of the service: the HTTP status, and the JSON of its body.
type Reply = { Status: int; Body: string }

/// The service's own errors, by the names that its documentation gives them ("Error handling with DynamoDB").
module Reply =
    let private json (text: string) = JsonSerializer.Serialize text

    let private refusal status kind more =
        { Status = status
          Body = $"""{{"__type":{json kind}{more}}}""" }

    let private said (message: string) = $""","message":{json message}"""

    /// An error that the service has a type for.
    let error (name: string) (message: string) =
        refusal 400 $"com.amazonaws.dynamodb.v20120810#{name}" (said message)

    /// A condition that did not hold, and the item because of which, in the JSON of DynamoDB, if it was asked for.
    let conditionFailed (item: string option) =
        let shown =
            match item with
            | Some item -> $""","Item":{item}"""
            | None -> ""

        refusal
            400
            "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"
            (said "The conditional request failed" + shown)

    /// A cancelled transaction, with the code of each of its writes: `None`, `ConditionalCheckFailed`,
    /// `TransactionConflict` and so on.
    let transactionCanceled (codes: string list) =
        let reasons =
            codes
            |> List.map (fun code -> $"""{{"Code":{json code}}}""")
            |> String.concat ","

        let message =
            let listed = String.concat ", " codes
            $"Transaction cancelled, please refer cancellation reasons for specific reasons [{listed}]"

        refusal
            400
            "com.amazonaws.dynamodb.v20120810#TransactionCanceledException"
            $"""{said message},"CancellationReasons":[{reasons}]"""

    let throughputExceeded =
        error
            "ProvisionedThroughputExceededException"
            "The level of configured provisioned throughput for the table was exceeded."

    let throttled =
        refusal 400 "com.amazon.coral.availability#ThrottlingException" (said "Rate exceeded")

    let requestLimitExceeded =
        error "RequestLimitExceeded" "Throughput exceeds the current throughput limit for your account."

    let transactionConflict =
        error "TransactionConflictException" "Transaction is ongoing for the item"

    let tableMissing = error "ResourceNotFoundException" "Requested resource not found"

    /// The permission is missing.
    let accessDenied =
        refusal
            400
            "com.amazon.coral.service#AccessDeniedException"
            (said "User is not authorized to perform the operation")

    /// The request does not fit the table, or itself.
    let invalid (message: string) =
        refusal 400 "com.amazon.coral.validate#ValidationException" (said message)

    /// The service failed; it may have applied the request or not.
    let internalError =
        refusal 500 "com.amazonaws.dynamodb.v20120810#InternalServerError" (said "Internal server error")

    /// Nothing of the service's own: what a load balancer says before it.
    let unavailable =
        { Status = 503
          Body = "<html><body>Service Unavailable</body></html>" }
