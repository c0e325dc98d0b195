// One call, and what its function does: it takes some time, writes to the register of its key, sometimes throws, sometimes
// outlives its lease. All of it is written down.
module Chaos.Work

open System
open System.Threading
open System.Threading.Tasks
open Idempotency
open Idempotency.Core

/// How a function behaves.
type Behaviour =
    { Milliseconds: int
      Throws: bool
      IsStored: bool
      IsRefused: bool
      Transfer: Transfer }

let private leaseEnds (context: IdempotencyContext) =
    context.LeaseEnds.ToUnixTimeMilliseconds()

let private body
    (journal: Journal)
    (side: Side)
    profile
    call
    key
    behaviour
    (context: IdempotencyContext)
    token
    =
    task {
        let run = "r" + journal.NewId()

        journal.Write(Event.Started(call, run, context.FencingToken, context.IsTakeOver, leaseEnds context))

        try
            let early = behaviour.Milliseconds / 2
            do! Task.Delay(early, token)
            let! accepted = side.Accepts(key, context.FencingToken)
            journal.Write(Event.Fenced(call, accepted, leaseEnds context))
            do! Task.Delay(behaviour.Milliseconds - early, token)

            if behaviour.Throws then raise (Failed("failed:" + run, behaviour.IsStored))

            if profile.Transfers then
                side.Enlist(context, run, behaviour.Transfer)
                if behaviour.IsRefused then side.EnlistRefusal context

            journal.Write(Event.Returned(call, leaseEnds context))
            return run
        with failure ->
            journal.Write(Event.Threw(call, leaseEnds context))
            return raise failure
    }

let private told (outcome: Outcome<string>) =
    match outcome with
    | Outcome.Executed result -> "Executed", Some result
    | Outcome.Replayed result -> "Replayed", Some result
    | Outcome.Adopted result -> "Adopted", Some result
    | Outcome.Unprotected result -> "Unprotected", Some result
    | Outcome.CompletedUnsaved(result, _, _) -> "CompletedUnsaved", Some result
    | Outcome.LeaseLost(result, _) -> "LeaseLost", Some result
    | Outcome.FunctionFailed _ -> "FunctionFailed", None
    | Outcome.FailureReplayed(failure, _) -> "FailureReplayed", Some failure.Message
    | Outcome.PayloadMismatch _ -> "PayloadMismatch", None
    | Outcome.InProgress _ -> "InProgress", None
    | Outcome.Held _ -> "Held", None
    | Outcome.Contended _ -> "Contended", None
    | Outcome.PersistFailed _ -> "PersistFailed", None
    | Outcome.KeyRejected _ -> "KeyRejected", None
    | Outcome.LeaseRejected _ -> "LeaseRejected", None
    | Outcome.Unreadable _ -> "Unreadable", None
    | Outcome.Cancelled -> "Cancelled", None

/// Makes a call, and writes down how it ends; it is told its own name first.
let call
    (journal: Journal)
    (side: Side)
    (operation: Operation<Input, string>)
    (profile: Profile)
    (input: Input)
    (behaviour: Behaviour)
    (begun: string -> unit)
    (cancellation: CancellationToken)
    : Task<unit> =
    task {
        let call = journal.NewId()
        Current.enter call input.Id profile.Name
        journal.Write(Event.Begun(call, input.Id, profile.Name, input.Variant))
        begun call

        let! outcome =
            Idempotent.run operation input (body journal side profile call input.Id behaviour) cancellation

        let case, result = told outcome
        journal.Write(Event.Ended(call, case, result))
    }
