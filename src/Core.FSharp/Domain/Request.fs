// What a call decides once, before anything is written, and what it then asks of a store. A request carries the
// clock of the moment when it was made, never that of its delivery.
namespace Idempotency.Core

open System
open System.Collections.Generic
open System.Runtime.CompilerServices

/// One call, as the protocol sees it. Nothing in it is computed again: the function may change its input.
[<ReferenceEquality>]
type Ticket =
    {
        /// The name of the operation.
        Operation: string
        /// The key's text.
        Key: string
        /// This call's own token.
        Owner: OwnerToken
        /// The digest of this call's payload.
        Fingerprint: Fingerprint
        /// How long this call's lease is, in milliseconds.
        Lease: int64<ms>
        /// What was chosen for the operation.
        Policy: Policy
        /// Whether finished records are remembered in the process.
        UsesCache: bool
        /// Whether it reads the record before it asks for the lock, as most of its kind are duplicates.
        LooksFirst: bool
    }

/// What a function wants committed in one step with its result, in the terms of the store that commits it.
[<Struct; IsReadOnly; NoComparison>]
type Enlisted(writes: IReadOnlyList<obj> | null) =
    /// The writes in the order in which they were enlisted; null when there are none.
    member _.Writes = writes

    /// Whether there is nothing to commit with the result.
    member _.IsNone = isNull writes

    /// Nothing.
    static member None = Enlisted(null)

/// The moments of a lock that was asked for, or asked to be renewed, at `now`.
module internal Lease =
    /// When the call itself stops trusting the lease: counted from the request, never from its reply.
    let trustedUntil (ticket: Ticket) (now: int64<ms>) = now + ticket.Lease

    /// The lease end that others see.
    let ends (ticket: Ticket) (now: int64<ms>) =
        trustedUntil ticket now + ticket.Policy.SkewPad

    /// A lock's record outlives its lease, so that nobody can sweep it or overtake it through its expiry.
    let expires (ticket: Ticket) (now: int64<ms>) =
        max (Time.floorSeconds (now + ticket.Policy.Expiry)) (Time.ceilSeconds (ends ticket now))

/// Asks for the lock. Allowed when the key is free.
[<Struct; IsReadOnly; NoComparison>]
type AcquireRequest =
    {
        Ticket: Ticket
        /// The call's clock when it made the request.
        Now: int64<ms>
    }

    /// When the call itself stops trusting the lease.
    member this.TrustedUntil = Lease.trustedUntil this.Ticket this.Now

    /// The lease end that others see.
    member this.LeaseEnds = Lease.ends this.Ticket this.Now

    /// When the lock's record ends: never before its lease.
    member this.Expires = Lease.expires this.Ticket this.Now

    /// The record that it writes.
    member this.Record =
        { Key = this.Ticket.Key
          Status = Status.InProgress
          Expires = this.Expires
          LeaseEnds = Nullable this.LeaseEnds
          Owner = this.Ticket.Owner
          Fingerprint = this.Ticket.Fingerprint
          Payload = Payload.Absent }

/// Asks to lengthen the lease. Allowed for the owner, and only to lengthen it.
[<Struct; IsReadOnly; NoComparison>]
type RenewRequest =
    {
        Ticket: Ticket
        /// The call's clock when it made the request.
        Now: int64<ms>
    }

    /// When the call itself stops trusting the lease.
    member this.TrustedUntil = Lease.trustedUntil this.Ticket this.Now

    /// The lease end that others see.
    member this.LeaseEnds = Lease.ends this.Ticket this.Now

    /// When the lock's record ends: never before its lease.
    member this.Expires = Lease.expires this.Ticket this.Now

module internal Finished =
    /// When the record of a run that is stored at `now` ends.
    let expires (ticket: Ticket) (now: int64<ms>) =
        Time.floorSeconds (now + ticket.Policy.Expiry)

    /// The record of a finished run, as far as the call that ran knows it.
    let record (ticket: Ticket) expires (ending: Ending) =
        { Key = ticket.Key
          Status = ending.Status
          Expires = expires
          LeaseEnds = Nullable()
          Owner = ticket.Owner
          Fingerprint = ticket.Fingerprint
          Payload = ending.Payload }

/// Asks to store how the run ended. Allowed for the owner.
[<Struct; IsReadOnly; NoComparison>]
type CompleteRequest =
    {
        Ticket: Ticket
        /// The call's clock when it made the request.
        Now: int64<ms>
        /// How the run ended.
        Ending: Ending
        /// What is written in the same step, or not at all.
        Enlisted: Enlisted
    }

    /// When the finished record ends: its length was fixed before the run, its end is stamped now.
    member this.Expires = Finished.expires this.Ticket this.Now

/// Asks to give the lock back. Allowed for the owner.
[<Struct; IsReadOnly; NoComparison>]
type ReleaseRequest =
    {
        Ticket: Ticket
        /// The fencing token of the run that ended; a tombstone keeps it.
        Fence: int64<ms>
    }

/// Asks to store how the run ended although the lock was lost. Allowed when the key is free again.
[<Struct; IsReadOnly; NoComparison>]
type LateCompleteRequest =
    {
        Ticket: Ticket
        /// The call's clock when it made the request.
        Now: int64<ms>
        /// How the run ended.
        Ending: Ending
        /// What is written in the same step, or not at all.
        Enlisted: Enlisted
    }

    /// When the finished record ends.
    member this.Expires = Finished.expires this.Ticket this.Now

    /// The record that it writes.
    member this.Record = Finished.record this.Ticket this.Expires this.Ending

/// A store's answer to a request. A fault is not an answer: stores throw it.
[<RequireQualifiedAccess; Struct; IsReadOnly; NoComparison>]
type StoreReply =
    /// It was applied, in the place of this record (null: there was none).
    | Applied of replaced: (Record | null)
    /// Its condition did not hold, because of this record (null: there is none).
    | Refused of current: (Record | null)
    /// Its condition did not hold, and this store cannot say why; the call will look.
    | RefusedUnseen
