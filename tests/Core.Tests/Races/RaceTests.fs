// Random races of the real protocol on a real store: no invariant may break; and each broken twin must break
// the ones that its missing guard is for, or the worlds would prove nothing.
namespace Core.Tests

open System
open NUnit.Framework
open FsCheck
open FsCheck.FSharp
open FsCheck.NUnit
open Idempotency.Core
open Idempotency.Simulation

/// Worlds for FsCheck, made from seeds. What breaks is shrunk as a schedule.
type Worlds =
    static member World() =
        Arb.fromGen (Gen.choose (0, Int32.MaxValue) |> Gen.map World.ofSeed)

    /// What happens in a world, as a schedule that FsCheck shrinks.
    static member Schedule() =
        let schedules =
            Gen.choose (0, Int32.MaxValue)
            |> Gen.map (fun seed -> (World.ofSeed seed |> WorldRun.run Setting.shipped).Schedule)

        Arb.fromGenShrink (schedules, Shrinking.smaller)

module private Races =
    let told (report: WorldReport) =
        match report.Violations with
        | [] -> ""
        | violation :: _ ->
            let found = FoundWorld.shrink Setting.shipped violation report

            let path, _ =
                found
                |> FoundWorld.write (IO.Path.Combine(TestContext.CurrentContext.WorkDirectory, "worlds"))

            FoundWorld.lines found @ [ $"the schedule: {path}" ]
            |> String.concat Environment.NewLine

    let breaksNothing setting world =
        let report = WorldRun.run setting world

        match report.Violations with
        | [] -> Prop.ofTestable true
        | _ -> false |> Prop.label (told report)

    let adapted change (world: World) =
        breaksNothing
            Setting.shipped
            { world with
                Plan = change world.Plan
                Habits =
                    { world.Habits with
                        Lossy = true
                        Hasty = true } }

    let configured change =
        adapted (fun plan ->
            { plan with
                Config = change plan.Config })

    let called change =
        adapted (fun plan ->
            { plan with
                Calls = List.mapi change plan.Calls })

    let firstOf count =
        match RandomWorlds.firstBroken Setting.shipped (seq { 1..count }) with
        | None -> ()
        | Some report -> Assert.Fail(told report)

