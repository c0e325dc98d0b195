// Three workers, each a little more careful than the one before. Only the last survives the simulation.
module Simulate.Handlers

open System.Threading
open System.Threading.Tasks
open Idempotency
open Idempotency.Core
open Idempotency.Simulation

let private payOut (worker: SimulatedProcess<Bank>) =
    let handler =
        worker.Store
        |> Idempotent.handlerWith
            { Idempotent.defaults with
                Time = worker.Time }

    Idempotent.operationBy<Transfer, string, int> handler "pay-out" _.Id

/// Trusts that it runs once.
let trusting (worker: SimulatedProcess<Bank>) (transfer: Transfer) (cancellation: CancellationToken) =
    let work (_: IdempotencyContext) (_: CancellationToken) =
        worker.CallAsync("pay out", fun bank -> bank.Make transfer)

    Idempotent.run (payOut worker) transfer work cancellation

/// Looks first whether it is done already.
let looking (worker: SimulatedProcess<Bank>) (transfer: Transfer) (cancellation: CancellationToken) =
    let work (_: IdempotencyContext) (_: CancellationToken) =
        task {
            let! isMade = worker.CallAsync("look", fun bank -> bank.IsMade transfer.Id)

            if isMade then
                return 0
            else
                return! worker.CallAsync("pay out", fun bank -> bank.Make transfer)
        }

    Idempotent.run (payOut worker) transfer work cancellation

/// Looks first, and brings its fencing token along.
let fenced (worker: SimulatedProcess<Bank>) (transfer: Transfer) (cancellation: CancellationToken) =
    let work (context: IdempotencyContext) (_: CancellationToken) =
        task {
            let token = context.FencingToken
            let! isMade = worker.CallAsync("look", fun bank -> bank.IsMade(transfer.Id, token))

            if isMade then
                return 0
            else
                return! worker.CallAsync("pay out", fun bank -> bank.Make(transfer, token))
        }

    Idempotent.run (payOut worker) transfer work cancellation
