// A function's own writes, committed in one step with its result: both, or none. On the real engine, but where it says that
// the gate answers.
module DynamoDb.Tests.TransactionTests

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
let ``the writes and the result are committed in one request`` () =
    inEach (fun world ->
        task {
            let a, b, c = Engine.newKey (), Engine.newKey (), Engine.newKey ()

            do!
                world.Charge(fun context ->
                    context.EnlistPut(put a)
                    context.EnlistUpdate(add b)
                    context.EnlistWrite(TransactWriteItem(Put = put c))
                    context.EnlistDelete(Delete(TableName = ledger (), Key = item (Engine.newKey ())))

                    context.EnlistCheck(
                        ConditionCheck(
                            TableName = ledger (),
                            Key = item (Engine.newKey ()),
                            ConditionExpression = "attribute_not_exists(id)"
                        )
                    )

                    Task.FromResult 1)
                |> endsAs "Executed 1"

            Assert.That(
                [ for operation, _ in world.Gate.Log -> operation ],
                Is.EqualTo<string list> [ "PutItem"; "TransactWriteItems" ]
            )

            for id in [ a; b; c ] do
                do! booked true id

            do! world.Rival(returns 2) |> endsAs "Replayed 1"
        })

[<Test>]
let ``a worker that lost its lease commits nothing`` () =
    inEach (fun world ->
        task {
            let mine = Engine.newKey ()

            do!
                world.Charge(fun context ->
                    task {
                        context.EnlistPut(put mine)
                        world.Pass 62
                        do! world.Rival(returns 2) |> endsAs "Executed 2"
                        return 1
                    })
                |> endsAs "Adopted 2"

            do! booked false mine
        })

[<Test>]
let ``a lost lease is what counts, also where a write was refused besides`` () =
    task {
        use world = new World(Layout.simple)
        let taken = Engine.newKey ()
        do! Item.create Layout.simple.Client (ledger ()) taken

        do!
            world.Charge(fun context ->
                task {
                    context.EnlistPut(putOnce taken)
                    world.Pass 62
                    do! world.Rival(returns 2) |> endsAs "Executed 2"
                    return 1
                })
            |> endsAs "Adopted 2"
    }
    :> Task

[<TestCase("TransactionConflict")>]
[<TestCase("ThrottlingError")>]
[<TestCase("ProvisionedThroughputExceeded")>]
let ``a transaction that is cancelled for a passing reason is sent again, by the same token`` (code: string) =
    task {
        for codes in [ [ "None"; code ]; [ code; "None" ]; [ code; code ] ] do
            use world = new World(Layout.simple)
            let id = Engine.newKey ()
            world.Gate.NextOf("TransactWriteItems", canceled codes, canceled codes)
            do! world.Charge(enlists [ add id ]) |> endsAs "Executed 1"
            let sent = tokens world
            Assert.That(sent.Length, Is.EqualTo 3)
            Assert.That(List.distinct sent, Has.Length.EqualTo 1)
            Assert.That(sent.Head.Length, Is.InRange(1, 36))
            let! count = counterOf id
            Assert.That(count, Is.EqualTo 1)
    }
    :> Task

[<TestCase("applied, reply lost")>]
[<TestCase("applied, then 500")>]
[<TestCase("sent twice")>]
[<TestCase("copied")>]
let ``a transaction whose reply is lost is applied once`` (fate: string) =
    task {
        use world = new World(Layout.simple)
        let id = Engine.newKey ()

        let fate =
            match fate with
            | "applied, reply lost" -> Fate.LoseReply
            | "sent twice" -> Fate.Twice
            | "copied" -> Fate.Copy
            | _ -> Fate.AnswerAfter Reply.internalError

        world.Gate.NextOf("TransactWriteItems", fate)
        do! world.Charge(enlists [ add id ]) |> endsAs "Executed 1"

        while world.Gate.Kept > 0 do
            let! _ = world.Gate.SendKept()
            ()

        let! count = counterOf id
        Assert.That(count, Is.EqualTo 1)
        do! world.Rival(returns 2) |> endsAs "Replayed 1"
    }
    :> Task

[<Test>]
let ``a transaction that is never taken ends unsaved, and nothing is committed`` () =
    task {
        use world = new World(Layout.simple)
        let id = Engine.newKey ()

        world.Gate.Rule(fun call ->
            if call.Operation = "TransactWriteItems" then
                canceled [ "None"; "TransactionConflict" ]
            else
                Fate.Pass)

        do!
            world.Charge(enlists [ add id ])
            |> endsAs "CompletedUnsaved 1, DynamoDbUnavailableException"

        do! booked false id
    }
    :> Task

[<Test>]
let ``a lock that was deleted is repaired by a late completion with the writes in it, by another token`` () =
    inEach (fun world ->
        task {
            let id = Engine.newKey ()

            do!
                world.Charge(fun context ->
                    task {
                        context.EnlistUpdate(add id)
                        do! world.Layout.Delete context.Key
                        return 1
                    })
                |> endsAs "Executed 1"

            let! count = counterOf id
            Assert.That(count, Is.EqualTo 1)
            let sent = tokens world
            Assert.That(List.distinct sent, Has.Length.EqualTo 2)
            do! world.Rival(returns 2) |> endsAs "Replayed 1"
        })

[<Test>]
let ``a failure of the function commits nothing`` () =
    task {
        use world = new World(Layout.simple)
        let id = Engine.newKey ()

        do!
            world.Charge(fun context ->
                context.EnlistPut(put id)
                raise declined)
            |> endsAs "FunctionFailed InvalidOperationException"

        do! booked false id
        Assert.That(world.Gate.Count "TransactWriteItems", Is.Zero)
    }
    :> Task

[<Test>]
let ``the token of a transaction is that of the call, the request and its clock, and of nothing else`` () =
    let tokenOf (ticket: Ticket) now =
        let call =
            sent (DynamoDbStoreOptions()) (fun store ->
                let request: CompleteRequest =
                    { Ticket = ticket
                      Now = now
                      Ending = Ending.Returned(Payload.OfText "1")
                      Enlisted = Enlisted [| Put(TableName = "ledger", Item = item "a") |] }

                store.Complete(request, Threading.CancellationToken.None).AsTask())

        text "ClientRequestToken" (parse call.Body)

    let ticket = Raw.ticket "k"
    Assert.That(tokenOf ticket epoch, Is.EqualTo(tokenOf ticket epoch))
    Assert.That(tokenOf ticket epoch, Is.Not.EqualTo(tokenOf ticket (epoch + 1L<ms>)))

    let another =
        { ticket with
            Owner = OwnerToken "another" }

    Assert.That(tokenOf ticket epoch, Is.Not.EqualTo(tokenOf another epoch))
