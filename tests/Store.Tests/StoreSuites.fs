// The suites on every store of the core library, and on the example of a store in C# (docs/stores.md).
namespace Store.Tests

open System
open System.Reflection
open CustomStore
open Idempotency
open Idempotency.Store.Conformance
open NUnit.Framework

type InMemoryHarness() =
    inherit StoreHarness()
    override _.Open() = InMemoryStore()
    override _.StoreType = typeof<InMemoryStore>

// NUnit looks only into assemblies that refer to it: the attribute is needed, though the suites have their tests.
[<TestFixture>]
type InMemoryConditions() =
    inherit ConditionSuite(InMemoryHarness())

[<TestFixture>]
type InMemoryContents() =
    inherit ContentSuite(InMemoryHarness())

[<TestFixture>]
type InMemoryScripts() =
    inherit ScriptSuite(InMemoryHarness())

[<TestFixture>]
type InMemoryConcurrency() =
    inherit ConcurrencySuite(InMemoryHarness())

type CachedHarness() =
    inherit StoreHarness()
    override _.Open() = CachedStore(InMemoryStore())
    override _.StoreType = typeof<CachedStore>

[<TestFixture>]
type CachedConditions() =
    inherit ConditionSuite(CachedHarness())

[<TestFixture>]
type CachedContents() =
    inherit ContentSuite(CachedHarness())

[<TestFixture>]
type CachedScripts() =
    inherit ScriptSuite(CachedHarness())

[<TestFixture>]
type CachedConcurrency() =
    inherit ConcurrencySuite(CachedHarness())

[<TestFixture>]
type CustomConditions() =
    inherit DictionaryStoreConditions()

[<TestFixture>]
type CustomContents() =
    inherit DictionaryStoreContents()

[<TestFixture>]
type CustomPeers() =
    inherit DictionaryStorePeers()

[<TestFixture>]
type CustomScripts() =
    inherit DictionaryStoreScripts()

[<TestFixture>]
type CustomConcurrency() =
    inherit DictionaryStoreConcurrency()

[<TestFixture>]
type StoreSuitesTests() =
    /// The suites that are run by this assembly.
    let fixtures =
        [ for fixture in Assembly.GetExecutingAssembly().GetTypes() do
              if fixture.IsSubclassOf typeof<StoreSuite> then
                  match Activator.CreateInstance fixture with
                  | :? StoreSuite as suite -> suite
                  | _ -> () ]

    let isTested (store: Type) (suite: Type) =
        fixtures
        |> List.exists (fun fixture -> fixture.Harness.StoreType = store && suite.IsInstanceOfType fixture)

    let stores =
        [ for assembly in [ typeof<IIdempotencyStore>.Assembly; typeof<DictionaryStore>.Assembly ] do
              for found in assembly.GetExportedTypes() do
                  if
                      found.IsClass
                      && not found.IsAbstract
                      && found.IsAssignableTo typeof<IIdempotencyStore>
                  then
                      found ]

    let suites =
        [ for found in typeof<StoreSuite>.Assembly.GetExportedTypes() do
              if found.IsSubclassOf typeof<StoreSuite> && not found.IsAbstract then found ]

    /// Stores whose table others write to have a harness that seeds; only they need PeerSuite.
    let isSeeded (store: Type) =
        fixtures
        |> List.exists (fun fixture ->
            fixture.Harness.StoreType = store && (fixture.Harness :? SeededStoreHarness))

    [<Test>]
    member _.``no store is missing``() =
        Assert.That(stores, Is.SupersetOf [ typeof<InMemoryStore>; typeof<CachedStore> ])
        Assert.That(suites, Has.Length.EqualTo 5)

        let missing =
            [ for store in stores do
                  for suite in suites do
                      if not (isTested store suite) && (suite <> typeof<PeerSuite> || isSeeded store) then
                          $"{suite.Name} on {store.Name}" ]

        Assert.That(missing, Is.Empty)
