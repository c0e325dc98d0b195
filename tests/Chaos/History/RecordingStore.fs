// Writes down each request to a store, and what came back.
namespace Chaos

open System
open System.Text
open System.Threading.Tasks
open Idempotency
open Idempotency.Core

[<Sealed>]
type RecordingStore(inner: IIdempotencyStore, journal: Journal) =
    let asked asking (owner: OwnerToken) (print: Fingerprint) (now: int64<ms>) =
        let struct (call, key, profile) = Current.get ()

        { Id = journal.NewId()
          Call = call
          Key = key
          Profile = profile
          Asking = asking
          Owner = string owner
          Print = Option.ofObj print.Text
          Now = int64 now
          Fence = 0L
          Payload = None
          IsFailure = false
          Enlists = false }

    let saves (ending: Ending) (enlisted: Enlisted) request =
        { request with
            Payload =
                ending.Payload.Utf8
                |> Option.ofObj
                |> Option.map (fun utf8 -> Encoding.UTF8.GetString utf8)
            IsFailure = (ending.Status = Status.Failed)
            Enlists = not enlisted.IsNone }

    let ofReply reply =
        match reply with
        | StoreReply.Applied replaced -> Heard.Applied(Held.ofNullable replaced)
        | StoreReply.Refused current -> Heard.Refused(Held.ofNullable current)
        | StoreReply.RefusedUnseen -> Heard.RefusedUnseen

    let recorded (request: Request) (heard: 'Reply -> Heard) (send: unit -> ValueTask<'Reply>) =
        let asking () =
            task {
                journal.Write(Event.Asked request)

                try
                    let! reply = send ()
                    journal.Write(Event.Heard(request.Id, heard reply))
                    return reply
                with fault ->
                    journal.Write(Event.Heard(request.Id, Heard.Fault(fault.GetType().Name)))
                    return raise fault
            }

        ValueTask<'Reply>(asking ())

    let ofTicket asking (ticket: Ticket) now =
        asked asking ticket.Owner ticket.Fingerprint now

    interface IDecoratesStore with
        member _.Inner = inner

    interface IIdempotencyStore with
        member _.Acquire(request, cancellation) =
            recorded (ofTicket Asking.Acquire request.Ticket request.Now) ofReply (fun () ->
                inner.Acquire(request, cancellation))

        member _.Renew(request, cancellation) =
            recorded (ofTicket Asking.Renew request.Ticket request.Now) ofReply (fun () ->
                inner.Renew(request, cancellation))

        member _.Complete(request, cancellation) =
            let written =
                ofTicket Asking.Complete request.Ticket request.Now
                |> saves request.Ending request.Enlisted

            recorded written ofReply (fun () -> inner.Complete(request, cancellation))

        member _.Release(request, cancellation) =
            let written =
                { ofTicket Asking.Release request.Ticket 0L<ms> with
                    Fence = int64 request.Fence }

            recorded written ofReply (fun () -> inner.Release(request, cancellation))

        member _.LateComplete(request, cancellation) =
            let written =
                ofTicket Asking.LateComplete request.Ticket request.Now
                |> saves request.Ending request.Enlisted

            recorded written ofReply (fun () -> inner.LateComplete(request, cancellation))

        member _.Get(key, cancellation) =
            recorded
                (asked Asking.Get OwnerToken.None Fingerprint.None 0L<ms>)
                (Held.ofNullable >> Heard.Found)
                (fun () -> inner.Get(key, cancellation))
