// Holds the place of the F# example until it is here.
module Payments.Program

open Idempotency.Core

[<EntryPoint>]
let main _ =
    printfn "%s" Placeholder.name
    0
