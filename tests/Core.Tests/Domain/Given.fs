// What the tests of the rules and of the machine start from: moments, tickets and records with sensible defaults,
// so that a test says only what matters to it. Everything here is our own call's unless it says otherwise.
module Core.Tests.Given

open System
open System.Text
open Idempotency.Core

/// The moment so many milliseconds after the beginning, which is the start of a second.
let at (offset: int) : int64<ms> = 1_000_000L<ms> + int64 offset * 1L<ms>

/// The second so many seconds after the beginning.
let second (offset: int) : int64<s> = 1_000L<s> + int64 offset * 1L<s>

let payload (text: string) = Payload.OfText text

let text (payload: Payload) =
    match payload.Utf8 with
    | null -> "(absent)"
    | bytes -> Encoding.UTF8.GetString bytes

let tokenText (owner: OwnerToken) = owner.Text

let hashText (fingerprint: Fingerprint) = fingerprint.Text

let me = OwnerToken "me"
let other = OwnerToken "other"
let nobody = OwnerToken.None
let released = OwnerToken.Released

let hash = Fingerprint "hash"
let otherHash = Fingerprint "other hash"
let noHash = Fingerprint.None

/// Two seconds of lease, 100 ms for other clocks, 50 ms for peers, ten seconds of window, one second for saving.
let policy =
    { Defaults.policy with
        Lease = 2_000L<ms>
        SkewPad = 100L<ms>
        PeerPad = 50L<ms>
        Expiry = 10_000L<ms>
        Completion =
            { Defaults.completion with
                Budget = 1_000L<ms> } }

/// Waits five seconds at the most; sleeps 50 ms at first and 400 ms at the most.
let patient = WhileInProgress.Wait(5_000L<ms>, 50L<ms>, 400L<ms>)

let ticket: Ticket =
    { Operation = "pay"
      Key = "pay#1"
      Owner = me
      Fingerprint = hash
      Lease = policy.Lease
      Policy = policy
      UsesCache = false
      LooksFirst = false }

let under (change: Policy -> Policy) (ticket: Ticket) =
    { ticket with
        Policy = change ticket.Policy }

let waiting = ticket |> under (fun p -> { p with InProgress = patient })

let holding =
    ticket
    |> under (fun p ->
        { p with
            Abandoned = WhenAbandoned.Hold })

let lenient =
    ticket
    |> under (fun p ->
        { p with
            CheckPayloadBeforeTakeover = false })

let unchecked = { ticket with Fingerprint = noHash }

let tombstoning =
    ticket
    |> under (fun p ->
        { p with
            Release = ReleaseBy.Tombstone
            Fence = FenceFrom.Acquire })

/// The lock that a call writes at the beginning: its lease ends for others at +2100, its window after second +10.
let lockOf (owner: OwnerToken) : Record =
    { Key = ticket.Key
      Status = Status.InProgress
      Expires = second 10
      LeaseEnds = Nullable(at 2_100)
      Owner = owner
      Fingerprint = hash
      Payload = Payload.Absent }

let mine = lockOf me
let theirs = lockOf other
let peers = lockOf nobody

/// A moment when the lease of such a lock is over, and its window is open.
let afterLease = at 2_200

/// A moment when its window is over too.
let afterWindow = at 11_000

let ofHash fingerprint (record: Record) =
    { record with
        Fingerprint = fingerprint }

let endingAt (leaseEnds: int64<ms>) (record: Record) =
    { record with
        LeaseEnds = Nullable leaseEnds }

let noLease: Nullable<int64<ms>> = Nullable()

let withoutLease (record: Record) = { record with LeaseEnds = noLease }

/// What another call's finished run leaves.
let completed (result: string) : Record =
    { theirs with
        Status = Status.Completed
        Payload = payload result }

let failed (failure: string) : Record =
    { theirs with
        Status = Status.Failed
        Payload = payload failure }

/// What a release by tombstone leaves.
let tombstone fence : Record =
    { mine with
        Owner = released
        LeaseEnds = Nullable fence
        Fingerprint = noHash }

let nothing: Record | null = null

/// The function's failure, and the store's.
let boom: exn = InvalidOperationException "boom"

let down: exn = TimeoutException "store down"
