// Every way a call can end, as its caller sees it.
namespace Idempotency.Core

open System
open Idempotency

/// What is known about a call that did not simply get a result.
[<Sealed>]
type CallInfo
    (
        operation: string,
        key: string | null,
        owner: string | null,
        expiresAt: Nullable<DateTimeOffset>,
        retryAfter: Nullable<TimeSpan>
    ) =
    /// The name of the operation.
    member _.Operation = operation

    /// The key's text; null when the input gave none. It holds a digest, never the input itself.
    member _.Key = key

    /// The owner token of the call that holds or held the key, where it is known.
    member _.Owner = owner

    /// When the record of the key expires, where it is known.
    member _.ExpiresAt = expiresAt

    /// How long to wait before another try makes sense, where it is known.
    member _.RetryAfter = retryAfter

/// <summary>What tells how a call ended to code that does not know its result's type, such as a middleware or a
/// simulation: an outcome, a result, or a refusal that is thrown.</summary>
type ICallEnding =
    /// <summary>Whether the caller has the result that every caller of the key gets.</summary>
    abstract HasResult: bool

    /// <summary>What the function threw in this very call; else null.</summary>
    abstract Failure: exn | null

    /// <summary>How long to wait before another try makes sense, where it is known.</summary>
    abstract RetryAfter: Nullable<TimeSpan>

/// How a call ended. A case that carries a `'T` beside other things carries what this very call's function returned.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type Outcome<'T> =
    /// The function ran, and the store confirmed its result.
    | Executed of 'T
    /// The function did not run: this is the result of the call that did.
    | Replayed of 'T
    /// The function ran but its lease was lost; this is what the newer owner stored, and what every later call gets.
    | Adopted of 'T
    /// The input has no key, the policy lets it run without protection, and it ran.
    | Unprotected of 'T
    /// The function ran; the store may or may not have its result.
    | CompletedUnsaved of result: 'T * fault: exn * CallInfo
    /// The function ran but its lease was lost, and another result may stand in its place.
    | LeaseLost of result: 'T * CallInfo
    /// The function threw this.
    | FunctionFailed of exn
    /// An earlier call's function threw, and its failure was stored.
    | FailureReplayed of StoredFailure * CallInfo
    /// The same key was used with another payload.
    | PayloadMismatch of CallInfo
    /// Another call is running under the key.
    | InProgress of CallInfo
    /// A call was cut off under the key, which is held until a person has looked or the record expires.
    | Held of CallInfo
    /// The key changed hands faster than this call could take it.
    | Contended of CallInfo
    /// The store failed before the function was run.
    | PersistFailed of fault: exn * CallInfo
    /// The input has no key, or none can be made of it. Nothing was run or written.
    | KeyRejected of KeyProblem * CallInfo
    /// There is not enough time left for a lease. Nothing was run or written.
    | LeaseRejected of remaining: TimeSpan * CallInfo
    /// There is a stored result, but it cannot be read as the type that was asked for.
    | Unreadable of fault: exn * CallInfo
    /// The caller gave up before the function was run.
    | Cancelled

    /// The case's name; never the result itself.
    override this.ToString() =
        match this with
        | Executed _ -> nameof Executed
        | Replayed _ -> nameof Replayed
        | Adopted _ -> nameof Adopted
        | Unprotected _ -> nameof Unprotected
        | CompletedUnsaved _ -> nameof CompletedUnsaved
        | LeaseLost _ -> nameof LeaseLost
        | FunctionFailed _ -> nameof FunctionFailed
        | FailureReplayed _ -> nameof FailureReplayed
        | PayloadMismatch _ -> nameof PayloadMismatch
        | InProgress _ -> nameof InProgress
        | Held _ -> nameof Held
        | Contended _ -> nameof Contended
        | PersistFailed _ -> nameof PersistFailed
        | KeyRejected _ -> nameof KeyRejected
        | LeaseRejected _ -> nameof LeaseRejected
        | Unreadable _ -> nameof Unreadable
        | Cancelled -> nameof Cancelled

    interface ICallEnding with
        member this.HasResult =
            match this with
            | Executed _
            | Replayed _
            | Adopted _
            | Unprotected _ -> true
            | CompletedUnsaved _
            | LeaseLost _
            | FunctionFailed _
            | FailureReplayed _
            | PayloadMismatch _
            | InProgress _
            | Held _
            | Contended _
            | PersistFailed _
            | KeyRejected _
            | LeaseRejected _
            | Unreadable _
            | Cancelled -> false

        member this.Failure =
            match this with
            | FunctionFailed error -> error
            | Executed _
            | Replayed _
            | Adopted _
            | Unprotected _
            | CompletedUnsaved _
            | LeaseLost _
            | FailureReplayed _
            | PayloadMismatch _
            | InProgress _
            | Held _
            | Contended _
            | PersistFailed _
            | KeyRejected _
            | LeaseRejected _
            | Unreadable _
            | Cancelled -> null

        member this.RetryAfter =
            match this with
            | CompletedUnsaved(_, _, call)
            | LeaseLost(_, call)
            | FailureReplayed(_, call)
            | PayloadMismatch call
            | InProgress call
            | Held call
            | Contended call
            | PersistFailed(_, call)
            | KeyRejected(_, call)
            | LeaseRejected(_, call)
            | Unreadable(_, call) -> call.RetryAfter
            | Executed _
            | Replayed _
            | Adopted _
            | Unprotected _
            | FunctionFailed _
            | Cancelled -> Nullable()
