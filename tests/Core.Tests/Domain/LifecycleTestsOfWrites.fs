// What each request writes: what changes, what stays, and the two expirations.
module Core.Tests.LifecycleTestsOfWrites

open System
open Idempotency.Core
open Core.Tests.Given
open NUnit.Framework

let private r1 = Ending.Returned(payload "r1")

let private acquire ticket now =
    Lifecycle.acquire { Ticket = ticket; Now = now }

let private renew ticket now =
    Lifecycle.renew { Ticket = ticket; Now = now }

let private complete ticket now ending =
    Lifecycle.complete
        { Ticket = ticket
          Now = now
          Ending = ending
          Enlisted = Enlisted.None }

let private release ticket fence =
    Lifecycle.release { Ticket = ticket; Fence = fence }

let private lateComplete ticket now ending =
    Lifecycle.lateComplete
        { Ticket = ticket
          Now = now
          Ending = ending
          Enlisted = Enlisted.None }

let private writes (expected: Record) decision =
    match decision with
    | Decision.Write written -> Assert.That<Record>(written, Is.EqualTo expected)
    | Decision.Remove -> Assert.Fail "it was removed"
    | Decision.Refuse -> Assert.Fail "it was refused"

let private refuses decision =
    match decision with
    | Decision.Refuse -> ()
    | Decision.Write _
    | Decision.Remove -> Assert.Fail "it was applied"

let private removes decision =
    match decision with
    | Decision.Remove -> ()
    | Decision.Write _
    | Decision.Refuse -> Assert.Fail "it was not removed"

let private lasting expiry =
    ticket |> under (fun p -> { p with Expiry = expiry })

[<Test>]
let ``an acquire writes a lock of its own, lease and pad counted from the request's clock`` () =
    nothing |> acquire ticket (at 0) |> writes mine

[<Test>]
let ``an acquire leaves nothing of the record that it takes over`` () =
    completed "r0"
    |> ofHash otherHash
    |> acquire ticket afterWindow
    |> writes
        { mine with
            LeaseEnds = Nullable(at 13_100)
            Expires = second 21 }

    theirs
    |> acquire { ticket with Fingerprint = noHash } afterLease
    |> writes
        { mine with
            LeaseEnds = Nullable(at 4_300)
            Expires = second 12
            Fingerprint = noHash }

[<Test>]
let ``an acquire is refused by a live lock, its own too`` () =
    theirs |> acquire ticket (at 2_100) |> refuses
    mine |> acquire ticket (at 2_100) |> refuses
    completed "r1" |> acquire ticket (at 10_999) |> refuses

[<Test>]
let ``a call trusts its lease a skew pad less than it publishes`` () =
    let request: AcquireRequest = { Ticket = ticket; Now = at 7 }
    let renewal: RenewRequest = { Ticket = ticket; Now = at 7 }
    Assert.That([ request.TrustedUntil; renewal.TrustedUntil ], Is.All.EqualTo(at 2_007))
    Assert.That([ request.LeaseEnds; renewal.LeaseEnds ], Is.All.EqualTo(at 2_107))

[<TestCase(0, 10_000, 10)>]
[<TestCase(999, 10_000, 10)>]
[<TestCase(0, 2_101, 3)>]
[<TestCase(0, 1, 3)>]
[<TestCase(-100, 1, 2)>]
[<TestCase(-101, 1, 2)>]
[<TestCase(-99, 1, 3)>]
[<TestCase(899, 3_101, 4)>]
[<TestCase(899, 3_100, 3)>]
let ``a lock's record lasts for the window, rounded down, but never less than its lease, rounded up``
    (now, expiry, expected)
    =
    let call = lasting (int64 expiry * 1L<ms>)
    let request: AcquireRequest = { Ticket = call; Now = at now }
    let renewal: RenewRequest = { Ticket = call; Now = at now }
    Assert.That([ request.Expires; renewal.Expires ], Is.All.EqualTo(second expected))

[<TestCase(0, 10_000, 10)>]
[<TestCase(999, 10_000, 10)>]
[<TestCase(1, 10_999, 11)>]
[<TestCase(0, 10_999, 10)>]
[<TestCase(0, 1, 0)>]
let ``a finished record lasts for the window from its completion, rounded down`` (now, expiry, expected) =
    let call = lasting (int64 expiry * 1L<ms>)

    let request: CompleteRequest =
        { Ticket = call
          Now = at now
          Ending = r1
          Enlisted = Enlisted.None }

    let late: LateCompleteRequest =
        { Ticket = call
          Now = at now
          Ending = r1
          Enlisted = Enlisted.None }

    Assert.That([ request.Expires; late.Expires ], Is.All.EqualTo(second expected))

[<Test>]
let ``a result saved after a run longer than its window is not dead at once`` () =
    mine
    |> complete (lasting 1_000L<ms>) (at 2_000) r1
    |> writes
        { mine with
            Status = Status.Completed
            Payload = payload "r1"
            Expires = second 3 }

