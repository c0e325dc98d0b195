// The fault table, for time: requests that are long under way, and requests that are never answered.
module DynamoDb.Tests.DelayTests

open System.Threading
open System.Threading.Tasks
open DynamoDb.Testing
open Idempotency
open Idempotency.Core
open NUnit.Framework
open DynamoDb.Tests.Faults

let private looking (options: HandlerOptions) =
    { options with
        FirstLook = FirstLook.Read }

let private renewing (options: HandlerOptions) =
    { options with
        Policy =
            { options.Policy with
                Renewal = Renewal.Until 600_000L<ms> } }

/// Deletes its lock, and returns 1.
let private losesItsLock (world: World) (context: IdempotencyContext) =
    task {
        do! world.Layout.Delete context.Key
        return 1
    }

/// What another process sees while a request of a call is under way, and what comes of the call once it arrives.
let private delayed
    (world: World)
    (operation: string, nth: int)
    body
    (meanwhile: World -> Task)
    (expected: string)
    : Task =
    task {
        let arrive = TaskCompletionSource()

        world.Gate.Rule(fun call ->
            if call.Operation = operation && call.Nth = nth then
                Fate.SendAfter arrive.Task
            else
                Fate.Pass)

        let call = world.Charge(body world)
        do! world.Gate.Arrived(operation, nth).WaitAsync Engine.patience
        do! meanwhile world
        arrive.SetResult()
        do! call |> endsAs expected
    }

let private isBusy (world: World) : Task =
    world.Rival(returns 9) |> endsAs "InProgress"

[<Test>]
let ``a completion under way keeps others out, and is stored when it arrives`` () =
    inEach (fun world ->
        task {
            do! delayed world ("UpdateItem", 1) (fun _ -> returns 1) isBusy "Executed 1"
            do! world.Rival(returns 2) |> endsAs "Replayed 1"
        })

[<Test>]
let ``a release under way keeps others out, and frees the key when it arrives`` () =
    inEach (fun world ->
        task {
            let failed = "FunctionFailed InvalidOperationException"
            do! delayed world ("DeleteItem", 1) (fun _ -> throws) isBusy failed
            do! world.Rival(returns 2) |> endsAs "Executed 2"
        })

[<Test>]
let ``a late completion under way lets others in, and gives way to their result`` () =
    inEach (fun world ->
        task {
            let rivalIsQuicker (world: World) : Task =
                world.Rival(returns 2) |> endsAs "Executed 2"

            do! delayed world ("PutItem", 2) losesItsLock rivalIsQuicker "Adopted 2"
        })

[<Test>]
let ``a first look under way sees what is there when it arrives`` () : Task =
    task {
        use world = new World(Layout.simple, looking)

        let rivalIsQuicker (world: World) : Task =
            world.Rival(returns 2) |> endsAs "Executed 2"

        do! delayed world ("GetItem", 1) (fun _ -> returns 1) rivalIsQuicker "Replayed 2"
        Assert.That(world.Runs, Is.EqualTo 1)
    }

[<Test>]
let ``a completion and a release that arrive after a take-over change nothing`` () =
    task {
        for body, operation, expected in
            [ returns 1, "UpdateItem", $"CompletedUnsaved 1, {unavailable}"
              throws, "DeleteItem", "FunctionFailed InvalidOperationException" ] do
            use world = new World(Layout.simple)

            world.Gate.Rule(fun call ->
                if call.Operation <> operation then Fate.Pass
                elif call.Nth = 1 then Fate.Keep
                else Fate.FailBefore)

            do! world.Charge body |> endsAs expected
            world.Pass 62
            do! world.Rival(returns 2) |> endsAs "Executed 2"
            do! lateCopiesArrive world
            do! world.Rival(returns 3) |> endsAs "Replayed 2"
    }
    :> Task

[<Test>]
let ``a release that is never answered is given up with the budget, and the exception is the function's own``
    ()
    =
    inEach (fun world ->
        task {
            world.Gate.NextOf("DeleteItem", Fate.HangAfter)
            let call = world.Charge throws
            do! world.Gate.Applied("DeleteItem", 1).WaitAsync Engine.patience
            world.Pass 11
            do! call |> endsAs "FunctionFailed InvalidOperationException"
            do! world.Rival(returns 2) |> endsAs "Executed 2"
        })

[<Test>]
let ``a late completion that is never answered is given up with the budget, and is replayed all the same``
    ()
    =
    inEach (fun world ->
        task {
            world.Gate.NextOf("PutItem", Fate.Pass, Fate.HangAfter)
            let call = world.Charge(losesItsLock world)
            do! world.Gate.Applied("PutItem", 2).WaitAsync Engine.patience
            world.Pass 11
            do! call |> endsAs "CompletedUnsaved 1, TimeoutException"
            do! world.Rival(returns 2) |> endsAs "Replayed 1"
        })

[<Test>]
let ``a renewal that is never answered ends with the function`` () : Task =
    task {
        use world = new World(Layout.simple, renewing)
        let ended = TaskCompletionSource<int>()
        world.Gate.NextOf("UpdateItem", Fate.Hang)
        let call = world.Charge(fun _ -> ended.Task)

        while world.Gate.Count "UpdateItem" = 0 do
            do! world.Clock.WhenTimersSet(1).WaitAsync Engine.patience
            world.Pass 1
            do! Task.Yield()

        ended.SetResult 1
        do! call |> endsAs "Executed 1"
        do! world.Rival(returns 2) |> endsAs "Replayed 1"
    }

[<Test>]
let ``a first look that is never answered ends with the caller's patience, and nothing is written``
    ()
    : Task =
    task {
        use world = new World(Layout.simple, looking)
        use patience = new CancellationTokenSource()
        world.Gate.NextOf("GetItem", Fate.Hang)
        let call = world.Charge(returns 1, patience.Token)
        do! world.Gate.Arrived("GetItem", 1).WaitAsync Engine.patience
        patience.Cancel()
        do! call |> endsAs "Cancelled"
        Assert.That(world.Gate.Calls, Has.Length.EqualTo 1)
        do! world.Rival(returns 2) |> endsAs "Executed 2"
    }
