// The protocol as a value: the functions that a call is driven with. Tests put a broken one in its place; the
// one that ships hands everything on to `Protocol`.
namespace Idempotency.Simulation

open Idempotency.Core

/// What drives a call.
[<NoComparison; NoEquality>]
type Machine =
    {
        /// Begins a call, with what its local cache has for the key.
        Start: Ticket -> int64<ms> -> Record | null -> Step
        /// Handles the reply that a step waits for, or the fault instead of it.
        OnReply: Step -> int64<ms> -> Result<Reply, exn> -> Step
        /// Handles the return of the function.
        OnReturned: Running -> int64<ms> -> Payload -> Enlisted -> Step
        /// Handles what the function threw.
        OnThrew: Running -> int64<ms> -> exn -> Disposition -> Step
        /// The renewal to send while the function runs, if one is to be sent.
        OnHeartbeat: Running -> int64<ms> -> RenewRequest voption
        /// Handles the reply to a renewal while the function runs.
        OnRenewed: Running -> RenewRequest -> int64<ms> -> Result<StoreReply, exn> -> Running
        /// Handles the store's refusal, for good, of what the function had enlisted.
        OnEnlistedRefused: Step -> int64<ms> -> exn -> Disposition -> Step
        /// Ends a sleep.
        OnTimer: Waiting -> Step
        /// Ends the time to wait.
        OnDeadline: Waiting -> Step
        /// The caller gives up.
        OnCancelled: Step -> Step
    }

module Machine =
    let private written (reply: Result<Reply, exn>) : Result<StoreReply, exn> =
        match reply with
        | Ok(Reply.Wrote written) -> Ok written
        | Ok(Reply.Read _) -> invalidOp "A write was answered as a read."
        | Error fault -> Error fault

    let private found (reply: Result<Reply, exn>) : Result<Record | null, exn> =
        match reply with
        | Ok(Reply.Read record) -> Ok record
        | Ok(Reply.Wrote _) -> invalidOp "A read was answered as a write."
        | Error fault -> Error fault

    let private onReply (step: Step) (now: int64<ms>) (reply: Result<Reply, exn>) =
        match step with
        | Step.Look state -> Protocol.onLooked state now (found reply)
        | Step.Acquire state -> Protocol.onAcquired state now (written reply)
        | Step.Refresh state -> Protocol.onRefreshed state now (written reply)
        | Step.Abandon state -> Protocol.onAbandoned state (written reply)
        | Step.Complete state -> Protocol.onCompleted state now (written reply)
        | Step.LateComplete state -> Protocol.onLateCompleted state now (written reply)
        | Step.Release state -> Protocol.onReleased state (written reply)
        | Step.Peek state -> Protocol.onPeeked state now (found reply)
        | Step.Run _
        | Step.Wait _
        | Step.Done _ -> invalidOp $"A call in state {step.StateName} waits for no reply."

    let private onEnlistedRefused (step: Step) now error disposition =
        match step with
        | Step.Complete state -> Protocol.onEnlistedRefused state now error disposition
        | Step.LateComplete state -> Protocol.onLateEnlistedRefused state error
        | Step.Look _
        | Step.Acquire _
        | Step.Refresh _
        | Step.Abandon _
        | Step.Release _
        | Step.Peek _
        | Step.Run _
        | Step.Wait _
        | Step.Done _ -> invalidOp $"A call in state {step.StateName} has nothing enlisted under way."

    /// The protocol that ships.
    let shipped =
        { Start = fun ticket now cached -> Protocol.start ticket now cached
          OnReply = onReply
          OnReturned = fun running now result enlisted -> Protocol.onReturned running now result enlisted
          OnThrew = fun running now error disposition -> Protocol.onThrew running now error disposition
          OnHeartbeat = fun running now -> Protocol.onHeartbeat running now
          OnRenewed = fun running request now reply -> Protocol.onRenewed running request now reply
          OnEnlistedRefused = onEnlistedRefused
          OnTimer = Protocol.onTimer
          OnDeadline = Protocol.onDeadline
          OnCancelled = Protocol.onCancelled }
