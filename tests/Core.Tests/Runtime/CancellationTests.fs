// A caller that gives up, at each step: before the function runs its lock is given back and the function is never
// started; afterwards nothing is lost.
module Core.Tests.Runtime.CancellationTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Idempotency
open Idempotency.Core
open Core.Tests.Runtime.ScriptedStore
open Core.Tests.Runtime.Harness

let private waiting =
    withPolicy (fun policy ->
        { policy with
            InProgress = WhileInProgress.Wait(30_000L<ms>, 100L<ms>, 1_000L<ms>) })

/// A rival that holds the key until it is told its result.
let private rivalIn (world: World) =
    let result = TaskCompletionSource<int>()
    let pending = world.Rival(fun _ _ -> result.Task)
    result, pending

[<Test>]
let ``a call that was given up before it began writes nothing`` () : Task =
    task {
        let world = World()
        let! outcome = world.Charge(order, returns 1, CancellationToken true)
        outcome |> is "Cancelled"
        Assert.That(world.Store.Asks, Is.Empty)
        Assert.That(world.Runs, Is.Zero)
    }

let private acquiring (answer: Task) =
    [ "the lock comes all the same", Act.ApplyAndAnswerAfter answer
      "the store gives up too, and has written nothing", Act.HangUntilTold
      "the store gives up too, but has written the lock", Act.ApplyAndHang ]

let private acquiringNames = acquiring Task.CompletedTask |> List.map fst

[<TestCaseSource(nameof acquiringNames)>]
let ``given up while it acquires, the lock is given back and nothing runs`` (name: string) : Task =
    task {
        let answer = TaskCompletionSource()
        use giveUp = new CancellationTokenSource()
        let world = World(once Ask.Acquire (act name (acquiring answer.Task)))
        let pending = world.Charge(order, returns 1, giveUp.Token)
        giveUp.Cancel()
        answer.SetResult()
        let! outcome = soon pending
        outcome |> is "Cancelled"
        Assert.That(world.Store.Log, Is.EqualTo "Acquire Release")
        Assert.That(world.Records.Count, Is.Zero)
        Assert.That(world.Runs, Is.Zero)
        let! next = world.Charge(returns 2)
        next |> is "Executed 2"
    }

[<Test>]
let ``given up while a late lock is renewed, the lock is given back and nothing runs`` () : Task =
    task {
        let lockComes = TaskCompletionSource()
        let renewalComes = TaskCompletionSource()
        use giveUp = new CancellationTokenSource()

        let script ask _ =
            match ask with
            | Ask.Acquire -> Act.AnswerAfter lockComes.Task
            | Ask.Renew -> Act.AnswerAfter renewalComes.Task
            | _ -> Act.Answer

        let world = World(script)
        let pending = world.Charge(order, returns 1, giveUp.Token)
        world.Pass(seconds 61)
        lockComes.SetResult()
        do! world.Store.Reached(Ask.Renew, 1)
        giveUp.Cancel()
        renewalComes.SetResult()
        let! outcome = soon pending
        outcome |> is "Cancelled"
        Assert.That(world.Records.Count, Is.Zero)
        Assert.That(world.Runs, Is.Zero)
    }

[<Test>]
let ``given up while it waits for another call, it leaves at once`` () : Task =
    task {
        let world = World(faithful, waiting)
        let result, rival = rivalIn world
        use giveUp = new CancellationTokenSource()
        let pending = world.Charge(order, returns 2, giveUp.Token)
        do! (world.Clock.WhenTimersSet 1).WaitAsync(seconds 20)
        giveUp.Cancel()
        let! outcome = soon pending
        outcome |> is "Cancelled"
        Assert.That(world.Store.Log, Is.EqualTo "Acquire")
        result.SetResult 1
        let! first = soon rival
        first |> is "Executed 1"
    }

