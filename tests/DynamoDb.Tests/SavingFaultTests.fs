// The fault table, for the requests while the function runs and after it: renewal, completion, late completion, release.
module DynamoDb.Tests.SavingFaultTests

open System
open System.Threading
open System.Threading.Tasks
open DynamoDb.Testing
open Idempotency
open Idempotency.Core
open NUnit.Framework
open DynamoDb.Tests.Faults

[<TestCase("fails before")>]
[<TestCase("applied, reply lost")>]
[<TestCase("sent twice")>]
[<TestCase("500")>]
[<TestCase("applied, then 500")>]
[<TestCase("503 of a balancer")>]
[<TestCase("throttled")>]
[<TestCase("throughput exceeded")>]
[<TestCase("limit exceeded")>]
[<TestCase("conflict")>]
[<TestCase("copied")>]
[<TestCase("kept")>]
let ``a completion in trouble is sent until it is stored, and later copies change nothing`` (fate: string) =
    inEach (fun world ->
        task {
            world.Gate.NextOf("UpdateItem", fates[fate])
            do! world.Charge(returns 1) |> endsAs "Executed 1"
            do! lateCopiesArrive world
            do! world.Rival(returns 2) |> endsAs "Replayed 1"
            Assert.That(world.Runs, Is.EqualTo 1)
        })

[<TestCase("no table")>]
[<TestCase("no permission")>]
[<TestCase("invalid")>]
let ``a completion that is refused for good is not sent again, and the result is handed back``
    (fate: string)
    =
    inEach (fun world ->
        task {
            world.Gate.NextOf("UpdateItem", fates[fate])
            do! world.Charge(returns 1) |> endsAs $"CompletedUnsaved 1, {setup}"
            Assert.That(world.Gate.Count "UpdateItem", Is.EqualTo 1)
            do! world.Rival(returns 2) |> endsAs "InProgress"
            Assert.That(world.Runs, Is.EqualTo 1)
        })

[<Test>]
let ``a completion that always fails is given up, and the result is handed back`` () =
    inEach (fun world ->
        task {
            world.Gate.Rule(fun call -> if call.Operation = "UpdateItem" then Fate.FailBefore else Fate.Pass)

            do! world.Charge(returns 1) |> endsAs $"CompletedUnsaved 1, {unavailable}"
            Assert.That(world.Gate.Count "UpdateItem", Is.EqualTo(1 + Defaults.completion.Resends))
            world.Pass 62
            do! world.Rival(returns 2) |> endsAs "Executed 2"
        })

[<Test>]
let ``a completion that is applied and never answered is given up with the budget, and is replayed all the same``
    ()
    =
    inEach (fun world ->
        task {
            world.Gate.NextOf("UpdateItem", Fate.HangAfter)
            let call = world.Charge(returns 1)
            do! world.Gate.Applied("UpdateItem", 1).WaitAsync Engine.patience
            world.Pass 11
            do! call |> endsAs "CompletedUnsaved 1, TimeoutException"
            do! world.Rival(returns 2) |> endsAs "Replayed 1"
        })

[<Test>]
let ``with a timeout of its own, a client gives a hanging completion up in time for another one`` () =
    task {
        use world =
            new World(Layout.simple, id, (fun config -> config.Timeout <- TimeSpan.FromMilliseconds 300.))

        world.Gate.NextOf("UpdateItem", Fate.HangAfter)
        do! world.Charge(returns 1) |> endsAs "Executed 1"
    }
    :> Task

/// A call whose lock is deleted behind its back while its function runs.
let private losesItsLock (world: World) (value: int) =
    world.Charge(fun context ->
        task {
            do! world.Layout.Delete context.Key
            return value
        })

[<TestCase("fails before")>]
[<TestCase("applied, reply lost")>]
[<TestCase("sent twice")>]
[<TestCase("500")>]
[<TestCase("applied, then 500")>]
[<TestCase("throttled")>]
[<TestCase("conflict")>]
[<TestCase("copied")>]
[<TestCase("kept")>]
let ``a late completion in trouble is sent until it is stored, and later copies change nothing``
    (fate: string)
    =
    inEach (fun world ->
        task {
            world.Gate.NextOf("PutItem", Fate.Pass, fates[fate])
            do! losesItsLock world 1 |> endsAs "Executed 1"
            do! lateCopiesArrive world
            do! world.Rival(returns 2) |> endsAs "Replayed 1"
            Assert.That(world.Runs, Is.EqualTo 1)
        })

