// From the protocol's conclusion to what the caller gets: stored results are read, and times become those of the caller.
namespace Idempotency.Core

open System
open System.Runtime.CompilerServices
open Idempotency

/// What is known of a call whatever becomes of it. A call that was answered before it needed a token has none.
[<Struct; IsReadOnly; NoComparison; NoEquality>]
type internal CallName =
    { Operation: string
      Key: string
      Owner: OwnerToken }

/// Makes outcomes of conclusions.
[<Sealed>]
type internal Endings<'Output>(effects: Effects, codec: IResultCodec<'Output>) =
    let infoOf (call: CallName) (holder: Record) (retryAt: Nullable<int64<ms>>) =
        CallInfo(
            call.Operation,
            call.Key,
            holder.Owner.Text,
            Nullable(Time.toDateTimeOffset (Time.ofSeconds holder.Expires)),
            if retryAt.HasValue then
                Nullable(Time.toTimeSpan (max 0L<ms> ((retryAt.Value |> Time.later 1L<ms>) - effects.Now)))
            else
                Nullable()
        )

    let ownInfo (call: CallName) =
        CallInfo(call.Operation, call.Key, call.Owner.Text, Nullable(), Nullable())

    let replayed call (ending: Ending) =
        try
            match ending with
            | Ending.Returned payload -> Outcome.Replayed(codec.Decode payload)
            | Ending.Threw failure -> Outcome.FailureReplayed(FailureCodec.decode failure, ownInfo call)
        with problem ->
            Outcome.Unreadable(problem, ownInfo call)

    /// What the caller gets from a record that was at hand; nothing, where it says nothing.
    member _.AtOnce(call: CallName, recalled: Recalled) : Outcome<'Output> voption =
        match recalled with
        | Recalled.Nothing -> ValueNone
        | Recalled.Finished ending -> ValueSome(replayed call ending)
        | Recalled.OtherPayload holder -> ValueSome(Outcome.PayloadMismatch(infoOf call holder (Nullable())))

    /// What the caller gets; `value` is what the function returned, where it did.
    member _.Outcome(call: CallName, conclusion: Conclusion, value: 'Output) : Outcome<'Output> =
        match conclusion with
        | Conclusion.Executed _ -> Outcome.Executed value
        | Conclusion.Replayed ending -> replayed call ending
        | Conclusion.Adopted ending ->
            match replayed call ending with
            | Outcome.Replayed result -> Outcome.Adopted result
            // What the newer owner left is no result to this call, which has one of its own.
            | _ -> Outcome.LeaseLost(value, ownInfo call)
        | Conclusion.CompletedUnsaved(_, fault) -> Outcome.CompletedUnsaved(value, fault, ownInfo call)
        | Conclusion.LeaseLost _ -> Outcome.LeaseLost(value, ownInfo call)
        | Conclusion.FunctionFailed error -> Outcome.FunctionFailed error
        | Conclusion.PayloadMismatch holder -> Outcome.PayloadMismatch(infoOf call holder (Nullable()))
        | Conclusion.InProgress(holder, leaseEnds) ->
            Outcome.InProgress(infoOf call holder (Nullable leaseEnds))
        | Conclusion.Held(holder, expires) -> Outcome.Held(infoOf call holder (Nullable expires))
        | Conclusion.Contended -> Outcome.Contended(ownInfo call)
        | Conclusion.PersistFailed fault -> Outcome.PersistFailed(fault, ownInfo call)
        | Conclusion.Cancelled -> Outcome.Cancelled
