// What can befall a call, and what each leaves behind: the one place where incidents are played on calls.
namespace Idempotency.Simulation

open System
open Idempotency
open Idempotency.Core

/// What can befall a call.
[<RequireQualifiedAccess>]
type Incident =
    | Begin
    /// The pending request reaches the store, and the reply is handled at once.
    | Deliver
    /// The pending request reaches the store; the reply is on its way back.
    | Reach
    /// That reply is handled.
    | Handle
    /// What is under way reaches the store, the reply is lost, and it is sent again.
    | LoseReply
    /// What is under way is sent again, and the first copy stays in the network.
    | LeaveCopy
    /// What is under way is given up; it was not applied.
    | GiveUp
    /// What is under way is applied and given up.
    | GiveUpApplied
    /// What is under way is given up, and a copy of it stays in the network.
    | GiveUpInFlight
    /// The caller gives up before the function was started.
    | Cancel
    | Return
    | ThrowAndRelease
    | ThrowAndHold
    | ThrowAndStore
    /// The store refuses for good what the function had enlisted; the lock is released.
    | RefuseEnlisted
    | Heartbeat
    | DeliverRenewal
    | Tick
    | Timer
    | Deadline
    | Crash

/// Whether a call's function ran, and how it ended.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type HowItRan =
    /// It was not started, or did not end.
    | Never
    | Returned
    | Threw of exn

/// What an incident makes of a call, what the store did, and what stays in the network; or why it cannot happen.
type Aftereffect = Result<struct (Call * Seen * Request list), string>

module Incident =
    /// The fault of a client that has given a request up.
    let unanswered: exn = TimeoutException "The store did not answer."

    /// All of them.
    let all =
        [ Incident.Begin
          Incident.Deliver
          Incident.Reach
          Incident.Handle
          Incident.LoseReply
          Incident.LeaveCopy
          Incident.GiveUp
          Incident.GiveUpApplied
          Incident.GiveUpInFlight
          Incident.Cancel
          Incident.Return
          Incident.ThrowAndRelease
          Incident.ThrowAndHold
          Incident.ThrowAndStore
          Incident.RefuseEnlisted
          Incident.Heartbeat
          Incident.DeliverRenewal
          Incident.Tick
          Incident.Timer
          Incident.Deadline
          Incident.Crash ]

    /// Whether what is under way reaches the store in it.
    let reaches (incident: Incident) =
        match incident with
        | Incident.Deliver
        | Incident.DeliverRenewal
        | Incident.Reach
        | Incident.LoseReply
        | Incident.GiveUpApplied -> true
        | Incident.Begin
        | Incident.Handle
        | Incident.LeaveCopy
        | Incident.GiveUp
        | Incident.GiveUpInFlight
        | Incident.Cancel
        | Incident.Return
        | Incident.ThrowAndRelease
        | Incident.ThrowAndHold
        | Incident.ThrowAndStore
        | Incident.RefuseEnlisted
        | Incident.Heartbeat
        | Incident.Tick
        | Incident.Timer
        | Incident.Deadline
        | Incident.Crash -> false

    /// What is stored of a call's failure.
    let failureOf (call: Call) = Payload.OfText $"\"f{call.Name}\""

    let private leaving copies (effect: Effect) : Aftereffect =
        effect |> Result.map (fun (struct (call, seen)) -> struct (call, seen, copies))

    /// What is on its way and may still change the store. A request whose reply is on its way back has done so.
    let private inFlight (call: Call) =
        [ match Call.pending call with
          | Some request when call.Kept.IsNone && not request.IsRead -> request
          | Some _
          | None -> ()
          match call.Renewal with
          | Some renewal -> Request.Renew renewal
          | None -> () ]

    let private isRunning (call: Call) =
        match call.Phase with
        | Phase.At(Step.Run _) -> true
        | Phase.At _
        | Phase.Unbegun
        | Phase.Crashed -> false

    /// A request is sent again and its first copy stays in the network; a renewal is given up by its client.
    let private leaveCopy now (call: Call) : Aftereffect =
        match inFlight call with
        | [] -> Error $"{call.Name} has nothing under way"
        | copies when isRunning call -> Call.fault now unanswered call |> leaving copies
        | copies -> Ok(struct (call, Seen.Nothing, copies))

    /// Plays an incident on a call, by the call's clock.
    let befall (store: IIdempotencyStore) (now: int64<ms>) (incident: Incident) (call: Call) : Aftereffect =
        match incident with
        | Incident.Begin -> Call.start now call |> leaving []
        | Incident.Deliver -> Call.deliver store now call |> leaving []
        | Incident.DeliverRenewal -> Call.deliverRenewal store now call |> leaving []
        | Incident.Reach -> Call.reach store call |> leaving []
        | Incident.Handle -> Call.handle now call |> leaving []
        | Incident.LoseReply -> Call.loseReply store call |> leaving []
        | Incident.LeaveCopy -> leaveCopy now call
        | Incident.GiveUp -> Call.fault now unanswered call |> leaving []
        | Incident.GiveUpApplied -> Call.applyAndFault store now unanswered call |> leaving []
        | Incident.GiveUpInFlight -> Call.fault now unanswered call |> leaving (inFlight call)
        | Incident.Cancel -> Call.cancel call |> leaving (inFlight call)
        // A renewal that is under way when the function ends is forgotten by the call, not by the network.
        | Incident.Return -> Call.returns now call |> leaving (inFlight call)
        | Incident.ThrowAndRelease -> Call.throws now Disposition.Release call |> leaving (inFlight call)
        | Incident.ThrowAndHold -> Call.throws now Disposition.Hold call |> leaving (inFlight call)
        | Incident.ThrowAndStore ->
            Call.throws now (Disposition.Store(failureOf call)) call
            |> leaving (inFlight call)
        | Incident.RefuseEnlisted -> Call.refuseEnlisted now Disposition.Release call |> leaving []
        | Incident.Heartbeat -> Call.heartbeat now call |> leaving []
        | Incident.Tick -> Call.tick now call |> leaving []
        | Incident.Timer -> Call.timer call |> leaving []
        | Incident.Deadline -> Call.deadline call |> leaving []
        | Incident.Crash -> Call.crash call |> leaving (inFlight call)

    /// Whether the call's function has run after an incident.
    let ran (incident: Incident) (call: Call) (before: HowItRan) =
        match incident with
        | Incident.Return -> HowItRan.Returned
        | Incident.ThrowAndRelease
        | Incident.ThrowAndHold
        | Incident.ThrowAndStore
        | Incident.RefuseEnlisted -> HowItRan.Threw call.Failure
        | Incident.Begin
        | Incident.Deliver
        | Incident.Reach
        | Incident.Handle
        | Incident.LoseReply
        | Incident.LeaveCopy
        | Incident.GiveUp
        | Incident.GiveUpApplied
        | Incident.GiveUpInFlight
        | Incident.Cancel
        | Incident.Heartbeat
        | Incident.DeliverRenewal
        | Incident.Tick
        | Incident.Timer
        | Incident.Deadline
        | Incident.Crash -> before
