// A store whose rules are given: with those of `Lifecycle` it is a right one, with one of them replaced it is
// the broken twin that the tests must catch.
namespace Idempotency.Simulation

open System.Collections.Generic
open System.Threading.Tasks
open Idempotency
open Idempotency.Core

/// What a store does with each request, given the record that it holds.
[<NoComparison; NoEquality>]
type Rules =
    { Acquire: AcquireRequest -> Record | null -> Decision
      Renew: RenewRequest -> Record | null -> Decision
      Complete: CompleteRequest -> Record | null -> Decision
      Release: ReleaseRequest -> Record | null -> Decision
      LateComplete: LateCompleteRequest -> Record | null -> Decision }

module Rules =
    /// The rules that ship.
    let right =
        { Acquire = Lifecycle.acquire
          Renew = Lifecycle.renew
          Complete = Lifecycle.complete
          Release = Lifecycle.release
          LateComplete = Lifecycle.lateComplete }

    /// The record of a finished run, written over whatever is there.
    let finished (ticket: Ticket) expires (ending: Ending) (current: Record | null) : Record =
        let status, payload =
            match ending with
            | Ending.Returned result -> Status.Completed, result
            | Ending.Threw failure -> Status.Failed, failure

        { Key = ticket.Key
          Status = status
          Expires = expires
          LeaseEnds =
            match current with
            | null -> System.Nullable()
            | known -> known.LeaseEnds
          Owner = ticket.Owner
          Fingerprint = ticket.Fingerprint
          Payload = payload }

    /// Powertools' conditions on our records: whoever completes or releases is believed.
    let unfenced =
        { right with
            Complete =
                fun request current ->
                    Decision.Write(finished request.Ticket request.Expires request.Ending current)
            Release = fun _ _ -> Decision.Remove }

/// Keeps records under the given rules, for one thread.
[<Sealed>]
type RuledStore(rules: Rules) =
    let records = Dictionary<string, Record>()

    let find key : Record | null =
        match records.TryGetValue key with
        | true, record -> record
        | false, _ -> null

    let change (key: string) decide =
        let current = find key

        match decide current with
        | Decision.Refuse -> StoreReply.Refused current
        | Decision.Remove ->
            records.Remove key |> ignore
            StoreReply.Applied current
        | Decision.Write record ->
            records[key] <- record
            StoreReply.Applied current
        |> ValueTask<StoreReply>

    /// Puts a record in the store as it is, or none for a key.
    member _.Plant(key: string, record: Record | null) =
        match record with
        | null -> records.Remove key |> ignore
        | known -> records[key] <- known

    /// The record of a key.
    member _.Find(key: string) : Record | null = find key

    /// Removes the record of a key if its last second is over, and says whether it did.
    member _.Sweep (key: string) (now: int64<ms>) =
        match find key with
        | null -> false
        | record -> Lifecycle.windowEnded now record && records.Remove key

    interface IIdempotencyStore with
        member _.Acquire(request, _) =
            change request.Ticket.Key (rules.Acquire request)

        member _.Renew(request, _) =
            change request.Ticket.Key (rules.Renew request)

        member _.Complete(request, _) =
            change request.Ticket.Key (rules.Complete request)

        member _.Release(request, _) =
            change request.Ticket.Key (rules.Release request)

        member _.LateComplete(request, _) =
            change request.Ticket.Key (rules.LateComplete request)

        member _.Get(key, _) = ValueTask<Record | null>(find key)
