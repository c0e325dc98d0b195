// The conditions of the requests that need the call's own lock: renew, complete and release (MINE in
// docs/protocol.md). The moments are those of ConditionSuite.
namespace Idempotency.Store.Conformance

open NUnit.Framework
open Idempotency.Core

/// <summary>The part of <see cref="T:Idempotency.Store.Conformance.ConditionSuite"/> that is about a call's own lock.
/// </summary>
/// <param name="harness">Opens the store under test.</param>
[<AbstractClass>]
type OwnLockConditions(harness: StoreHarness) =
    inherit StoreSuite(harness)

    let mine = Endings.returned "\"mine\""
    let other = Endings.returned "\"other\""

    let hold policy =
        { policy with
            Abandoned = WhenAbandoned.Hold }

    let leaveTombstone policy =
        { policy with
            Release = ReleaseBy.Tombstone }

    let releasing byTombstone =
        if byTombstone then leaveTombstone else id

    let tombstone (lock: Record) fence =
        { lock with
            LeaseEnds = System.Nullable fence
            Owner = OwnerToken.Released
            Fingerprint = Fingerprint.None }

    // ---- renew

    [<Test>]
    member _.``renew moves the lease end and the expiry of its own lock``() =
        let t = Trial harness
        let a = t.Call()
        t.Acquire(a, 0).Applied null
        t.Renew(a, 4_000).Applied(t.Lock(a, 0))
        t.Has(a, t.Lock(a, 4_000))

    [<Test>]
    member _.``renew only lengthens: an older or equal renewal is refused``() =
        let t = Trial harness
        let a = t.Call()
        t.Acquire(a, 0).Applied null
        t.Renew(a, 4_000).Applied(t.Lock(a, 0))
        t.Renew(a, 4_000).Refused(t.Lock(a, 4_000))
        t.Renew(a, 3_999).Refused(t.Lock(a, 4_000))
        t.Has(a, t.Lock(a, 4_000))
        t.Renew(a, 4_001).Applied(t.Lock(a, 4_000))

    [<Test>]
    member _.``renew by another call is refused``() =
        let t = Trial harness
        let a, b = t.Call(), t.Call()
        t.Acquire(a, 0).Applied null
        t.Renew(b, 4_000).Refused(t.Lock(a, 0))
        t.Has(a, t.Lock(a, 0))

    [<Test>]
    member _.``renew is refused once the call has completed: the window of a result does not move``() =
        let t = Trial harness
        let a = t.Call()
        t.Acquire(a, 0).Applied null
        t.Complete(a, 1_000, mine).Applied(t.Lock(a, 0))
        t.Renew(a, 4_000).Refused(t.Finished(a, 0, 1_000, mine))
        t.Has(a, t.Finished(a, 0, 1_000, mine))

    [<Test>]
    member _.``renew of a key without a record is refused, and leaves none``() =
        let t = Trial harness
        let a = t.Call()
        t.Renew(a, 0).Refused null
        t.Has(a, null)

    [<Test>]
    member _.``a lease that has ended may be renewed as long as nobody has taken over``() =
        let t = Trial harness
        let a, b = t.Call(), t.Call()
        t.Acquire(a, 0).Applied null
        t.Renew(a, 30_000).Applied(t.Lock(a, 0))
        t.Acquire(b, 41_000).Refused(t.Lock(a, 30_000))

    [<Test>]
    member _.``renew after a take-over is refused``() =
        let t = Trial harness
        let a, b = t.Call(), t.Call()
        t.Acquire(a, 0).Applied null
        t.Acquire(b, 11_001).Applied(t.Lock(a, 0))
        t.Renew(a, 12_000).Refused(t.Lock(b, 11_001))
        t.Has(b, t.Lock(b, 11_001))

    // ---- complete

    [<Test>]
    member _.``complete stores the result in its own lock``() =
        let t = Trial harness
        let a = t.Call()
        t.Acquire(a, 0).Applied null
        t.Complete(a, 2_000, mine).Applied(t.Lock(a, 0))
        t.Has(a, t.Finished(a, 0, 2_000, mine))

    [<Test>]
    member _.``complete by another call is refused``() =
        let t = Trial harness
        let a, b = t.Call(), t.Call()
        t.Acquire(a, 0).Applied null
        t.Complete(b, 2_000, other).Refused(t.Lock(a, 0))
        t.Has(a, t.Lock(a, 0))

    [<Test>]
    member _.``a second complete is refused, and the first result stays``() =
        let t = Trial harness
        let a = t.Call()
        t.Acquire(a, 0).Applied null
        t.Complete(a, 2_000, mine).Applied(t.Lock(a, 0))
        t.Complete(a, 3_000, other).Refused(t.Finished(a, 0, 2_000, mine))
        t.Has(a, t.Finished(a, 0, 2_000, mine))

    [<Test>]
    member _.``complete of a key without a record is refused, and leaves none``() =
        let t = Trial harness
        let a = t.Call()
        t.Complete(a, 0, mine).Refused null
        t.Has(a, null)

    [<Test>]
    member _.``complete after the lease has ended is applied as long as nobody has taken over``() =
        let t = Trial harness
        let a = t.Call()
        t.Acquire(a, 0).Applied null
        t.Complete(a, 30_000, mine).Applied(t.Lock(a, 0))
        t.Has(a, t.Finished(a, 0, 30_000, mine))

    [<Test>]
    member _.``complete after a take-over is refused, and the new lock stays``() =
        let t = Trial harness
        let a, b = t.Call(), t.Call()
        t.Acquire(a, 0).Applied null
        t.Acquire(b, 11_001).Applied(t.Lock(a, 0))
        t.Complete(a, 12_000, mine).Refused(t.Lock(b, 11_001))
        t.Has(b, t.Lock(b, 11_001))

    [<Test>]
    member _.``complete leaves the fingerprint of the call that completes``() =
        let t = Trial harness
        let a = t.Call(payload = Fingerprint.None)

        let checking =
            { a with
                Fingerprint = Fingerprint "payload" }

        t.Acquire(a, 0).Applied null
        t.Complete(checking, 2_000, mine).Applied(t.Lock(a, 0))
        t.Has(a, t.Finished(checking, 0, 2_000, mine))

    [<Test>]
    member _.``complete without a fingerprint leaves that of the lock``() =
        let t = Trial harness
        let a = t.Call()
        t.Acquire(a, 0).Applied null

        t
            .Complete(
                { a with
                    Fingerprint = Fingerprint.None },
                2_000,
                mine
            )
            .Applied(t.Lock(a, 0))

        t.Has(a, t.Finished(a, 0, 2_000, mine))

    // ---- release

    [<Test>]
    member _.``release deletes its own lock``() =
        let t = Trial harness
        let a, b = t.Call(), t.Call()
        t.Acquire(a, 0).Applied null
        t.Release(a, 0).Applied(t.Lock(a, 0))
        t.Has(a, null)
        t.Acquire(b, 1).Applied null

    [<Test>]
    member _.``release by another call is refused``([<Values>] byTombstone: bool) =
        let t = Trial harness
        let a, b = t.Call(), t.Call(policy = releasing byTombstone)
        t.Acquire(a, 0).Applied null
        t.Release(b, 0).Refused(t.Lock(a, 0))
        t.Has(a, t.Lock(a, 0))

    [<Test>]
    member _.``release of a key without a record is refused, and leaves none``([<Values>] byTombstone: bool) =
        let t = Trial harness
        let a = t.Call(policy = releasing byTombstone)
        t.Release(a, 0).Refused null
        t.Has(a, null)

    [<Test>]
    member _.``release is refused once the call has completed: a result stays``
        ([<Values>] byTombstone: bool)
        =
        let t = Trial harness
        let a = t.Call(policy = releasing byTombstone)
        t.Acquire(a, 0).Applied null
        t.Complete(a, 1_000, mine).Applied(t.Lock(a, 0))
        t.Release(a, 0).Refused(t.Finished(a, 0, 1_000, mine))
        t.Has(a, t.Finished(a, 0, 1_000, mine))

    [<Test>]
    member _.``release after a take-over is refused, and the new lock stays``([<Values>] byTombstone: bool) =
        let t = Trial harness
        let a, b = t.Call(policy = releasing byTombstone), t.Call()
        t.Acquire(a, 0).Applied null
        t.Acquire(b, 11_001).Applied(t.Lock(a, 0))
        t.Release(a, 0).Refused(t.Lock(b, 11_001))
        t.Has(b, t.Lock(b, 11_001))

    [<Test>]
    member _.``release by tombstone keeps the record as a free lock that ends at the fence``() =
        let t = Trial harness
        let a = t.Call(policy = leaveTombstone)
        t.Acquire(a, 0).Applied null
        t.Release(a, 700).Applied(t.Lock(a, 0))
        t.Has(a, tombstone (t.Lock(a, 0)) (t.At 700))

    [<Test>]
    member _.``a tombstone refuses clocks up to its fence, and so every late copy of the released acquire``
        ()
        =
        let t = Trial harness
        let a, b = t.Call(policy = leaveTombstone), t.Call()
        t.Acquire(a, 0).Applied null
        t.Release(a, 700).Applied(t.Lock(a, 0))
        let left = tombstone (t.Lock(a, 0)) (t.At 700)
        t.Acquire(a, 0).Refused left
        t.Acquire(b, 700).Refused left
        t.Acquire(b, 701).Applied left
        t.Has(b, t.Lock(b, 701))

    [<Test>]
    member _.``a tombstone belongs to nobody: the released call can do nothing more with it``() =
        let t = Trial harness
        let a = t.Call(policy = leaveTombstone)
        t.Acquire(a, 0).Applied null
        t.Release(a, 700).Applied(t.Lock(a, 0))
        let left = tombstone (t.Lock(a, 0)) (t.At 700)
        t.Renew(a, 1_000).Refused left
        t.Complete(a, 1_000, mine).Refused left
        t.Release(a, 1_000).Refused left
        t.Has(a, left)

    [<Test>]
    member _.``a tombstone is free to every payload, and to calls that hold abandoned locks``() =
        let t = Trial harness

        let a, b =
            t.Call(policy = leaveTombstone), t.Call(payload = Fingerprint "another", policy = hold)

        t.Acquire(a, 0).Applied null
        t.Release(a, 700).Applied(t.Lock(a, 0))
        t.Acquire(b, 701).Applied(tombstone (t.Lock(a, 0)) (t.At 700))
        t.Has(b, t.Lock(b, 701))
