// The fault table, for the requests before the function runs: the first look, and the acquire.
module DynamoDb.Tests.AcquireFaultTests

open System
open System.Threading
open System.Threading.Tasks
open DynamoDb.Testing
open Idempotency
open Idempotency.Core
open NUnit.Framework
open DynamoDb.Tests.Faults

[<TestCase("fails before")>]
[<TestCase("500")>]
[<TestCase("503 of a balancer")>]
[<TestCase("throttled")>]
[<TestCase("throughput exceeded")>]
[<TestCase("limit exceeded")>]
let ``an acquire that is not applied: nothing runs, and the next call does`` (fate: string) =
    inEach (fun world ->
        task {
            world.Gate.Next fates[fate]
            do! world.Charge(returns 1) |> endsAs $"PersistFailed {unavailable}"
            Assert.That(world.Runs, Is.Zero)
            do! world.Charge(returns 2) |> endsAs "Executed 2"
        })

[<TestCase("no table")>]
[<TestCase("no permission")>]
[<TestCase("invalid")>]
let ``an acquire that is refused for good says what to set up`` (fate: string) =
    inEach (fun world ->
        task {
            world.Gate.Next fates[fate]
            do! world.Charge(returns 1) |> endsAs $"PersistFailed {setup}"
            Assert.That(world.Runs, Is.Zero)
        })

[<TestCase("applied, reply lost")>]
[<TestCase("applied, then 500")>]
let ``an acquire that is applied without a reply: nothing runs before its lease has ended`` (fate: string) =
    inEach (fun world ->
        task {
            world.Gate.Next fates[fate]
            do! world.Charge(returns 1) |> endsAs $"PersistFailed {unavailable}"
            do! world.Charge(returns 2) |> endsAs "InProgress"
            Assert.That(world.Runs, Is.Zero)
            world.Pass 62

            do!
                world.Charge(fun context ->
                    Assert.That(context.IsTakeOver)
                    Task.FromResult 3)
                |> endsAs "Executed 3"

            Assert.That(world.Runs, Is.EqualTo 1)
        })

[<TestCase("sent twice")>]
let ``an acquire that arrives twice: the call knows its own lock, and runs once`` (fate: string) =
    inEach (fun world ->
        task {
            world.Gate.Next fates[fate]
            do! world.Charge(returns 1) |> endsAs "Executed 1"
            do! world.Rival(returns 2) |> endsAs "Replayed 1"
            Assert.That(world.Runs, Is.EqualTo 1)
        })

[<Test>]
let ``an acquire that the SDK sends again after a lost reply: the call knows its own lock, and runs once``
    ()
    =
    task {
        use world = new World(Layout.simple, id, (fun config -> config.MaxErrorRetry <- 1))
        world.Gate.Next(Fate.AnswerAfter Reply.internalError)
        do! world.Charge(returns 1) |> endsAs "Executed 1"
        Assert.That(world.Gate.Count "PutItem", Is.EqualTo 2)
        Assert.That(world.Runs, Is.EqualTo 1)
    }
    :> Task

[<Test>]
let ``a copy of an acquire that arrives when the call is over changes nothing`` () =
    inEach (fun world ->
        task {
            world.Gate.Next Fate.Copy
            do! world.Charge(returns 1) |> endsAs "Executed 1"
            do! lateCopiesArrive world
            do! world.Rival(returns 2) |> endsAs "Replayed 1"
        })

[<Test>]
let ``an acquire that arrives after its lease would have ended is renewed before anything runs`` () =
    inEach (fun world ->
        task {
            let arrive = TaskCompletionSource()
            world.Gate.Next(Fate.SendAfter arrive.Task)
            let call = world.Charge(returns 1)
            do! world.Gate.Arrived("PutItem", 1).WaitAsync Engine.patience
            world.Pass 70
            arrive.SetResult()
            do! call |> endsAs "Executed 1"
            Assert.That(world.Gate.Count "UpdateItem", Is.EqualTo 2, "a renewal and a completion")
        })

[<Test>]
let ``an acquire that is never answered ends with the caller's patience, and the lock is given back`` () =
    inEach (fun world ->
        task {
            use patience = new CancellationTokenSource()
            world.Gate.Next Fate.HangAfter
            let call = world.Charge(returns 1, patience.Token)
            do! world.Gate.Applied("PutItem", 1).WaitAsync Engine.patience
            patience.Cancel()
            do! call |> endsAs "Cancelled"
            Assert.That(world.Runs, Is.Zero)
            do! world.Rival(returns 2) |> endsAs "Executed 2"
        })

[<Test>]
let ``an acquire in the midst of another's transaction looks what became of it`` () =
    inEach (fun world ->
        task {
            do! world.Rival(returns 1) |> endsAs "Executed 1"
            world.Gate.Next fates["conflict"]
            do! world.Charge(returns 2) |> endsAs "Replayed 1"
            Assert.That(world.Runs, Is.EqualTo 1)
            world.NewInput()
            world.Gate.Next fates["conflict"]
            do! world.Charge(returns 3) |> endsAs "Executed 3"
        })

let private looking (options: HandlerOptions) =
    { options with
        FirstLook = FirstLook.Read }

[<TestCase("fails before")>]
[<TestCase("500")>]
[<TestCase("throttled")>]
[<TestCase("no permission")>]
let ``a first look that fails is only a look: the acquire decides`` (fate: string) : Task =
    task {
        use world = new World(Layout.simple, looking)
        world.Gate.NextOf("GetItem", fates[fate])
        do! world.Charge(returns 1) |> endsAs "Executed 1"
        world.Gate.NextOf("GetItem", fates[fate])
        do! world.Charge(returns 2) |> endsAs "Replayed 1"
        Assert.That(world.Runs, Is.EqualTo 1)
    }

[<Test>]
let ``an endpoint that does not return the item is asked for it`` () =
    inEach (fun world ->
        task {
            do! world.Rival(returns 1) |> endsAs "Executed 1"
            world.Gate.NextOf("PutItem", Fate.Answer(Reply.conditionFailed None))
            do! world.Charge(returns 2) |> endsAs "Replayed 1"
            Assert.That(world.Gate.Count "GetItem", Is.EqualTo 1)
        })

[<TestCase("no table", "does not exist")>]
[<TestCase("no permission", "dynamodb:PutItem")>]
[<TestCase("invalid", "DynamoDbTable.CheckAsync")>]
[<TestCase("throttled", "throttles")>]
[<TestCase("500", "Try again")>]
[<TestCase("fails before", "could not be asked")>]
let ``an exception names the table, the operation and the remedy, and keeps the SDK's``
    (fate: string)
    (says: string)
    =
    task {
        use world = new World(Layout.simple)
        world.Gate.Next fates[fate]

        match! world.Charge(returns 1) with
        | Outcome.PersistFailed((:? DynamoDbStoreException as error), _) ->
            Assert.That(error.Table, Is.EqualTo world.Layout.Table)
            Assert.That(error.Operation, Is.EqualTo "charge")
            Assert.That(error.Request, Is.EqualTo "acquire")
            Assert.That(error.Key, Does.StartWith "charge#")
            Assert.That(error.InnerException, Is.Not.Null)

            for part in [ world.Layout.Table; "'charge'"; "acquire"; says ] do
                Assert.That(error.Message, Does.Contain part)
        | other -> Assert.Fail $"{shown other}"
    }
    :> Task
