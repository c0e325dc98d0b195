// Simulations of users' handlers: what breaks is found, made small, and found again; what holds is shown to hold.
module Simulation.Tests.UserPromiseTests

open System
open System.Threading
open System.Threading.Tasks
open Idempotency
open Idempotency.Core
open Idempotency.Simulation
open NUnit.Framework
open Simulate
open Simulation.Tests.Users

let private breach (report: SimulationReport) =
    match report.Breach with
    | null -> raise (AssertionException $"nothing was broken\n{report}")
    | known -> known

let private text (lines: seq<string>) = String.Join('\n', lines)

[<Test>]
let ``a worker that trusts makes a transfer twice, and is found out within 100 runs`` () =
    let found = breach ((twoCallers Handlers.trusting).Run 100)
    Assert.That(found.Promise, Is.EqualTo "at most once")
    Assert.That(found.Error, Is.Null)
    Assert.That(found.FaultCount, Is.EqualTo 1)
    Assert.That(found.Timeline.Count, Is.LessThanOrEqualTo 15, string found)

[<Test>]
let ``a worker that looks first is overtaken between the look and the transfer`` () =
    let found = breach ((twoCallers Handlers.looking).Run 100)
    Assert.That(found.FaultCount, Is.EqualTo 1, string found)
    Assert.That(found.Timeline.Count, Is.LessThanOrEqualTo 20, string found)
    Assert.That(text found.Timeline, Does.Contain "take-over")
    Assert.That(found.Timeline[found.Timeline.Count - 1], Does.Contain "BROKEN: at most once")

[<Test>]
let ``a worker that brings its fencing token holds in 3000 runs, in which everything happens that can`` () =
    let report = (twoCallers Handlers.fenced).Run 3000
    Assert.That(report.Holds, string report)
    Assert.That(report.Coverage.Missing, Is.Empty, string report)
    Assert.That(report.Coverage.TakeOvers, Is.GreaterThan 300)
    Assert.That(report.Coverage.Overtaken, Is.GreaterThan 100)
    Assert.That(report.Coverage.Unanswered, Is.LessThan 5)

[<Test>]
let ``the same seed gives the same timeline`` () =
    for seed in 0..60 do
        let first = (twoCallers Handlers.fenced).RunSeed seed
        let second = (twoCallers Handlers.fenced).RunSeed seed
        Assert.That(first.Timeline.Count, Is.GreaterThan 5)
        Assert.That(text second.Timeline, Is.EqualTo(text first.Timeline))

[<Test>]
let ``the same seed gives the same timeline where pauses are shortened at random`` () =
    let policy =
        { Defaults.policy with
            InProgress = WhileInProgress.Wait(Defaults.wait, Defaults.firstPause, Defaults.longestPause) }

    let timelines () =
        [ for seed in 1..40 do
              let simulation = HandlerSimulation(fun () -> Book())

              let slow =
                  workWith policy (fun (living: SimulatedProcess<Book>) _ _ ->
                      task {
                          do! Task.Delay(TimeSpan.FromSeconds 5., living.Time)
                          return 1
                      })

              simulation.Calls(slow, "input", "input")
              text (simulation.RunSeed seed).Timeline ]

    Assert.That(timelines (), Is.EqualTo<string list>(timelines ()))

[<Test>]
let ``a simulation without a promise says so`` () =
    let report = (alone (fun living _ _ -> living.CallAsync("work", fun _ -> 1))).Run 3
    Assert.That(report.Holds)
    Assert.That(string report, Does.Contain "NOTHING WAS PROMISED")

[<Test>]
let ``the example runs`` () =
    Assert.That(Program.main [| "20" |], Is.Zero)

[<Test>]
let ``different seeds give different timelines`` () =
    let timelines =
        set [ for seed in 1..60 -> text ((twoCallers Handlers.fenced).RunSeed seed).Timeline ]

    Assert.That(timelines.Count, Is.GreaterThan 50)

