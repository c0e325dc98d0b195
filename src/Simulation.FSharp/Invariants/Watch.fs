// Watches a world for broken invariants. It knows what really happened: who wrote the record, which
// results were stored and until when, who received what.
namespace Idempotency.Simulation

open System
open System.Collections.Generic
open Idempotency.Core

/// A result that a caller received as such.
[<Struct>]
type private Delivery =
    {
        Text: string
        /// How many events had happened.
        Event: int
        /// The last second of its window.
        Expires: int64<s>
    }

/// What the watch knows of a call.
[<Sealed>]
type private Witness() =
    /// The number of the event in which it began.
    member val BeganAt = Int32.MaxValue with get, set
    member val Started = false with get, set
    member val Fence = Int64.MinValue * 1L<ms> with get, set
    member val Returned = false with get, set
    member val Threw: exn option = None with get, set
    /// The record that the store last refused it for was its own lock.
    member val MetItself = false with get, set

/// Watches one world.
[<Sealed>]
type Watch(config: WorldConfig) =
    let witnesses = Array.init config.Calls.Length (fun _ -> Witness())
    let fastest = LanguagePrimitives.Int64WithMeasure<ms>(int64 (World.skew config))
    let violations = ResizeArray<Violation>()
    let deliveries = ResizeArray<Delivery>()
    /// The last second of each result that was stored.
    let windows = Dictionary<string, int64<s>>()
    let mutable writer = -1
    let mutable swept = false
    let mutable events = 0

    let report invariant text =
        if not (violations.Exists(fun known -> known.Invariant = invariant)) then
            violations.Add { Invariant = invariant; Text = text }

    let nameOf index = string (char (int 'A' + index))

    let textOf (ending: Ending) =
        match ending with
        | Ending.Returned payload
        | Ending.Threw payload -> Comparison.payload payload

    /// Results are named after the call that made them: "rA", "fA".
    let makerOf (text: string) = int text[2] - int 'A'

    let isOpen now (expires: int64<s>) =
        Time.floorSeconds (now + fastest) <= expires

    let stores (request: Request) =
        match request with
        | Request.Complete complete -> Some(textOf complete.Ending, complete.Expires)
        | Request.LateComplete late -> Some(textOf late.Ending, late.Expires)
        | Request.Acquire _
        | Request.Renew _
        | Request.Release _
        | Request.Get _ -> None

    let takerOf (request: Request) =
        match request with
        | Request.Acquire acquire -> Some(acquire.Ticket, acquire.Now)
        | Request.LateComplete late -> Some(late.Ticket, late.Now)
        | Request.Renew _
        | Request.Complete _
        | Request.Release _
        | Request.Get _ -> None

    let changedOthers sender (request: Request) (before: Record) (after: Record | null) =
        let mayTakeOver =
            match takerOf request with
            | Some(ticket, clock) -> Honesty.mayTakeOver ticket clock before
            | None -> false

        if not mayTakeOver then
            report
                (if isNull after then Invariant.I3d else Invariant.I3u)
                $"{request.Kind} of {nameOf sender} changed the record of {nameOf writer}, which was not free"

    let applied sender (request: Request) (before: Record | null) (after: Record | null) =
        match stores request with
        | Some(text, expires) -> windows[text] <- expires
        | None -> ()

        match before with
        | NonNull record when writer <> sender -> changedOthers sender request record after
        | Null
        | NonNull _ -> ()

        writer <- if isNull after then -1 else sender

    /// A result was received. One that only the slowest clocks still take for valid is at the edge of its
    /// window, where no promise holds (assumption 2 of the protocol).
    let received index now (clock: int64<ms>) text =
        let expires =
            match windows.TryGetValue text with
            | true, known -> known
            | false, _ -> Time.floorSeconds clock + Time.floorSeconds (World.policy config).Expiry

        if isOpen now expires then
            for earlier in deliveries do
                if earlier.Text <> text && isOpen now earlier.Expires then
                    report
                        Invariant.I2plus
                        $"{nameOf index} received {text}, and {earlier.Text} was delivered before"

                    if earlier.Event < witnesses[index].BeganAt then
                        report
                            Invariant.I2a
                            $"{nameOf index} received {text}, but began after {earlier.Text} was delivered"

            deliveries.Add
                { Text = text
                  Event = events
                  Expires = expires }

    let replayed index now clock (ending: Ending) =
        let text = textOf ending
        let maker = config.Calls[makerOf text]
        let caller = config.Calls[index]

        if caller.Validates && caller.Payload <> maker.Payload then
            report Invariant.I4 $"{nameOf index} received {text}, which was made for another payload"

        match windows.TryGetValue text with
        | true, expires when expires < Time.floorSeconds clock ->
            report Invariant.I5 $"{nameOf index} received {text} after its last second {expires}"
        | true, _ -> ()
        | false, _ -> report Invariant.I8r $"{nameOf index} received {text}, which was never stored"

        received index now clock text

    let notRefusedByItself index what =
        if witnesses[index].MetItself then
            report Invariant.I7 $"{nameOf index} was refused ({what}) because of its own record"

    /// What broke so far, each invariant once.
    member _.Violations = violations

    /// A new event begins.
    member _.Next() = events <- events + 1

    /// A request was carried out; perhaps the call that sent it does not get the reply.
    member _.Sent
        (sender: int, request: Request, reply: Reply, lost: bool, before: Record | null, after: Record | null)
        =
        let itsOwnLock =
            match reply, before with
            | Reply.Wrote(StoreReply.Applied _), _
            | _, Null -> false
            | Reply.Wrote(StoreReply.Refused _), NonNull record
            | Reply.Wrote StoreReply.RefusedUnseen, NonNull record
            | Reply.Read _, NonNull record -> writer = sender && record.IsInProgress

        if not lost then witnesses[sender].MetItself <- itsOwnLock

        match reply with
        | Reply.Wrote(StoreReply.Applied _) -> applied sender request before after
        | Reply.Wrote(StoreReply.Refused _)
        | Reply.Wrote StoreReply.RefusedUnseen
        | Reply.Read _ -> ()

    /// A sweep removed the record.
    member _.Swept() =
        swept <- true
        writer <- -1

    /// A call began.
    member _.Began(index: int) = witnesses[index].BeganAt <- events

    /// The function of a call returned.
    member _.Returned(index: int) = witnesses[index].Returned <- true

    /// The function of a call threw.
    member _.Threw(index: int, error: exn) = witnesses[index].Threw <- Some error

    /// The function of a call was started.
    member _.Started(index: int, now: int64<ms>, clock: int64<ms>, running: Running, executing: seq<int>) =
        let witness = witnesses[index]
        let name = nameOf index

        if witness.Started then
            report Invariant.Once $"{name} started its function again"

        if clock > running.LeaseEnds then
            report Invariant.I1s $"{name} started at {clock} on a lease that ended at {running.LeaseEnds}"

        for delivery in deliveries do
            if delivery.Event < witness.BeganAt && isOpen now delivery.Expires then
                report Invariant.I2b $"{name} ran, but began after {delivery.Text} was delivered"

        // Tokens from Acquire grow over all owners, ended or not, until a sweep lets in a request made long
        // before (assumption 6: windows outlive requests); tokens from Start over those that may still be
        // executing.
        let earlier =
            match config.FenceFromAcquire && config.Tombstones with
            | true when swept -> Seq.empty
            | true ->
                seq { 0 .. witnesses.Length - 1 }
                |> Seq.filter (fun other -> witnesses[other].Started)
            | false -> executing

        for other in earlier do
            if other <> index && witnesses[other].Fence >= running.Fence then
                report
                    Invariant.I9
                    $"{name} has fence {running.Fence}, and {nameOf other} had {witnesses[other].Fence} before"

        witness.Started <- true
        witness.Fence <- running.Fence

    /// The calls whose functions run on leases that they take for live.
    member _.Executing(names: int list) =
        match names with
        | one :: other :: _ ->
            report Invariant.I1 $"{nameOf one} and {nameOf other} run, and both hold live leases"
        | [ _ ]
        | [] -> ()

    /// A call ended. `abandoned` says that it gave back a lock that it could not start on in time.
    member _.Ended(index: int, now: int64<ms>, clock: int64<ms>, conclusion: Conclusion, abandoned: bool) =
        let witness = witnesses[index]

        match conclusion with
        | Conclusion.Replayed ending
        | Conclusion.Adopted ending -> replayed index now clock ending
        | Conclusion.Executed result -> received index now clock (Comparison.payload result)
        | Conclusion.InProgress _ -> notRefusedByItself index "in progress"
        | Conclusion.PayloadMismatch _ -> notRefusedByItself index "payload mismatch"
        | Conclusion.Held _ -> notRefusedByItself index "held"
        | Conclusion.Contended when not abandoned -> notRefusedByItself index "contended"
        | Conclusion.Contended
        | Conclusion.CompletedUnsaved _
        | Conclusion.LeaseLost _
        | Conclusion.FunctionFailed _
        | Conclusion.PersistFailed _
        | Conclusion.Cancelled -> ()

        let run =
            match witness.Threw with
            | Some error -> HowItRan.Threw error
            | None when witness.Returned -> HowItRan.Returned
            | None -> HowItRan.Never

        Honesty.problem (nameOf index) run windows.ContainsKey conclusion
        |> Option.iter (fun violation -> report violation.Invariant violation.Text)

    /// A fresh caller was not answered in time after everything had stopped.
    member _.Stuck(text: string) = report Invariant.I6 text
