// Moments far out of range, lengths at their limits, and other edges of the rules.
module Core.Tests.EdgeTests

open System
open System.Threading
open Idempotency
open Idempotency.Core
open Core.Tests.Given
open Core.Tests.Shown
open NUnit.Framework

[<Test>]
let ``a pause whose doubling overflows is not zero`` () =
    let policy =
        { policy with
            InProgress = WhileInProgress.Wait(Defaults.longest, Defaults.longest, Defaults.longest) }

    Assert.That(Policy.problems policy, Is.Empty)

    let state: Waiting =
        { Ticket = { ticket with Policy = policy }
          InHand = InHand.Nothing(at 0)
          Patience =
            { Tries = 0
              Sleeps = 23
              Deadline = at 0 + Defaults.longest }
          Holder = theirs
          LeaseEnds = at 2_100 }

    Assert.That(Protocol.pause state (at 0) 0.0, Is.EqualTo 2_101L<ms>)

[<Test>]
let ``a full store makes room where a record has expired`` () =
    let store = InMemoryStore 1 :> IIdempotencyStore

    let call =
        { ticket with
            Policy =
                { policy with
                    Lease = 60_000L<ms>
                    Expiry = 1_000L<ms> }
            Lease = 60_000L<ms> }

    let none = CancellationToken.None

    store.Acquire({ Ticket = call; Now = at 0 }, none).GetAwaiter().GetResult()
    |> ignore

    store
        .Complete(
            { Ticket = call
              Now = at 100
              Ending = Ending.Returned(payload "r1")
              Enlisted = Enlisted.None },
            none
        )
        .GetAwaiter()
        .GetResult()
    |> ignore
    // The record expired with second +1; now it is second +10.
    let second = { call with Key = "pay#2" }

    match store.Acquire({ Ticket = second; Now = at 10_000 }, none).GetAwaiter().GetResult() with
    | StoreReply.Applied _ -> ()
    | _ -> Assert.Fail "it was refused"

[<Test>]
let ``a lock without a lease is busy up to the last millisecond of its window, as others are of their lease``
    ()
    =
    match Lifecycle.judge ticket (at 0) (withoutLease peers) with
    | Standing.Busy leaseEnds -> Assert.That(leaseEnds, Is.EqualTo(at 10_999))
    | unexpected -> Assert.Fail(standing unexpected)

[<Test>]
let ``an expiration far out of range does not overflow`` () =
    match
        Lifecycle.judge
            ticket
            (at 0)
            { withoutLease peers with
                Expires = 9_300_000_000_000_000L<s> }
    with
    | Standing.Busy leaseEnds -> Assert.That(leaseEnds, Is.GreaterThan(at 0))
    | unexpected -> Assert.Fail(standing unexpected)

[<Test>]
let ``an expiration that a person wrote in milliseconds can be shown as a moment`` () =
    match
        Lifecycle.judge
            ticket
            (at 0)
            { withoutLease peers with
                Expires = 1_790_000_000_000L<s> }
    with
    | Standing.Busy leaseEnds ->
        Assert.DoesNotThrow(Action(fun () -> Time.toDateTimeOffset leaseEnds |> ignore))
    | unexpected -> Assert.Fail(standing unexpected)

[<Test>]
let ``a renewal that was applied twice does not make a new lock a take-over`` () =
    let state: Refreshing =
        { Request = { Ticket = ticket; Now = at 3_000 }
          Patience = { Patience.fresh with Tries = 1 }
          AcquiredAt = at 0
          TakeOver = false }

    Protocol.onRefreshed state (at 3_005) (Ok(StoreReply.Refused(mine |> endingAt (at 5_100))))
    |> shows "Running fence +3005 trusted to +5000"

[<Test>]
let ``a peer's lease at the end of time stays there, whatever its clock is allowed`` () =
    let last = 9_223_372_036_854_775_807L<ms>

    match Lifecycle.judge ticket (at 0) (peers |> endingAt last) with
    | Standing.Busy leaseEnds -> Assert.That(leaseEnds, Is.EqualTo last)
    | unexpected -> Assert.Fail(standing unexpected)

[<Test>]
let ``a status has its name for a text`` () =
    let names =
        [ Status.InProgress; Status.Completed; Status.Failed ] |> List.map string

    Assert.That(String.Join(' ', names), Is.EqualTo "InProgress Completed Failed")

/// Tokens, or fingerprints, of which the first two are one, by their bytes and by their text.
let private isKnownByEither<'T when 'T: equality>
    (one: 'T)
    (same: 'T)
    (other: 'T)
    (text: 'T -> string | null)
    =
    for mine in [ one; same ] do
        Assert.That((mine = one && mine = same), Is.True)
        Assert.That((mine = other), Is.False)
        Assert.That((box mine).Equals(box same), Is.True)
        Assert.That((box mine).Equals(box "another thing"), Is.False)
        Assert.That((box mine).GetHashCode(), Is.EqualTo((box same).GetHashCode()))
        Assert.That(text mine, Is.EqualTo(text same))

let private bytes = [| 0xFBuy; 0xEFuy; 0xBEuy; 1uy |]

[<Test>]
let ``an owner token is the same by its bytes and by its text`` () =
    isKnownByEither (OwnerToken.OfBytes bytes) (OwnerToken "----AQ") (OwnerToken.OfBytes [| 1uy |]) _.Text

    Assert.That((OwnerToken.OfBytes(Array.copy bytes) = OwnerToken.OfBytes bytes), Is.True)
    Assert.That((let none = OwnerToken.None in none.GetHashCode()), Is.EqualTo 0)
    Assert.That((OwnerToken.None = OwnerToken.OfBytes bytes), Is.False)
    Assert.That(string OwnerToken.None + " " + string (OwnerToken "a"), Is.EqualTo "(none) a")

[<Test>]
let ``a fingerprint is the same by its digest and by its text`` () =
    isKnownByEither
        (Fingerprint.OfDigest bytes)
        (Fingerprint "fbefbe01")
        (Fingerprint.OfDigest [| 1uy |])
        _.Text

    Assert.That((Fingerprint.OfDigest(Array.copy bytes) = Fingerprint.OfDigest bytes), Is.True)
    Assert.That((let none = Fingerprint.None in none.GetHashCode()), Is.EqualTo 0)
    Assert.That((Fingerprint.None = Fingerprint.OfDigest bytes), Is.False)
    Assert.That(string Fingerprint.None + " " + string (Fingerprint "a"), Is.EqualTo "(none) a")