[<Test>]
let ``a seed that broke a promise breaks it again, alone`` () =
    let found = breach ((twoCallers Handlers.looking).Run 100)
    let again = breach ((twoCallers Handlers.looking).RunSeed found.Seed)
    Assert.That(text again.Timeline, Is.EqualTo(text found.Timeline))

[<Test>]
let ``a schedule breaks what it broke again, and holds for a worker that is right`` () =
    let found = breach ((twoCallers Handlers.looking).Run 100)
    let again = breach ((twoCallers Handlers.looking).RunSchedule found.Schedule)
    Assert.That(text again.Timeline, Is.EqualTo(text found.Timeline))

    let fenced = (twoCallers Handlers.fenced).RunSchedule found.Schedule
    Assert.That(fenced.Holds, string fenced)
    Assert.That(text fenced.Timeline, Does.Contain "TooLate")

[<Test>]
let ``in the run of seed zero nothing goes wrong, and the duplicate gets the result`` () =
    let report = (twoCallers Handlers.trusting).RunSeed 0
    Assert.That(report.Holds, string report)
    Assert.That(report.Coverage.Answers, Is.EqualTo 2)
    Assert.That(report.Coverage.Replays, Is.EqualTo 1)
    Assert.That(report.Coverage.Crashes + report.Coverage.Stalls + report.Coverage.Delays, Is.Zero)

[<Test>]
let ``what breaks even when nothing goes wrong is said to be of seed zero`` () =
    let simulation = twoCallers Handlers.trusting
    simulation.AtEnd("nothing is transferred", fun bank -> not (bank.IsMade transfer.Id))
    let found = breach (simulation.Run 10)
    Assert.That(found.Seed, Is.Zero)
    Assert.That(found.FaultCount, Is.Zero)

[<Test>]
let ``a promise for the end is not looked at before`` () =
    let simulation = twoCallers Handlers.fenced
    simulation.AtEnd("made once", fun bank -> bank.TimesMade transfer.Id = 1)
    Assert.That((simulation.Run 200).Holds)

[<Test>]
let ``a report that is broken throws itself, one that holds does not`` () =
    ((twoCallers Handlers.fenced).Run 10).ThrowIfBroken()

    let broken = (twoCallers Handlers.looking).Run 100

    let thrown = (thrownBy<SimulationBrokenException> broken.ThrowIfBroken).Message
    Assert.That(thrown, Does.Contain "BROKEN: at most once")
    Assert.That(thrown, Does.Contain "RunSchedule(\"")

[<Test>]
let ``a time to run in is kept, and runs at least once`` () =
    let report = (twoCallers Handlers.fenced).RunFor(TimeSpan.FromMilliseconds 50., 1)
    Assert.That(report.Coverage.Runs, Is.GreaterThan 1)

/// Ways in which an operation can be set up. Not held: whoever is told to come back when a held key expires is late enough to
/// find the window over, and gets a result of its own.
let private policies: (string * Policy) list =
    [ "the defaults", Defaults.policy
      "waiting",
      { Defaults.policy with
          InProgress = WhileInProgress.Wait(Defaults.wait, Defaults.firstPause, Defaults.longestPause) }
      "renewing",
      { Defaults.policy with
          Lease = 3_000L<ms>
          Renewal = Renewal.Until Defaults.longestRun }
      "tombstones",
      { Defaults.policy with
          Release = ReleaseBy.Tombstone
          Fence = FenceFrom.Acquire }
      "nothing late",
      { Defaults.policy with
          LateCompletion = false } ]

/// Returns another number each time it runs, and writes into the book what was answered.
let private counting policy (living: SimulatedProcess<Book>) (input: string) cancellation =
    let run (_: IdempotencyContext) (_: CancellationToken) =
        task {
            do! living.CallAsync("count", fun book -> book.Write "ran")
            do! Task.Delay(TimeSpan.FromSeconds 2., living.Time)
            do! living.StepAsync "think"
            return living.World.Lines.Count
        }

    task {
        let! outcome = workWith policy (fun _ -> run) living input cancellation

        match Outcome.tryValue outcome with
        | Some number -> living.World.Write $"answer {number}"
        | None -> ()

        return outcome
    }

