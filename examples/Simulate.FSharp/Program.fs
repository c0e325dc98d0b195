// Tries three workers in a thousand simulated worlds. Run it: dotnet run --project examples/Simulate.FSharp
module Simulate.Program

open System.Threading
open System.Threading.Tasks
open Idempotency.Core
open Idempotency.Simulation

let simulate (worker: SimulatedProcess<Bank> -> Transfer -> CancellationToken -> Task<Outcome<int>>) =
    let simulation = HandlerSimulation(fun () -> Bank())
    let transfer = { Id = "T-1"; Amount = 100m }

    simulation.Calls(worker, transfer, transfer)
    simulation.Expect<TooLate>()
    simulation.Always("a transfer is made at most once", fun bank -> bank.TimesMade "T-1" <= 1)
    simulation

[<EntryPoint>]
let main arguments =
    let runs = if arguments.Length > 0 then int arguments[0] else 1000

    for name, worker in
        [ "trusting", Handlers.trusting
          "looking", Handlers.looking
          "fenced", Handlers.fenced ] do
        printfn $"== {name}\n{simulate(worker).Run runs}\n"

    0
