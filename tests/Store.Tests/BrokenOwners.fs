// Stores that are broken where a request needs the call's own lock: renew, complete and release.
namespace Store.Tests

open System
open Idempotency.Core

module BrokenOwners =
    let private refuse = Decision.Refuse
    let private isMine = Lifecycle.isMine
    let private hasOwner (ticket: Ticket) (record: Record) = record.Owner = ticket.Owner

    let private isLive now (record: Record) =
        not (Lifecycle.leaseEnded 0L<ms> now record)

    let private broken name rules =
        { Name = name
          Flaw = Flaw.Condition
          Rules = rules }

    /// Writes something else than the sound rule would.
    let private instead (change: Record -> Record -> Record) (record: Record | null) decision =
        match decision, record with
        | Decision.Write written, NonNull known -> Decision.Write(change known written)
        | _ -> decision

    let private renew name change =
        broken $"renew {name}" { Rules.sound with Renew = change }

    let private renewIf name (test: RenewRequest -> Record -> bool) =
        renew name (fun request record ->
            match record with
            | NonNull known when test request known ->
                Decision.Write
                    { known with
                        LeaseEnds = Nullable request.LeaseEnds
                        Expires = request.Expires }
            | _ -> refuse)

    let private isLonger (request: RenewRequest) (record: Record) =
        record.LeaseEnds.HasValue && record.LeaseEnds.Value < request.LeaseEnds

    let private renewals =
        [ renewIf "may shorten" (fun request record -> isMine request.Ticket record)
          renewIf "may leave the lease as it was" (fun request record ->
              isMine request.Ticket record
              && (isLonger request record || record.LeaseEnds = Nullable request.LeaseEnds))
          renewIf "does not look at the owner" (fun request record ->
              record.IsInProgress && isLonger request record)
          renewIf "does not look at the status" (fun request record ->
              hasOwner request.Ticket record && isLonger request record)
          renewIf "needs a live lease" (fun request record ->
              isMine request.Ticket record
              && isLonger request record
              && isLive request.Now record)
          renew "makes a record where there is none" (fun request record ->
              match record with
              | null ->
                  Lifecycle.acquire
                      { Ticket = request.Ticket
                        Now = request.Now }
                      null
              | known -> Lifecycle.renew request known)
          renew "leaves the expiry" (fun request record ->
              Lifecycle.renew request record
              |> instead (fun known written -> { written with Expires = known.Expires }) record) ]

    let private complete name change =
        broken $"complete {name}" { Rules.sound with Complete = change }

    let private completed (request: CompleteRequest) (record: Record) =
        let ending = request.Ending

        Decision.Write
            { record with
                Status = ending.Status
                Payload = ending.Payload
                Expires = request.Expires
                Fingerprint = request.Ticket.Fingerprint }

    let private completeIf name (test: CompleteRequest -> Record -> bool) =
        complete name (fun request record ->
            match record with
            | NonNull known when test request known -> completed request known
            | _ -> refuse)

    let private completeBut name change =
        complete name (fun request record -> Lifecycle.complete request record |> instead change record)

    let private completes =
        [ completeIf "has no condition" (fun _ _ -> true)
          completeIf "does not look at the owner" (fun _ record -> record.IsInProgress)
          completeIf "does not look at the status" (fun request record -> hasOwner request.Ticket record)
          completeIf "needs a live lease" (fun request record ->
              isMine request.Ticket record && isLive request.Now record)
          completeIf "clears the fingerprint of the lock" (fun request record -> isMine request.Ticket record)
          completeBut "leaves the fingerprint of the lock" (fun known written ->
              { written with
                  Fingerprint = known.Fingerprint })
          completeBut "counts the window from the start" (fun known written ->
              { written with Expires = known.Expires })
          completeBut "takes every end for a success" (fun _ written ->
              { written with
                  Status = Status.Completed })
          complete "makes a record where there is none" (fun request record ->
              match record with
              | null ->
                  Lifecycle.lateComplete
                      { Ticket = request.Ticket
                        Now = request.Now
                        Ending = request.Ending
                        Enlisted = Enlisted.None }
                      null
              | known -> Lifecycle.complete request known) ]

    let private release name change =
        broken $"release {name}" { Rules.sound with Release = change }

    let private releaseIf name (test: ReleaseRequest -> Record -> bool) =
        release name (fun request record ->
            match record with
            | NonNull known when test request known ->
                // The sound rule, made to believe that the lock is the call's own.
                Lifecycle.release
                    request
                    { known with
                        Status = Status.InProgress
                        Owner = request.Ticket.Owner }
            | _ -> refuse)

    let private releaseBy name way =
        release name (fun request record ->
            let policy =
                { request.Ticket.Policy with
                    Release = way }

            Lifecycle.release
                { request with
                    Ticket = { request.Ticket with Policy = policy } }
                record)

    let private tombstoneBut name change =
        release name (fun request record -> Lifecycle.release request record |> instead change record)

    let private releases =
        [ releaseIf "has no condition" (fun _ _ -> true)
          releaseIf "does not look at the owner" (fun _ record -> record.IsInProgress)
          releaseIf "does not look at the status" (fun request record -> hasOwner request.Ticket record)
          releaseBy "always deletes" ReleaseBy.Delete
          releaseBy "always leaves a tombstone" ReleaseBy.Tombstone
          release "says that it deleted what was not there" (fun request record ->
              if isNull record then Decision.Remove else Lifecycle.release request record)
          tombstoneBut "keeps the owner in the tombstone" (fun known left ->
              { left with Owner = known.Owner })
          tombstoneBut "keeps the lease in the tombstone" (fun known left ->
              { left with
                  LeaseEnds = known.LeaseEnds })
          tombstoneBut "keeps the fingerprint in the tombstone" (fun known left ->
              { left with
                  Fingerprint = known.Fingerprint }) ]

    let all = renewals @ completes @ releases
