// Writes that cannot be committed with a result: refused when they are enlisted, or counted as the function's failure.
module DynamoDb.Tests.EnlistTests

open System
open System.Collections.Generic
open System.Threading.Tasks
open Amazon.DynamoDBv2.Model
open DynamoDb.Testing
open DynamoDb.Tests.Raw
open Idempotency
open Idempotency.Core
open NUnit.Framework
open DynamoDb.Tests.Ledger

[<Test>]
let ``a refused condition of a write counts as the function's failure, and gives the key back`` () =
    inEach (fun world ->
        task {
            let taken, other = Engine.newKey (), Engine.newKey ()
            do! Item.create Layout.simple.Client (ledger ()) taken

            match! world.Charge(enlists [ put other; putOnce taken ]) with
            | Outcome.FunctionFailed(:? EnlistedWritesRefusedException as refused) ->
                let refusal = Seq.exactlyOne refused.Refusals
                Assert.That(refusal.Index, Is.EqualTo 1)
                Assert.That(refusal.Code, Is.EqualTo "ConditionalCheckFailed")

                match refusal.Item with
                | null -> Assert.Fail "the item was asked for"
                | met -> Assert.That(met["id"].S, Is.EqualTo taken)

                Assert.That(refused.Message, Does.Contain "enlisted write 1: ConditionalCheckFailed")
            | other -> Assert.Fail(shown other)

            do! booked false other
            do! world.Rival(returns 2) |> endsAs "Executed 2"
        })

[<TestCase("ConditionalCheckFailed")>]
[<TestCase("ValidationError")>]
[<TestCase("ItemCollectionSizeLimitExceeded")>]
[<TestCase("AccessDenied")>]
let ``a write that is refused for good is not sent again`` (code: string) =
    task {
        use world = new World(Layout.simple)
        world.Gate.NextOf("TransactWriteItems", canceled [ "None"; "TransactionConflict"; code ])

        match! world.Charge(enlists [ put "a"; put "b" ]) with
        | Outcome.FunctionFailed(:? EnlistedWritesRefusedException as refused) ->
            Assert.That(
                [ for refusal in refused.Refusals -> refusal.Index, refusal.Code ],
                Is.EqualTo<(int * string) list> [ 1, code ]
            )
        | other -> Assert.Fail(shown other)

        Assert.That(world.Gate.Count "TransactWriteItems", Is.EqualTo 1)
        Assert.That(world.Gate.Count "DeleteItem", Is.EqualTo 1, "the lock is given back")
    }
    :> Task

let private isRefusedWhole (call: Task<Outcome<int>>) (says: string) : Task =
    task {
        match! call with
        | Outcome.FunctionFailed(:? EnlistedWritesRefusedException as refused) ->
            Assert.That(refused.Message, Does.Contain says)
            Assert.That(refused.Refusals.Count, Is.LessThan 2)
        | other -> Assert.Fail(shown other)
    }

[<Test>]
let ``a transaction that DynamoDB does not take at all counts as the function's failure`` () =
    inEach (fun world ->
        task {
            let id = Engine.newKey ()
            let missing = Put(TableName = "no-such-table", Item = item id)
            do! isRefusedWhole (world.Charge(enlists [ missing ])) "does not exist"
            do! isRefusedWhole (world.Charge(enlists [ put id; add id ])) "multiple operations on one item"
            do! isRefusedWhole (world.Charge(enlists [ Put(TableName = ledger (), Item = Dictionary()) ])) ""
            do! booked false id
            // Each of them has given the key back.
            do! world.Charge(enlists [ put id ]) |> endsAs "Executed 1"
        })

[<Test>]
let ``a write to the call's own record is refused before anything is sent`` () =
    inEach (fun world ->
        task {
            let onOwn (context: IdempotencyContext) =
                Update(
                    TableName = world.Layout.Table,
                    Key = world.Layout.Key context.Key,
                    UpdateExpression = "REMOVE x"
                )

            let call =
                world.Charge(fun context ->
                    context.EnlistUpdate(onOwn context)
                    Task.FromResult 1)

            do! isRefusedWhole call "to the idempotency record of this call"
            Assert.That(world.Gate.Count "TransactWriteItems", Is.Zero)
        })

