// Asks whether a key has come to rest well: when all calls have stopped, a fresh one must get through in
// time.
namespace Idempotency.Simulation

open Idempotency
open Idempotency.Core

/// What a fresh caller met.
[<RequireQualifiedAccess>]
type private Reception =
    /// It may run, or has an answer for good.
    | Answered
    /// It is told to come back when a lease has ended.
    | ComeBack of leaseEnds: int64<ms>
    /// Anything else.
    | TurnedAway of state: string

module FreshCaller =
    let rec private receive store clock left (call: Call) =
        match call.Phase with
        // A released key is free for everybody. (What a peer completes keeps the owner that it finds.)
        | Phase.At(Step.Done((Conclusion.Held(holder, _) | Conclusion.PayloadMismatch holder), _)) when
            holder.IsInProgress && holder.Owner = OwnerToken.Released
            ->
            Reception.TurnedAway "refused because of a tombstone"
        | Phase.At(Step.Run _)
        | Phase.At(Step.Done((Conclusion.Replayed _ | Conclusion.PayloadMismatch _ | Conclusion.Held _), _)) ->
            Reception.Answered
        | Phase.At(Step.Done(Conclusion.InProgress(_, leaseEnds), _)) -> Reception.ComeBack leaseEnds
        | Phase.At _
        | Phase.Unbegun
        | Phase.Crashed ->
            match Call.deliver store clock call with
            | Ok(struct (next, _)) when left > 0 -> receive store clock (left - 1) next
            | Ok _
            | Error _ -> Reception.TurnedAway call.StateName

    let private attempt store machine (ticket: Ticket) (clock: int64<ms>) =
        match
            Call.create "fresh" ticket 0L<ms> Payload.Absent null machine
            |> Call.start clock
        with
        | Ok(struct (begun, _)) -> receive store clock 10 begun
        | Error reason -> Reception.TurnedAway reason

    /// How long a fresh caller that comes now has to wait until it may run or is answered; or what is wrong.
    /// `ticket` makes a ticket for an owner; no lease may end after `latest`.
    let wait
        (store: IIdempotencyStore)
        machine
        (ticket: string -> Ticket)
        (now: int64<ms>)
        (latest: int64<ms>)
        : Result<int64<ms>, string> =
        match attempt store machine (ticket "fresh") now with
        | Reception.Answered -> Ok 0L<ms>
        | Reception.TurnedAway state -> Error $"a fresh caller is turned away: {state}"
        | Reception.ComeBack leaseEnds when leaseEnds > latest ->
            Error $"a fresh caller has to wait until {leaseEnds}, but no lease should end after {latest}"
        | Reception.ComeBack leaseEnds ->
            match attempt store machine (ticket "fresher") (leaseEnds + 1L<ms>) with
            | Reception.Answered -> Ok(leaseEnds + 1L<ms> - now)
            | Reception.TurnedAway state -> Error $"a fresh caller that waited is turned away: {state}"
            | Reception.ComeBack again ->
                Error $"a fresh caller waited until {leaseEnds}, and has to until {again}"

    /// What is wrong when a fresh caller comes now, or None.
    let problem store machine ticket now latest =
        match wait store machine ticket now latest with
        | Ok _ -> None
        | Error what -> Some what
