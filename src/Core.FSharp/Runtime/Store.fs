// The contract of a store. Read this to write one: six members, each of them one conditional write or one read.
// `Lifecycle` has the conditions as functions; docs/stores.md shows how to put them to use.
namespace Idempotency

open System.Threading
open System.Threading.Tasks
open Idempotency.Core

/// <summary>Keeps one record for each idempotency key. All methods may be called from many threads.</summary>
/// <remarks>
/// Every write is conditional, and its condition is evaluated in one step with the write. A refusal is an answer
/// (<see cref="T:Idempotency.Core.StoreReply"/>); anything that keeps the store from answering is thrown. A write
/// whose exception is thrown may have been applied all the same: the protocol finds out.
/// </remarks>
type IIdempotencyStore =
    /// <summary>Writes <c>request.Record</c> if the key is free (<c>Lifecycle.isFree</c>).</summary>
    /// <param name="request">The lock to write, with the caller's clock.</param>
    /// <param name="cancellation">The caller's own token.</param>
    abstract Acquire: request: AcquireRequest * cancellation: CancellationToken -> ValueTask<StoreReply>

    /// <summary>Moves the lease end and the expiry of the caller's own lock, if that lengthens the lease.</summary>
    /// <param name="request">The new moments.</param>
    /// <param name="cancellation">Ends when the function has ended; never the caller's own token.</param>
    abstract Renew: request: RenewRequest * cancellation: CancellationToken -> ValueTask<StoreReply>

    /// <summary>Stores how the run ended, if the record is still the caller's own lock.</summary>
    /// <param name="request">What to store.</param>
    /// <param name="cancellation">Ends with the time budget; never the caller's own token.</param>
    abstract Complete: request: CompleteRequest * cancellation: CancellationToken -> ValueTask<StoreReply>

    /// <summary>Deletes the caller's own lock, or turns it into a tombstone, as its policy says.</summary>
    /// <param name="request">Whose lock.</param>
    /// <param name="cancellation">Ends with the time budget; never the caller's own token.</param>
    abstract Release: request: ReleaseRequest * cancellation: CancellationToken -> ValueTask<StoreReply>

    /// <summary>Writes <c>request.Record</c>, a finished one, if the key is free.</summary>
    /// <param name="request">What to store.</param>
    /// <param name="cancellation">Ends with the time budget; never the caller's own token.</param>
    abstract LateComplete:
        request: LateCompleteRequest * cancellation: CancellationToken -> ValueTask<StoreReply>

    /// <summary>Reads the record of a key, as the last write left it; null when there is none.</summary>
    /// <param name="key">The key's text.</param>
    /// <param name="cancellation">The caller's own token before the function runs; after that, one of the library's.</param>
    abstract Get: key: string * cancellation: CancellationToken -> ValueTask<Record | null>

/// <summary>Marks a store that has answered when its methods return, so that no timer is started to watch it.</summary>
type IAnswersAtOnce = interface end

/// <summary>Marks a store's exception after which sending the same request again cannot help.</summary>
type IPermanentFault = interface end

/// <summary>Marks a store's exception that says: what the function had enlisted was refused for good, and nothing was
/// written, the result neither. It counts as the function's own failure.</summary>
type IEnlistedRefused =
    inherit IPermanentFault

/// <summary>A store that can commit other writes in one step with a result: all of them, or none. It finds them in
/// <c>CompleteRequest.Enlisted</c> and <c>LateCompleteRequest.Enlisted</c>.</summary>
type ICommitsEnlisted =
    /// <summary>Why a write cannot be committed by this store together with those enlisted before it; null when it can.</summary>
    /// <param name="write">What a function wants to enlist.</param>
    /// <param name="before">How many it has enlisted before.</param>
    abstract ProblemOf: write: obj * before: int -> string | null

/// <summary>A store whose keys may not be of any length.</summary>
type ILimitsKeys =
    /// <summary>The longest key, in bytes of UTF-8. An operation whose keys would be longer is refused when it is made.</summary>
    abstract MaxKeyBytes: int

/// <summary>A store that also remembers finished records in the process, so that a replay needs no request.</summary>
type IRecallsRecords =
    /// <summary>The finished record that is remembered for a key, or null. It may have expired meanwhile.</summary>
    /// <param name="key">The key's text.</param>
    abstract Recall: key: string -> Record | null

    /// <summary>Remembers a record that the store has confirmed and the call has checked.</summary>
    /// <param name="record">A finished record.</param>
    abstract Remember: record: Record -> unit

/// <summary>A store that adds something to another one. What the other one can do besides is still found.</summary>
type IDecoratesStore =
    /// <summary>The store behind.</summary>
    abstract Inner: IIdempotencyStore

module internal StoreFeature =
    /// What a store, or the one behind it, can do besides. A null stands for: it cannot.
    let rec find<'Feature when 'Feature: not struct and 'Feature: not null>
        (store: IIdempotencyStore)
        : 'Feature | null =
        match box store with
        | :? 'Feature as feature -> feature
        | :? IDecoratesStore as decorator -> find<'Feature> decorator.Inner
        | _ -> null