[<Test>]
let ``given up while it looks at a free key, nothing runs`` () : Task =
    task {
        let look = TaskCompletionSource()
        let world = World(once Ask.Get (Act.AnswerAfter look.Task), waiting)
        let result, rival = rivalIn world
        use giveUp = new CancellationTokenSource()
        let pending = world.Charge(order, returns 2, giveUp.Token)
        do! (world.Clock.WhenTimersSet 1).WaitAsync(seconds 20)
        world.Pass(ms 100)
        do! world.Store.Reached(Ask.Get, 1)
        giveUp.Cancel()
        result.SetException(Exception "the rival fails, and its lock is gone")
        let! first = soon rival
        first |> is "FunctionFailed Exception"
        look.SetResult()
        let! outcome = soon pending
        outcome |> is "Cancelled"
        Assert.That(world.Records.Count, Is.Zero)
        Assert.That(world.Runs, Is.EqualTo 1, "the rival's")
    }

[<Test>]
let ``given up while a look hangs, nothing runs`` () : Task =
    task {
        let world = World(always Ask.Get Act.HangUntilTold, waiting)
        let result, rival = rivalIn world
        use giveUp = new CancellationTokenSource()
        let pending = world.Charge(order, returns 2, giveUp.Token)
        do! (world.Clock.WhenTimersSet 1).WaitAsync(seconds 20)
        world.Pass(ms 100)
        do! world.Store.Reached(Ask.Get, 1)
        giveUp.Cancel()
        let! outcome = soon pending
        outcome |> is "Cancelled"
        result.SetResult 1
        let! first = soon rival
        first |> is "Executed 1"
    }

[<Test>]
let ``the function gets the caller's token, and may go on to its end`` () : Task =
    task {
        let world = World()
        use giveUp = new CancellationTokenSource()

        let! outcome =
            world.Charge(
                order,
                (fun _ token ->
                    giveUp.Cancel()
                    Assert.That(token.IsCancellationRequested, Is.True)
                    Task.FromResult 1),
                giveUp.Token
            )

        outcome |> is "Executed 1"
        let! again = world.Charge(returns 2)
        again |> is "Replayed 1"
    }

[<Test>]
let ``a function that gives up with its caller keeps the key until the lease ends`` () : Task =
    task {
        let world = World()
        use giveUp = new CancellationTokenSource()

        let! outcome =
            world.Charge(
                order,
                (fun _ token ->
                    giveUp.Cancel()
                    Task.FromCanceled<int> token),
                giveUp.Token
            )

        outcome |> is "FunctionFailed TaskCanceledException"
        Assert.That(world.Store.Count Ask.Release, Is.Zero)
        let! next = world.Charge(returns 2)
        next |> is "InProgress"
        world.Pass(seconds 62)
        let! later = world.Charge(returns 3)
        later |> is "Executed 3"
    }

[<Test>]
let ``a function that gives up by itself gives the key back`` () : Task =
    task {
        let world = World()
        let! outcome = world.Charge(throws (OperationCanceledException "its own time-out"))
        outcome |> is "FunctionFailed OperationCanceledException"
        Assert.That(world.Records.Count, Is.Zero)
    }

[<Test>]
let ``given up while it waits for a newer owner's result, its own result is not lost`` () : Task =
    task {
        let world = World(faithful, waiting)
        use giveUp = new CancellationTokenSource()
        let result = TaskCompletionSource<int>()
        let mutable rival = Task.FromResult Outcome.Cancelled

        let pending =
            world.Charge(
                order,
                (fun _ _ ->
                    world.Pass(seconds 62)
                    rival <- world.Rival(fun _ _ -> result.Task)
                    Task.FromResult 1),
                giveUp.Token
            )

        do! (world.Clock.WhenTimersSet 1).WaitAsync(seconds 20)
        Assert.That(pending.IsCompleted, Is.False)
        giveUp.Cancel()
        let! outcome = soon pending
        outcome |> is "LeaseLost 1"
        result.SetResult 2
        let! other = soon rival
        other |> is "Executed 2"
    }
