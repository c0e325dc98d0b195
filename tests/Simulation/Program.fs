// Holds the place of the simulation until its first file is here.
module Simulation.Program

[<EntryPoint>]
let main _ =
    printfn "nothing to simulate yet"
    0
