// How a result is saved: sent again after faults that may pass, with growing pauses, within a time budget, and without
// listening to the caller's token.
module Core.Tests.Runtime.SavingTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Idempotency
open Idempotency.Core
open Core.Tests.Runtime.ScriptedStore
open Core.Tests.Runtime.Harness

let private saving budget resends pause =
    withPolicy (fun policy ->
        { policy with
            Completion =
                { Budget = budget
                  Resends = resends
                  Pause = pause } })

let private failing = InvalidOperationException "declined"

[<Test>]
let ``a completion is sent again after a fault, and its result is then confirmed`` () : Task =
    task {
        let world = World(once Ask.Complete (Act.Fault transient))
        let pending = world.Charge(returns 1)
        let! outcome = world.PassUntilDone(2, pending)
        outcome |> is "Executed 1"
        Assert.That(world.Store.Log, Is.EqualTo "Acquire Complete Complete")
        let! again = world.Charge(returns 2)
        again |> is "Replayed 1"
    }

[<Test>]
let ``each pause is twice as long as the one before, less up to a half`` () : Task =
    task {
        let world = World(always Ask.Complete (Act.Fault transient))
        let pending = world.Charge(returns 1)

        for full in [ 50; 100; 200; 400; 800 ] do
            let! pause = world.UntilFired 2
            Assert.That(pause, Is.InRange(full / 2, full))

        let! outcome = soon pending
        outcome |> is "CompletedUnsaved 1, IOException"
        Assert.That(world.Store.Count Ask.Complete, Is.EqualTo 6, "the first try and five more")
        Assert.That(world.Clock.TimerCount, Is.Zero)
    }

[<TestCase(0)>]
[<TestCase(1)>]
[<TestCase(3)>]
let ``a write is sent again as often as the policy says`` (resends: int) : Task =
    task {
        let world =
            World(always Ask.Complete (Act.Fault transient), saving 10_000L<ms> resends 50L<ms>)

        let! outcome = world.PassUntilDone(2, world.Charge(returns 1))
        outcome |> is "CompletedUnsaved 1, IOException"
        Assert.That(world.Store.Count Ask.Complete, Is.EqualTo(1 + resends))
    }

[<Test>]
let ``tries end with the budget, however many are left`` () : Task =
    task {
        let world =
            World(always Ask.Complete (Act.Fault transient), saving 1_000L<ms> 1_000_000 30L<ms>)

        let start = world.Clock.UtcNow
        let! outcome = world.PassUntilDone(2, world.Charge(returns 1))
        outcome |> is "CompletedUnsaved 1, IOException"
        Assert.That(world.Clock.UtcNow - start, Is.EqualTo(seconds 1))
        Assert.That(world.Store.Asked |> List.map snd, Is.All.LessThanOrEqualTo 1000L)
    }

[<Test>]
let ``without a pause a write is sent again at once`` () : Task =
    task {
        let world =
            World(always Ask.Complete (Act.Fault transient), saving 10_000L<ms> 4 0L<ms>)

        let! outcome = soon (world.Charge(returns 1))
        outcome |> is "CompletedUnsaved 1, IOException"
        Assert.That(world.Store.Count Ask.Complete, Is.EqualTo 5)
    }

[<Test>]
let ``a permanent fault is not sent again`` () : Task =
    task {
        let world = World(always Ask.Complete (Act.Fault(HopelessException())))
        let! outcome = soon (world.Charge(returns 1))
        outcome |> is "CompletedUnsaved 1, HopelessException"
        Assert.That(world.Store.Count Ask.Complete, Is.EqualTo 1)
    }

[<Test>]
let ``a permanent fault ends the tries`` () : Task =
    task {
        let script ask nth =
            match ask, nth with
            | Ask.Complete, 1 -> Act.Fault transient
            | Ask.Complete, _ -> Act.Fault(HopelessException())
            | _ -> Act.Answer

        let world = World(script)
        let! outcome = world.PassUntilDone(2, world.Charge(returns 1))
        outcome |> is "CompletedUnsaved 1, HopelessException"
        Assert.That(world.Store.Count Ask.Complete, Is.EqualTo 2)
    }

[<Test>]
let ``a store that fails before it gives a task is no different`` () : Task =
    task {
        let world = World(once Ask.Complete (Act.Throw transient))
        let! outcome = world.PassUntilDone(2, world.Charge(returns 1))
        outcome |> is "Executed 1"
    }

let private hanging = [ "deaf", Act.Hang; "listening", Act.HangUntilTold ]
let private hangingNames = List.map fst hanging

