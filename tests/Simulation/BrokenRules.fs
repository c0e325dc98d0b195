// Store rules with one guard removed, each as somebody might well have written it.
namespace Idempotency.Simulation

open System
open Idempotency.Core

module BrokenRules =
    let private mine (ticket: Ticket) (current: Record | null) =
        match current with
        | NonNull record -> record.IsInProgress && record.Owner = ticket.Owner
        | Null -> false

    let private inProgress (current: Record | null) =
        match current with
        | NonNull record -> record.IsInProgress
        | Null -> false

    /// Complete has no condition.
    let completeUnconditional =
        { Rules.right with
            Complete =
                fun request current ->
                    Decision.Write(Rules.finished request.Ticket request.Expires request.Ending current) }

    /// Complete looks at the status, not at the owner.
    let completeByStatus =
        { Rules.right with
            Complete =
                fun request current ->
                    if inProgress current then
                        Decision.Write(Rules.finished request.Ticket request.Expires request.Ending current)
                    else
                        Decision.Refuse }

    /// Release has no condition.
    let releaseUnconditional =
        { Rules.right with
            Release = fun _ current -> if isNull current then Decision.Refuse else Decision.Remove }

    /// Acquire also succeeds on the call's own lock, so that a repeated put is not refused.
    let acquireOwn =
        { Rules.right with
            Acquire =
                fun request current ->
                    if mine request.Ticket current then
                        Decision.Write request.Record
                    else
                        Lifecycle.acquire request current }

    /// A renewal may shorten the lease.
    let renewShortens =
        { Rules.right with
            Renew =
                fun request current ->
                    match current with
                    | NonNull record when mine request.Ticket current ->
                        Decision.Write
                            { record with
                                LeaseEnds = Nullable request.LeaseEnds
                                Expires = request.Expires }
                    | _ -> Decision.Refuse }

    /// Renew looks at the owner, not at the status.
    let renewByOwner =
        { Rules.right with
            Renew =
                fun request current ->
                    match current with
                    | NonNull record when record.Owner = request.Ticket.Owner ->
                        Decision.Write
                            { record with
                                LeaseEnds = Nullable request.LeaseEnds
                                Expires = request.Expires }
                    | _ -> Decision.Refuse }

    /// A lock expires with its window, though its lease is longer.
    let lockExpiresEarly =
        { Rules.right with
            Acquire =
                fun request current ->
                    match Lifecycle.acquire request current with
                    | Decision.Write record ->
                        let window = request.Ticket.Policy.Expiry

                        Decision.Write
                            { record with
                                Expires = Time.floorSeconds (request.Now + window) }
                    | Decision.Remove -> Decision.Remove
                    | Decision.Refuse -> Decision.Refuse }

    /// A late completion is stored whatever stands there.
    let lateCompleteUnconditional =
        { Rules.right with
            LateComplete = fun request _ -> Decision.Write request.Record }

    /// A lock is written without a lease.
    let lockWithoutLease =
        { Rules.right with
            Acquire =
                fun request current ->
                    match Lifecycle.acquire request current with
                    | Decision.Write record -> Decision.Write { record with LeaseEnds = Nullable() }
                    | Decision.Remove -> Decision.Remove
                    | Decision.Refuse -> Decision.Refuse }

    /// A lock expires with its window, and is free then, though its lease is longer.
    let windowFreesLock =
        { lockExpiresEarly with
            Acquire =
                fun request current ->
                    match current with
                    | NonNull record when record.Expires < Time.floorSeconds request.Now ->
                        lockExpiresEarly.Acquire request null
                    | _ -> lockExpiresEarly.Acquire request current }
