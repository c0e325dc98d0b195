// Stores that are broken where a request needs a free key: acquire and late complete.
namespace Store.Tests

open System
open Idempotency.Core

/// Where a store is broken, and so which suites have to see it.
[<RequireQualifiedAccess>]
type Flaw =
    /// In a condition, or in what is written under it: by example, and by random scripts.
    | Condition
    /// In what is kept of a key or a record.
    | Content
    /// In how records of peers are treated.
    | Peer
    /// In doing two things at once.
    | Race

/// A store with one rule changed, in a way that somebody could get wrong. The suites have to reject it.
[<NoComparison; NoEquality>]
type Broken =
    { Name: string
      Flaw: Flaw
      Rules: Rules }

    override this.ToString() = this.Name

module BrokenTakers =
    let private refuse = Decision.Refuse

    let private writeIf (request: AcquireRequest) isFree =
        if isFree then Decision.Write request.Record else refuse

    let private isFree (request: AcquireRequest) record =
        Lifecycle.isFree request.Ticket request.Now record

    let private isFreeAt now (request: AcquireRequest) record =
        Lifecycle.isFree request.Ticket now record

    let private isFreeBy (change: Policy -> Policy) (request: AcquireRequest) record =
        let ticket =
            { request.Ticket with
                Policy = change request.Ticket.Policy }

        Lifecycle.isFree ticket request.Now record

    let private uncheck policy =
        { policy with
            CheckPayloadBeforeTakeover = false }

    let private check policy =
        { policy with
            CheckPayloadBeforeTakeover = true }

    let private runAgain policy =
        { policy with
            Abandoned = WhenAbandoned.RunAgain }

    let private has (print: Fingerprint) = not print.IsNone

    let private isTombstone (record: Record) = record.Owner = OwnerToken.Released

    /// A store whose acquire has another test for some records, and the sound one for all others.
    let private acquire flaw applies name (test: AcquireRequest -> Record -> bool) =
        { Name = $"acquire {name}"
          Flaw = flaw
          Rules =
            { Rules.sound with
                Acquire =
                    fun request record ->
                        match record with
                        | NonNull known when applies known -> test request known |> writeIf request
                        | _ -> Lifecycle.acquire request record } }

    let private isLock (record: Record) = record.IsInProgress
    let private isResult (record: Record) = not record.IsInProgress
    let private overLock name test = acquire Flaw.Condition isLock name test

    let private overResult name test =
        acquire Flaw.Condition isResult name test

    let private overPeers name test = acquire Flaw.Peer isLock name test

    let private acquires =
        [ acquire Flaw.Condition (fun _ -> true) "has no condition" (fun _ _ -> true)
          overLock "does not look at the lease" (fun _ _ -> true)
          overLock "ends a lease one millisecond early" (fun request record ->
              isFreeAt (request.Now + 1L<ms>) request record)
          overLock "ends a lease one millisecond late" (fun request record ->
              isFreeAt (request.Now - 1L<ms>) request record)
          overLock "never takes a lock over" (fun _ _ -> false)
          overLock "lets a call in through its own lock" (fun request record ->
              Lifecycle.isMine request.Ticket record || isFree request record)
          overLock "lets another payload take over" (isFreeBy uncheck)
          overLock "checks the payload although the policy does not" (isFreeBy check)
          overLock "keeps calls without a fingerprint from taking over" (fun request record ->
              isFree request record && (isTombstone record || has request.Ticket.Fingerprint))
          overLock "keeps locks without a fingerprint from being taken over" (fun request record ->
              isFree request record && (isTombstone record || has record.Fingerprint))
          overLock "takes over what the policy holds" (isFreeBy runAgain)
          overLock "holds for ever" (fun request record ->
              isFree request record
              && (isTombstone record || request.Ticket.Policy.Abandoned = WhenAbandoned.RunAgain))
          overLock "holds tombstones too" (fun request record ->
              isFree request record
              && (request.Ticket.Policy.Abandoned = WhenAbandoned.RunAgain
                  || Lifecycle.windowEnded request.Now record))
          overResult "replaces results" (fun _ _ -> true)
          overResult "never replaces a result" (fun _ _ -> false)
          overResult "ends a window in its last second" (fun request record ->
              isFreeAt (request.Now + 1_000L<ms>) request record)
          overResult "ends a window one second late" (fun request record ->
              isFreeAt (request.Now - 1_000L<ms>) request record)
          overResult "takes a failure for a free key" (fun request record ->
              record.Status = Status.Failed || isFree request record) ]

    let private peers =
        [ overPeers
              "does not wait for the peer pad"
              (isFreeBy (fun policy -> { policy with PeerPad = 0L<ms> }))
          overPeers "waits for the peer pad of locks with an owner" (fun request record ->
              isFree request record
              && (isTombstone record
                  || Lifecycle.leaseEnded
                      request.Ticket.Policy.PeerPad
                      request.Now
                      { record with Owner = OwnerToken.None }))
          overPeers "takes a lock without a lease at once" (fun request record ->
              not record.LeaseEnds.HasValue || isFree request record)
          overPeers "never takes a lock without a lease" (fun request record ->
              record.LeaseEnds.HasValue && isFree request record)
          overPeers "takes a live lock whose window is over" (fun request record ->
              Lifecycle.windowEnded request.Now record || isFree request record) ]

    let private lateComplete name (test: LateCompleteRequest -> Record -> bool) =
        { Name = $"late complete {name}"
          Flaw = Flaw.Condition
          Rules =
            { Rules.sound with
                LateComplete =
                    fun request record ->
                        match record with
                        | NonNull known when not (test request known) -> refuse
                        | _ -> Decision.Write request.Record } }

    let private lateFreeBy change (request: LateCompleteRequest) record =
        let ticket =
            { request.Ticket with
                Policy = change request.Ticket.Policy }

        Lifecycle.isFree ticket request.Now record

    let private lateCompletes =
        [ lateComplete "has no condition" (fun _ _ -> true)
          lateComplete "replaces live locks" (fun request record ->
              record.IsInProgress || lateFreeBy id request record)
          lateComplete "replaces its own live lock" (fun request record ->
              Lifecycle.isMine request.Ticket record || lateFreeBy id request record)
          lateComplete "replaces results" (fun request record ->
              not record.IsInProgress || lateFreeBy id request record)
          lateComplete "needs that there is no record" (fun _ _ -> false)
          lateComplete "does not look at the payload" (lateFreeBy uncheck)
          lateComplete "replaces what the policy holds" (lateFreeBy runAgain)
          { Name = "late complete takes every end for a success"
            Flaw = Flaw.Condition
            Rules =
              { Rules.sound with
                  LateComplete =
                      fun request record ->
                          match Lifecycle.lateComplete request record with
                          | Decision.Write written ->
                              Decision.Write
                                  { written with
                                      Status = Status.Completed }
                          | decision -> decision } } ]

    let all = acquires @ peers @ lateCompletes
