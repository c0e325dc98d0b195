// Handlers and worlds that the tests of HandlerSimulation share.
module Simulation.Tests.Users

open System
open System.Collections.Generic
open System.Threading
open System.Threading.Tasks
open Idempotency
open Idempotency.Core
open Idempotency.Simulation
open Simulate

type Worker = SimulatedProcess<Bank> -> Transfer -> CancellationToken -> Task<Outcome<int>>

let transfer = { Id = "T-1"; Amount = 100m }

/// What somebody throws.
let thrownBy<'Error when 'Error :> exn> (work: unit -> unit) : 'Error =
    let thrown =
        try
            work ()
            None
        with :? 'Error as error ->
            Some error

    match thrown with
    | Some error -> error
    | None -> raise (NUnit.Framework.AssertionException $"{typeof<'Error>.Name} was not thrown")

/// Two callers that send the same transfer.
let twoCallers (worker: Worker) =
    let simulation = HandlerSimulation(fun () -> Bank())
    simulation.Calls(worker, transfer, transfer)
    simulation.Expect<TooLate>()
    simulation.Always("at most once", fun bank -> bank.TimesMade transfer.Id <= 1)
    simulation

/// Nothing goes wrong but what is then switched on.
let calm (simulation: HandlerSimulation<'World>) =
    let faults = simulation.Faults
    faults.Crashes <- 0
    faults.Stalls <- 0
    faults.Delays <- 0
    faults.LostReplies <- 0
    faults.Copies <- 0
    faults.FailedRequests <- 0
    faults.FailedCalls <- 0
    faults.Resends <- 0
    faults.Cancellations <- 0
    faults.ClockSkew <- TimeSpan.Zero

/// What a function does, in an operation with the defaults and with a policy.
let workWith
    (policy: Policy)
    (work: SimulatedProcess<'World> -> IdempotencyContext -> CancellationToken -> Task<'Result>)
    =
    fun (living: SimulatedProcess<'World>) (input: string) cancellation ->
        let handler =
            living.Store
            |> Idempotent.handlerWith
                { Idempotent.defaults with
                    Time = living.Time
                    Policy = policy }

        Idempotent.run (Idempotent.operation<string, 'Result> handler "work") input (work living) cancellation

let work run = workWith Defaults.policy run

/// A world that keeps what it is told.
type Book() =
    let lines = List<string>()
    member _.Lines = lines
    member _.Write(line: string) = lines.Add line

/// One caller, in a world of notes.
let alone (run: SimulatedProcess<Book> -> IdempotencyContext -> CancellationToken -> Task<int>) =
    let simulation = HandlerSimulation(fun () -> Book())
    simulation.Calls(work run, "input")
    simulation
