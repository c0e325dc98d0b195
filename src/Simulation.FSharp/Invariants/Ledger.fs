// What a watch knows of one key: who wrote its record, which results were stored and delivered until when, and what was
// committed with them.
namespace Idempotency.Simulation

open System.Collections.Generic
open Idempotency.Core

/// A result that a caller received as such.
[<Struct>]
type internal Delivery =
    {
        Text: string
        /// How many events had happened.
        Event: int
        /// The last second of its window.
        Expires: int64<s>
    }

/// What one request committed with a result.
[<Struct>]
type internal Commit =
    {
        /// The call that sent the request.
        Call: int
        /// The request, by its name and its clock.
        Request: string
        /// The last second of its result.
        Expires: int64<s>
    }

/// What a watch knows of a key.
[<Sealed>]
type internal Ledger(isOpen: int64<ms> -> int64<s> -> bool) =
    let deliveries = List<Delivery>()
    let windows = Dictionary<string, int64<s>>()
    let commits = List<Commit>()

    /// The call that wrote the record; -1 where there is none.
    member val Writer = -1 with get, set
    /// A record was removed when its time was over, or by a peer that had taken it over.
    member val WasSwept = false with get, set
    /// A peer changed what was not its own: what comes of that is nothing that we could prevent.
    member val IsSpoilt = false with get, set

    /// The last second of each result that was stored.
    member _.Windows = windows

    /// The results that were delivered.
    member _.Deliveries = deliveries

    /// The results that were delivered and whose windows are open.
    member _.OpenDeliveries(now: int64<ms>) =
        deliveries.RemoveAll(fun delivery -> not (isOpen now delivery.Expires))
        |> ignore

        deliveries

    /// Notes a commit, and says whether it may be: no other call's writes may be committed in the window of a result,
    /// and a call's own by no other request at all. That a late copy of a request commits once more when the window of
    /// its result is over is for the transport to prevent.
    member _.Commit(now: int64<ms>, isCopy: bool, commit: Commit) =
        let forbids (earlier: Commit) =
            isOpen now earlier.Expires
            || (earlier.Call = commit.Call && not isCopy && earlier.Request <> commit.Request)

        if isCopy && not (isOpen now commit.Expires) then
            true
        else
            let isAllowed = not (commits.Exists forbids)
            commits.Add commit
            isAllowed

    /// Whether a call's writes were committed.
    member _.HasCommitted(call: int) =
        commits.Exists(fun commit -> commit.Call = call)