[<Test>]
let ``a result that is too large commits nothing, and counts as the function's failure`` () =
    task {
        let id = Engine.newKey ()
        let handler = Idempotent.handler (Layout.simple.Store())
        let operation = Idempotent.operation<string, string> handler "large"

        let! outcome =
            Idempotent.run
                operation
                (Engine.newKey ())
                (fun context _ ->
                    context.EnlistPut(put id)
                    Task.FromResult(String('x', 500_000)))
                Threading.CancellationToken.None

        match outcome with
        | Outcome.FunctionFailed(:? EnlistedWritesRefusedException as refused) ->
            Assert.That(refused.Message, Does.Contain "CompressedCodec")
        | other -> Assert.Fail(shown other)

        do! booked false id
    }
    :> Task

[<Test>]
let ``writes that were changed since they were sent are not taken for others: the result ends unsaved`` () =
    task {
        use world = new World(Layout.simple)
        let id = Engine.newKey ()
        let write = put id
        world.Gate.NextOf("TransactWriteItems", Fate.AnswerAfter Reply.internalError)

        // Between the first sending and the second.
        world.Gate.Rule(fun call ->
            if call.Operation = "TransactWriteItems" then
                Fate.Answer(
                    Reply.error
                        "IdempotentParameterMismatchException"
                        "Parameters in the request do not match those of a previous request"
                )
            else
                Fate.Pass)

        do!
            world.Charge(enlists [ write ])
            |> endsAs "CompletedUnsaved 1, DynamoDbSetupException"

        // It was applied the first time, as it may be that was.
        do! world.Rival(returns 2) |> endsAs "Replayed 1"
    }
    :> Task

[<Test>]
let ``a refused condition of a write in a late completion counts as the function's failure`` () =
    task {
        use world = new World(Layout.simple)
        let taken = Engine.newKey ()
        do! Item.create Layout.simple.Client (ledger ()) taken

        do!
            world.Charge(fun context ->
                task {
                    context.EnlistPut(putOnce taken)
                    do! world.Layout.Delete context.Key
                    return 1
                })
            |> endsAs "FunctionFailed EnlistedWritesRefusedException"

        do! world.Rival(returns 2) |> endsAs "Executed 2"
    }
    :> Task

let private problem (write: obj) (before: int) =
    use gate = new HttpGate()
    use client = offline gate
    (DynamoDbStore(client, "table") :> ICommitsEnlisted).ProblemOf(write, before)

[<Test>]
let ``99 writes may be enlisted, and no more`` () =
    task {
        use world = new World(Layout.simple)
        let ids = [ for _ in 1..99 -> Engine.newKey () ]

        do!
            world.Charge(fun context ->
                for id in ids do
                    context.EnlistPut(put id)

                let tooMany =
                    try
                        context.EnlistPut(put "one more")
                        ""
                    with :? InvalidOperationException as error ->
                        error.Message

                Assert.That(tooMany, Does.Contain "99 writes")
                Task.FromResult 1)
            |> endsAs "Executed 1"

        do! booked true (List.last ids)
    }
    :> Task

[<Test>]
let ``only whole writes of DynamoDB can be enlisted`` () =
    Assert.That(problem "text" 0, Does.Contain "TransactWriteItem")
    Assert.That(problem (TransactWriteItem()) 0, Does.Contain "empty")
    Assert.That(problem (Put(TableName = "t")) 0, Does.Contain "no table, or no item")
    Assert.That(problem (Put(Item = item "a")) 0, Does.Contain "no table, or no item")

    Assert.That(
        problem
            (TransactWriteItem(
                Put = Put(TableName = "t", Item = item "a"),
                Delete = Delete(TableName = "t", Key = item "b")
            ))
            0,
        Does.Contain "more than one"
    )

    Assert.That(isNull (problem (Put(TableName = "t", Item = item "a")) 98))
    Assert.That(isNull (problem (Delete(TableName = "t", Key = item "a")) 0))
