// Holds the place of the simulation until its first file is here.
module Simulation.Program

open Idempotency.Core

[<EntryPoint>]
let main _ =
    printfn "%s: nothing to simulate yet" Placeholder.name
    0
