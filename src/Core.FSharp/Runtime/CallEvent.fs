// What a program may want to be told of its calls, in the program's own words: no logger, no clock, and never a part of an
// input or a result. Plain runs and replays are not told one by one; the metrics count them.
namespace Idempotency.Core

open System
open Idempotency

/// How a call ended, without what it carries.
[<RequireQualifiedAccess>]
type OutcomeKind =
    | Executed
    | Replayed
    | Adopted
    | Unprotected
    | CompletedUnsaved
    | LeaseLost
    | FunctionFailed
    | FailureReplayed
    | PayloadMismatch
    | InProgress
    | Held
    | Contended
    | PersistFailed
    | KeyRejected
    | LeaseRejected
    | Unreadable
    | Cancelled

    /// The value of the tag `idempotency.outcome`.
    member this.Name =
        match this with
        | Executed -> "executed"
        | Replayed -> "replayed"
        | Adopted -> "adopted"
        | Unprotected -> "unprotected"
        | CompletedUnsaved -> "completed_unsaved"
        | LeaseLost -> "lease_lost"
        | FunctionFailed -> "function_failed"
        | FailureReplayed -> "failure_replayed"
        | PayloadMismatch -> "payload_mismatch"
        | InProgress -> "in_progress"
        | Held -> "held"
        | Contended -> "contended"
        | PersistFailed -> "persist_failed"
        | KeyRejected -> "key_rejected"
        | LeaseRejected -> "lease_rejected"
        | Unreadable -> "unreadable"
        | Cancelled -> "cancelled"

    /// Its name.
    override this.ToString() = this.Name

/// The requests of a store.
[<RequireQualifiedAccess>]
type StoreRequestKind =
    | Acquire
    | Renew
    | Complete
    | Release
    | LateComplete
    | Get

    /// The value of the tag `idempotency.request`.
    member this.Name =
        match this with
        | Acquire -> "acquire"
        | Renew -> "renew"
        | Complete -> "complete"
        | Release -> "release"
        | LateComplete -> "late_complete"
        | Get -> "get"

    /// Its name.
    override this.ToString() = this.Name

/// Something that happened to a call.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type CallEvent =
    /// The function is started although the call before may have run it and been cut off.
    | TookOver of CallInfo
    /// A renewal was refused: the record is not this call's any more. Its function still runs.
    | RenewalRefused of CallInfo
    /// The function has ended, and its lease had ended before.
    | LeaseLost of CallInfo
    /// A request to the store failed; it may be sent again.
    | StoreFailed of request: StoreRequestKind * fault: exn * CallInfo
    /// The call ended in a refusal, or without protection. The fault is what kept it from a result, where that was an
    /// exception. It is somebody else's, and so is its message.
    | Ended of outcome: OutcomeKind * fault: (exn | null) * CallInfo

module internal OutcomeKind =
    let ofOutcome (outcome: Outcome<'T>) =
        match outcome with
        | Outcome.Executed _ -> OutcomeKind.Executed
        | Outcome.Replayed _ -> OutcomeKind.Replayed
        | Outcome.Adopted _ -> OutcomeKind.Adopted
        | Outcome.Unprotected _ -> OutcomeKind.Unprotected
        | Outcome.CompletedUnsaved _ -> OutcomeKind.CompletedUnsaved
        | Outcome.LeaseLost _ -> OutcomeKind.LeaseLost
        | Outcome.FunctionFailed _ -> OutcomeKind.FunctionFailed
        | Outcome.FailureReplayed _ -> OutcomeKind.FailureReplayed
        | Outcome.PayloadMismatch _ -> OutcomeKind.PayloadMismatch
        | Outcome.InProgress _ -> OutcomeKind.InProgress
        | Outcome.Held _ -> OutcomeKind.Held
        | Outcome.Contended _ -> OutcomeKind.Contended
        | Outcome.PersistFailed _ -> OutcomeKind.PersistFailed
        | Outcome.KeyRejected _ -> OutcomeKind.KeyRejected
        | Outcome.LeaseRejected _ -> OutcomeKind.LeaseRejected
        | Outcome.Unreadable _ -> OutcomeKind.Unreadable
        | Outcome.Cancelled -> OutcomeKind.Cancelled

    /// The exception that an outcome carries, or null.
    let faultOf (outcome: Outcome<'T>) : exn | null =
        match outcome with
        | Outcome.CompletedUnsaved(_, fault, _)
        | Outcome.PersistFailed(fault, _)
        | Outcome.Unreadable(fault, _)
        | Outcome.FunctionFailed fault
        | Outcome.KeyRejected(KeyProblem.Unserialisable fault, _) -> fault
        | Outcome.KeyRejected((KeyProblem.Missing | KeyProblem.Unfit _ | KeyProblem.Path _), _)
        | Outcome.Executed _
        | Outcome.Replayed _
        | Outcome.Adopted _
        | Outcome.Unprotected _
        | Outcome.LeaseLost _
        | Outcome.FailureReplayed _
        | Outcome.PayloadMismatch _
        | Outcome.InProgress _
        | Outcome.Held _
        | Outcome.Contended _
        | Outcome.LeaseRejected _
        | Outcome.Cancelled -> null

    /// What is known of a call that is told of when it ends; null of one that is not.
    let infoOf (outcome: Outcome<'T>) : CallInfo | null =
        match outcome with
        | Outcome.CompletedUnsaved(_, _, call)
        | Outcome.LeaseLost(_, call)
        | Outcome.FailureReplayed(_, call)
        | Outcome.PayloadMismatch call
        | Outcome.InProgress call
        | Outcome.Held call
        | Outcome.Contended call
        | Outcome.PersistFailed(_, call)
        | Outcome.KeyRejected(_, call)
        | Outcome.LeaseRejected(_, call)
        | Outcome.Unreadable(_, call) -> call
        | Outcome.Executed _
        | Outcome.Replayed _
        | Outcome.Adopted _
        | Outcome.Unprotected _
        | Outcome.FunctionFailed _
        | Outcome.Cancelled -> null

    /// Whether the answer came from an earlier call.
    let isReplay kind =
        match kind with
        | OutcomeKind.Replayed
        | OutcomeKind.FailureReplayed -> true
        | OutcomeKind.Executed
        | OutcomeKind.Adopted
        | OutcomeKind.Unprotected
        | OutcomeKind.CompletedUnsaved
        | OutcomeKind.LeaseLost
        | OutcomeKind.FunctionFailed
        | OutcomeKind.PayloadMismatch
        | OutcomeKind.InProgress
        | OutcomeKind.Held
        | OutcomeKind.Contended
        | OutcomeKind.PersistFailed
        | OutcomeKind.KeyRejected
        | OutcomeKind.LeaseRejected
        | OutcomeKind.Unreadable
        | OutcomeKind.Cancelled -> false

    /// Whether the caller has the result that every caller of the key gets, or gave up itself.
    let isFine kind =
        match kind with
        | OutcomeKind.Executed
        | OutcomeKind.Replayed
        | OutcomeKind.Adopted
        | OutcomeKind.Unprotected
        | OutcomeKind.Cancelled -> true
        | OutcomeKind.CompletedUnsaved
        | OutcomeKind.LeaseLost
        | OutcomeKind.FunctionFailed
        | OutcomeKind.FailureReplayed
        | OutcomeKind.PayloadMismatch
        | OutcomeKind.InProgress
        | OutcomeKind.Held
        | OutcomeKind.Contended
        | OutcomeKind.PersistFailed
        | OutcomeKind.KeyRejected
        | OutcomeKind.LeaseRejected
        | OutcomeKind.Unreadable -> false