[<Properties(Arbitrary = [| typeof<Worlds> |], MaxTest = 300)>]
type RaceTests() =
    [<Property(MaxTest = 1000)>]
    member _.``no invariant breaks in any world``(world: World) =
        Races.breaksNothing Setting.shipped world

    [<Property(MaxTest = 500)>]
    member _.``no invariant breaks in what is left of a world's schedule when it is shrunk``
        (schedule: Schedule)
        =
        let smaller = schedule |> Shrinking.smaller |> Seq.truncate 5

        smaller
        |> Seq.forall (fun schedule -> (Shrinking.tidy Setting.shipped schedule).Expect.Breaks = Some [])

    /// A step that is left over after the call's end, when others are taken away.
    [<TestCase(1579250010, 1)>]
    [<TestCase(737327213, 1)>]
    [<TestCase(1642864212, 2)>]
    member _.``a call that has ended is not cancelled, and does not end again``(seed: int, nth: int) =
        let report = World.ofSeed seed |> WorldRun.run Setting.shipped
        let smaller = report.Schedule |> Shrinking.smaller |> Seq.item nth

        Assert.That(
            (Shrinking.tidy Setting.shipped smaller).Expect.Breaks,
            Is.EqualTo(Some []: Invariant list option)
        )

    [<Property>]
    member _.``no invariant breaks when clocks are as far apart as the pad allows``(world: World) =
        world
        |> Races.adapted (fun plan ->
            { plan with
                Config =
                    { plan.Config with
                        SkewPad = 7L<ms>
                        PeerPad = 7L<ms>
                        ClockBound = 7L<ms>
                        SweepAhead = 7L<ms> }
                Processes =
                    plan.Processes
                    |> List.mapi (fun index one ->
                        { one with
                            Offset = int64 (index % 2) * 7L<ms> }) })

    [<Property>]
    member _.``no invariant breaks when the network repeats and loses, and functions renew``(world: World) =
        Races.breaksNothing
            Setting.shipped
            { world with
                Habits =
                    { world.Habits with
                        Lossy = true
                        Renewing = true } }

    [<Property>]
    member _.``no invariant breaks when locks are released by tombstone and fenced from the acquire``
        (world: World)
        =
        world
        |> Races.configured (fun config ->
            { config with
                Release = ReleaseBy.Tombstone
                Fence = FenceFrom.Acquire })

    [<Property>]
    member _.``no invariant breaks when duplicates wait and refusals are unseen``(world: World) =
        world
        |> Races.configured (fun config ->
            { config with
                Wait = true
                ReturnsOldOnFailure = false })

    [<Property>]
    member _.``no invariant breaks when windows are shorter than leases``(world: World) =
        world
        |> Races.configured (fun config ->
            { config with
                Lease = 2500L<ms>
                Expiry = 1000L<ms>
                Travel = config.Travel |> Option.map (fun _ -> 250L<ms>) })

    [<Property>]
    member _.``no invariant breaks when calls of two payloads share a cache``(world: World) =
        world
        |> Races.called (fun index call ->
            { call with
                Payload = Fingerprint $"p{1 + index % 2}"
                Cache = Some "all" })

    [<Property>]
    member _.``no invariant breaks when all look before they ask``(world: World) =
        world |> Races.called (fun _ call -> { call with LooksFirst = true })

    [<Property>]
    member _.``no invariant breaks when writes are committed with results``(world: World) =
        world
        |> Races.adapted (fun plan ->
            { plan with
                Config =
                    { plan.Config with
                        Travel = Some(plan.Config.Expiry / 4L) }
                Calls =
                    [ for call in plan.Calls ->
                          { call with
                              IsPeer = false
                              Enlists = true } ] })

    [<Test>]
    member _.``no invariant breaks in twenty thousand worlds``() = Races.firstOf 20_000

    [<Test>]
    member _.``a world runs the same way every time``() =
        let text seed =
            ScheduleText.write "" [ (World.ofSeed seed |> WorldRun.run Setting.shipped).Schedule ]

        for seed in 1..50 do
            Assert.That(text seed, Is.EqualTo(text seed))

    [<Test>]
    member _.``worlds are as large as sixteen callers, eight keys and hours``() =
        let reports =
            RandomWorlds.reports Setting.shipped id (seq { 1..1_000 }) |> Seq.cache

        let most size = reports |> Seq.map size |> Seq.max

        Assert.That(most (fun report -> report.World.Callers.Length), Is.EqualTo 16)

        Assert.That(most (fun report -> (Schedule.keys report.Schedule).Length), Is.EqualTo 8)

        let hours (report: WorldReport) =
            match List.tryLast report.Schedule.Steps with
            | Some step -> int64 step.At / 3_600_000L
            | None -> 0L

        Assert.That(most hours, Is.GreaterThan 10L)

    [<Test>]
    member _.``the worlds reach every state and every outcome``() =
        let reached =
            RandomWorlds.reports Setting.shipped id (seq { 1..5_000 })
            |> Seq.map _.Reached
            |> Set.unionMany

        let missing =
            Set.ofList
                [ "Looking"
                  "Acquiring"
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

    [<Test>]
    member _.``every verb happens in some world``() =
        let seen =
            RandomWorlds.reports Setting.shipped id (seq { 1..3_000 })
            |> Seq.collect (fun report -> report.Schedule.Steps |> List.map _.Verb.Name)
            |> Set.ofSeq

        let known =
            Set.ofList (
                [ for incident in Incident.all -> (Verb.To incident).Name ]
                @ [ "arrive"; "ttlSweep"; "restart"; "jump" ]
            )

        Assert.That(String.Join(", ", known - seen), Is.Empty)
