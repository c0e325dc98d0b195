// What users may do wrong, in the model, in the handler or in the set-up: it is said in so many words, and with their own
// exception.
module Simulation.Tests.UserMistakeTests

open System
open System.Threading
open System.Threading.Tasks
open Idempotency
open Idempotency.Core
open Idempotency.Simulation
open NUnit.Framework
open Simulate
open Simulation.Tests.Users

exception private Mistake of string

let private mistake = Mistake "in the model"

let private errorOf (report: SimulationReport) : exn | null =
    match report.Breach with
    | null -> null
    | known -> known.Error

let private refused (run: unit -> SimulationReport) =
    (thrownBy<SimulationException>(fun () -> run () |> ignore)).Message

[<Test>]
let ``a world that cannot be made is reported with its exception`` () =
    let simulation = HandlerSimulation<Bank>(fun () -> raise mistake)
    simulation.Calls(Handlers.fenced, transfer)
    Assert.That(errorOf (simulation.Run 10), Is.SameAs mistake)

[<Test>]
let ``an invariant that throws is reported with its exception, which is the inner one of what is thrown`` () =
    let simulation = twoCallers Handlers.fenced

    simulation.Always(
        "throws after a while",
        fun bank -> if bank.IsMade transfer.Id then raise mistake else true
    )

    let report = simulation.Run 10
    Assert.That(errorOf report, Is.SameAs mistake)

    let thrown = thrownBy<SimulationBrokenException> report.ThrowIfBroken
    Assert.That(thrown.InnerException, Is.SameAs mistake)

[<Test>]
let ``a model that throws is reported with its exception, also when it throws seldom`` () =
    let simulation =
        alone (fun living context _ ->
            living.CallAsync("work", fun _ -> if context.IsTakeOver then raise mistake else 1))

    let report = simulation.Run 500
    Assert.That(errorOf report, Is.SameAs mistake)
    Assert.That(string report, Does.Contain "take-over")

[<Test>]
let ``an exception that is expected, or that inherits from it, is no mistake`` () =
    let simulation =
        alone (fun living context _ ->
            living.CallAsync("work", fun _ -> if context.IsTakeOver then raise mistake else 1))

    simulation.Expect<Mistake>()
    Assert.That((simulation.Run 300).Holds)

[<Test>]
let ``a simulation that nobody calls is refused`` () =
    let simulation = HandlerSimulation(fun () -> Bank())
    Assert.That(refused (fun () -> simulation.Run 1), Does.Contain "Calls")

[<Test>]
let ``a handler over another store is refused`` () =
    let simulation = HandlerSimulation(fun () -> Book())

    simulation.Calls(
        (fun (_: SimulatedProcess<Book>) input cancellation ->
            let handler = Idempotent.handler (InMemoryStore())

            Idempotent.run
                (Idempotent.operation<string, int> handler "work")
                input
                (fun _ _ -> Task.FromResult 1)
                cancellation),
        "input"
    )

    Assert.That(refused (fun () -> simulation.Run 1), Does.Contain "process.Store")

[<Test>]
let ``a handler on another clock is refused`` () =
    let simulation = HandlerSimulation(fun () -> Book())

    simulation.Calls(
        (fun (living: SimulatedProcess<Book>) input cancellation ->
            let handler = Idempotent.handler living.Store

            Idempotent.run
                (Idempotent.operation<string, int> handler "work")
                input
                (fun _ _ -> Task.FromResult 1)
                cancellation),
        "input"
    )

    Assert.That(refused (fun () -> simulation.Run 1), Does.Contain "process.Time")

[<Test>]
let ``a simulation in which nobody is ever answered is refused with the reason`` () =
    let simulation = HandlerSimulation(fun () -> Book())
    simulation.Calls(work (fun _ _ _ -> raise (OperationCanceledException "always")), "input")
    Assert.That(refused (fun () -> simulation.Run 1), Does.Contain "always")

[<Test>]
let ``a handler without end is refused`` () =
    let simulation =
        alone (fun living _ _ ->
            task {
                while true do
                    do! living.StepAsync "again"

                return 1
            })

    Assert.That(refused (fun () -> simulation.Run 1), Does.Contain "does not end")

/// Ways out of the simulation.
let private ways: (string * (unit -> Task)) list =
    [ "Task.Run", (fun () -> Task.Run(fun () -> ()))
      "Task.Yield", (fun () -> task { do! Task.Yield() })
      "Task.Delay", (fun () -> Task.Delay 5)
      "what never comes", (fun () -> TaskCompletionSource().Task) ]

[<Test>]
let ``a handler that waits for what is not of the simulation is refused`` () =
    for name, way in ways do
        let simulation =
            alone (fun living _ _ ->
                task {
                    do! living.StepAsync "before"
                    do! way ()
                    do! living.StepAsync "after"
                    return 1
                })

        Assert.That(refused (fun () -> simulation.Run 1), Does.Contain "Task.Run", name)

[<TestCase("")>]
[<TestCase("A,B nonsense")>]
[<TestCase("A A1.2:stall")>]
[<TestCase("A A1.2:explode=3")>]
[<TestCase("A A1.2:stall=-3")>]
[<TestCase("a A1.2:stall=3")>]
[<TestCase("A 1.2:stall=3")>]
[<TestCase("A,B,C,D")>]
let ``a text that is no schedule of these callers is refused`` (schedule: string) =
    thrownBy<ArgumentException>(fun () -> (twoCallers Handlers.fenced).RunSchedule schedule |> ignore)
    |> ignore

[<Test>]
let ``counts and lengths that cannot be are refused`` () =
    let simulation = twoCallers Handlers.fenced

    let refuses (set: unit -> unit) =
        thrownBy<ArgumentOutOfRangeException> set |> ignore

    refuses (fun () -> simulation.MaxAttempts <- 0)
    refuses (fun () -> simulation.Faults.Crashes <- -1)
    refuses (fun () -> simulation.Faults.Cancellations <- -1)
    refuses (fun () -> simulation.Faults.ClockSkew <- TimeSpan.FromSeconds -1.)
