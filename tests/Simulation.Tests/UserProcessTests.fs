// What a simulated process is: its clock, its timers, its cancellation, and what becomes of it when it stalls or crashes.
module Simulation.Tests.UserProcessTests

open System
open System.Threading
open System.Threading.Tasks
open Idempotency
open Idempotency.Core
open Idempotency.Simulation
open NUnit.Framework
open Simulation.Tests.Users

let private text (report: SimulationReport) = String.Join('\n', report.Timeline)

let private lines (book: Book) = String.Join(", ", book.Lines)

[<Test>]
let ``an hour of waiting takes no time`` () =
    let policy =
        { Defaults.policy with
            Lease = 2L * 3_600_000L<ms>
            Expiry = 10L * 3_600_000L<ms> }

    let simulation = HandlerSimulation(fun () -> Book())
    let minutes = ResizeArray<int>()

    simulation.Calls(
        workWith policy (fun (living: SimulatedProcess<Book>) _ cancellation ->
            task {
                let before = living.Time.GetTimestamp()
                do! Task.Delay(TimeSpan.FromHours 1., living.Time, cancellation)
                minutes.Add(int (living.Time.GetElapsedTime before).TotalMinutes)
                return minutes[0]
            }),
        "input"
    )

    let report = simulation.RunSeed 0
    Assert.That(text report, Does.Contain "3600.00")
    Assert.That(text report, Does.Contain "A1 answers: Executed")
    Assert.That(Seq.last minutes, Is.EqualTo 60)

[<Test>]
let ``a process that crashes runs no further line, no finally either`` () =
    let simulation =
        alone (fun living _ _ ->
            task {
                try
                    living.World.Write $"{living.Name} begins"
                    do! living.StepAsync "in the middle"
                    living.World.Write $"{living.Name} goes on"
                    return 1
                finally
                    living.World.Write $"{living.Name} cleans up"
            })

    simulation.AtEnd(
        "the first is gone, a later one does all of it",
        fun book ->
            book.Lines[0] = "A1 begins"
            && (lines book).EndsWith "A3 begins, A3 goes on, A3 cleans up"
    )

    let report = simulation.RunSchedule "A A1.2:crash"
    Assert.That(report.Coverage.Crashes, Is.EqualTo 1)
    Assert.That(report.Coverage.TakeOvers, Is.EqualTo 1)

    Assert.That(report.Holds, string report)

[<Test>]
let ``a process that stands still renews no lease, and one that runs long does`` () =
    let policy =
        { Defaults.policy with
            Lease = 9_000L<ms>
            Renewal = Renewal.Until Defaults.longestRun }

    let simulation = HandlerSimulation(fun () -> Book())

    let work =
        workWith policy (fun (living: SimulatedProcess<Book>) context _ ->
            task {
                do! Task.Delay(TimeSpan.FromSeconds 60., living.Time)
                do! living.StepAsync "done waiting"
                living.World.Write(string context.LeaseLost.IsCancellationRequested)
                return 1
            })

    simulation.Calls(work, "input", "input")
    let running = simulation.RunSchedule "A,B"
    Assert.That(running.Coverage.TakeOvers, Is.Zero, text running)
    Assert.That(text running, Does.Contain "renew: done")

    // The twelfth point or so of A1 is a renewal.
    let stalling = simulation.RunSchedule "A,B A1.4:stall=20000"
    Assert.That(stalling.Coverage.TakeOvers, Is.EqualTo 1, text stalling)

[<Test>]
let ``a function that listens hears that its lease is lost, on the simulation's own thread`` () =
    let simulation =
        alone (fun living context _ ->
            task {
                let thread = Environment.CurrentManagedThreadId

                use _ =
                    context.LeaseLost.Register(fun () ->
                        living.World.Write
                            $"lost, {Environment.CurrentManagedThreadId = thread}, at {living.Name}")

                do! Task.Delay(TimeSpan.FromMinutes 2., living.Time)
                return 1
            })

    simulation.AtEnd("told", fun book -> book.Lines.Contains "lost, True, at A1")
    let report = simulation.RunSeed 0
    Assert.That(report.Holds, string report)

