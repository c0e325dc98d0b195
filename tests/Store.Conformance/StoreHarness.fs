// What you write to have a store tested: a harness that opens it, and says where it differs from others. The
// suites take a harness and nothing else.
namespace Idempotency.Store.Conformance

open System
open System.Threading.Tasks
open Idempotency
open Idempotency.Core

/// <summary>Opens the store under test. Everything but <c>Open</c> has a default.</summary>
/// <remarks>
/// To run the suites on a store, inherit the harness once, and each suite once, in an NUnit test project:
/// <code>
/// public sealed class MyHarness : StoreHarness
/// {
///     public override IIdempotencyStore Open() => new MyStore();
/// }
/// public sealed class MyConditions() : ConditionSuite(new MyHarness());
/// public sealed class MyContents() : ContentSuite(new MyHarness());
/// public sealed class MyScripts() : ScriptSuite(new MyHarness());
/// public sealed class MyConcurrency() : ConcurrencySuite(new MyHarness());
/// </code>
/// Where a store is known to differ, the harness says so: no test asks which store it has before it.
/// </remarks>
[<AbstractClass>]
type StoreHarness() =
    /// <summary>Opens a store. It may be a new and empty one each time, or one more connection to a table that all
    /// tests share: each test uses keys that no other test has.</summary>
    abstract Open: unit -> IIdempotencyStore

    /// <summary>The class of the store under test.</summary>
    /// <value>By default the class of what <c>Open</c> returns.</value>
    abstract StoreType: Type

    default this.StoreType = this.Open().GetType()

    /// <summary>Whether a refusal brings the record that it is because of.</summary>
    /// <value>True by default. When false, the store may also answer <c>RefusedUnseen</c>.</value>
    abstract SeesOldRecords: bool

    default _.SeesOldRecords = true

    /// <summary>Whether an applied acquire brings the record that it replaced. The protocol tells a function by it
    /// that an earlier run may have been cut off.</summary>
    /// <value>True by default. When false, the store may also bring none.</value>
    abstract ReportsReplaced: bool

    default _.ReportsReplaced = true

    /// <summary>Whether the other applied writes bring the record that they changed. Nothing depends on it.</summary>
    /// <value>True by default. When false, the store may also bring none.</value>
    abstract ReportsChanged: bool

    default _.ReportsChanged = true

    /// <summary>Whether the store drops records on its own once they have expired (<c>Lifecycle.mayDrop</c>).</summary>
    /// <value>True by default. When false, an expired record has to stay until it is written over.</value>
    abstract MayDropExpired: bool

    default _.MayDropExpired = true

    /// <summary>The longest key that the store takes.</summary>
    /// <value>Bytes of UTF-8, at least 100; 2,000 by default.</value>
    abstract LongestKey: int

    default _.LongestKey = 2_000

    /// <summary>The longest result that the suites store.</summary>
    /// <value>Bytes of UTF-8; 300 KB (307,200) by default.</value>
    abstract LongestResult: int

    default _.LongestResult = 300 * 1024

    /// <summary>What the clocks of the calls show when a test begins.</summary>
    /// <value>The beginning of a second. By default the year 2100, so that a store that sweeps by the true time
    /// takes nothing away from a test.</value>
    abstract Start: DateTimeOffset

    default _.Start = DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero)

    /// <summary>How many random scripts are played. Fewer make a slow store quicker to test, and find less.</summary>
    /// <value>1,000 by default, of about 25 requests each. The rarest mistake that was tried shows up once in a few
    /// dozen scripts.</value>
    abstract Scripts: int

    default _.Scripts = 1_000

    /// <summary>How often each race is run.</summary>
    /// <value>20 by default.</value>
    abstract Rounds: int

    default _.Rounds = 20

    /// <summary>How long one answer, and one round of a race, may take.</summary>
    /// <value>One minute by default.</value>
    abstract Patience: TimeSpan

    default _.Patience = TimeSpan.FromMinutes 1.

/// <summary>A harness that can also write any record past the store, as another library on the same table would.
/// <see cref="T:Idempotency.Store.Conformance.PeerSuite"/> needs it.</summary>
[<AbstractClass>]
type SeededStoreHarness() =
    inherit StoreHarness()

    /// <summary>Puts a record into a store as it is, without any condition.</summary>
    /// <param name="store">A store that <c>Open</c> returned.</param>
    /// <param name="record">What to put there; its lease, owner and fingerprint may be absent.</param>
    abstract Seed: store: IIdempotencyStore * record: Record -> Task

/// <summary>What the suites have in common: the harness.</summary>
/// <param name="harness">Opens the store under test.</param>
[<AbstractClass>]
type StoreSuite(harness: StoreHarness) =
    /// <summary>Opens the store under test.</summary>
    member _.Harness = harness
