// The suites that every store has to pass, on tables of each layout. Side by side: each waits for the engine most of the
// time.
namespace DynamoDb.Tests

open System.Threading.Tasks
open Idempotency
open Idempotency.Core
open Idempotency.Store.Conformance
open NUnit.Framework

[<AbstractClass>]
type DynamoDbHarness(layout: Layout, longestKey: int) =
    inherit SeededStoreHarness()
    override _.Open() = layout.Store()
    override _.StoreType = typeof<DynamoDbStore>

    override _.Seed(_: IIdempotencyStore, record: Record) : Task = layout.Put(layout.ItemOf record)

    // Nothing depends on it, and it would be sent over the network for nothing.
    override _.ReportsChanged = false
    // The engine sweeps by the true time, which is long before the time of the tests.
    override _.MayDropExpired = false
    override _.LongestKey = longestKey
    // Beside it, the record has 400 KB less a few hundred bytes.
    override _.LongestResult = 409_000 - longestKey
    override _.Scripts = 25
    override _.Rounds = 2

type SimpleHarness() =
    inherit DynamoDbHarness(Layout.simple, 2_048)

type CompositeHarness() =
    inherit DynamoDbHarness(Layout.composite, 1_024)

type CustomHarness() =
    inherit DynamoDbHarness(Layout.custom, 1_024)

[<TestFixture; Parallelizable>]
type SimpleConditions() =
    inherit ConditionSuite(SimpleHarness())

[<TestFixture; Parallelizable>]
type SimpleContents() =
    inherit ContentSuite(SimpleHarness())

[<TestFixture; Parallelizable>]
type SimplePeers() =
    inherit PeerSuite(SimpleHarness())

[<TestFixture; Parallelizable>]
type SimpleScripts() =
    inherit ScriptSuite(SimpleHarness())

[<TestFixture; Parallelizable>]
type SimpleConcurrency() =
    inherit ConcurrencySuite(SimpleHarness())

[<TestFixture; Parallelizable>]
type CompositeConditions() =
    inherit ConditionSuite(CompositeHarness())

[<TestFixture; Parallelizable>]
type CompositeContents() =
    inherit ContentSuite(CompositeHarness())

[<TestFixture; Parallelizable>]
type CompositePeers() =
    inherit PeerSuite(CompositeHarness())

[<TestFixture; Parallelizable>]
type CompositeScripts() =
    inherit ScriptSuite(CompositeHarness())

[<TestFixture; Parallelizable>]
type CompositeConcurrency() =
    inherit ConcurrencySuite(CompositeHarness())

[<TestFixture; Parallelizable>]
type CustomConditions() =
    inherit ConditionSuite(CustomHarness())

[<TestFixture; Parallelizable>]
type CustomContents() =
    inherit ContentSuite(CustomHarness())
