// The rules of a record: who may change it, and what it means to a call. These functions are the conditions of
// every store: the in-memory store runs them, DynamoDB's condition expressions are tested against them.
// `now` is always the clock of the call that asks.
namespace Idempotency.Core

open System
open System.Runtime.CompilerServices

/// What a record means to a call: the answers of `Lifecycle.judge`.
[<RequireQualifiedAccess; Struct; IsReadOnly; NoComparison>]
type Standing =
    /// The call's own lock, with the lease end that others see.
    | Mine of leaseEnds: int64<ms>
    /// The key may be taken.
    | Free
    /// The key was used, in a window still open, for another payload.
    | OtherPayload
    /// A run has finished.
    | Finished of ending: Ending
    /// A lock was abandoned and is held for a person until the record expires.
    | Abandoned of expires: int64<ms>
    /// Another call holds a live lease.
    | Busy of leaseEnds: int64<ms>

/// What a store does with a request.
[<RequireQualifiedAccess; Struct; IsReadOnly; NoComparison>]
type Decision =
    /// It writes this record.
    | Write of record: Record
    /// It deletes the record.
    | Remove
    /// It changes nothing, and says why.
    | Refuse

/// The rules of a record: what each request does to what a store holds.
module Lifecycle =
    let inline private isBefore (moment: int64<ms>) (stamp: Nullable<int64<ms>>) =
        stamp.HasValue && stamp.Value < moment

    /// The window of a record has ended: the whole second it expires in is over.
    let windowEnded (now: int64<ms>) (record: Record) = record.Expires < Time.floorSeconds now

    /// The lease of a lock has ended. A lock without a lease ends with its window; a lock without an owner was
    /// written by a peer, whose clock may be behind by `peerPad`.
    let leaseEnded (peerPad: int64<ms>) (now: int64<ms>) (record: Record) =
        if not record.LeaseEnds.HasValue then windowEnded now record
        elif record.Owner.IsNone then record.LeaseEnds |> isBefore (now - peerPad)
        else record.LeaseEnds |> isBefore now

    /// Nobody needs the record any more: a store may drop it.
    let mayDrop (now: int64<ms>) (record: Record) =
        windowEnded now record
        && (not record.IsInProgress || leaseEnded Defaults.peerPad now record)

    /// FREE: a call may take the key, or store a late result under it.
    let isFree (ticket: Ticket) (now: int64<ms>) (record: Record | null) =
        match record with
        | null -> true
        | known when not known.IsInProgress -> windowEnded now known
        | known ->
            let policy = ticket.Policy

            leaseEnded policy.PeerPad now known
            && (windowEnded now known
                || (policy.Abandoned = WhenAbandoned.RunAgain || known.Owner = OwnerToken.Released)
                   && (not policy.CheckPayloadBeforeTakeover
                       || ticket.Fingerprint.IsNone
                       || known.Fingerprint.IsNone
                       || ticket.Fingerprint.Equals known.Fingerprint))

    /// MINE: the record is the lock of this very call.
    let isMine (ticket: Ticket) (record: Record | null) =
        match record with
        | null -> false
        | known -> known.IsInProgress && known.Owner.Equals ticket.Owner

    /// The record was made for another payload than this one, as far as the two are known.
    let isOfOtherPayload (fingerprint: Fingerprint) (record: Record) =
        not fingerprint.IsNone
        && (if record.Fingerprint.IsNone then
                not record.IsInProgress
            else
                not (record.Fingerprint.Equals fingerprint))

    /// When a lock's lease ends for a call that does not hold it.
    let private endsForOthers (ticket: Ticket) (record: Record) =
        if not record.LeaseEnds.HasValue then
            Time.endOfSecond record.Expires
        elif record.Owner.IsNone then
            record.LeaseEnds.Value |> Time.later ticket.Policy.PeerPad
        else
            record.LeaseEnds.Value

    let private judgeTaken (ticket: Ticket) (now: int64<ms>) (record: Record) =
        if isOfOtherPayload ticket.Fingerprint record then
            Standing.OtherPayload
        elif not record.IsInProgress then
            Standing.Finished record.Ending
        elif leaseEnded ticket.Policy.PeerPad now record then
            Standing.Abandoned(Time.endOfSecond record.Expires)
        else
            Standing.Busy(endsForOthers ticket record)

    let private standingOfMine (record: Record) =
        Standing.Mine(record.LeaseEnds.GetValueOrDefault())

    /// What a record means to a call that wants to run.
    let judge (ticket: Ticket) (now: int64<ms>) (record: Record | null) =
        match record with
        | null -> Standing.Free
        | known when isMine ticket known -> standingOfMine known
        | known when isFree ticket now known -> Standing.Free
        | known -> judgeTaken ticket now known

    /// What a record means to a call that has run: it asks for Free first, for it may store its result in the
    /// place of its own dead lock.
    let judgeAfterRun (ticket: Ticket) (now: int64<ms>) (record: Record | null) =
        match record with
        | null -> Standing.Free
        | known when isFree ticket now known -> Standing.Free
        | known when isMine ticket known -> standingOfMine known
        | known -> judgeTaken ticket now known

    /// FREE: writes the lock.
    let acquire (request: AcquireRequest) (record: Record | null) =
        if isFree request.Ticket request.Now record then
            Decision.Write request.Record
        else
            Decision.Refuse

    /// MINE, and only to lengthen: an older renewal that comes late must not shorten a newer one.
    let renew (request: RenewRequest) (record: Record | null) =
        match record with
        | null -> Decision.Refuse
        | known when isMine request.Ticket known && known.LeaseEnds |> isBefore request.LeaseEnds ->
            Decision.Write
                { known with
                    LeaseEnds = Nullable request.LeaseEnds
                    Expires = request.Expires }
        | _ -> Decision.Refuse

    /// MINE: stores how the run ended.
    let complete (request: CompleteRequest) (record: Record | null) =
        match record with
        | null -> Decision.Refuse
        | known when isMine request.Ticket known ->
            Decision.Write
                { known with
                    Status = request.Ending.Status
                    Payload = request.Ending.Payload
                    Expires = request.Expires
                    Fingerprint =
                        if request.Ticket.Fingerprint.IsNone then
                            known.Fingerprint
                        else
                            request.Ticket.Fingerprint }
        | _ -> Decision.Refuse

    /// MINE: deletes the lock, or leaves a tombstone.
    let release (request: ReleaseRequest) (record: Record | null) =
        match record with
        | null -> Decision.Refuse
        | known when isMine request.Ticket known ->
            match request.Ticket.Policy.Release with
            | ReleaseBy.Delete -> Decision.Remove
            | ReleaseBy.Tombstone ->
                Decision.Write
                    { known with
                        LeaseEnds = Nullable request.Fence
                        Owner = OwnerToken.Released
                        Fingerprint = Fingerprint.None }
        | _ -> Decision.Refuse

    /// FREE: stores how the run ended although the lock was lost.
    let lateComplete (request: LateCompleteRequest) (record: Record | null) =
        if isFree request.Ticket request.Now record then
            Decision.Write request.Record
        else
            Decision.Refuse
