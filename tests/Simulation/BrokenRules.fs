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

    /// Acquire also takes what the given rule says.
    let private acquireAlso taken =
        { Rules.right with
            Acquire =
                fun request current ->
                    match current with
                    | NonNull record when taken request record -> Decision.Write request.Record
                    | _ -> Lifecycle.acquire request current }

    /// Acquire takes a live lock of another.
    let acquireLive =
        acquireAlso (fun request record -> record.IsInProgress && record.Owner <> request.Ticket.Owner)

    /// Acquire takes a finished record whose window is open.
    let acquireFinished = acquireAlso (fun _ record -> not record.IsInProgress)

    let private ended (now: int64<ms>) (record: Record) =
        record.IsInProgress && record.LeaseEnds.HasValue && record.LeaseEnds.Value < now

    /// Acquire takes a peer's lock as soon as its lease has ended by the own clock.
    let acquireAtOnceFromPeers =
        acquireAlso (fun request record -> record.Owner = OwnerToken.None && ended request.Now record)

    /// Acquire takes an abandoned lock that is held.
    let acquireHeld = acquireAlso (fun request record -> ended request.Now record)

    /// Acquire leaves tombstones alone where abandoned locks are held.
    let leaveTombstones =
        { Rules.right with
            Acquire =
                fun request current ->
                    match current with
                    | NonNull record when
                        record.Owner = OwnerToken.Released
                        && not (Lifecycle.windowEnded request.Now record)
                        ->
                        Decision.Refuse
                    | _ -> Lifecycle.acquire request current }

    let private renewIf may =
        { Rules.right with
            Renew =
                fun request current ->
                    match current with
                    | NonNull record when may request record ->
                        Decision.Write
                            { record with
                                LeaseEnds = Nullable request.LeaseEnds
                                Expires = request.Expires }
                    | _ -> Decision.Refuse }

    /// Renew looks at the status, not at the owner.
    let renewByStatus =
        renewIf (fun request record ->
            record.IsInProgress
            && record.LeaseEnds.HasValue
            && record.LeaseEnds.Value < request.LeaseEnds)

    /// Renew leaves the expiration as it is.
    let renewLeaseOnly =
        { Rules.right with
            Renew =
                fun request current ->
                    match Lifecycle.renew request current, current with
                    | Decision.Write record, NonNull before ->
                        Decision.Write { record with Expires = before.Expires }
                    | decision, _ -> decision }

    /// Complete looks at the owner, not at the status.
    let completeByOwner =
        { Rules.right with
            Complete =
                fun request current ->
                    match current with
                    | NonNull record when record.Owner = request.Ticket.Owner ->
                        Decision.Write(Rules.finished request.Ticket request.Expires request.Ending current)
                    | _ -> Decision.Refuse }

    /// Release looks at the status, not at the owner.
    let releaseByStatus =
        { Rules.right with
            Release = fun _ current -> if inProgress current then Decision.Remove else Decision.Refuse }

    /// Release looks at the owner, not at the status.
    let releaseByOwner =
        { Rules.right with
            Release =
                fun request current ->
                    match current with
                    | NonNull record when record.Owner = request.Ticket.Owner -> Decision.Remove
                    | _ -> Decision.Refuse }

    let private tombstone change =
        { Rules.right with
            Release =
                fun request current ->
                    match Lifecycle.release request current, current with
                    | Decision.Write record, NonNull before -> Decision.Write(change before record)
                    | decision, _ -> decision }

    /// A tombstone does not remember the fencing token.
    let tombstoneForgets =
        tombstone (fun _ record ->
            { record with
                LeaseEnds = Nullable 0L<ms> })

    /// A tombstone keeps the owner.
    let tombstoneOwned =
        tombstone (fun before record -> { record with Owner = before.Owner })

    /// A tombstone keeps the hash.
    let tombstoneHashed =
        tombstone (fun before record ->
            { record with
                Fingerprint = before.Fingerprint })
