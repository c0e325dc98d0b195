// Machines with one guard removed: the protocol that ships, with one of its answers changed on the way.
namespace Idempotency.Simulation

open System
open Idempotency.Core

module BrokenMachines =
    let internal ending (shipped: Machine) change =
        { shipped with
            OnReply =
                fun step now reply ->
                    match shipped.OnReply step now reply with
                    | Step.Done(conclusion, remember) -> change step now conclusion remember
                    | next -> next }

    let internal running (ticket: Ticket) now leaseEnds : Running =
        { Ticket = ticket
          Fence = now
          StartedAt = now
          LeaseEnds = leaseEnds
          TakeOver = false
          LeaseLost = false }

    let internal ticketOf (step: Step) =
        match step with
        | Step.Look state -> Some state.Ticket
        | Step.Acquire state -> Some state.Request.Ticket
        | Step.Refresh state -> Some state.Request.Ticket
        | Step.Abandon state -> Some state.Request.Ticket
        | Step.Run state -> Some state.Ticket
        | Step.Complete state -> Some state.Ticket
        | Step.LateComplete state -> Some state.Ticket
        | Step.Release state -> Some state.Request.Ticket
        | Step.Wait state -> Some state.Ticket
        | Step.Peek state -> Some state.Ticket
        | Step.Done _ -> None

    /// Changes the record that a reply brings back.
    let internal seeing (change: Ticket -> Record -> Record) (step: Step) (reply: Result<Reply, exn>) =
        match reply, ticketOf step with
        | Ok(Reply.Wrote(StoreReply.Refused(NonNull record))), Some ticket ->
            Ok(Reply.Wrote(StoreReply.Refused(change ticket record)))
        | Ok(Reply.Read(NonNull record)), Some ticket -> Ok(Reply.Read(change ticket record))
        | other, _ -> other

    /// The call does not recognise its own lock.
    let blindToItself =
        let hide (ticket: Ticket) (record: Record) =
            if record.Owner = ticket.Owner then
                { record with
                    Owner = OwnerToken "somebody" }
            else
                record

        { Machine.shipped with
            OnReply = fun step now reply -> Machine.shipped.OnReply step now (seeing hide step reply) }

    /// The call takes every record for one of its own payload.
    let blindToPayload =
        let hide (ticket: Ticket) (record: Record) =
            { record with
                Fingerprint = ticket.Fingerprint }

        { Machine.shipped with
            OnReply = fun step now reply -> Machine.shipped.OnReply step now (seeing hide step reply) }

    /// The lease is counted from the reply.
    let leaseFromReply =
        { Machine.shipped with
            OnReply =
                fun step now reply ->
                    match step, reply with
                    | Step.Acquire { Request = request }, Ok(Reply.Wrote(StoreReply.Applied _)) ->
                        Step.Run(running request.Ticket now (now + request.Ticket.Lease))
                    | _, _ -> Machine.shipped.OnReply step now reply }

    /// The function is started without a look at the lease.
    let startsUnchecked =
        { Machine.shipped with
            OnReply =
                fun step now reply ->
                    match step, reply with
                    | Step.Acquire { Request = request }, Ok(Reply.Wrote(StoreReply.Applied _)) ->
                        Step.Run(running request.Ticket now request.TrustedUntil)
                    | _, _ -> Machine.shipped.OnReply step now reply }

    /// After a lost lease the caller gets its own result as the result.
    let ownResultAfterAll =
        ending Machine.shipped (fun _ _ conclusion remember ->
            match conclusion with
            | Conclusion.LeaseLost result -> Step.Done(Conclusion.Executed result, remember)
            | other -> Step.Done(other, remember))

    /// A result that may or may not be stored is cached.
    let cachesUnconfirmed =
        ending Machine.shipped (fun step _ conclusion remember ->
            match conclusion, step with
            | Conclusion.CompletedUnsaved(result, _), Step.Complete state ->
                let request = state.Request

                let record =
                    Rules.finished request.Ticket request.Expires (Ending.Returned result) null

                Step.Done(conclusion, record)
            | _, _ -> Step.Done(conclusion, remember))

    /// The caller of a function that threw is told about the store instead.
    let hidesException =
        ending Machine.shipped (fun step _ conclusion remember ->
            match conclusion, step with
            | Conclusion.FunctionFailed _, Step.Release state ->
                Step.Done(Conclusion.PersistFailed(TimeoutException()), remember)
            | _, _ -> Step.Done(conclusion, remember))

    /// The result that could not be saved is dropped.
    let dropsUnsaved =
        ending Machine.shipped (fun _ _ conclusion remember ->
            match conclusion with
            | Conclusion.CompletedUnsaved(_, fault) -> Step.Done(Conclusion.PersistFailed fault, remember)
            | other -> Step.Done(other, remember))

    /// What is cached is replayed without a look at its window.
    let cacheForEver =
        { Machine.shipped with
            Start =
                fun ticket now cached ->
                    match cached with
                    | NonNull record when record.Fingerprint = ticket.Fingerprint ->
                        let ending = record.Ending
                        Step.Done(Conclusion.Replayed ending, null)
                    | _ -> Machine.shipped.Start ticket now cached }

    /// What is cached is replayed without a look at its payload.
    let cacheForAll =
        { Machine.shipped with
            Start =
                fun ticket now cached ->
                    match cached with
                    | NonNull record ->
                        Machine.shipped.Start
                            ticket
                            now
                            { record with
                                Fingerprint = ticket.Fingerprint }
                    | Null -> Machine.shipped.Start ticket now null }

    /// A call that finds its key taken when it wants to save stores its result over it.
    let storesOverOthers =
        { Machine.shipped with
            OnReply =
                fun step now reply ->
                    match Machine.shipped.OnReply step now reply, step with
                    | Step.Done(Conclusion.LeaseLost _, _), Step.Complete state ->
                        Step.LateComplete
                            { Ticket = state.Ticket
                              Now = now
                              Run = state.Run
                              Patience = state.Patience }
                    | next, _ -> next }

    /// A call that lost its lease starts over.
    let startsOver =
        ending Machine.shipped (fun step now conclusion remember ->
            match conclusion, ticketOf step with
            | Conclusion.LeaseLost _, Some ticket -> Protocol.start ticket now null
            | other, _ -> Step.Done(other, remember))

    /// A renewal counts as done, whatever came of it.
    let believesRenewals =
        { Machine.shipped with
            OnRenewed =
                fun running request _ _ ->
                    { running with
                        LeaseEnds = request.TrustedUntil } }
