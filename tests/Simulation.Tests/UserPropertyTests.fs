// Simulations as properties: FsCheck makes up who sends what, and the seed. The package knows nothing of FsCheck.
module Simulation.Tests.UserPropertyTests

open FsCheck
open FsCheck.FSharp
open Idempotency.Simulation
open NUnit.Framework
open Simulate

let private holdsFor (worker: Users.Worker) (transfers: Transfer[]) (stalls: int) (seed: int) =
    let simulation = HandlerSimulation(fun () -> Bank())
    simulation.Faults.Stalls <- stalls
    simulation.Calls(worker, transfers)
    simulation.Expect<TooLate>()

    simulation.Always(
        "each transfer is made at most once",
        fun bank -> transfers |> Array.forall (fun transfer -> bank.TimesMade transfer.Id <= 1)
    )

    let report = simulation.RunSeed seed
    report.Holds |> Prop.label (string report)

[<Test>]
let ``whoever sends whatever, each transfer is made at most once`` () =
    let property (NonEmptyArray numbers: NonEmptyArray<byte>) (NonNegativeInt stalls) (PositiveInt seed) =
        let transfers =
            [| for number in numbers ->
                   { Id = $"T-{number % 3uy}"
                     Amount = 100m } |]

        holdsFor Handlers.fenced transfers stalls seed

    Check.QuickThrowOnFailure property

[<Test>]
let ``broken twin: a worker that only looks is found out by the property`` () =
    let property (PositiveInt callers) (PositiveInt seed) =
        let transfer = { Id = "T-1"; Amount = 100m }
        holdsFor Handlers.looking (Array.replicate (1 + callers % 3) transfer) 2 seed

    let found =
        Users.thrownBy<exn>(fun () -> Check.One(Config.QuickThrowOnFailure.WithMaxTest 500, property))

    Assert.That(found.Message, Does.Contain "each transfer is made at most once")
    Assert.That(found.Message, Does.Contain "moves again")
