// A store that does not look at the key: it keeps one record for all.
namespace Idempotency.Simulation

open Idempotency
open Idempotency.Core

/// Keeps one record, whatever the key.
[<Sealed>]
type BlindStore() =
    let store = RuledStore Rules.right
    let all = "all"
    let blind (ticket: Ticket) = { ticket with Key = all }

    let inner = store :> IIdempotencyStore

    /// Removes the record if its last second is over, and says whether it did.
    member _.Sweep (_: string) (now: int64<ms>) = store.Sweep all now

    interface IIdempotencyStore with
        member _.Acquire(request, cancellation) =
            inner.Acquire(
                { request with
                    Ticket = blind request.Ticket },
                cancellation
            )

        member _.Renew(request, cancellation) =
            inner.Renew(
                { request with
                    Ticket = blind request.Ticket },
                cancellation
            )

        member _.Complete(request, cancellation) =
            inner.Complete(
                { request with
                    Ticket = blind request.Ticket },
                cancellation
            )

        member _.Release(request, cancellation) =
            inner.Release(
                { request with
                    Ticket = blind request.Ticket },
                cancellation
            )

        member _.LateComplete(request, cancellation) =
            inner.LateComplete(
                { request with
                    Ticket = blind request.Ticket },
                cancellation
            )

        member _.Get(_, cancellation) = inner.Get(all, cancellation)