[<Test>]
let ``a caller that cancels ends the function's token, and sends again`` () =
    let simulation =
        alone (fun living _ cancellation ->
            task {
                if living.Attempt = 1 then
                    do! living.DelayAsync(TimeSpan.FromSeconds 20., cancellation)

                return living.Attempt
            })

    let report = simulation.RunSchedule "A A1.0:cancel=5000"
    Assert.That(report.Coverage.Cancellations, Is.EqualTo 1)
    Assert.That(report.Coverage.Unanswered, Is.Zero, text report)

[<Test>]
let ``a caller that cancels while it waits for a duplicate stays in the simulation`` () =
    let policy =
        { Defaults.policy with
            InProgress = WhileInProgress.Wait(Defaults.wait, Defaults.firstPause, Defaults.longestPause) }

    let simulation = HandlerSimulation(fun () -> Book())

    let work =
        workWith policy (fun (living: SimulatedProcess<Book>) _ _ ->
            task {
                do! living.StepAsync "slow"
                return 1
            })

    simulation.Calls(work, "input", "input")
    let report = simulation.RunSchedule "A,B A1.2:stall=20000 B1.0:cancel=2000"
    Assert.That(report.Coverage.Cancellations, Is.EqualTo 1, text report)
    Assert.That(report.Coverage.Replays, Is.EqualTo 1, text report)

[<Test>]
let ``a caller that waits no longer sends again while its first process goes on`` () =
    let simulation =
        alone (fun living _ _ ->
            task {
                do! living.StepAsync "slow"
                living.World.Write living.Name
                return 1
            })

    let report = simulation.RunSchedule "A A1.0:resend=5000 A1.2:stall=100000"
    Assert.That(report.Coverage.Resends, Is.EqualTo 1)
    Assert.That(report.Coverage.TakeOvers, Is.EqualTo 1)
    Assert.That(report.Coverage.Overtaken, Is.EqualTo 1)
    Assert.That(text report, Does.Contain "does not wait for it any more")

[<TestCase("fail-done", 1)>]
[<TestCase("fail-lost", 0)>]
[<TestCase("fail-late=5000", 0)>]
let ``a call downstream that fails has had its effect, or not, or has it later``
    (twist: string)
    (effects: int)
    =
    let seen = ResizeArray<int>()

    let simulation =
        alone (fun living _ _ ->
            task {
                try
                    do! living.CallAsync("call", fun book -> book.Write "effect")
                with :? SimulatedFaultException ->
                    do! living.StepAsync "failed"

                seen.Add living.World.Lines.Count
                return living.World.Lines.Count
            })

    let report = simulation.RunSchedule $"A A1.2:{twist}"
    Assert.That(report.Coverage.FailedCalls, Is.EqualTo 1)
    Assert.That(text report, Does.Contain "A1 answers: Executed")
    Assert.That(Seq.last seen, Is.EqualTo effects)

    simulation.AtEnd("the effect is there", fun book -> book.Lines.Count = 1)
    Assert.That((simulation.RunSchedule $"A A1.2:{twist}").Holds, Is.EqualTo(twist <> "fail-lost"))

[<Test>]
let ``a store whose reply is lost is asked again, and the call does not lose to itself`` () =
    let simulation = alone (fun living _ _ -> living.CallAsync("call", fun _ -> 7))
    let report = simulation.RunSchedule "A A1.1:lose-reply A1.3:lose-reply"
    Assert.That(report.Coverage.LostReplies, Is.EqualTo 2)
    Assert.That(report.Coverage.Answers, Is.EqualTo 1, text report)
    Assert.That(report.Coverage.Refusals, Is.Zero)

[<Test>]
let ``whoever runs it may have a context that wants to be come back to`` () =
    let before = SynchronizationContext.Current

    try
        // One that never runs what is posted to it.
        SynchronizationContext.SetSynchronizationContext
            { new SynchronizationContext() with
                override _.Post(_, _) = () }

        let report = (twoCallers Simulate.Handlers.fenced).Run 20
        Assert.That(report.Holds)
        Assert.That(report.Coverage.Answers, Is.GreaterThan 20)
    finally
        SynchronizationContext.SetSynchronizationContext before
