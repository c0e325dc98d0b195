// Random races of the real protocol on a real store: no invariant may break; and each broken twin must break
// the ones that its missing guard is for, or the worlds would prove nothing.
namespace Core.Tests

open System
open NUnit.Framework
open FsCheck
open FsCheck.FSharp
open FsCheck.NUnit
open Idempotency.Simulation

/// Worlds for FsCheck: made from a seed, shrunk as values.
type Worlds =
    static member private FewerCalls(config: WorldConfig) =
        [ for index in 0 .. config.Calls.Length - 1 do
              if config.Calls.Length > 1 then
                  { config with
                      Calls = List.removeAt index config.Calls } ]

    static member private Simpler(config: WorldConfig) =
        let plainCall call = { call with OffsetMs = 0; Cache = 0 }

        [ yield! Worlds.FewerCalls config
          { config with
              Calls = List.map plainCall config.Calls }
          { config with Waits = false }
          { config with Unseen = false }
          { config with
              Tombstones = false
              FenceFromAcquire = false } ]
        |> List.filter ((<>) config)

    static member World() =
        let choices = ArbMap.defaults |> ArbMap.arbitrary<int list>

        let shrink (world: World) =
            seq {
                for config in Worlds.Simpler world.Config do
                    { world with Config = config }

                for fewer in Arb.toShrink choices world.Choices do
                    { world with Choices = fewer }
            }

        Arb.fromGenShrink (Gen.choose (0, Int32.MaxValue) |> Gen.map World.ofSeed, shrink)

module private Races =
    let breaksNothing setting world =
        let report = WorldRun.run setting world

        match report.Violations with
        | [] -> Prop.ofTestable true
        | _ -> false |> Prop.label (string report)

    let adapted (adapt: WorldConfig -> WorldConfig) (world: World) =
        breaksNothing
            Setting.shipped
            { world with
                Config = adapt world.Config }

    let skewed pad (config: WorldConfig) =
        { config with
            PadMs = pad
            SweepOffsetMs = pad
            Calls =
                config.Calls
                |> List.mapi (fun index call -> { call with OffsetMs = index % 2 * pad }) }

[<Properties(Arbitrary = [| typeof<Worlds> |], MaxTest = 500)>]
type RaceTests() =
    [<Property(MaxTest = 1000)>]
    member _.``no invariant breaks in any world``(world: World) =
        Races.breaksNothing Setting.shipped world

    [<Property>]
    member _.``no invariant breaks when clocks are as far apart as the pad allows``(world: World) =
        Races.adapted (Races.skewed 7) world

    [<Property>]
    member _.``no invariant breaks when the network repeats and loses, and functions renew``(world: World) =
        world
        |> Races.adapted (fun config ->
            { config with
                Lossy = true
                Renewing = true })

    [<Property>]
    member _.``no invariant breaks when locks are released by tombstone and fenced from the acquire``
        (world: World)
        =
        world
        |> Races.adapted (fun config ->
            { config with
                Tombstones = true
                FenceFromAcquire = true })

    [<Property>]
    member _.``no invariant breaks when duplicates wait and refusals are unseen``(world: World) =
        world
        |> Races.adapted (fun config ->
            { config with
                Waits = true
                Unseen = true })

    [<Property>]
    member _.``no invariant breaks when windows are shorter than leases``(world: World) =
        world
        |> Races.adapted (fun config ->
            { config with
                LeaseMs = 2500
                ExpiryMs = 1000
                Hasty = true })

    [<Property>]
    member _.``no invariant breaks when calls of two payloads share a cache``(world: World) =
        world
        |> Races.adapted (fun config ->
            { config with
                Calls =
                    config.Calls
                    |> List.mapi (fun index call ->
                        { call with
                            Payload = 1 + index % 2
                            Cache = 1 }) })

    [<Test>]
    member _.``no invariant breaks in thirty thousand worlds``() =
        match RandomWorlds.firstBroken Setting.shipped (seq { 1..30_000 }) with
        | None -> ()
        | Some report -> Assert.Fail(string report)

    [<Test>]
    member _.``a world runs the same way every time``() =
        let trace seed =
            String.Join(Environment.NewLine, (World.ofSeed seed |> WorldRun.run Setting.shipped).Trace.Value)

        for seed in 1..50 do
            Assert.That(trace seed, Is.EqualTo(trace seed))

    [<Test>]
    member _.``the worlds reach every state and every outcome``() =
        let reached =
            RandomWorlds.reports Setting.shipped id (seq { 1..5_000 })
            |> Seq.map _.Reached
            |> Set.unionMany

        let missing =
            Set.ofList
                [ "Acquiring"
                  "Refreshing"
                  "Abandoning"
                  "Running"
                  "Completing"
                  "LateCompleting"
                  "Releasing"
                  "Waiting"
                  "Peeking"
                  "Crashed"
                  "Executed"
                  "Replayed"
                  "Adopted"
                  "CompletedUnsaved"
                  "LeaseLost"
                  "FunctionFailed"
                  "PayloadMismatch"
                  "InProgress"
                  "Held"
                  "Contended"
                  "PersistFailed"
                  "Cancelled" ]
            - reached

        Assert.That(String.Join(", ", missing), Is.Empty)

/// The broken twins.
type TwinTests() =
    static member All =
        Twins.all
        |> List.map (fun twin -> TestCaseData(twin).SetName $"a twin is caught: {twin.Name}")

    [<TestCaseSource "All">]
    member _.``a twin is caught``(twin: Twin) =
        let broken = Twins.broken twin 20_000

        for KeyValue(invariant, (worlds, report)) in broken do
            TestContext.Out.WriteLine $"broke {invariant.Name} in world {worlds}"
            Assert.That(report.Trace.Value, Is.Not.Empty)

        let missed = twin.Breaks |> List.filter (broken.ContainsKey >> not)
        Assert.That(String.Join(", ", missed |> List.map _.Name), Is.Empty)

    [<Test>]
    member _.``each invariant is broken by a twin``() =
        // Random worlds commit nothing with their results: a mutant of the exploration breaks that one.
        let caught = Invariant.I10 :: (Twins.all |> List.collect _.Breaks)
        let unbroken = List.except caught Invariant.All
        Assert.That(String.Join(", ", unbroken |> List.map _.Name), Is.Empty)

    [<Test>]
    member _.``the twins' store breaks nothing under the right rules``() =
        match RandomWorlds.firstBroken (Setting.ruled Rules.right) (seq { 1..2_000 }) with
        | None -> ()
        | Some report -> Assert.Fail(string report)