[<Test>]
let ``all who are answered get the same answer, whatever the policy`` () =
    for name, policy in policies do
        let simulation = HandlerSimulation(fun () -> Book())
        simulation.Calls(counting policy, "input", "input", "input")

        let answers (book: Book) =
            book.Lines |> Seq.filter _.StartsWith("answer") |> Seq.distinct |> Seq.length

        simulation.Always("everybody gets the same", (fun book -> answers book <= 1))
        let report = simulation.Run 500
        Assert.That(report.Holds, $"{name}: {report}")
        Assert.That(report.Coverage.Crashes, Is.GreaterThan 30, name)
        Assert.That(report.Coverage.SkewedClocks, Is.GreaterThan 100, name)

[<Test>]
let ``broken twin: without idempotency, not all who are answered get the same`` () =
    let simulation = HandlerSimulation(fun () -> Book())

    let unprotected (living: SimulatedProcess<Book>) (input: string) cancellation =
        task {
            // The key is that of the process, so that no two are duplicates.
            let! outcome =
                counting Defaults.policy living $"{input} of {living.Name}" cancellation

            return outcome
        }

    simulation.Calls(unprotected, "input", "input")

    simulation.Always(
        "everybody gets the same",
        fun book ->
            Seq.length (book.Lines |> Seq.filter _.StartsWith("answer") |> Seq.distinct)
            <= 1
    )

    Assert.That((simulation.Run 10).Holds, Is.False)

/// The faults of a simulation, each by its name: how it is switched on, and where it is counted.
let private kinds: (string * (SimulationFaults -> unit) * (SimulationCoverage -> int)) list =
    [ "crashes", _.set_Crashes(1), _.Crashes
      "stalls", _.set_Stalls(1), _.Stalls
      "delays", _.set_Delays(1), _.Delays
      "lost replies", _.set_LostReplies(1), _.LostReplies
      "copies", _.set_Copies(1), _.Copies
      "failed requests", _.set_FailedRequests(1), _.FailedRequests
      "failed calls", _.set_FailedCalls(1), _.FailedCalls
      "resends", _.set_Resends(1), _.Resends
      "cancellations", _.set_Cancellations(1), _.Cancellations ]

[<Test>]
let ``each kind of fault occurs alone when it is the only one, at most as often as allowed`` () =
    for name, allow, count in kinds do
        let simulation = twoCallers Handlers.fenced
        calm simulation
        allow simulation.Faults
        let report = simulation.Run 300
        Assert.That(report.Holds, string report)
        Assert.That(count report.Coverage, Is.GreaterThan 5, name)
        Assert.That(count report.Coverage, Is.LessThanOrEqualTo 300, name)

        for other, _, countOther in kinds do
            if other <> name then
                Assert.That(countOther report.Coverage, Is.Zero, $"{other} although only {name} are allowed")

[<Test>]
let ``where nothing goes wrong, what did not occur is named`` () =
    let simulation = twoCallers Handlers.trusting
    calm simulation
    let report = simulation.Run 50
    Assert.That(report.Holds)
    Assert.That(report.Coverage.Missing, Does.Contain "crashes")
    Assert.That(report.Coverage.Missing, Does.Contain "take-overs")
    Assert.That(string report, Does.Contain "NEVER OCCURRED")

[<Test>]
let ``clocks are apart by as much as is allowed, and no further`` () =
    let seen = System.Collections.Generic.HashSet<int64>()
    let start = DateTimeOffset.FromUnixTimeMilliseconds(int64 World.epoch)

    let simulation =
        alone (fun living _ _ ->
            task {
                seen.Add(int64 (living.Time.GetUtcNow() - start).TotalMilliseconds) |> ignore
                return 1
            })

    calm simulation
    simulation.Faults.ClockSkew <- TimeSpan.FromHours 1000.
    simulation.Run 100 |> ignore
    Assert.That(Seq.max seen, Is.GreaterThan 3_600_000L)