[<Test>]
let ``a renewal moves the two ends of the call's own lock, and nothing else`` () =
    mine
    |> renew ticket (at 1_500)
    |> writes
        { mine with
            LeaseEnds = Nullable(at 3_600)
            Expires = second 11 }

[<Test>]
let ``a renewal may come after the lease, while nobody has taken the lock over`` () =
    mine
    |> renew ticket afterLease
    |> writes
        { mine with
            LeaseEnds = Nullable(at 4_300)
            Expires = second 12 }

[<Test>]
let ``a renewal never shortens a lease, nor repeats it`` () =
    mine |> renew ticket (at 0) |> refuses
    mine |> renew ticket (at -1) |> refuses

    mine
    |> renew ticket (at 1)
    |> writes
        { mine with
            LeaseEnds = Nullable(at 2_101) }

[<Test>]
let ``only the owner of a lock may renew, complete or release it`` () =
    for record in
        [ nothing
          theirs
          peers
          tombstone (at 0)
          { completed "r0" with Owner = me }
          { failed "f0" with Owner = me } ] do
        record |> renew ticket (at 100) |> refuses
        record |> complete ticket (at 100) r1 |> refuses
        record |> release ticket (at 100) |> refuses
        record |> release tombstoning (at 100) |> refuses

[<Test>]
let ``a complete changes status, payload, expiration and hash, and keeps the rest`` () =
    mine
    |> complete ticket (at 1_500) r1
    |> writes
        { mine with
            Status = Status.Completed
            Payload = payload "r1"
            Expires = second 11 }

[<Test>]
let ``a complete of a failure stores it as failed`` () =
    mine
    |> complete ticket (at 0) (Ending.Threw(payload "no funds"))
    |> writes
        { mine with
            Status = Status.Failed
            Payload = payload "no funds" }

[<Test>]
let ``a complete writes the call's hash, or leaves what is there when it has none`` () =
    let expected =
        { mine with
            Status = Status.Completed
            Payload = payload "r1" }

    mine |> ofHash noHash |> complete ticket (at 0) r1 |> writes expected
    mine |> ofHash otherHash |> complete ticket (at 0) r1 |> writes expected

    mine
    |> ofHash otherHash
    |> complete unchecked (at 0) r1
    |> writes (expected |> ofHash otherHash)

[<Test>]
let ``a complete keeps a result that is nothing, null or empty as it is`` () =
    for result in [ Payload.Absent; payload "null"; payload "" ] do
        mine
        |> complete ticket (at 0) (Ending.Returned result)
        |> writes
            { mine with
                Status = Status.Completed
                Payload = result }

[<Test>]
let ``a complete needs no live lease, only the lock`` () =
    mine
    |> complete ticket afterWindow r1
    |> writes
        { mine with
            Status = Status.Completed
            Payload = payload "r1"
            Expires = second 21 }

[<Test>]
let ``a release by deletion removes the record`` () =
    mine |> release ticket (at 5) |> removes

[<Test>]
let ``a release by tombstone leaves the fence as lease end, no owner, no hash, and the expiration`` () =
    mine |> release tombstoning (at 5) |> writes (tombstone (at 5))

[<Test>]
let ``a tombstone refuses the copies of the released call's requests that come late`` () =
    tombstone (at 5) |> acquire tombstoning (at 5) |> refuses
    tombstone (at 5) |> renew tombstoning (at 900) |> refuses
    tombstone (at 5) |> complete tombstoning (at 900) r1 |> refuses
    tombstone (at 5) |> release tombstoning (at 900) |> refuses

[<Test>]
let ``a late complete writes a finished record, without a lease, where the key is free`` () =
    let expected =
        { mine with
            Status = Status.Completed
            LeaseEnds = Nullable()
            Payload = payload "r1"
            Expires = second 12 }

    for free in
        [ nothing
          mine
          theirs
          tombstone (at 5)
          withoutLease theirs |> fun r -> { r with Expires = second 1 } ] do
        free |> lateComplete ticket afterLease r1 |> writes expected

[<Test>]
let ``a late complete is refused by another's live lock, a finished record and another payload`` () =
    theirs |> lateComplete ticket (at 2_100) r1 |> refuses
    mine |> lateComplete ticket (at 2_100) r1 |> refuses
    completed "r0" |> lateComplete ticket afterLease r1 |> refuses
    theirs |> ofHash otherHash |> lateComplete ticket afterLease r1 |> refuses
    theirs |> lateComplete holding afterLease r1 |> refuses

[<Test>]
let ``a late complete of a failure stores it as failed`` () =
    nothing
    |> lateComplete ticket (at 0) (Ending.Threw(payload "no funds"))
    |> writes
        { mine with
            Status = Status.Failed
            LeaseEnds = Nullable()
            Payload = payload "no funds" }
