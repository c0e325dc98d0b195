// A store as a pure value: `Lifecycle` folded over a map. What a store under test answers is compared with it.
namespace Idempotency.Store.Conformance

open System.Text
open Idempotency.Core

/// What a call may ask of a store, as one value.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type internal Request =
    | Acquire of AcquireRequest
    | Renew of RenewRequest
    | Complete of CompleteRequest
    | Release of ReleaseRequest
    | LateComplete of LateCompleteRequest

    member this.Ticket =
        match this with
        | Acquire request -> request.Ticket
        | Renew request -> request.Ticket
        | Complete request -> request.Ticket
        | Release request -> request.Ticket
        | LateComplete request -> request.Ticket

    /// The clock that a store may judge expiry by.
    member this.Clock =
        match this with
        | Acquire request -> request.Now
        | Renew request -> request.Now
        | Complete request -> request.Now
        | Release request -> request.Fence
        | LateComplete request -> request.Now

    /// What the lifecycle says to it.
    member this.Decide(record: Record | null) =
        match this with
        | Acquire request -> Lifecycle.acquire request record
        | Renew request -> Lifecycle.renew request record
        | Complete request -> Lifecycle.complete request record
        | Release request -> Lifecycle.release request record
        | LateComplete request -> Lifecycle.lateComplete request record

/// One line for each thing, so that a failed test can be read.
module internal Show =
    let private payload (payload: Payload) =
        match payload.Utf8 with
        | null -> "absent"
        | bytes when bytes.Length <= 60 -> Encoding.UTF8.GetString bytes
        | bytes -> $"({bytes.Length} bytes)"

    let private ending (ending: Ending) =
        $"{ending.Status} {payload ending.Payload}"

    let record (record: Record | null) =
        match record with
        | null -> "no record"
        | known ->
            let lease =
                if known.LeaseEnds.HasValue then string known.LeaseEnds.Value else "none"

            $"{known.Status} expires={known.Expires}s leaseEnds={lease}ms owner={known.Owner} "
            + $"fingerprint={known.Fingerprint} payload={payload known.Payload} key={known.Key}"

    let reply (reply: StoreReply) =
        match reply with
        | StoreReply.Applied replaced -> $"Applied, in the place of: {record replaced}"
        | StoreReply.Refused current -> $"Refused, because of: {record current}"
        | StoreReply.RefusedUnseen -> "Refused, unseen"

    let request (request: Request) =
        let ticket = request.Ticket
        let policy = ticket.Policy

        let caller =
            $"owner={ticket.Owner} fingerprint={ticket.Fingerprint} lease={ticket.Lease}ms expiry={policy.Expiry}ms "
            + $"abandoned={policy.Abandoned} check={policy.CheckPayloadBeforeTakeover} release={policy.Release}"

        match request with
        | Request.Acquire _ -> $"acquire at {request.Clock} by {caller}"
        | Request.Renew _ -> $"renew at {request.Clock} by {caller}"
        | Request.Complete { Now = now; Ending = ended } ->
            $"complete at {now} with {ending ended} by {caller}"
        | Request.Release _ -> $"release at fence {request.Clock} by {caller}"
        | Request.LateComplete { Now = now; Ending = ended } ->
            $"late complete at {now} with {ending ended} by {caller}"

/// The records of a store, by key.
type internal Model = Map<string, Record>

module internal Model =
    let empty: Model = Map.empty

    let find (key: string) (model: Model) : Record | null =
        match model.TryFind key with
        | Some record -> record
        | None -> null

    /// The reply to a request, and the records after it.
    let ask (request: Request) (model: Model) =
        let key = request.Ticket.Key
        let current = find key model

        match request.Decide current with
        | Decision.Write record -> StoreReply.Applied current, model.Add(key, record)
        | Decision.Remove -> StoreReply.Applied current, model.Remove key
        | Decision.Refuse -> StoreReply.Refused current, model

    /// Whether a store may leave out a record that a model has, when the latest clock it has seen is `now`.
    let mayBeDropped (harness: StoreHarness) now (record: Record | null) =
        match record with
        | null -> false
        | known -> harness.MayDropExpired && Lifecycle.mayDrop now known

    /// What is wrong with a reply, compared with what it should have been; nothing, when it is as good.
    let difference (harness: StoreHarness) (request: Request) (expected: StoreReply) (actual: StoreReply) =
        let mayBeSilent =
            match request with
            | Request.Acquire _ -> not harness.ReportsReplaced
            | Request.Renew _
            | Request.Complete _
            | Request.Release _
            | Request.LateComplete _ -> not harness.ReportsChanged

        let isAsGood =
            match expected, actual with
            | StoreReply.Applied replaced, StoreReply.Applied told ->
                told = replaced
                || isNull told && (mayBeSilent || mayBeDropped harness request.Clock replaced)
            | StoreReply.Refused current, StoreReply.Refused told ->
                told = current || isNull told && mayBeDropped harness request.Clock current
            | StoreReply.Refused _, StoreReply.RefusedUnseen -> not harness.SeesOldRecords
            | StoreReply.Refused _, StoreReply.Applied _
            | StoreReply.Applied _, StoreReply.Refused _
            | StoreReply.Applied _, StoreReply.RefusedUnseen
            | StoreReply.RefusedUnseen, _ -> false

        if isAsGood then
            None
        else
            Some $"{Show.request request}\n  expected: {Show.reply expected}\n  answered: {Show.reply actual}"
