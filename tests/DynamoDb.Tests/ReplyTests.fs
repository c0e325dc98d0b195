// The SDK takes the replies of the gate for those of the service.
module DynamoDb.Tests.ReplyTests

open System
open System.Threading.Tasks
open Amazon.DynamoDBv2
open Amazon.DynamoDBv2.Model
open DynamoDb.Testing
open NUnit.Framework

/// The error that the SDK makes of a reply. It reads as a type only what the operation is documented to answer.
let private answered (reply: Reply) (ask: AmazonDynamoDBClient -> Task) =
    task {
        use gate = new HttpGate()
        use client = Engine.shared().Client gate
        gate.Next(Fate.Answer reply)
        let! error = failure<AmazonDynamoDBException>(ask client)
        return error
    }

let private write client = Item.add client "a table" "a"

let private transact (client: AmazonDynamoDBClient) : Task =
    client.TransactWriteItemsAsync(TransactWriteItemsRequest())

let private replies: (Reply * Type * (string | null)) list =
    [ Reply.throughputExceeded,
      typeof<ProvisionedThroughputExceededException>,
      "ProvisionedThroughputExceededException"
      Reply.throttled, typeof<ThrottlingException>, "ThrottlingException"
      Reply.requestLimitExceeded, typeof<RequestLimitExceededException>, "RequestLimitExceeded"
      Reply.transactionConflict, typeof<TransactionConflictException>, "TransactionConflictException"
      Reply.tableMissing, typeof<ResourceNotFoundException>, "ResourceNotFoundException"
      Reply.accessDenied, typeof<AmazonDynamoDBException>, "AccessDeniedException"
      Reply.invalid "no such key", typeof<AmazonDynamoDBException>, "ValidationException"
      Reply.internalError, typeof<InternalServerErrorException>, "InternalServerError"
      Reply.unavailable, typeof<AmazonDynamoDBException>, null ]

let private cases =
    [ for reply, kind, code in replies ->
          TestCaseData(reply, kind, code).SetArgDisplayNames($"{reply.Status} {code}") ]

[<TestCaseSource(nameof cases)>]
let ``the SDK reads a reply as the error that it stands for``
    (reply: Reply)
    (kind: Type)
    (code: string | null)
    =
    task {
        let! error = answered reply write
        Assert.That(error, Is.TypeOf kind)
        Assert.That(error.ErrorCode, Is.EqualTo code)
        Assert.That(int error.StatusCode, Is.EqualTo reply.Status)
    }
    :> Task

[<Test>]
let ``a failed condition brings the item, if there is one`` () =
    task {
        for item, expected in [ Some """{"id":{"S":"a"}}""", "a"; None, "no item" ] do
            match! answered (Reply.conditionFailed item) write with
            | :? ConditionalCheckFailedException as error ->
                let id =
                    match error.Item with
                    | null -> "no item"
                    | item -> item["id"].S

                Assert.That(id, Is.EqualTo expected)
            | other -> Assert.Fail $"{other}"
    }
    :> Task

[<Test>]
let ``a cancelled transaction brings the code of each write`` () =
    task {
        match! answered (Reply.transactionCanceled [ "None"; "TransactionConflict" ]) transact with
        | :? TransactionCanceledException as error ->
            Assert.That(
                [ for reason in error.CancellationReasons -> reason.Code ],
                Is.EqualTo<string list> [ "None"; "TransactionConflict" ]
            )
        | other -> Assert.Fail $"{other}"
    }
    :> Task