[<Test>]
let ``a late completion that is refused by an endpoint that does not return the item looks why`` () =
    inEach (fun world ->
        task {
            world.Gate.NextOf("PutItem", Fate.Pass, Fate.Answer(Reply.conditionFailed None))

            do! losesItsLock world 1 |> endsAs "Executed 1"
            Assert.That(world.Gate.Count "GetItem", Is.EqualTo 1)
        })

[<TestCase("no permission")>]
let ``a late completion that is refused for good is not sent again`` (fate: string) =
    inEach (fun world ->
        task {
            world.Gate.NextOf("PutItem", Fate.Pass, fates[fate])
            do! losesItsLock world 1 |> endsAs $"CompletedUnsaved 1, {setup}"
            Assert.That(world.Gate.Count "PutItem", Is.EqualTo 2)
        })

let private renewing (options: HandlerOptions) =
    { options with
        Policy =
            { options.Policy with
                Renewal = Renewal.Until 600_000L<ms> } }

/// A call in whose run the first renewal has this fate, and is followed by another one.
let private renewsTwice (world: World) (fate: Fate) : Task =
    task {
        let ended = TaskCompletionSource<int>()
        world.Gate.NextOf("UpdateItem", fate)

        let call =
            world.Charge(fun context ->
                task {
                    let! value = ended.Task
                    Assert.That(context.LeaseLost.IsCancellationRequested, Is.False)
                    return value
                })

        for nth in [ 1; 2 ] do
            let before = world.Gate.Count "UpdateItem"

            // The renewal comes with the timer; how many timers there are is the core's affair.
            while world.Gate.Count "UpdateItem" = before do
                do! world.Clock.WhenTimersSet(1).WaitAsync Engine.patience
                world.Pass 1
                do! Task.Yield()

            do! world.Gate.Arrived("UpdateItem", nth).WaitAsync Engine.patience

        ended.SetResult 1
        do! call |> endsAs "Executed 1"
        do! world.Rival(returns 2) |> endsAs "Replayed 1"
    }

[<TestCase("fails before")>]
[<TestCase("applied, reply lost")>]
[<TestCase("sent twice")>]
[<TestCase("500")>]
[<TestCase("applied, then 500")>]
[<TestCase("throttled")>]
[<TestCase("conflict")>]
let ``a renewal in trouble is left to the next one, and the function goes on`` (fate: string) : Task =
    task {
        use world = new World(Layout.simple, renewing)
        do! renewsTwice world fates[fate]
    }

[<TestCase("fails before")>]
[<TestCase("kept")>]
[<TestCase("500")>]
[<TestCase("throttled")>]
[<TestCase("no permission")>]
let ``a release that is not applied: the caller has the function's own exception, and the key waits for the lease``
    (fate: string)
    =
    inEach (fun world ->
        task {
            world.Gate.NextOf("DeleteItem", fates[fate])
            do! world.Charge throws |> endsAs "FunctionFailed InvalidOperationException"
            do! world.Rival(returns 2) |> endsAs "InProgress"
            world.Pass 62
            do! world.Rival(returns 3) |> endsAs "Executed 3"
            do! lateCopiesArrive world
            do! world.Rival(returns 4) |> endsAs "Replayed 3"
        })

[<TestCase("applied, reply lost")>]
[<TestCase("applied, then 500")>]
[<TestCase("sent twice")>]
[<TestCase("copied")>]
let ``a release that is applied: the next call runs, and later copies do not touch its record``
    (fate: string)
    =
    inEach (fun world ->
        task {
            world.Gate.NextOf("DeleteItem", fates[fate])
            do! world.Charge throws |> endsAs "FunctionFailed InvalidOperationException"
            do! world.Rival(returns 2) |> endsAs "Executed 2"
            do! lateCopiesArrive world
            do! world.Rival(returns 3) |> endsAs "Replayed 2"
            Assert.That(world.Runs, Is.EqualTo 2)
        })