[<TestCaseSource(nameof hangingNames)>]
let ``a completion that hangs for ever ends with the budget`` (name: string) : Task =
    task {
        let world = World(always Ask.Complete (act name hanging))
        let pending = world.Charge(returns 1)
        do! world.Clock.WhenTimersSet 1
        world.Pass(ms 9_999)
        Assert.That(pending.IsCompleted, Is.False)
        world.Pass(ms 1)

        match! soon pending with
        | Outcome.CompletedUnsaved(1, fault, info) ->
            Assert.That(fault, Is.TypeOf<TimeoutException>())
            Assert.That(fault.Message, Does.Contain "10000 ms")
            Assert.That(info.Key, Does.StartWith "charge#")
        | other -> other |> is "CompletedUnsaved 1, TimeoutException"

        Assert.That(world.Clock.TimerCount, Is.Zero)
    }

[<Test>]
let ``a fault says more than that the time ran out afterwards`` () : Task =
    task {
        let script ask nth =
            match ask, nth with
            | Ask.Complete, 1 -> Act.Fault transient
            | Ask.Complete, _ -> Act.Hang
            | _ -> Act.Answer

        let world = World(script)
        let pending = world.Charge(returns 1)
        let! _ = world.UntilFired 2
        // The pause is over, and the second try hangs; only the budget is left.
        do! world.Store.Reached(Ask.Complete, 2)
        world.Pass(seconds 10)
        let! outcome = soon pending
        outcome |> is "CompletedUnsaved 1, IOException"
    }

[<TestCaseSource(nameof hangingNames)>]
let ``a release that hangs keeps the function's exception no longer than the budget`` (name: string) : Task =
    task {
        let world =
            World(always Ask.Release (act name hanging), saving 3_000L<ms> 5 50L<ms>)

        let pending = world.Charge(throws failing)
        do! world.Clock.WhenTimersSet 1
        world.Pass(ms 2_999)
        Assert.That(pending.IsCompleted, Is.False)
        world.Pass(ms 1)

        match! soon pending with
        | Outcome.FunctionFailed error -> Assert.That(error, Is.SameAs failing)
        | other -> other |> is "FunctionFailed"
    }

[<Test>]
let ``a release that fails is not sent again, and the function's exception comes through`` () : Task =
    task {
        let world = World(always Ask.Release (Act.Fault transient))

        match! soon (world.Charge(throws failing)) with
        | Outcome.FunctionFailed error -> Assert.That(error, Is.SameAs failing)
        | other -> other |> is "FunctionFailed"

        Assert.That(world.Store.Count Ask.Release, Is.EqualTo 1)
    }

[<Test>]
let ``a stored failure is saved as hard as a result`` () : Task =
    task {
        let storing (options: HandlerOptions) =
            { options with
                Classify = FailureClassifier(fun _ _ -> OnFailure.Store) }

        let world = World(once Ask.Complete (Act.Fault transient), storing)
        let! outcome = world.PassUntilDone(2, world.Charge(throws failing))
        outcome |> is "FunctionFailed InvalidOperationException"
        let! again = world.Charge(returns 2)
        again |> is "FailureReplayed System.InvalidOperationException: declined"
    }

[<Test>]
let ``the caller's token does not end the saving`` () : Task =
    task {
        let answer = TaskCompletionSource()
        use giveUp = new CancellationTokenSource()
        let world = World(once Ask.Complete (Act.AnswerAfter answer.Task))
        let pending = world.Charge(order, returns 1, giveUp.Token)
        giveUp.Cancel()
        Assert.That(pending.IsCompleted, Is.False)
        answer.SetResult()
        let! outcome = soon pending
        outcome |> is "Executed 1"
    }

/// A clock without timers: whoever asks for one fails.
type private TimerlessClock() =
    inherit TimeProvider()
    override _.CreateTimer(_, _, _, _) = failwith "a timer was asked for"

[<Test>]
let ``over a store that answers at once no timer is made and no thread is changed`` () =
    let handler =
        Idempotent.handlerWith
            { Idempotent.defaults with
                Time = TimerlessClock() }
            (InMemoryStore())

    let operation = Idempotent.operation<Order, int> handler "charge"

    let call body =
        Idempotent.run operation order body CancellationToken.None

    let failed = call (throws failing)
    let first = call (returns 1)
    let second = call (returns 2)

    Assert.That(
        failed.IsCompletedSuccessfully
        && first.IsCompletedSuccessfully
        && second.IsCompletedSuccessfully
    )

    failed.Result |> is "FunctionFailed InvalidOperationException"
    first.Result |> is "Executed 1"
    second.Result |> is "Replayed 1"
