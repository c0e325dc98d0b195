// From the protocol's conclusion to what the caller gets: stored results are read, and times become those of the caller.
namespace Idempotency.Core

open System
open Idempotency

/// Makes outcomes of conclusions.
[<Sealed>]
type internal Endings<'Output>(effects: Effects, codec: IResultCodec<'Output>) =
    let infoOf (ticket: Ticket) (holder: Record) (retryAt: Nullable<int64<ms>>) =
        CallInfo(
            ticket.Operation,
            ticket.Key,
            holder.Owner.Text,
            Nullable(Time.toDateTimeOffset (Time.ofSeconds holder.Expires)),
            if retryAt.HasValue then
                Nullable(Time.toTimeSpan (max 0L<ms> ((retryAt.Value |> Time.later 1L<ms>) - effects.Now)))
            else
                Nullable()
        )

    let ownInfo (ticket: Ticket) =
        CallInfo(ticket.Operation, ticket.Key, ticket.Owner.Text, Nullable(), Nullable())

    let decoded ticket (ending: Ending) (result: 'Output -> Outcome<'Output>) =
        try
            match ending with
            | Ending.Returned payload -> result (codec.Decode payload)
            | Ending.Threw failure -> Outcome.FailureReplayed(FailureCodec.decode failure, ownInfo ticket)
        with problem ->
            Outcome.Unreadable(problem, ownInfo ticket)

    /// What the caller gets; `value` is what the function returned, where it did.
    member _.Outcome(ticket: Ticket, conclusion: Conclusion, value: 'Output) : Outcome<'Output> =
        match conclusion with
        | Conclusion.Executed _ -> Outcome.Executed value
        | Conclusion.Replayed ending -> decoded ticket ending Outcome.Replayed
        | Conclusion.Adopted ending ->
            match decoded ticket ending Outcome.Adopted with
            | Outcome.Adopted _ as adopted -> adopted
            // What the newer owner left is no result to this call, which has one of its own.
            | _ -> Outcome.LeaseLost(value, ownInfo ticket)
        | Conclusion.CompletedUnsaved(_, fault) -> Outcome.CompletedUnsaved(value, fault, ownInfo ticket)
        | Conclusion.LeaseLost _ -> Outcome.LeaseLost(value, ownInfo ticket)
        | Conclusion.FunctionFailed error -> Outcome.FunctionFailed error
        | Conclusion.PayloadMismatch holder -> Outcome.PayloadMismatch(infoOf ticket holder (Nullable()))
        | Conclusion.InProgress(holder, leaseEnds) ->
            Outcome.InProgress(infoOf ticket holder (Nullable leaseEnds))
        | Conclusion.Held(holder, expires) -> Outcome.Held(infoOf ticket holder (Nullable expires))
        | Conclusion.Contended -> Outcome.Contended(ownInfo ticket)
        | Conclusion.PersistFailed fault -> Outcome.PersistFailed(fault, ownInfo ticket)
        | Conclusion.Cancelled -> Outcome.Cancelled
