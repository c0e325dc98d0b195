// The suites themselves are tested: they accept a sound store, reject every broken one, and no test of theirs is idle.
namespace Store.Tests

open System
open NUnit.Framework
open Idempotency.Store.Conformance

[<TestFixture>]
type ModelConditions() =
    inherit ConditionSuite(ModelHarness Rules.sound)

[<TestFixture>]
type ModelContents() =
    inherit ContentSuite(ModelHarness Rules.sound)

[<TestFixture>]
type ModelPeers() =
    inherit PeerSuite(ModelHarness Rules.sound)

[<TestFixture>]
type ModelScripts() =
    inherit ScriptSuite(ModelHarness Rules.sound)

[<TestFixture>]
type ModelConcurrency() =
    inherit ConcurrencySuite(ModelHarness Rules.sound)

[<TestFixture>]
type BrokenStoreTests() =
    static let suites (harness: SeededStoreHarness) : StoreSuite list =
        [ ConditionSuite harness
          ContentSuite harness
          PeerSuite harness
          ScriptSuite harness
          ConcurrencySuite harness ]

    /// For each broken store, the tests of each suite that reject it. Races are left to the store that has one.
    static let verdicts =
        lazy
            [ for broken in AllBroken.stores do
                  broken,
                  [ for suite in suites (ModelHarness(broken.Rules, TimeSpan.FromSeconds 2.)) do
                        if (suite :? ConcurrencySuite) = (broken.Flaw = Flaw.Race) then
                            suite.GetType(), Rejection.by suite ] ]

    static let rejectionsOf (broken: Broken) =
        verdicts.Value |> List.find (fun (other, _) -> other.Name = broken.Name) |> snd

    static let rejectedBy (suite: Type) rejections =
        rejections
        |> List.exists (fun (rejecting, tests) -> rejecting = suite && not (List.isEmpty tests))

    static member Stores = AllBroken.stores

    [<TestCaseSource(nameof BrokenStoreTests.Stores)>]
    member _.``a broken store is rejected``(broken: Broken) =
        let rejections = rejectionsOf broken

        for suite, tests in rejections do
            for test in tests do
                TestContext.Out.WriteLine $"{suite.Name}: {test}"

        let has suite = rejectedBy suite rejections

        match broken.Flaw with
        | Flaw.Condition ->
            Assert.That(has typeof<ConditionSuite>, "by an example")
            Assert.That(has typeof<ScriptSuite>, "by a random script")
        | Flaw.Content -> Assert.That(has typeof<ContentSuite>)
        | Flaw.Peer -> Assert.That(has typeof<PeerSuite>)
        | Flaw.Race -> Assert.That(has typeof<ConcurrencySuite>)

    [<Test>]
    member _.``no test of the suites is idle: each rejects a broken store``() =
        let rejecting =
            set
                [ for _, rejections in verdicts.Value do
                      for _, tests in rejections do
                          yield! tests ]

        let idle =
            [ for suite in suites (ModelHarness Rules.sound) do
                  for test in Rejection.testsOf suite do
                      if not (rejecting.Contains test.Name) then test.Name ]

        Assert.That(idle, Is.Empty)
