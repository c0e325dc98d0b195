// What the library tells the world of its calls in numbers, and an observer in events.
module Core.Tests.Runtime.TelemetryTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Idempotency
open Idempotency.Core
open Core.Tests.Runtime.Harness
open Core.Tests.Runtime.Listening
open Core.Tests.Runtime.ScriptedStore

let private failure = InvalidOperationException "no"

[<Test>]
let ``calls are counted by how they ended, and executions by themselves`` () : Task =
    task {
        let world = World()
        use heard = new Measurements "charge"
        let! _ = world.Charge(returns 1)
        let! _ = world.Charge(returns 2)
        let! _ = world.Charge({ order with Amount = 6 }, returns 3, CancellationToken.None)

        let! _ =
            world.Charge({ order with Id = "B" }, throws failure, CancellationToken.None)

        let! _ = world.Charge({ order with Id = "" }, returns 4, CancellationToken.None)
        let! _ = world.Charge(order, returns 5, CancellationToken true)

        heard.Of "calls"
        |> lines
            [ for outcome in
                  [ "executed"
                    "replayed"
                    "payload_mismatch"
                    "function_failed"
                    "key_rejected"
                    "cancelled" ] -> $"1 outcome={outcome}" ]

        heard.Of "executions" |> lines [ "1"; "1" ]
        heard.Of "result.size" |> lines [ "1" ]
        heard.Of "take_overs" |> lines []
        heard.Of "lease_losses" |> lines []
    }

[<Test>]
let ``the store's time is measured by request and answer`` () : Task =
    task {
        let slow = TaskCompletionSource()

        let script ask nth =
            match ask, nth with
            | Ask.Acquire, 1 -> Act.AnswerAfter slow.Task
            | Ask.Complete, 1 -> Act.Fault transient
            | _ -> Act.Answer

        let world =
            World(
                script,
                withPolicy (fun policy ->
                    { policy with
                        Completion.Pause = 0L<ms> })
            )

        use heard = new Measurements "charge"
        let pending = world.Charge(returns 1)
        do! world.Store.Reached(Ask.Acquire, 1)
        world.Pass(ms 1500)
        slow.SetResult()
        let! outcome = world.PassUntilDone(1, pending)
        outcome |> is "Executed 1"
        let! again = world.Charge(returns 2)
        again |> is "Replayed 1"

        heard.Of "store.duration"
        |> List.map (fun line -> line.Split(' ', 2)[1])
        |> lines
            [ "request=acquire outcome=applied"
              "request=complete outcome=failed"
              "request=complete outcome=applied"
              "request=acquire outcome=refused" ]

        Assert.That((heard.Of "store.duration").Head, Does.StartWith "1.5 ")
    }

[<Test>]
let ``a request that its caller gave up is not a failure of the store`` () : Task =
    task {
        let events = Events()
        let world = World(always Ask.Acquire Act.HangUntilTold, events.Observe)
        use heard = new Measurements "charge"
        use caller = new CancellationTokenSource()
        let pending = world.Charge(order, returns 1, caller.Token)
        do! world.Store.Reached(Ask.Acquire, 1)
        caller.Cancel()
        let! outcome = soon pending
        outcome |> is "Cancelled"

        while (heard.Of "store.duration").Length < 2 do
            do! Task.Yield()

        heard.Of "store.duration"
        |> List.sortDescending
        |> lines [ "0 request=release outcome=refused"; "0 request=acquire outcome=cancelled" ]

        events.Told |> lines []
    }

[<Test>]
let ``renewals are counted by what came of them`` () : Task =
    task {
        let events = Events()

        let script ask nth =
            match ask, nth with
            | Ask.Renew, 2 -> Act.Fault transient
            | Ask.Renew, 3 -> Act.Refuse null
            | _ -> Act.Answer

        let world = World(script, renewing 600_000L<ms> >> events.Observe)
        use heard = new Measurements "charge"
        let call = RunningCall world
        let! _ = call.Context
        do! renewals world 2 0
        do! toRenewal world 3 0

        while not (List.contains "RenewalRefused" events.Told) do
            do! Task.Yield()

        let! outcome = call.Finish()
        outcome |> is "Executed 1"

        heard.Of "renewals"
        |> lines [ "1 outcome=renewed"; "1 outcome=failed"; "1 outcome=refused" ]

        events.Told
        |> lines [ "StoreFailed renew IOException"; "RenewalRefused"; "LeaseLost" ]

        heard.Of "lease_losses" |> lines [ "1 outcome=executed" ]
    }

[<Test>]
let ``a take-over is counted and told, and so is the lease that was lost to it`` () : Task =
    task {
        let events = Events()
        let world = World(faithful, events.Observe)
        use heard = new Measurements "charge"
        let stalled = RunningCall world
        let! _ = stalled.Context
        world.Pass(seconds 70)
        let! next = world.Charge(returns 2)
        next |> is "Executed 2"
        let! outcome = stalled.Finish()
        outcome |> is "Adopted 2"
        heard.Of "take_overs" |> lines [ "1" ]
        heard.Of "lease_losses" |> lines [ "1 outcome=adopted" ]
        events.Told |> lines [ "TookOver"; "LeaseLost" ]
    }

[<Test>]
let ``refusals are told with what caused them, and plain results are not`` () : Task =
    task {
        let events = Events()
        let world = World(once Ask.Acquire (Act.Fault transient), events.Observe)
        let! _ = world.Charge(returns 1)
        let! _ = world.Charge(returns 1)
        let! _ = world.Charge(returns 1)

        let! _ =
            world.Charge({ order with Id = "B" }, throws failure, CancellationToken.None)

        let! _ = world.Charge({ order with Id = "" }, returns 4, CancellationToken.None)

        events.Told
        |> lines
            [ "StoreFailed acquire IOException"
              "Ended PersistFailed IOException"
              "Ended KeyRejected (no key)" ]
    }

[<Test>]
let ``a call without protection is told, but not where protection is switched off for all`` () : Task =
    task {
        let events = Events()

        let unprotected (options: HandlerOptions) =
            events.Observe
                { options with
                    MissingKey = WhenKeyMissing.RunUnprotected }

        let world = World(faithful, unprotected)
        let! _ = world.Charge({ order with Id = "" }, returns 1, CancellationToken.None)
        events.Told |> lines [ "Ended Unprotected (no key)" ]

        let off =
            World(faithful, fun options -> unprotected { options with Unprotected = true })

        use heard = new Measurements "charge"
        let! first = off.Charge(returns 1)
        first |> is "Unprotected 1"
        let! second = off.Charge(returns 2)
        second |> is "Unprotected 2"
        heard.Of "calls" |> lines [ "1 outcome=unprotected"; "1 outcome=unprotected" ]
        Assert.That(off.Store.Log, Is.Empty)
        Assert.That(events.Told.Length, Is.EqualTo 1)
    }

[<Test>]
let ``an observer can be a function of one's own`` () : Task =
    task {
        let told = ResizeArray<string>()
        let log (line: string) = told.Add line

        let observer =
            Action<CallEvent>(fun event ->
                match event with
                | CallEvent.TookOver call -> log $"{call.Operation}: took over {call.Key}"
                | CallEvent.Ended(outcome, _, call) -> log $"{call.Operation}: {outcome.Name}"
                | CallEvent.RenewalRefused _
                | CallEvent.LeaseLost _
                | CallEvent.StoreFailed _ -> ())

        let world = World(faithful, fun options -> { options with Observer = observer })
        let! _ = world.Charge({ order with Id = "" }, returns 1, CancellationToken.None)
        List.ofSeq told |> lines [ "charge: key_rejected" ]
    }
