// Every schedule of data/schedules.json must come out as the file says; and the replay that says so must be
// able to say otherwise.
namespace Core.Tests

open System
open System.IO
open NUnit.Framework
open Idempotency
open Idempotency.Simulation

module internal Schedules =
    let path =
        Path.Combine(TestContext.CurrentContext.TestDirectory, "data", "schedules.json")

    let all =
        match ScheduleFile.load path with
        | Ok schedules -> schedules
        | Error reason -> failwith reason

    let named id =
        all |> List.find (fun schedule -> schedule.Id = id)

    let replay (bench: Bench) (schedule: Schedule) = Replay.run bench schedule.Id schedule

    let differences (verdict: Verdict) =
        verdict.Differences |> List.map string |> String.concat Environment.NewLine

    /// Replays a file that consists of one schedule, given by the fields that matter.
    let replayText config calls initial steps expect =
        let text =
            $"""{{"schedules": [{{"id": "T1", "config": {config}, "calls": {calls}, "initialRecord": {initial},
                "steps": [{steps}], "expect": {expect}}}]}}"""

        match ScheduleFile.parse text with
        | Ok [ schedule ] -> replay (Bench.memory ()) schedule |> differences
        | Ok other -> $"{other.Length} schedules were read"
        | Error reason -> reason

type ScheduleTests() =
    static member All =
        Schedules.all
        |> List.map (fun schedule -> TestCaseData(schedule).SetName $"{schedule.Id}: {schedule.Title}")

    static member AllCached =
        Schedules.all
        |> List.map (fun schedule ->
            TestCaseData(schedule).SetName $"{schedule.Id} behind a cache: {schedule.Title}")

    [<TestCaseSource "All">]
    member _.``a schedule comes out as the file says``(schedule: Schedule) =
        let verdict = Schedules.replay (Bench.memory ()) schedule
        Assert.That(Schedules.differences verdict, Is.Empty)
        Assert.That(verdict.NotCompared, Is.Empty)

    [<TestCaseSource "AllCached">]
    member _.``a cached store does with requests what its store does``(schedule: Schedule) =
        let memory = InMemoryStore()

        let bench =
            Bench.over (CachedStore memory) (fun _ now -> memory.Sweep(Core.Time.toDateTimeOffset now) > 0)

        Assert.That(Schedules.differences (Schedules.replay bench schedule), Is.Empty)

    [<Test>]
    member _.``there are fifteen of them``() =
        Assert.That(Schedules.all.Length, Is.EqualTo 15)

    [<TestCase "S01">]
    [<TestCase "S02">]
    [<TestCase "S03">]
    [<TestCase "S06">]
    [<TestCase "S07">]
    [<TestCase "S14">]
    member _.``a store without fences comes out otherwise`` id =
        let store = RuledStore Rules.unfenced
        let verdict = Schedules.replay (Bench.over store store.Sweep) (Schedules.named id)
        Assert.That(verdict.IsOk, Is.False)

    [<Test>]
    member _.``a store under the right rules comes out as the file says``() =
        let failed =
            Schedules.all
            |> List.filter (fun schedule ->
                let store = RuledStore Rules.right
                not (Schedules.replay (Bench.over store store.Sweep) schedule).IsOk)

        Assert.That(failed |> List.map _.Id, Is.Empty)
