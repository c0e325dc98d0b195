// Made-up calls for the properties: a ticket of any policy, and a list of moves, each of them what the world does
// next. The machine is a value here, so that a broken twin of it can be played just as well.
module Core.Tests.Scripts

open Idempotency.Core
open Core.Tests.Given

/// The protocol's functions.
[<NoComparison; NoEquality>]
type Machine =
    { Start: Ticket -> int64<ms> -> (Record | null) -> Step
      OnLooked: Looking -> int64<ms> -> Result<Record | null, exn> -> Step
      OnAcquired: Acquiring -> int64<ms> -> Result<StoreReply, exn> -> Step
      OnRefreshed: Refreshing -> int64<ms> -> Result<StoreReply, exn> -> Step
      OnAbandoned: Abandoning -> Result<StoreReply, exn> -> Step
      OnHeartbeat: Running -> int64<ms> -> RenewRequest voption
      OnRenewed: Running -> RenewRequest -> int64<ms> -> Result<StoreReply, exn> -> Running
      OnTick: Running -> int64<ms> -> Running
      OnReturned: Running -> int64<ms> -> Payload -> Enlisted -> Step
      OnThrew: Running -> int64<ms> -> exn -> Disposition -> Step
      OnCompleted: Completing -> int64<ms> -> Result<StoreReply, exn> -> Step
      OnLateCompleted: LateCompleting -> int64<ms> -> Result<StoreReply, exn> -> Step
      OnEnlistedRefused: Completing -> int64<ms> -> exn -> Disposition -> Step
      OnLateEnlistedRefused: LateCompleting -> exn -> Step
      OnReleased: Releasing -> Result<StoreReply, exn> -> Step
      Pause: Waiting -> int64<ms> -> float -> int64<ms>
      OnTimer: Waiting -> Step
      OnDeadline: Waiting -> Step
      OnPeeked: Peeking -> int64<ms> -> Result<Record | null, exn> -> Step
      OnCancelled: Step -> Step }

/// The one that ships.
let shipped =
    { Start = Protocol.start
      OnLooked = Protocol.onLooked
      OnAcquired = Protocol.onAcquired
      OnRefreshed = Protocol.onRefreshed
      OnAbandoned = Protocol.onAbandoned
      OnHeartbeat = Protocol.onHeartbeat
      OnRenewed = Protocol.onRenewed
      OnTick = Protocol.onTick
      OnReturned = Protocol.onReturned
      OnThrew = Protocol.onThrew
      OnCompleted = Protocol.onCompleted
      OnLateCompleted = Protocol.onLateCompleted
      OnEnlistedRefused = Protocol.onEnlistedRefused
      OnLateEnlistedRefused = Protocol.onLateEnlistedRefused
      OnReleased = Protocol.onReleased
      Pause = Protocol.pause
      OnTimer = Protocol.onTimer
      OnDeadline = Protocol.onDeadline
      OnPeeked = Protocol.onPeeked
      OnCancelled = Protocol.onCancelled }

/// A record by its distance from the moment at which it is met.
[<NoComparison>]
type Shape =
    { Status: Status
      Owner: OwnerToken
      LeaseIn: int option
      ExpiresIn: int
      Hash: Fingerprint
      Result: string }

/// What the store answers.
[<NoComparison>]
type Answer =
    | Applies of Shape option
    | Refuses of Shape option
    | RefusesUnseen
    /// It refuses what the function enlisted; what was not enlisted it cannot refuse, and fails.
    | RefusesEnlisted
    | Fails

/// How the function ends.
[<NoComparison>]
type End =
    | Returns of string
    | Throws of Disposition

/// What the world does next: time passes, then it answers, or the function ends, or the caller gives up.
[<NoComparison>]
type Move =
    { Elapsed: int
      Answer: Answer
      End: End
      Renews: bool
      Cancels: bool
      Jitter: float }

/// One call from its beginning.
[<NoComparison>]
type Script =
    { Ticket: Ticket
      Cached: Shape option
      Moves: Move list }

/// One state that a call was in: where it came from, the clock, and the record that it saw on the way.
[<NoComparison; NoEquality>]
type Visit =
    { From: Step voption
      Now: int64<ms>
      Step: Step
      Saw: Record | null
      Move: Move voption }

let private recordAt (now: int64<ms>) (shape: Shape option) : Record | null =
    match shape with
    | None -> null
    | Some shape ->
        { Key = ticket.Key
          Status = shape.Status
          Expires = Time.floorSeconds now + int64 shape.ExpiresIn * 1L<s>
          LeaseEnds =
            match shape.LeaseIn with
            | Some distance -> System.Nullable(now + int64 distance * 1L<ms>)
            | None -> noLease
          Owner = shape.Owner
          Fingerprint = shape.Hash
          Payload =
            match shape.Status with
            | Status.InProgress -> Payload.Absent
            | Status.Completed
            | Status.Failed -> payload shape.Result }

let private replyAt now answer : Result<StoreReply, exn> =
    match answer with
    | Applies shape -> Ok(StoreReply.Applied(recordAt now shape))
    | Refuses shape -> Ok(StoreReply.Refused(recordAt now shape))
    | RefusesUnseen -> Ok StoreReply.RefusedUnseen
    | RefusesEnlisted
    | Fails -> Error down

