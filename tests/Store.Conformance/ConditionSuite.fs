// The conditions of the requests that need a free key: acquire and late complete (FREE in docs/protocol.md). In
// these tests the lease of a lock taken at 0 ends for others at 11,000 ms, and its window is over at 61,000 ms.
namespace Idempotency.Store.Conformance

open NUnit.Framework
open Idempotency.Core

/// <summary>One readable test for each fact about a request's condition: who may acquire, renew, complete, release
/// and complete late, to the millisecond.</summary>
/// <param name="harness">Opens the store under test.</param>
type ConditionSuite(harness: StoreHarness) =
    inherit OwnLockConditions(harness)

    let mine = Endings.returned "\"mine\""
    let other = Endings.returned "\"other\""

    let hold policy =
        { policy with
            Abandoned = WhenAbandoned.Hold }

    let checkNothing policy =
        { policy with
            CheckPayloadBeforeTakeover = false }

    // ---- acquire

    [<Test>]
    member _.``acquire on a free key writes the lock``() =
        let t = Trial harness
        let a = t.Call()
        t.Acquire(a, 0).Applied null
        t.Has(a, t.Lock(a, 0))

    [<Test>]
    member _.``acquire is refused by another call's live lock``() =
        let t = Trial harness
        let a, b = t.Call(), t.Call()
        t.Acquire(a, 0).Applied null
        t.Acquire(b, 500).Refused(t.Lock(a, 0))
        t.Has(a, t.Lock(a, 0))

    [<Test>]
    member _.``at the very millisecond a lease ends it still counts``() =
        let t = Trial harness
        let a, b = t.Call(), t.Call()
        t.Acquire(a, 0).Applied null
        t.Acquire(b, 11_000).Refused(t.Lock(a, 0))
        t.Has(a, t.Lock(a, 0))

    [<Test>]
    member _.``one millisecond after its lease has ended a lock is taken over``() =
        let t = Trial harness
        let a, b = t.Call(), t.Call()
        t.Acquire(a, 0).Applied null
        t.Acquire(b, 11_001).Applied(t.Lock(a, 0))
        t.Has(b, t.Lock(b, 11_001))

    [<Test>]
    member _.``acquire is refused by its own live lock: the protocol recognises it, no condition does``() =
        let t = Trial harness
        let a = t.Call()
        t.Acquire(a, 0).Applied null
        t.Acquire(a, 1_000).Refused(t.Lock(a, 0))
        t.Has(a, t.Lock(a, 0))

    [<Test>]
    member _.``a late copy of an acquire does not shorten a renewed lease``() =
        let t = Trial harness
        let a, b = t.Call(), t.Call()
        t.Acquire(a, 0).Applied null
        t.Renew(a, 5_000).Applied(t.Lock(a, 0))
        t.Acquire(a, 0).Refused(t.Lock(a, 5_000))
        t.Acquire(b, 16_000).Refused(t.Lock(a, 5_000))

    [<Test>]
    member _.``a finished record refuses until the second it expires in is over``() =
        let t = Trial harness
        let a, b = t.Call(), t.Call()
        t.Acquire(a, 0).Applied null
        t.Complete(a, 1_000, mine).Applied(t.Lock(a, 0))
        t.Acquire(b, 61_999).Refused(t.Finished(a, 0, 1_000, mine))
        t.Has(a, t.Finished(a, 0, 1_000, mine))

    [<Test>]
    member _.``an expired finished record is replaced``() =
        let t = Trial harness
        let a, b = t.Call(), t.Call()
        t.Acquire(a, 0).Applied null
        t.Complete(a, 1_000, mine).Applied(t.Lock(a, 0))
        t.Acquire(b, 62_000).Applied(t.Finished(a, 0, 1_000, mine))
        t.Has(b, t.Lock(b, 62_000))

    [<Test>]
    member _.``a stored failure refuses as a result does, and is replaced when it has expired``() =
        let t = Trial harness
        let a, b = t.Call(), t.Call()
        let failed = Endings.threw "\"declined\""
        t.Acquire(a, 0).Applied null
        t.Complete(a, 1_000, failed).Applied(t.Lock(a, 0))
        t.Acquire(b, 61_999).Refused(t.Finished(a, 0, 1_000, failed))
        t.Acquire(b, 62_000).Applied(t.Finished(a, 0, 1_000, failed))

    [<Test>]
    member _.``another payload may not take over an abandoned lock while its window is open``() =
        let t = Trial harness
        let a, b = t.Call(), t.Call(payload = Fingerprint "another")
        t.Acquire(a, 0).Applied null
        t.Acquire(b, 60_999).Refused(t.Lock(a, 0))
        t.Acquire(b, 61_000).Applied(t.Lock(a, 0))

    [<Test>]
    member _.``another payload may take over an abandoned lock when the policy lets it``() =
        let t = Trial harness
        let a, b = t.Call(), t.Call(payload = Fingerprint "another", policy = checkNothing)
        t.Acquire(a, 0).Applied null
        t.Acquire(b, 11_000).Refused(t.Lock(a, 0))
        t.Acquire(b, 11_001).Applied(t.Lock(a, 0))
        t.Has(b, t.Lock(b, 11_001))

    [<Test>]
    member _.``a call without a fingerprint may take over any abandoned lock``() =
        let t = Trial harness
        let a, b = t.Call(), t.Call(payload = Fingerprint.None)
        t.Acquire(a, 0).Applied null
        t.Acquire(b, 11_001).Applied(t.Lock(a, 0))

    [<Test>]
    member _.``an abandoned lock without a fingerprint may be taken over by any call``() =
        let t = Trial harness
        let a, b = t.Call(payload = Fingerprint.None), t.Call()
        t.Acquire(a, 0).Applied null
        t.Acquire(b, 11_001).Applied(t.Lock(a, 0))

    [<Test>]
    member _.``a call that holds abandoned locks takes none over until the window is over``() =
        let t = Trial harness
        let a, b = t.Call(), t.Call(policy = hold)
        t.Acquire(a, 0).Applied null
        t.Acquire(b, 60_999).Refused(t.Lock(a, 0))
        t.Acquire(b, 61_000).Applied(t.Lock(a, 0))

    // ---- late complete

    [<Test>]
    member _.``late complete on a free key writes the finished record``() =
        let t = Trial harness
        let a = t.Call()
        t.LateComplete(a, 2_000, mine).Applied null
        t.Has(a, t.FinishedLate(a, 2_000, mine))

    [<Test>]
    member _.``late complete stores a failure too``() =
        let t = Trial harness
        let a = t.Call()
        let failed = Endings.threw "\"declined\""
        t.LateComplete(a, 2_000, failed).Applied null
        t.Has(a, t.FinishedLate(a, 2_000, failed))

    [<Test>]
    member _.``late complete is refused by another call's live lock``() =
        let t = Trial harness
        let a, b = t.Call(), t.Call()
        t.Acquire(b, 0).Applied null
        t.LateComplete(a, 11_000, mine).Refused(t.Lock(b, 0))
        t.Has(b, t.Lock(b, 0))

    [<Test>]
    member _.``late complete takes the place of a lock one millisecond after its lease has ended``() =
        let t = Trial harness
        let a, b = t.Call(), t.Call()
        t.Acquire(b, 0).Applied null
        t.LateComplete(a, 11_001, mine).Applied(t.Lock(b, 0))
        t.Has(a, t.FinishedLate(a, 11_001, mine))

    [<Test>]
    member _.``late complete takes the place of its own dead lock, but not of its own live one``() =
        let t = Trial harness
        let a = t.Call()
        t.Acquire(a, 0).Applied null
        t.LateComplete(a, 11_000, mine).Refused(t.Lock(a, 0))
        t.LateComplete(a, 11_001, mine).Applied(t.Lock(a, 0))
        t.Has(a, t.FinishedLate(a, 11_001, mine))

    [<Test>]
    member _.``late complete never replaces a result before it has expired``() =
        let t = Trial harness
        let a, b = t.Call(), t.Call()
        t.LateComplete(b, 0, other).Applied null
        t.LateComplete(a, 60_999, mine).Refused(t.FinishedLate(b, 0, other))
        t.Has(b, t.FinishedLate(b, 0, other))
        t.LateComplete(a, 61_000, mine).Applied(t.FinishedLate(b, 0, other))
        t.Has(a, t.FinishedLate(a, 61_000, mine))

    [<Test>]
    member _.``late complete does not take the place of another payload's abandoned lock``() =
        let t = Trial harness
        let a, b = t.Call(), t.Call(payload = Fingerprint "another")
        t.Acquire(b, 0).Applied null
        t.LateComplete(a, 60_999, mine).Refused(t.Lock(b, 0))
        t.LateComplete(a, 61_000, mine).Applied(t.Lock(b, 0))

    [<Test>]
    member _.``late complete leaves an abandoned lock that is held for a person``() =
        let t = Trial harness
        let a, b = t.Call(policy = hold), t.Call()
        t.Acquire(b, 0).Applied null
        t.LateComplete(a, 60_999, mine).Refused(t.Lock(b, 0))
        t.Has(b, t.Lock(b, 0))
