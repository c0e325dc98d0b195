// The broken twins of the protocol are caught by random worlds, and what is left behind of a world that breaks something
// replays to the same.
namespace Core.Tests

open System
open System.IO
open NUnit.Framework
open Idempotency.Simulation

module private Caught =
    /// So many worlds are enough for each twin.
    [<Literal>]
    let worlds = 20_000

    let names (invariants: seq<Invariant>) =
        String.Join(", ", invariants |> Seq.map _.Name)

    /// The seed to begin with. One guard takes a peer's late update and a late copy at once: the first world without it
    /// that breaks something has the seed 65425.
    let seed (twin: Twin) =
        if twin.Name = Guard.text Guard.OwnLockAfterTheRunIsNotASave then 60_001 else 1

    /// The first world in which a twin breaks one of these.
    let first (twin: Twin) (invariants: Invariant list) =
        let isBroken (report: WorldReport) =
            report.Violations
            |> List.tryFind (fun violation -> List.contains violation.Invariant invariants)
            |> Option.map (fun violation -> report, violation)

        RandomWorlds.reports twin.Setting (Twins.adapt twin) (seq { seed twin .. seed twin + worlds })
        |> Seq.tryPick isBroken

    let parsed text =
        match ScheduleFile.parse text with
        | Ok [ schedule ] -> schedule
        | Ok other -> invalidOp $"{other.Length} schedules were read"
        | Error reason -> invalidOp reason

    /// Replays a schedule in the setting that it names.
    let replayed (schedule: Schedule) =
        match Settings.find schedule.Setting with
        | Some setting -> Replay.runIn setting (Replay.benchFor setting schedule) "key" true schedule
        | None -> invalidOp $"there is no setting \"{schedule.Setting}\""

/// The broken twins.
type TwinTests() =
    static member All =
        Twins.all
        |> List.map (fun twin -> TestCaseData(twin).SetName $"a twin is caught: {twin.Name}")

    static member AllMadeSmall =
        Twins.all
        |> List.map (fun twin ->
            TestCaseData(twin).SetName $"a twin's schedule replays to the same: {twin.Name}")

    static member Guards =
        GuardedWorlds.all
        |> List.map (fun twin ->
            TestCaseData(twin).SetName $"a guard is missed in random worlds: {twin.Name}")

    [<TestCaseSource "All">]
    member _.``a twin is caught``(twin: Twin) =
        let broken = Twins.broken twin Caught.worlds

        for KeyValue(invariant, (worlds, _)) in broken do
            TestContext.Out.WriteLine $"broke {invariant.Name} in world {worlds}"

        let missed = twin.Breaks |> List.filter (broken.ContainsKey >> not)
        Assert.That(Caught.names missed, Is.Empty)

    [<TestCaseSource "Guards">]
    member _.``a guard is missed in random worlds``(twin: Twin) =
        match Caught.first twin twin.Breaks with
        | Some(report, violation) ->
            TestContext.Out.WriteLine $"{violation.Invariant.Name} in the world of seed {report.World.Seed}"
        | None -> Assert.Fail $"none of {Caught.names twin.Breaks} in {Caught.worlds} worlds"

    [<TestCaseSource "AllMadeSmall">]
    member _.``the schedule of a world that breaks something is small, and replays to the same``(twin: Twin) =
        match Caught.first twin twin.Breaks with
        | None -> Assert.Fail "nothing broke"
        | Some(report, violation) ->
            let found = FoundWorld.shrink twin.Setting violation report
            let read = Caught.parsed (FoundWorld.text found)
            let verdict = Caught.replayed read

            Assert.That(String.Join("\n", verdict.Differences), Is.Empty)
            Assert.That(verdict.Violations |> List.map _.Invariant, Does.Contain violation.Invariant)
            Assert.That(read, Is.EqualTo found.Schedule)
            Assert.That(read.Steps.Length, Is.LessThanOrEqualTo 25)
            Assert.That(read.Calls.Length, Is.LessThanOrEqualTo 4)
            Assert.That(verdict.Frames |> List.collect _.Broken, Does.Contain violation.Invariant)

    [<Test>]
    member _.``a schedule that breaks nothing under the right protocol says so``() =
        let twin =
            Twins.all |> List.find (fun twin -> twin.Name = "Complete without a condition")

        let report, violation = Caught.first twin twin.Breaks |> Option.get
        let found = FoundWorld.shrink twin.Setting violation report

        let verdict = Caught.replayed { found.Schedule with Setting = "" }

        Assert.That(verdict.IsOk, Is.False)

        Assert.That(
            string verdict.Differences.Head,
            Does.Contain $"expected broken {violation.Invariant.Name}"
        )

    [<Test>]
    member _.``the command writes the schedule of a failing world and its picture, and replays and draws it``
        ()
        =
        let folder = Path.Combine(TestContext.CurrentContext.WorkDirectory, "worlds")

        if Directory.Exists folder then Directory.Delete(folder, true)

        let main (arguments: string list) = Program.main (Array.ofList arguments)

        Assert.That(
            main
                [ "random"
                  "1"
                  "1000"
                  "--twin"
                  "Complete without a condition"
                  "--out"
                  folder ],
            Is.EqualTo 1
        )

        let file = Directory.GetFiles(folder, "*.json") |> Array.exactlyOne
        let picture = Path.Combine(folder, "again.svg")
        Assert.That(Directory.GetFiles(folder, "*.svg"), Has.Length.EqualTo 1)
        Assert.That(main [ "replay"; file; "--picture"; picture ], Is.EqualTo 0)
        Assert.That(File.ReadAllText picture, Does.Contain "breaks I")
        Assert.That(main [ "random"; "1"; "20"; "--out"; folder ], Is.EqualTo 0)
        Assert.That(main [ "random"; "1"; "20"; "--twin"; "nobody" ], Is.EqualTo 2)

    [<Test>]
    member _.``each invariant is broken by a twin``() =
        let caught = Twins.all @ GuardedWorlds.all |> List.collect _.Breaks
        Assert.That(Caught.names (List.except caught Invariant.All), Is.Empty)

    [<Test>]
    member _.``the twins' store breaks nothing under the right rules``() =
        match RandomWorlds.firstBroken (Setting.ruled Rules.right) (seq { 1..2_000 }) with
        | None -> ()
        | Some report -> Assert.Fail(string report)