let private lookAt now answer : Result<Record | null, exn> =
    match answer with
    | Applies shape
    | Refuses shape -> Ok(recordAt now shape)
    | RefusesUnseen -> Ok null
    | RefusesEnlisted
    | Fails -> Error down

let private seen (reply: Result<StoreReply, exn>) =
    match reply with
    | Ok(StoreReply.Refused current) -> current
    | Ok(StoreReply.Applied _)
    | Ok StoreReply.RefusedUnseen
    | Error _ -> null

/// Whether the call has not started its function yet, or waits without a result.
let isBeforeRun step =
    match step with
    | Step.Look _
    | Step.Acquire _
    | Step.Refresh _
    | Step.Wait { InHand = InHand.Nothing _ }
    | Step.Peek { InHand = InHand.Nothing _ } -> true
    | Step.Wait { InHand = InHand.Run _ }
    | Step.Peek { InHand = InHand.Run _ }
    | Step.Abandon _
    | Step.Run _
    | Step.Complete _
    | Step.LateComplete _
    | Step.Release _
    | Step.Done _ -> false

/// What every function enlists here.
let private writes = Enlisted([| "a write" |])

/// Whether the store refuses what was enlisted.
let refusesEnlisted (enlisted: Enlisted) (move: Move) =
    move.Answer.IsRefusesEnlisted && not enlisted.IsNone

let private dispositionOf (move: Move) =
    match move.End with
    | Throws disposition -> disposition
    | Returns _ -> Disposition.Release

/// The state that one move leads to, and the record that the call saw on the way.
let private react machine step now (move: Move) : struct ((Record | null) * Step) voption =
    let reply = replyAt now move.Answer
    let onward (next: Step) = ValueSome(struct (seen reply, next))
    let unseeing (next: Step) = ValueSome(struct (null, next))

    match step with
    | Step.Done _ -> ValueNone
    | step when move.Cancels && isBeforeRun step -> unseeing (machine.OnCancelled step)
    | Step.Look state ->
        let found = lookAt now move.Answer
        ValueSome(struct (Result.defaultValue null found, machine.OnLooked state now found))
    | Step.Acquire state -> onward (machine.OnAcquired state now reply)
    | Step.Refresh state -> onward (machine.OnRefreshed state now reply)
    | Step.Abandon state -> onward (machine.OnAbandoned state reply)
    | Step.Run state ->
        let running = machine.OnTick state now

        match machine.OnHeartbeat running now, move.End with
        | ValueSome request, _ when move.Renews ->
            onward (Step.Run(machine.OnRenewed running request now reply))
        | _, Returns result -> unseeing (machine.OnReturned running now (payload result) writes)
        | _, Throws disposition -> unseeing (machine.OnThrew running now boom disposition)
    | Step.Complete state when refusesEnlisted state.Request.Enlisted move ->
        unseeing (machine.OnEnlistedRefused state now boom (dispositionOf move))
    | Step.LateComplete state when refusesEnlisted state.Request.Enlisted move ->
        unseeing (machine.OnLateEnlistedRefused state boom)
    | Step.Complete state -> onward (machine.OnCompleted state now reply)
    | Step.LateComplete state -> onward (machine.OnLateCompleted state now reply)
    | Step.Release state -> onward (machine.OnReleased state reply)
    | Step.Wait state ->
        let woken = now + machine.Pause state now move.Jitter

        unseeing (
            if woken >= state.Patience.Deadline then
                machine.OnDeadline state
            else
                machine.OnTimer state
        )
    | Step.Peek state ->
        let found = lookAt now move.Answer
        ValueSome(struct (Result.defaultValue null found, machine.OnPeeked state now found))

/// The state that a move leads to from a visited one; none from the last.
let visitNext machine (last: Visit) (move: Move) : Visit voption =
    let now = last.Now + int64 move.Elapsed * 1L<ms>

    match react machine last.Step now move with
    | ValueNone -> ValueNone
    | ValueSome(struct (record, step)) ->
        ValueSome
            { From = ValueSome last.Step
              Now = now
              Step = step
              Saw = record
              Move = ValueSome move }

/// All states of a call, from the first to the last.
let play machine script =
    let beginning = at 0
    let cached = recordAt beginning script.Cached

    let first =
        { From = ValueNone
          Now = beginning
          Step = machine.Start script.Ticket beginning cached
          Saw = cached
          Move = ValueNone }

    let follow (visits: Visit list) (move: Move) =
        match visitNext machine (List.head visits) move with
        | ValueNone -> visits
        | ValueSome next -> next :: visits

    script.Moves |> List.fold follow [ first ] |> List.rev

/// Whether the store refused what the function had enlisted, and so failed it.
let wasRefused visits =
    visits
    |> List.exists (fun visit ->
        match visit.From, visit.Move with
        | ValueSome(Step.Complete state), ValueSome move -> refusesEnlisted state.Request.Enlisted move
        | ValueSome(Step.LateComplete state), ValueSome move -> refusesEnlisted state.Request.Enlisted move
        | _ -> false)
