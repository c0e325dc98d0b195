// One test's use of a store: keys that no other test has, calls on them, and answers that are waited for, but not
// for ever. Moments are milliseconds after the harness's `Start`.
namespace Idempotency.Store.Conformance

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Idempotency
open Idempotency.Core

/// What a store answered to a request.
[<Sealed>]
type internal Answer(harness: StoreHarness, request: Request, reply: StoreReply) =
    let agrees (expected: StoreReply) =
        match Model.difference harness request expected reply with
        | None -> ()
        | Some difference -> Assert.Fail difference

    /// It has to be: applied, in the place of this record.
    member _.Applied(replaced: Record | null) = agrees (StoreReply.Applied replaced)

    /// It has to be: refused, because of this record.
    member _.Refused(current: Record | null) = agrees (StoreReply.Refused current)

[<Sealed>]
type internal Trial(harness: StoreHarness) =
    let store = harness.Open()
    let prefix = Guid.NewGuid().ToString "N"

    let start =
        LanguagePrimitives.Int64WithMeasure<ms>(harness.Start.ToUnixTimeMilliseconds())

    let wait (answer: ValueTask<'T>) =
        if answer.IsCompletedSuccessfully then
            answer.Result
        else
            answer.AsTask().WaitAsync(harness.Patience).GetAwaiter().GetResult()

    /// What tests choose unless they say otherwise: the lease ends 10 s after the acquire, for others 11 s.
    static member Policy =
        { Defaults.policy with
            Lease = 10_000L<ms>
            SkewPad = 1_000L<ms>
            PeerPad = 1_000L<ms>
            Expiry = 60_000L<ms> }

    member _.Store = store

    /// A moment as stores see it.
    member _.At(moment: int) : int64<ms> = start + int64 moment * 1L<ms>

    /// A key of this test's own.
    member _.Key(name: string) = prefix + name

    /// One more call, with a token of its own.
    member this.Call(?key: string, ?payload: Fingerprint, ?policy: Policy -> Policy) : Ticket =
        let policy = Trial.Policy |> defaultArg policy id

        { Operation = "conformance"
          Key = this.Key(defaultArg key "")
          Owner = OwnerToken(Guid.NewGuid().ToString "N")
          Fingerprint = defaultArg payload (Fingerprint "payload")
          Lease = policy.Lease
          Policy = policy
          UsesCache = false
          LooksFirst = false }

    /// What the store answers to a request.
    member _.Reply(request: Request) : StoreReply =
        match request with
        | Request.Acquire request -> store.Acquire(request, CancellationToken.None)
        | Request.Renew request -> store.Renew(request, CancellationToken.None)
        | Request.Complete request -> store.Complete(request, CancellationToken.None)
        | Request.Release request -> store.Release(request, CancellationToken.None)
        | Request.LateComplete request -> store.LateComplete(request, CancellationToken.None)
        |> wait

    /// The record of a whole key text.
    member _.Get(key: string) : Record | null =
        store.Get(key, CancellationToken.None) |> wait

    member this.Ask(request: Request) =
        Answer(harness, request, this.Reply request)

    member this.Acquire(call, at) =
        this.Ask(Request.Acquire { Ticket = call; Now = this.At at })

    member this.Renew(call, at) =
        this.Ask(Request.Renew { Ticket = call; Now = this.At at })

    member this.Complete(call, at, ending) =
        this.Ask(
            Request.Complete
                { Ticket = call
                  Now = this.At at
                  Ending = ending
                  Enlisted = Enlisted.None }
        )

    member this.Release(call, fence) =
        this.Ask(Request.Release { Ticket = call; Fence = this.At fence })

    member this.LateComplete(call, at, ending) =
        this.Ask(
            Request.LateComplete
                { Ticket = call
                  Now = this.At at
                  Ending = ending
                  Enlisted = Enlisted.None }
        )

    /// The lock that an acquire of that moment writes.
    member this.Lock(call: Ticket, at) : Record =
        let request: AcquireRequest = { Ticket = call; Now = this.At at }
        request.Record

    /// That lock after its run has ended at a later moment.
    member this.Finished(call: Ticket, lockedAt, at, ending: Ending) : Record =
        let request: CompleteRequest =
            { Ticket = call
              Now = this.At at
              Ending = ending
              Enlisted = Enlisted.None }

        { this.Lock(call, lockedAt) with
            Status = ending.Status
            Payload = ending.Payload
            Expires = request.Expires }

    /// What a late complete of that moment writes.
    member this.FinishedLate(call: Ticket, at, ending: Ending) : Record =
        let request: LateCompleteRequest =
            { Ticket = call
              Now = this.At at
              Ending = ending
              Enlisted = Enlisted.None }

        request.Record

    /// The record under a key has to be this one. (It must not have expired: a store may drop it then.)
    member this.Has(key: string, expected: Record | null) =
        let found = this.Get key

        if found <> expected then
            Assert.Fail $"get {key}\n  expected: {Show.record expected}\n  answered: {Show.record found}"

    /// As `Has`, of a call's own key.
    member this.Has(call: Ticket, expected: Record | null) = this.Has(call.Key, expected)

/// What runs leave in these tests.
module internal Endings =
    let returned (json: string) = Ending.Returned(Payload.OfText json)

    let threw (json: string) = Ending.Threw(Payload.OfText json)
