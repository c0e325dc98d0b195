// Watches a performance for broken invariants. It knows what really happened: who wrote each record, which results
// were stored and until when, who received what.
namespace Idempotency.Simulation

open Idempotency.Core

/// A request that was carried out.
[<NoComparison; NoEquality>]
type internal Carried =
    {
        /// The number of the call that sent it.
        Sender: int
        Request: Request
        Reply: Reply
        /// The call does not get the reply.
        Lost: bool
        /// It was a copy that had stayed in the network.
        IsCopy: bool
        Before: Record | null
        After: Record | null
    }

/// Watches one performance of a schedule.
[<Sealed>]
type internal Watch(schedule: Schedule) =
    let config = schedule.Config
    let policy = Schedule.policy config
    let docket = Docket schedule
    let witness index = docket.Witness index
    let nameOf index = (docket.Witness index).Name
    let report index invariant text = docket.Report(index, invariant, text)
    let mutable events = 0

    let changedOthers (carried: Carried) (before: Record) =
        let ledger = docket.Ledger carried.Sender

        let mayTakeOver =
            match Deed.taker carried.Request with
            | ValueSome(struct (ticket, clock)) -> Honesty.mayTakeOver ticket clock before
            | ValueNone -> false

        if not mayTakeOver then
            let whose = if ledger.Writer < 0 then "nobody" else nameOf ledger.Writer

            report
                carried.Sender
                (if isNull carried.After then Invariant.I3d else Invariant.I3u)
                $"{carried.Request.Kind} of {nameOf carried.Sender} changed the record of {whose}, which was not free"

            if docket.IsExcused carried.Sender then ledger.IsSpoilt <- true

    let commits now (carried: Carried) expires =
        let commit =
            { Call = carried.Sender
              Request = $"{carried.Request.Kind} {carried.Request.Made}"
              Expires = expires }

        if not ((docket.Ledger carried.Sender).Commit(now, carried.IsCopy, commit)) then
            report
                carried.Sender
                Invariant.I10
                $"what {nameOf carried.Sender} enlisted was committed beside an earlier commit"

    let applied now (carried: Carried) =
        let ledger = docket.Ledger carried.Sender

        match Deed.stored carried.Request with
        | ValueSome(struct (ending, expires, enlisted)) ->
            ledger.Windows[Comparison.payload ending.Payload] <- expires
            if not enlisted.IsNone then commits now carried expires
        | ValueNone -> ()

        match carried.Before with
        | NonNull record when ledger.Writer <> carried.Sender -> changedOthers carried record
        | Null
        | NonNull _ -> ()

        // A peer leaves no tombstone: with the record goes the memory of fencing tokens.
        if isNull carried.After && docket.IsExcused carried.Sender then
            ledger.WasSwept <- true

        ledger.Writer <- if isNull carried.After then -1 else carried.Sender

    /// A result was received. One that only the slowest clocks still take for valid is at the edge of its
    /// window, where no promise holds (assumption 2 of the protocol).
    let received index now (clock: int64<ms>) text =
        let ledger = docket.Ledger index

        let expires =
            match ledger.Windows.TryGetValue text with
            | true, known -> known
            | false, _ -> Time.floorSeconds clock + Time.floorSeconds policy.Expiry

        if docket.IsOpen(now, expires) then
            for earlier in ledger.OpenDeliveries now do
                if earlier.Text <> text then
                    report
                        index
                        Invariant.I2plus
                        $"{nameOf index} received {text}, and {earlier.Text} was delivered before"

                    if earlier.Event < (witness index).BeganAt then
                        report
                            index
                            Invariant.I2a
                            $"{nameOf index} received {text}, but began after {earlier.Text} was delivered"

            ledger.Deliveries.Add
                { Text = text
                  Event = events
                  Expires = expires }

    let replayed index now clock (ending: Ending) =
        let text = Comparison.payload ending.Payload
        let caller = (witness index).Plan

        match docket.MakerOf text with
        | ValueSome maker when
            config.PayloadValidation
            && caller.Validates
            && caller.Payload <> maker.Plan.Payload
            ->
            report index Invariant.I4 $"{nameOf index} received {text}, which was made for another payload"
        | ValueSome _
        | ValueNone -> ()

        match (docket.Ledger index).Windows.TryGetValue text with
        | true, expires when expires < Time.floorSeconds clock ->
            report index Invariant.I5 $"{nameOf index} received {text} after its last second {expires}"
        | true, _ -> ()
        | false, _ -> report index Invariant.I8r $"{nameOf index} received {text}, which was never stored"

        received index now clock text

    let notRefusedByItself index what =
        if (witness index).MetItself then
            report index Invariant.I7 $"{nameOf index} was refused ({what}) because of its own record"

    /// What broke so far, each invariant once.
    member _.Violations = docket.Violations

    /// The name of the call that wrote the record of the key with this number; none where there is no record.
    member _.AuthorOf(key: int) =
        let writer = (docket.LedgerOfKey key).Writer
        if writer < 0 then "" else nameOf writer

    /// A new event begins.
    member _.Next() = events <- events + 1

    /// A request was carried out.
    member _.Sent(now: int64<ms>, carried: Carried) =
        let ledger = docket.Ledger carried.Sender

        // The store may drop by itself what nobody needs any more.
        if isNull carried.Before && ledger.Writer >= 0 then
            ledger.Writer <- -1
            ledger.WasSwept <- true

        let isItsOwnLock =
            match carried.Reply, carried.Before with
            | Reply.Wrote(StoreReply.Applied _), _
            | _, Null -> false
            | Reply.Wrote(StoreReply.Refused _), NonNull record
            | Reply.Wrote StoreReply.RefusedUnseen, NonNull record
            | Reply.Read _, NonNull record -> ledger.Writer = carried.Sender && record.IsInProgress

        if not carried.Lost then (witness carried.Sender).MetItself <- isItsOwnLock

        match carried.Reply with
        | Reply.Wrote(StoreReply.Applied _) -> applied now carried
        | Reply.Wrote(StoreReply.Refused _)
        | Reply.Wrote StoreReply.RefusedUnseen
        | Reply.Read _ -> ()

    /// A sweep removed the record of the key with this number. That of a peer may have been a live lock.
    member _.Swept(key: int, now: int64<ms>, before: Record) =
        let ledger = docket.LedgerOfKey key

        let isLive =
            before.IsInProgress
            && before.LeaseEnds.HasValue
            && before.LeaseEnds.Value >= now

        if isLive && ledger.Writer >= 0 && docket.IsExcused ledger.Writer then
            ledger.IsSpoilt <- true

        ledger.WasSwept <- true
        ledger.Writer <- -1

    /// A call began.
    member _.Began(index: int) = (witness index).BeganAt <- events

    /// An incident befell a call.
    member _.Befell(index: int, incident: Incident, call: Call) =
        let witness = witness index
        witness.Ran <- Incident.ran incident call witness.Ran

    /// The function of a call was started, while those of other calls run.
    member _.Started(index: int, now: int64<ms>, clock: int64<ms>, running: Running, executing: seq<int>) =
        let witness = witness index
        let ledger = docket.Ledger index
        let name = witness.Name

        if witness.Started then
            report index Invariant.Once $"{name} started its function again"

        if clock > running.LeaseEnds then
            report
                index
                Invariant.I1s
                $"{name} started at {clock} on a lease that ended at {running.LeaseEnds}"

        for delivery in ledger.OpenDeliveries now do
            if delivery.Event < witness.BeganAt then
                report index Invariant.I2b $"{name} ran, but began after {delivery.Text} was delivered"

        // Tokens from Acquire grow over all owners, ended or not, until a sweep lets in a request made long
        // before (assumption 6: windows outlive requests); tokens from Start over those that may still be
        // executing.
        let earlier =
            match config.Fence, config.Release with
            | FenceFrom.Acquire, ReleaseBy.Tombstone when ledger.WasSwept -> Seq.empty
            | FenceFrom.Acquire, ReleaseBy.Tombstone ->
                seq { 0 .. docket.Witnesses.Length - 1 }
                |> Seq.filter (fun other -> (docket.Witness other).Started)
            | FenceFrom.Acquire, ReleaseBy.Delete
            | FenceFrom.Start, _ -> executing

        for other in earlier do
            let rival = docket.Witness other

            if
                other <> index
                && rival.Key = witness.Key
                && not (docket.IsExcused other)
                && rival.Fence >= running.Fence
            then
                report
                    index
                    Invariant.I9
                    $"{name} has fence {running.Fence}, and {rival.Name} had {rival.Fence} before"

        witness.Started <- true
        witness.Fence <- running.Fence

    /// These two calls run on leases that both take for live.
    member _.Overlap(one: int, other: int) =
        if (witness one).Key = (witness other).Key then
            let ours = if docket.IsExcused one then other else one
            report ours Invariant.I1 $"{nameOf one} and {nameOf other} run, and both hold live leases"

    /// A call ended. `abandoned` says that it gave back a lock that it could not start on in time.
    member _.Ended(index: int, now: int64<ms>, clock: int64<ms>, conclusion: Conclusion, abandoned: bool) =
        let witness = witness index

        match conclusion with
        | Conclusion.Replayed ending
        | Conclusion.Adopted ending -> replayed index now clock ending
        | Conclusion.Executed result ->
            if witness.Plan.Enlists && not ((docket.Ledger index).HasCommitted index) then
                report
                    index
                    Invariant.I10
                    $"{nameOf index} has its result, but what it enlisted is not committed"

            received index now clock (Comparison.payload result)
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

        Honesty.problem witness.Name witness.Ran (docket.Ledger index).Windows.ContainsKey conclusion
        |> Option.iter (fun violation -> report index violation.Invariant violation.Text)

    /// A fresh caller was not answered in time after everything had stopped.
    member _.Stuck(text: string) = docket.Add(Invariant.I6, text)
