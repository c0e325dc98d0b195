// What can befall a call in each of its states, within the bounds, and which budget it takes from.
namespace Idempotency.Simulation

open Idempotency.Core

/// The budgets of faults, by their places in a state.
[<RequireQualifiedAccess>]
type Budget =
    | Free
    | LostReplies
    | SlowReplies
    | Crashes
    | GiveUps
    | Cancellations
    | Heartbeats

module Possible =
    /// What an incident takes from.
    let budget (incident: Incident) =
        match incident with
        | Incident.LoseReply
        | Incident.LeaveCopy -> Budget.LostReplies
        | Incident.Reach -> Budget.SlowReplies
        | Incident.Crash -> Budget.Crashes
        | Incident.GiveUp
        | Incident.GiveUpApplied
        | Incident.GiveUpInFlight -> Budget.GiveUps
        | Incident.Cancel -> Budget.Cancellations
        | Incident.Heartbeat -> Budget.Heartbeats
        | Incident.Begin
        | Incident.Deliver
        | Incident.Handle
        | Incident.Return
        | Incident.ThrowAndRelease
        | Incident.ThrowAndHold
        | Incident.ThrowAndStore
        | Incident.RefuseEnlisted
        | Incident.DeliverRenewal
        | Incident.Tick
        | Incident.Timer
        | Incident.Deadline -> Budget.Free

    /// Whether the call reads its clock in it.
    let readsClock (incident: Incident) =
        match incident with
        | Incident.Begin
        | Incident.Deliver
        | Incident.Handle
        | Incident.Return
        | Incident.ThrowAndStore
        | Incident.Heartbeat
        | Incident.DeliverRenewal -> true
        | Incident.Reach
        | Incident.LoseReply
        | Incident.LeaveCopy
        | Incident.GiveUp
        | Incident.GiveUpApplied
        | Incident.GiveUpInFlight
        | Incident.Cancel
        | Incident.ThrowAndRelease
        | Incident.ThrowAndHold
        | Incident.RefuseEnlisted
        | Incident.Tick
        | Incident.Timer
        | Incident.Deadline
        | Incident.Crash -> false

    let private travelling (faults: Faults) (deliver: Incident) (call: Call) isRead =
        [ deliver
          if faults.LostReplies > 0 && not isRead then
              Incident.LoseReply
              Incident.LeaveCopy
          if faults.GiveUps > 0 then Incident.GiveUpInFlight
          if faults.SlowReplies > 0 && call.Renewal.IsNone then Incident.Reach ]

    let private pending faults (call: Call) =
        match Call.pending call with
        | Some _ when call.Kept.IsSome -> [ Incident.Handle; if faults.GiveUps > 0 then Incident.GiveUp ]
        | Some request -> travelling faults Incident.Deliver call request.IsRead
        | None -> []

    let private failures (bounds: Bounds) =
        [ for failure in bounds.Failures do
              match failure with
              | OnFailure.Release -> Incident.ThrowAndRelease
              | OnFailure.Store -> Incident.ThrowAndStore
              | OnFailure.Hold -> Incident.ThrowAndHold ]

    let private running (bounds: Bounds) (call: Call) =
        [ yield Incident.Return
          yield! failures bounds
          if call.Renewal.IsSome then
              yield! travelling bounds.Faults Incident.DeliverRenewal call false
          elif bounds.Faults.Heartbeats > 0 then
              yield Incident.Heartbeat ]

    let private saving faults (call: Call) (enlisted: Enlisted) =
        [ yield! pending faults call
          if not enlisted.IsNone && call.Kept.IsNone then yield Incident.RefuseEnlisted ]

    let private cancellation (faults: Faults) =
        [ if faults.Cancellations > 0 then Incident.Cancel ]

    let private inState (bounds: Bounds) (call: Call) (step: Step) =
        let faults = bounds.Faults

        match step with
        | Step.Look _
        | Step.Acquire _
        | Step.Refresh _
        | Step.Peek { InHand = InHand.Nothing _ } -> pending faults call @ cancellation faults
        | Step.Complete state -> saving faults call state.Request.Enlisted
        | Step.LateComplete state -> saving faults call state.Request.Enlisted
        | Step.Peek { InHand = InHand.Run _ }
        | Step.Abandon _
        | Step.Release _ -> pending faults call
        | Step.Run _ -> running bounds call
        | Step.Wait _ -> [ Incident.Timer; Incident.Deadline ] @ cancellation faults
        | Step.Done _ -> []

    /// What can befall a call, the most ordinary first.
    let incidents (bounds: Bounds) (call: Call) =
        match call.Phase with
        | Phase.Unbegun -> [| Incident.Begin |]
        | Phase.Crashed
        | Phase.At(Step.Done _) -> [||]
        | Phase.At step ->
            [| yield! inState bounds call step
               if bounds.Faults.Crashes > 0 then yield Incident.Crash |]
