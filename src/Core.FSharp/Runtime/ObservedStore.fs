// A store whose requests are measured while somebody listens, and a codec whose results are. Requests and replies pass
// through as they are.
namespace Idempotency.Core

open System
open System.Runtime.ExceptionServices
open System.Threading
open System.Threading.Tasks
open Idempotency

/// The store behind an operation, as its telemetry sees it.
type internal ObservedStore(store: IIdempotencyStore, telemetry: OperationTelemetry) =

    /// Whether a request failed because nobody waits for it any more: its caller, or the function that it renews for, has
    /// ended. The time to save has no part in it: a store that does not answer within that has failed.
    let isGivenUp (kind: StoreRequestKind) (fault: exn) (cancellation: CancellationToken) =
        match kind, fault with
        | (StoreRequestKind.Acquire | StoreRequestKind.Renew | StoreRequestKind.Get),
          (:? OperationCanceledException) -> cancellation.IsCancellationRequested
        | _ -> false

    let observed
        (kind: StoreRequestKind)
        (key: string)
        (cancellation: CancellationToken)
        (noted: 'Reply -> string)
        (send: unit -> ValueTask<'Reply>)
        : ValueTask<'Reply> =
        let start = telemetry.Timestamp()

        let failed fault =
            if isGivenUp kind fault cancellation then
                telemetry.GivenUp(kind, start)
            else
                telemetry.Failed(kind, key, start, fault)
                if kind.IsRenew then telemetry.Renewal "failed"

        let answered reply =
            telemetry.Answered(kind, start, noted reply)

        let follow (pending: ValueTask<'Reply>) =
            task {
                try
                    let! reply = pending.ConfigureAwait false
                    answered reply
                    return reply
                with fault ->
                    failed fault
                    ExceptionDispatchInfo.Throw fault
                    return Unchecked.defaultof<'Reply>
            }

        let sent =
            try
                send ()
            with fault ->
                failed fault
                reraise ()

        if sent.IsCompletedSuccessfully then
            let reply = sent.Result
            answered reply
            ValueTask<'Reply>(result = reply)
        else
            ValueTask<'Reply>(task = follow sent)

    let nameOf (reply: StoreReply) =
        match reply with
        | StoreReply.Applied _ -> "applied"
        | StoreReply.Refused _
        | StoreReply.RefusedUnseen -> "refused"

    let write kind (ticket: Ticket) cancellation (send: unit -> ValueTask<StoreReply>) =
        observed kind ticket.Key cancellation nameOf send

    let renewed (ticket: Ticket) (reply: StoreReply) =
        match reply with
        | StoreReply.Applied _ -> telemetry.Renewal "renewed"
        | StoreReply.RefusedUnseen -> telemetry.Renewal "refused"
        | StoreReply.Refused current ->
            telemetry.Renewal "refused"

            match current with
            | NonNull record when Lifecycle.isMine ticket record -> ()
            | _ -> telemetry.RenewalRefused ticket.Key

        nameOf reply

    interface IDecoratesStore with
        member _.Inner = store

    interface IIdempotencyStore with
        member _.Acquire(request, cancellation) =
            if telemetry.WatchesStore then
                write StoreRequestKind.Acquire request.Ticket cancellation (fun () ->
                    store.Acquire(request, cancellation))
            else
                store.Acquire(request, cancellation)

        member _.Renew(request, cancellation) =
            if telemetry.WatchesStore then
                observed
                    StoreRequestKind.Renew
                    request.Ticket.Key
                    cancellation
                    (renewed request.Ticket)
                    (fun () -> store.Renew(request, cancellation))
            else
                store.Renew(request, cancellation)

        member _.Complete(request, cancellation) =
            if telemetry.WatchesStore then
                write StoreRequestKind.Complete request.Ticket cancellation (fun () ->
                    store.Complete(request, cancellation))
            else
                store.Complete(request, cancellation)

        member _.Release(request, cancellation) =
            if telemetry.WatchesStore then
                write StoreRequestKind.Release request.Ticket cancellation (fun () ->
                    store.Release(request, cancellation))
            else
                store.Release(request, cancellation)

        member _.LateComplete(request, cancellation) =
            if telemetry.WatchesStore then
                write StoreRequestKind.LateComplete request.Ticket cancellation (fun () ->
                    store.LateComplete(request, cancellation))
            else
                store.LateComplete(request, cancellation)

        member _.Get(key, cancellation) =
            if telemetry.WatchesStore then
                let found (record: Record | null) =
                    if isNull record then "absent" else "found"

                observed StoreRequestKind.Get key cancellation found (fun () -> store.Get(key, cancellation))
            else
                store.Get(key, cancellation)

/// The same of a store that answers at once.
[<Sealed>]
type internal ObservedStoreAtOnce(store: IIdempotencyStore, telemetry: OperationTelemetry) =
    inherit ObservedStore(store, telemetry)
    interface IAnswersAtOnce

/// The codec of an operation, as its telemetry sees it.
[<Sealed>]
type internal ObservedCodec<'Output>(codec: IResultCodec<'Output>, telemetry: OperationTelemetry) =
    interface IResultCodec<'Output> with
        member _.Encode value =
            let payload = codec.Encode value
            telemetry.Encoded payload
            payload

        member _.Decode payload = codec.Decode payload

module internal Observed =
    let store (telemetry: OperationTelemetry) (store: IIdempotencyStore) : IIdempotencyStore =
        match store with
        | :? IAnswersAtOnce -> ObservedStoreAtOnce(store, telemetry)
        | _ -> ObservedStore(store, telemetry)
