// What goes on beside a running function: the lease is renewed if the policy says so, and the function is told when
// it is lost. Without renewal nothing is started until somebody asks for the token.
namespace Idempotency.Core

open System.Threading
open System.Threading.Tasks
open Idempotency

[<Sealed>]
type internal LeaseWatch(store: IIdempotencyStore, effects: Effects, start: Running) =
    let gate = obj ()
    let mutable running = start
    let mutable lost: CancellationTokenSource | null = null
    let mutable timer: ITimer | null = null
    let mutable stop: CancellationTokenSource | null = null
    let mutable stopped = false

    /// Tells the function that its lease is lost, once.
    let tell () =
        match lost with
        | null -> ()
        | source ->
            if running.LeaseLost && not source.IsCancellationRequested then
                effects.EndApart source

    let toLeaseEnd () =
        max 1L<ms> (running.LeaseEnds + 1L<ms> - effects.Now)

    let tick () =
        lock gate (fun () ->
            if not stopped then
                running <- Protocol.onTick running effects.Now
                tell ()

                match timer with
                | null -> ()
                | own when running.LeaseLost -> own.Dispose()
                | own -> effects.Reset(own, toLeaseEnd ()))

    let current () = lock gate (fun () -> running)

    /// Takes in the reply to a renewal, unless the function has ended meanwhile; tells whether to renew again. Only a
    /// refusal ends that: a lease that the own clock has passed may yet be won back.
    let renewed request reply =
        lock gate (fun () ->
            if stopped then
                false
            else
                let told = running.LeaseLost

                let next =
                    Protocol.onRenewed { running with LeaseLost = false } request effects.Now reply

                running <-
                    { next with
                        LeaseLost = told || next.LeaseLost }

                tell ()
                not next.LeaseLost)

    let renew (period: int64<ms>) (ended: CancellationToken) =
        task {
            let mutable goOn = true

            while goOn do
                let! slept = effects.Sleep(period, ended).ConfigureAwait false

                match (if slept then Protocol.onHeartbeat (current ()) effects.Now else ValueNone) with
                | ValueNone -> goOn <- false
                | ValueSome request ->
                    // A store that hangs is given up in time for the next try.
                    let limit = max 1L<ms> (period / 2L)

                    let! reply =
                        Attempt.toAwait (fun () -> effects.Within(limit, ended, store.Renew(request, ended)))

                    match reply with
                    | Ok StoreReply.RefusedUnseen ->
                        let! seen =
                            Attempt.toAwait (fun () ->
                                effects.Within(limit, ended, store.Get(start.Ticket.Key, ended)))

                        goOn <- renewed request (seen |> Result.map StoreReply.Refused)
                    | Ok(StoreReply.Applied _)
                    | Ok(StoreReply.Refused _)
                    | Error _ -> goOn <- renewed request reply
        }

    /// The run as it is now known.
    member _.Running = current ()

    /// Ends when the lease is lost: to another call, or by the own clock.
    member _.LeaseLost =
        lock gate (fun () ->
            match lost with
            | null ->
                let source = new CancellationTokenSource()
                lost <- source
                running <- Protocol.onTick running effects.Now

                if running.LeaseLost then tell ()
                elif not stopped then timer <- effects.Timer(toLeaseEnd (), tick)

                source.Token
            | source -> source.Token)

    /// Begins to renew, if the policy says so.
    member _.Start() =
        match start.Ticket.Policy.Renewal with
        | Renewal.Off -> ()
        | Renewal.Until _ ->
            let source = new CancellationTokenSource()
            stop <- source

            (renew (max 1L<ms> (start.Ticket.Lease / 3L)) source.Token)
                .ContinueWith(fun (ended: Task) -> ended.Exception |> ignore)
            |> ignore

    /// The function has ended; a renewal under way is forgotten.
    member _.Stop() =
        lock gate (fun () ->
            stopped <- true

            match timer with
            | null -> ()
            | own -> own.Dispose())

        match stop with
        | null -> ()
        | source -> effects.EndApart source
