// Random walks of calls through the machine, with every field of every state: what the tests of the exploration's own
// codes compare with.
module Simulation.Tests.Walk

open System
open System.Collections.Generic
open Microsoft.FSharp.Reflection
open Idempotency
open Idempotency.Core
open Idempotency.Simulation

/// Everything that a value consists of, as text; tickets by their owner, errors by themselves.
let rec everything (value: objnull) : string =
    match value with
    | null -> "null"
    | :? Ticket as ticket -> $"ticket {ticket.Owner}"
    | :? exn as error -> $"error {error.Message}"
    | :? Payload as payload -> Comparison.payload payload
    | :? Enlisted as enlisted -> $"enlisted {enlisted.IsNone}"
    | :? OwnerToken as owner -> $"owner {owner}"
    | :? Fingerprint as fingerprint -> $"fingerprint {fingerprint}"
    | :? Machine
    | :? LocalCache -> "as it is"
    | :? string as text -> $"'{text}'"
    | known ->
        let kind = known.GetType()

        if FSharpType.IsUnion kind then
            let case, fields = FSharpValue.GetUnionFields(known, kind)
            let parts = fields |> Array.map everything |> String.concat " "
            $"({case.Name} {parts})"
        elif FSharpType.IsRecord kind then
            let parts =
                FSharpValue.GetRecordFields known |> Array.map everything |> String.concat " "

            $"[{parts}]"
        else
            string known

/// What a code is to tell of a call. The conclusion of a call that has ended is told by its name.
let toldOf (call: Call) =
    let phase =
        match call.Phase with
        | Phase.At(Step.Done(conclusion, remember)) -> $"{Findings.kindOf conclusion} {everything remember}"
        | Phase.At(Step.Abandon state) ->
            $"Abandon {everything state.Request} {Findings.kindOf state.Because}"
        | other -> everything other

    $"{call.Name} {phase} {everything call.Kept} {everything call.Renewal} {everything call.Fence} {call.LeaseLost}"

/// Walks calls through random incidents, and shows each call after each of them, with what stands in the store.
let walk seed (bounds: Bounds) (visit: Cast -> Incident -> int64<ms> -> Record | null -> Call -> unit) =
    let dice = Dice(uint64 seed)
    let cast = Cast.create bounds Setting.shipped
    let store = RuledStore Rules.right
    let visible: IIdempotencyStore = if bounds.Unseen then UnseenStore store else store
    let calls = cast.Roles |> Array.map _.Call
    let mutable tick = 0

    for _ in 1..40 do
        if dice.Once 4 then tick <- tick + 1

        let index = dice.Below calls.Length
        let incidents = Possible.incidents bounds calls[index]

        if incidents.Length > 0 then
            let incident = incidents[dice.Below incidents.Length]
            let now = Cast.moment tick
            visit cast incident now (store.Find Cast.key) calls[index]

            match Incident.befall visible now incident calls[index] with
            | Ok(struct (after, _, _)) -> calls[index] <- after
            | Error _ -> ()

/// Bounds in which all states are met.
let bounds =
    let plain = Bounds.ofCallers 3

    let faults =
        { LostReplies = 1
          SlowReplies = 1
          Crashes = 0
          GiveUps = 1
          Cancellations = 1
          Heartbeats = 1 }

    let rich =
        { plain with
            Faults = faults
            Failures = [ OnFailure.Release; OnFailure.Store; OnFailure.Hold ]
            LooksFirst = true
            Enlists = true }

    [ rich
      { rich with Waits = true }
      { rich with
          Unseen = true
          Waits = true
          Enlists = false }
      { rich with
          Release = ReleaseBy.Tombstone
          Fence = FenceFrom.Acquire } ]
