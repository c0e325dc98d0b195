// A duplicate that waits for a running call: how often it looks, and how its waiting ends.
module Core.Tests.Runtime.WaitingTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Idempotency.Core
open Core.Tests.Runtime.ScriptedStore
open Core.Tests.Runtime.Harness

let private waiting atMost first longest =
    withPolicy (fun policy ->
        { policy with
            InProgress = WhileInProgress.Wait(atMost, first, longest) })

/// A rival that holds the key until it is told its result.
let private rivalIn (world: World) =
    let result = TaskCompletionSource<int>()
    result, world.Rival(fun _ _ -> result.Task)

let private finish (result: TaskCompletionSource<int>) (rival: Task<Outcome<int>>) : Task =
    task {
        result.SetResult 1
        let! outcome = soon rival
        outcome |> is "Executed 1"
    }

[<Test>]
let ``a duplicate that waits gets the result`` () : Task =
    task {
        let world = World(faithful, waiting 30_000L<ms> 50L<ms> 2_000L<ms>)
        let result, rival = rivalIn world
        let pending = world.Charge(returns 2)
        let! _ = world.UntilFired 1
        // It has looked, found the rival busy, and sleeps again.
        do! world.Timers.Made 2
        do! finish result rival
        let! _ = world.UntilFired 1
        let! outcome = soon pending
        outcome |> is "Replayed 1"
        Assert.That(world.Runs, Is.EqualTo 1)
        Assert.That(world.Store.Log, Is.EqualTo "Acquire Get Get")
    }

[<Test>]
let ``it looks ever less often, each pause shortened by up to a half`` () : Task =
    task {
        let world = World(faithful, waiting 30_000L<ms> 50L<ms> 500L<ms>)
        let result, rival = rivalIn world
        let pending = world.Charge(returns 2)

        for nth, full in List.indexed [ 50; 100; 200; 400; 500; 500; 500 ] do
            let! pause = world.UntilFired 1
            Assert.That(pause, Is.InRange(full / 2, full), $"pause {nth + 1}")
            do! world.Store.Reached(Ask.Get, nth + 1)

        do! finish result rival
        let! outcome = world.PassUntilDone(1, pending)
        outcome |> is "Replayed 1"
    }

[<Test>]
let ``its patience ends at the deadline, to the millisecond`` () : Task =
    task {
        let world = World(faithful, waiting 3_000L<ms> 700L<ms> 900L<ms>)
        let result, rival = rivalIn world
        let start = world.Clock.UtcNow

        match! world.PassUntilDone(1, world.Charge(returns 2)) with
        | Outcome.InProgress info -> Assert.That(info.RetryAfter, Is.EqualTo(Nullable(seconds 58 + ms 1)))
        | other -> other |> is "InProgress"

        Assert.That(world.Clock.UtcNow - start, Is.EqualTo(seconds 3))
        do! finish result rival
    }

[<Test>]
let ``it takes over as soon as the lease it waits for has ended`` () : Task =
    task {
        let world = World(faithful, waiting 300_000L<ms> 10_000L<ms> 40_000L<ms>)
        let result, rival = rivalIn world
        let start = world.Clock.UtcNow
        let mutable takeOver = false
        let mutable began = start

        let! outcome =
            world.PassUntilDone(
                1,
                world.Charge(fun context _ ->
                    takeOver <- context.IsTakeOver
                    began <- world.Clock.UtcNow
                    Task.FromResult 2)
            )

        outcome |> is "Executed 2"
        Assert.That(takeOver, Is.True)

        // Not what the clock says at the end: the result is saved within a time, and a millisecond may pass meanwhile.
        Assert.That(began - start, Is.EqualTo(ms 61_001), "the lease, its pad, and a millisecond")

        result.SetResult 1
        let! overtaken = soon rival
        overtaken |> is "Adopted 2"
    }

[<Test>]
let ``it runs as soon as the call that it waited for has failed`` () : Task =
    task {
        let world = World(faithful, waiting 30_000L<ms> 50L<ms> 2_000L<ms>)
        let result, rival = rivalIn world
        let pending = world.Charge(returns 2)
        do! (world.Clock.WhenTimersSet 1).WaitAsync(seconds 20)
        result.SetException(InvalidOperationException "declined")
        let! first = soon rival
        first |> is "FunctionFailed InvalidOperationException"
        let! outcome = world.PassUntilDone(1, pending)
        outcome |> is "Executed 2"
    }

[<Test>]
let ``it follows a lease that is renewed`` () : Task =
    task {
        let world =
            World(
                faithful,
                waiting 100_000L<ms> 30_000L<ms> 30_000L<ms>
                >> withPolicy (fun policy ->
                    { policy with
                        Renewal = Renewal.Until 600_000L<ms> })
            )

        let result, rival = rivalIn world
        // The rival's renewals and the waiting call's pauses.
        let! outcome = world.PassUntilDone(2, world.Charge(returns 2))
        outcome |> is "InProgress"
        Assert.That(world.Runs, Is.EqualTo 1)
        do! finish result rival
    }

[<Test>]
let ``another payload is refused without any waiting`` () : Task =
    task {
        let world = World(faithful, waiting 30_000L<ms> 50L<ms> 2_000L<ms>)
        let result, rival = rivalIn world

        let! outcome =
            soon (world.Charge({ order with Amount = 6 }, returns 2, CancellationToken.None))

        outcome |> is "PayloadMismatch"
        do! finish result rival
    }

[<Test>]
let ``a call that lost its lease waits for the newer owner's result`` () : Task =
    task {
        let world = World(faithful, waiting 30_000L<ms> 50L<ms> 2_000L<ms>)
        let result = TaskCompletionSource<int>()
        let mutable rival = Task.FromResult Outcome.Cancelled

        let pending =
            world.Charge(fun _ _ ->
                world.Pass(seconds 62)
                rival <- world.Rival(fun _ _ -> result.Task)
                Task.FromResult 2)

        do! (world.Clock.WhenTimersSet 1).WaitAsync(seconds 20)
        do! finish result rival
        let! outcome = world.PassUntilDone(1, pending)
        outcome |> is "Adopted 1"
    }

[<Test>]
let ``and gets its own result back when that does not come in time`` () : Task =
    task {
        let world = World(faithful, waiting 3_000L<ms> 50L<ms> 2_000L<ms>)
        let result = TaskCompletionSource<int>()
        let mutable rival = Task.FromResult Outcome.Cancelled

        let! outcome =
            world.PassUntilDone(
                1,
                world.Charge(fun _ _ ->
                    world.Pass(seconds 62)
                    rival <- world.Rival(fun _ _ -> result.Task)
                    Task.FromResult 2)
            )

        outcome |> is "LeaseLost 2"
        do! finish result rival
    }
