// The invariants that one incident can break by itself, in the words of docs/protocol.md and not in those of the code
// that it judges.
namespace Idempotency.Simulation

open Idempotency.Core

/// What a caller receives.
[<Struct; NoComparison; NoEquality>]
type Receipt =
    {
        /// The number of the result, or -1.
        Result: int
        /// Its last second.
        Expires: int64<s>
    }

module Judge =
    /// No result.
    let nothing = { Result = -1; Expires = 0L<s> }

    let private textOf (ending: Ending) =
        match ending with
        | Ending.Returned payload
        | Ending.Threw payload -> Comparison.payload payload

    /// I3: what a request changed that another call had written.
    let change (sender: int) (request: Request) (before: Stored) (after: Record | null) =
        match before.Record with
        | NonNull record when before.Author <> sender ->
            let mayTakeOver =
                match Deed.taker request with
                | ValueSome(struct (ticket, clock)) -> Honesty.mayTakeOver ticket clock record
                | ValueNone -> false

            if mayTakeOver then []
            elif isNull after then [ Invariant.I3d ]
            else [ Invariant.I3u ]
        | Null
        | NonNull _ -> []

    /// The last second of the result with which a request commits writes.
    let commits (request: Request) =
        match Deed.stored request with
        | ValueSome(struct (_, expires, enlisted)) when not enlisted.IsNone -> ValueSome expires
        | ValueSome _
        | ValueNone -> ValueNone

    /// The record that a reply shows.
    let shown (reply: Reply) : Record | null =
        match reply with
        | Reply.Wrote(StoreReply.Applied _)
        | Reply.Wrote StoreReply.RefusedUnseen -> null
        | Reply.Wrote(StoreReply.Refused record)
        | Reply.Read record -> record

    /// I1s and "once": a function is started.
    let start (local: Local) (clock: int64<ms>) (running: Running) =
        [ if clock > running.LeaseEnds then Invariant.I1s
          if local.Started then Invariant.Once ]

    let private received (local: Local) roles clock (ending: Ending) (record: Record) =
        let text = textOf ending
        let result = History.resultOf text
        let maker: Role = Array.item (result / 2) roles

        let broken =
            [ if local.Role.Plan.Validates && local.Role.Payload <> maker.Payload then
                  Invariant.I4
              if record.Expires < Time.floorSeconds clock then Invariant.I5 ]

        struct (broken,
                { Result = result
                  Expires = record.Expires })

    let private honesty (local: Local) ran isStored conclusion =
        match Honesty.problem local.Call.Name ran (fun _ -> isStored) conclusion with
        | Some violation -> [ violation.Invariant ]
        | None -> []

    let private carries (record: Record | null) (result: Payload) =
        match record with
        | NonNull known -> not known.IsInProgress && known.Payload = result
        | Null -> false

    /// I4, I5, I7, I8: a call ends. `record` is what the reply or the cache showed it; `applied` is the request that
    /// was confirmed to it.
    let ending
        (local: Local)
        (roles: Role[])
        clock
        (ran: HowItRan)
        metItself
        (record: Record | null)
        (applied: Request option)
        (conclusion: Conclusion)
        =
        let honest isStored = honesty local ran isStored conclusion

        let refused = if metItself then Invariant.I7 :: honest false else honest false

        match conclusion, record with
        | Conclusion.Replayed ending, NonNull known
        | Conclusion.Adopted ending, NonNull known ->
            let struct (broken, receipt) = received local roles clock ending known
            struct (broken @ honest true, receipt)
        | Conclusion.Executed result, _ ->
            let own = History.resultOf (Comparison.payload result)

            match applied |> Option.map Deed.stored |> Option.defaultValue ValueNone with
            | ValueSome(struct (ending, expires, _)) when ending = Ending.Returned result ->
                struct (honest true, { Result = own; Expires = expires })
            | ValueSome _
            | ValueNone ->
                let expires =
                    match record with
                    | NonNull known -> known.Expires
                    | Null -> Time.floorSeconds clock + Time.floorSeconds local.Call.Ticket.Policy.Expiry

                struct (honest (carries record result), { Result = own; Expires = expires })
        | Conclusion.InProgress _, _
        | Conclusion.PayloadMismatch _, _
        | Conclusion.Held _, _ -> struct (refused, nothing)
        | Conclusion.Contended, _ ->
            match local.Call.Phase with
            // It gives back a lock that came too late.
            | Phase.At(Step.Abandon _) -> struct (honest false, nothing)
            | Phase.At _
            | Phase.Unbegun
            | Phase.Crashed -> struct (refused, nothing)
        | Conclusion.Replayed _, Null
        | Conclusion.Adopted _, Null -> struct ([ Invariant.I8r ], nothing)
        | Conclusion.CompletedUnsaved _, _
        | Conclusion.LeaseLost _, _
        | Conclusion.FunctionFailed _, _
        | Conclusion.PersistFailed _, _
        | Conclusion.Cancelled, _ -> struct (honest false, nothing)
