// Records that no call of this library writes, but that another library on the same table does, and shapes of
// records that no peer is known to write. They are seeded past the store.
namespace Idempotency.Store.Conformance

open System
open NUnit.Framework
open Idempotency.Core

/// <summary>How a store treats records of peers: without owner, lease or fingerprint, or in any other shape. Only
/// for stores whose table others write to.</summary>
/// <param name="harness">Opens the store under test, and seeds records.</param>
type PeerSuite(harness: SeededStoreHarness) =
    inherit StoreSuite(harness)

    let mine = Endings.returned "\"mine\""
    let noLease = Nullable<int64<ms>>()

    let seed (t: Trial) (record: Record) =
        harness.Seed(t.Store, record).WaitAsync(harness.Patience).GetAwaiter().GetResult()

    /// A peer's lock as Powertools writes it: no owner, the lease ends at 5,000 ms, the window is over at 61,000 ms.
    let peersLock (t: Trial) (call: Ticket) =
        { t.Lock(call, 0) with
            Owner = OwnerToken.None
            LeaseEnds = Nullable(t.At 5_000) }

    /// Plays requests on a seeded record, and compares each with the lifecycle.
    let answersAsTheLifecycleDoes (t: Trial) (record: Record) (request: Request) =
        seed t record
        let expected, model = Model.empty.Add(record.Key, record) |> Model.ask request
        let reply = t.Reply request

        match Model.difference harness request expected reply with
        | Some difference -> Assert.Fail $"seeded: {Show.record record}\n  {difference}"
        | None -> ()

        let left = Model.find record.Key model

        match t.Get record.Key with
        | null when Model.mayBeDropped harness request.Clock left -> ()
        | found when found = left -> ()
        | found ->
            Assert.Fail
                $"seeded: {Show.record record}\n  {Show.request request}\n  should leave: {Show.record left}\n  \
                  left: {Show.record found}"

    [<Test>]
    member _.``a seeded record comes back as it is``() =
        let t = Trial harness
        let a = t.Call()
        seed t (peersLock t a)
        t.Has(a, peersLock t a)

        seed
            t
            { peersLock t a with
                LeaseEnds = noLease
                Fingerprint = Fingerprint.None }

        t.Has(
            a,
            { peersLock t a with
                LeaseEnds = noLease
                Fingerprint = Fingerprint.None }
        )

    [<Test>]
    member _.``the lease of a lock without an owner counts for the peer pad longer``() =
        let t = Trial harness
        let a = t.Call()
        seed t (peersLock t a)
        t.Acquire(a, 6_000).Refused(peersLock t a)
        t.Acquire(a, 6_001).Applied(peersLock t a)
        t.Has(a, t.Lock(a, 6_001))

    [<Test>]
    member _.``a lock without a lease ends with its window``() =
        let t = Trial harness
        let a = t.Call()

        let lock =
            { peersLock t a with
                LeaseEnds = noLease }

        seed t lock
        t.Acquire(a, 60_999).Refused lock
        t.Acquire(a, 61_000).Applied lock
        t.Has(a, t.Lock(a, 61_000))

    [<Test>]
    member _.``a live lease counts although the window is over``() =
        let t = Trial harness
        let a, b = t.Call(), t.Call()

        let lock =
            { t.Lock(a, 0) with
                Expires = Time.floorSeconds (t.At 2_000) }

        seed t lock
        t.Acquire(b, 11_000).Refused lock
        t.Acquire(b, 11_001).Applied lock

    [<Test>]
    member _.``a lock without an owner is nobody's own``() =
        let t = Trial harness
        let a = t.Call()
        seed t (peersLock t a)
        t.Renew(a, 4_000).Refused(peersLock t a)
        t.Complete(a, 4_000, mine).Refused(peersLock t a)
        t.Release(a, 4_000).Refused(peersLock t a)
        t.Has(a, peersLock t a)

    [<Test>]
    member _.``an owner that a peer left on a finished record means nothing``() =
        let t = Trial harness
        let a = t.Call()

        let finished =
            { t.Finished(a, 0, 1_000, mine) with
                Fingerprint = Fingerprint.None }

        seed t finished
        t.Renew(a, 20_000).Refused finished
        t.Complete(a, 20_000, mine).Refused finished
        t.Release(a, 20_000).Refused finished
        t.Acquire(a, 20_000).Refused finished
        t.Has(a, finished)

    [<Test>]
    member _.``on a record of any shape, each request is answered as the lifecycle does``() =
        let t = Trial harness
        let now = 1_000_000
        let second = Time.floorSeconds (t.At now)

        let variants =
            [ id
              (fun policy ->
                  { policy with
                      CheckPayloadBeforeTakeover = false })
              (fun policy ->
                  { policy with
                      Abandoned = WhenAbandoned.Hold })
              (fun policy ->
                  { policy with
                      Release = ReleaseBy.Tombstone }) ]

        let callers = variants |> List.map (fun policy -> t.Call(policy = policy))
        let caller = callers.Head
        let callers = callers |> List.map (fun call -> { call with Owner = caller.Owner })

        let requests =
            [ for call in callers do
                  Request.Acquire { Ticket = call; Now = t.At now }
              Request.Acquire
                  { Ticket =
                      { caller with
                          Fingerprint = Fingerprint.None }
                    Now = t.At now }
              Request.LateComplete
                  { Ticket = caller
                    Now = t.At now
                    Ending = mine
                    Enlisted = Enlisted.None }
              Request.Complete
                  { Ticket = caller
                    Now = t.At now
                    Ending = mine
                    Enlisted = Enlisted.None }
              Request.Complete
                  { Ticket =
                      { caller with
                          Fingerprint = Fingerprint.None }
                    Now = t.At now
                    Ending = mine
                    Enlisted = Enlisted.None }
              Request.Renew { Ticket = caller; Now = t.At now }
              Request.Release { Ticket = caller; Fence = t.At now }
              Request.Release
                  { Ticket = List.last callers
                    Fence = t.At now } ]

        let leases =
            [ noLease
              for moment in [ -1_001; -1_000; -1; 0; 11_000 ] do
                  Nullable(t.At(now + moment)) ]

        for status in [ Status.InProgress; Status.Completed; Status.Failed ] do
            for owner in [ caller.Owner; OwnerToken "another"; OwnerToken.Released; OwnerToken.None ] do
                for lease in leases do
                    for expires in [ second - 1L<s>; second ] do
                        for fingerprint in [ caller.Fingerprint; Fingerprint "another"; Fingerprint.None ] do
                            for request in requests do
                                answersAsTheLifecycleDoes
                                    t
                                    { Key = caller.Key
                                      Status = status
                                      Expires = expires
                                      LeaseEnds = lease
                                      Owner = owner
                                      Fingerprint = fingerprint
                                      Payload =
                                        match status with
                                        | Status.InProgress -> Payload.Absent
                                        | Status.Completed
                                        | Status.Failed -> Payload.OfText "\"theirs\"" }
                                    request
