// Every race schedule comes out over DynamoDB as it does over the in-memory store, in tables with and without a sort key.
namespace DynamoDb.Tests

open System
open System.IO
open Idempotency.Simulation
open NUnit.Framework

type ScheduleTests() =
    static let schedules =
        let path =
            Path.Combine(TestContext.CurrentContext.TestDirectory, "data", "schedules.json")

        match ScheduleFile.load path with
        | Ok schedules -> schedules
        | Error reason -> invalidOp reason

    [<Test>]
    member _.``there are fifteen of them``() =
        Assert.That(schedules, Has.Length.EqualTo 15)

    [<Test>]
    member _.``every schedule comes out as the file says``([<Values>] composite: bool) =
        use table = new DynamoDbBench(Engine.shared().Endpoint, composite)

        for schedule in schedules do
            let verdict = Replay.run table.Bench schedule.Id schedule
            let differences = String.Join("\n", verdict.Differences)
            Assert.That(differences, Is.Empty, schedule.Id)
            Assert.That(verdict.NotCompared, Is.Empty, schedule.Id)

    /// What random worlds do in memory, with clocks that disagree, restarts, sweeps, and a network that loses and repeats. (Peers
    /// and enlisted writes have tests of their own.)
    [<Test>]
    member _.``what happens in a random world comes out as in memory``([<Values>] composite: bool) =
        use table = new DynamoDbBench(Engine.shared().Endpoint, composite)

        let isForAnyStore (schedule: Schedule) =
            not (Schedule.hasPeers schedule)
            && not (schedule.Calls |> List.exists _.Enlists)

        let reports =
            RandomWorlds.reports Setting.shipped id (Seq.initInfinite (fun index -> index + 1))
            |> Seq.filter (fun report -> isForAnyStore report.Schedule)
            |> Seq.truncate 60

        for report in reports do
            let schedule = report.Schedule
            let verdict = Replay.run table.Bench schedule.Id schedule
            Assert.That(String.Join("\n", verdict.Differences), Is.Empty, schedule.Id)
