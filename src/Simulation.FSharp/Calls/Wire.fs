// Requests as values that can travel: a network may lose them, repeat them and deliver them late. Nothing
// here knows why a request was made.
namespace Idempotency.Simulation

open System.Threading
open System.Threading.Tasks
open Idempotency
open Idempotency.Core

/// A request to a store, on its way.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type Request =
    | Acquire of AcquireRequest
    | Renew of RenewRequest
    | Complete of CompleteRequest
    | Release of ReleaseRequest
    | LateComplete of LateCompleteRequest
    | Get of key: string

    /// The request's name in the schedules.
    member this.Kind =
        match this with
        | Acquire _ -> "Acquire"
        | Renew _ -> "Renew"
        | Complete _ -> "Complete"
        | Release _ -> "Release"
        | LateComplete _ -> "LateComplete"
        | Get _ -> "Get"

    /// The clock at which it was made, where it carries one.
    member this.Made: int64<ms> voption =
        match this with
        | Acquire request -> ValueSome request.Now
        | Renew request -> ValueSome request.Now
        | Complete request -> ValueSome request.Now
        | LateComplete request -> ValueSome request.Now
        | Release _
        | Get _ -> ValueNone

    /// Whether it changes nothing.
    member this.IsRead =
        match this with
        | Get _ -> true
        | Acquire _
        | Renew _
        | Complete _
        | Release _
        | LateComplete _ -> false

/// What a store answered.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type Reply =
    /// The answer to a write.
    | Wrote of StoreReply
    /// The answer to a get.
    | Read of (Record | null)

/// What the store did in one event.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type Seen =
    /// The store was not asked.
    | Nothing
    /// It carried out a request, or refused it; perhaps nobody saw the reply.
    | Answered of Request * Reply * replyLost: bool
    /// The client gave a request up, and it was not applied.
    | NotApplied of Request
    /// A sweep removed the record, or found nothing to remove.
    | Swept of removed: bool

module Wire =
    let private answer (reply: ValueTask<'reply>) =
        if reply.IsCompleted then
            reply.Result
        else
            reply.AsTask().GetAwaiter().GetResult()

    /// Has a store carry out a request. What the store throws is thrown.
    let send (store: IIdempotencyStore) (request: Request) : Reply =
        match request with
        | Request.Acquire acquire -> Reply.Wrote(answer (store.Acquire(acquire, CancellationToken.None)))
        | Request.Renew renew -> Reply.Wrote(answer (store.Renew(renew, CancellationToken.None)))
        | Request.Complete complete -> Reply.Wrote(answer (store.Complete(complete, CancellationToken.None)))
        | Request.Release release -> Reply.Wrote(answer (store.Release(release, CancellationToken.None)))
        | Request.LateComplete late -> Reply.Wrote(answer (store.LateComplete(late, CancellationToken.None)))
        | Request.Get key -> Reply.Read(answer (store.Get(key, CancellationToken.None)))

    /// The record of a key.
    let read (store: IIdempotencyStore) (key: string) : Record | null =
        answer (store.Get(key, CancellationToken.None))

    /// The request that a step waits for.
    let requestOf (step: Step) : Request option =
        match step with
        | Step.Look state -> Some(Request.Get state.Ticket.Key)
        | Step.Acquire state -> Some(Request.Acquire state.Request)
        | Step.Refresh state -> Some(Request.Renew state.Request)
        | Step.Abandon state -> Some(Request.Release state.Request)
        | Step.Complete state -> Some(Request.Complete state.Request)
        | Step.LateComplete state -> Some(Request.LateComplete state.Request)
        | Step.Release state -> Some(Request.Release state.Request)
        | Step.Peek state -> Some(Request.Get state.Ticket.Key)
        | Step.Run _
        | Step.Wait _
        | Step.Done _ -> None
