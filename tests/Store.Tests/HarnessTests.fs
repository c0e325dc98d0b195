// The differences between stores that a harness may own up to: with them the suites accept such a store, without them
// they reject it.
namespace Store.Tests

open Idempotency
open Idempotency.Core
open Idempotency.Store.Conformance
open NUnit.Framework

/// An in-memory store that drops all it may before every write.
type private SweepingStore() =
    let store = InMemoryStore()
    let inner: IIdempotencyStore = store

    let sweep now =
        store.Sweep(Time.toDateTimeOffset now) |> ignore

    interface IIdempotencyStore with
        member _.Acquire(request, cancellation) =
            sweep request.Now
            inner.Acquire(request, cancellation)

        member _.Renew(request, cancellation) =
            sweep request.Now
            inner.Renew(request, cancellation)

        member _.Complete(request, cancellation) =
            sweep request.Now
            inner.Complete(request, cancellation)

        member _.Release(request, cancellation) =
            sweep request.Fence
            inner.Release(request, cancellation)

        member _.LateComplete(request, cancellation) =
            sweep request.Now
            inner.LateComplete(request, cancellation)

        member _.Get(key, cancellation) = inner.Get(key, cancellation)

type private SweepingHarness(mayDropExpired: bool) =
    inherit StoreHarness()
    override _.Open() = SweepingStore()
    override _.MayDropExpired = mayDropExpired

/// A model store whose replies are changed, and a harness that may own up to it.
type private TerseHarness(tell: StoreReply -> StoreReply, sees: bool, replaced: bool, changed: bool) =
    inherit StoreHarness()

    override _.Open() =
        ModelStore { Rules.sound with Tell = tell }

    override _.SeesOldRecords = sees
    override _.ReportsReplaced = replaced
    override _.ReportsChanged = changed

[<TestFixture>]
type HarnessTests() =
    let rejections harness =
        [ yield! Rejection.by (ConditionSuite harness)
          yield! Rejection.by (ContentSuite harness)
          yield! Rejection.by (ScriptSuite harness) ]

    let unseen reply =
        match reply with
        | StoreReply.Refused _ -> StoreReply.RefusedUnseen
        | other -> other

    let silent reply =
        match reply with
        | StoreReply.Applied _ -> StoreReply.Applied null
        | other -> other

    [<Test>]
    member _.``a store may drop what has expired at any time, if its harness says so``() =
        Assert.That(rejections (SweepingHarness true), Is.Empty)
        Assert.That(rejections (SweepingHarness false), Is.Not.Empty)

    [<Test>]
    member _.``a store need not show what it was refused by, if its harness says so``() =
        Assert.That(rejections (TerseHarness(unseen, false, true, true)), Is.Empty)
        Assert.That(rejections (TerseHarness(unseen, true, true, true)), Is.Not.Empty)

    [<Test>]
    member _.``a store need not show what it replaced, if its harness says so``() =
        Assert.That(rejections (TerseHarness(silent, true, false, false)), Is.Empty)
        Assert.That(rejections (TerseHarness(silent, true, true, false)), Is.Not.Empty)
        Assert.That(rejections (TerseHarness(silent, true, false, true)), Is.Not.Empty)
