// What is written of a schedule is read as the same schedule; and what the verbs and options of random worlds do.
namespace Core.Tests

open System
open NUnit.Framework
open Idempotency.Core
open Idempotency.Simulation

type ScheduleTextTests() =
    let parsed text =
        match ScheduleFile.parse text with
        | Ok schedules -> schedules
        | Error reason -> invalidOp reason

    let one = """{"A": {"result": "rA"}}"""

    let begun =
        """{"at": 0, "call": "A", "do": "begin"}, {"at": 5, "call": "A", "do": "deliver"}"""

    /// Two calls in two processes.
    let replayWith config processes calls steps expect =
        let text =
            $"""{{"schedules": [{{"id": "T1", "config": {config}, "processes": {processes},
                "calls": {calls}, "steps": [{steps}], "expect": {expect}}}]}}"""

        match parsed text with
        | [ schedule ] ->
            Replay.runIn Setting.shipped (Replay.benchFor Setting.shipped schedule) "key" true schedule
        | other -> invalidOp $"{other.Length} schedules were read"

    let replay processes calls steps expect =
        replayWith """{"clockBoundMs": 100, "skewPadMs": 100}""" processes calls steps expect

    let isOk (verdict: Verdict) =
        Assert.That(String.Join("\n", verdict.Differences), Is.Empty)

    [<Test>]
    member _.``the schedules of the file are read as they were written``() =
        Assert.That(parsed (ScheduleText.write "" Schedules.all), Is.EqualTo<Schedule> Schedules.all)

    [<Test>]
    member _.``what happens in a world is read as it was written``() =
        for report in RandomWorlds.reports Setting.shipped id (seq { 1..300 }) do
            let schedule = report.Schedule
            Assert.That(parsed (ScheduleText.write "about" [ schedule ]), Is.EqualTo<Schedule> [ schedule ])

    [<Test>]
    member _.``what happens in a world breaks the same when it is replayed``() =
        for report in RandomWorlds.reports Setting.shipped id (seq { 1..300 }) do
            let schedule = report.Schedule

            Replay.runIn Setting.shipped (Replay.benchFor Setting.shipped schedule) "key" false schedule
            |> isOk

    [<Test>]
    member _.``a reply can be on its way while its call waits``() =
        let steps =
            """{"at": 0, "call": "A", "do": "begin"},
               {"at": 5, "call": "A", "do": "reach", "expect": {"state": "Acquiring", "store": "Acquire ok"}},
               {"at": 9, "call": "A", "do": "handle", "expect": {"state": "Running", "store": null}}"""

        Assert.That(
            Schedules.replayText "{}" one "null" steps """{"executions": ["A"], "fencesMs": {"A": 9}}""",
            Is.Empty
        )

    [<TestCase("throwStore", "Completing", "FAILED")>]
    [<TestCase("throw", "Releasing", "")>]
    [<TestCase("throwHold", "Done", "INPROGRESS")>]
    member _.``a function that throws may release, store or hold``
        (verb: string, state: string, status: string)
        =
        let saved =
            if state = "Done" then "" else """, {"at": 20, "call": "A", "do": "deliver"}"""

        let steps =
            $"""{begun}, {{"at": 10, "call": "A", "do": "{verb}", "expect": {{"state": "{state}"}}}}{saved}"""

        let record = if status = "" then "null" else $"""{{"status": "{status}"}}"""

        Assert.That(
            Schedules.replayText
                "{}"
                one
                "null"
                steps
                $"""{{"outcomes": {{"A": {{"kind": "FunctionFailed"}}}}, "finalRecord": {record}}}""",
            Is.Empty
        )

    [<Test>]
    member _.``a caller that gives up gives its lock back``() =
        let steps =
            """{"at": 0, "call": "A", "do": "begin"},
               {"at": 5, "call": "A", "do": "applyAndLoseReply"},
               {"at": 6, "call": "A", "do": "cancel", "expect": {"state": "Abandoning"}},
               {"at": 7, "call": "A", "do": "deliver", "expect": {"state": "Done", "store": "Release ok"}}"""

        Assert.That(
            Schedules.replayText
                "{}"
                one
                "null"
                steps
                """{"outcomes": {"A": {"kind": "Cancelled"}}, "finalRecord": null}""",
            Is.Empty
        )

    [<Test>]
    member _.``a call that looks first reads, and one whose clock passes its lease is told``() =
        let calls = """{"A": {"result": "rA", "looksFirst": true}}"""

        let steps =
            """{"at": 0, "call": "A", "do": "begin", "expect": {"state": "Looking"}},
               {"at": 1, "call": "A", "do": "deliver", "expect": {"state": "Acquiring", "store": "Get ok"}},
               {"at": 2, "call": "A", "do": "deliver", "expect": {"state": "Running"}},
               {"at": 1001, "call": "A", "do": "tick", "expect": {"leaseLostSignalled": false}},
               {"at": 1002, "call": "A", "do": "tick", "expect": {"leaseLostSignalled": true}}"""

        Assert.That(Schedules.replayText "{}" calls "null" steps "{}", Is.Empty)

    [<Test>]
    member _.``a store may refuse what a function enlisted, and that is its failure``() =
        let calls = """{"A": {"result": "rA", "enlists": true}}"""

        let steps =
            $"""{begun}, {{"at": 6, "call": "A", "do": "return"}},
               {{"at": 7, "call": "A", "do": "refuseEnlisted", "expect": {{"state": "Releasing"}}}},
               {{"at": 8, "call": "A", "do": "deliver", "expect": {{"store": "Release ok"}}}}"""

        replay "{}" calls steps """{"outcomes": {"A": {"kind": "FunctionFailed"}}, "breaks": []}"""
        |> isOk

    [<Test>]
    member _.``clocks of processes drift and jump within the bound, and calls read them``() =
        let processes =
            """{"p": {"clockOffsetMs": 10, "driftPerMillion": 1000}, "q": {"clockOffsetMs": 0}}"""

        let calls =
            """{"A": {"result": "rA", "process": "p", "key": "one"}, "B": {"result": "rB", "process": "q"}}"""

        let steps =
            """{"at": 10000, "call": "A", "do": "begin"},
               {"at": 10000, "call": "A", "do": "deliver"},
               {"at": 10000, "do": "jump", "process": "q", "byMs": 500},
               {"at": 10000, "call": "B", "do": "begin"},
               {"at": 10000, "call": "B", "do": "deliver"}"""

        replay processes calls steps """{"fencesMs": {"A": 10020, "B": 10100}, "breaks": []}"""
        |> isOk

    [<Test>]
    member _.``a process that starts anew has lost its calls and forgotten what it remembered``() =
        let processes = """{"p": {}}"""

        let calls =
            """{"A": {"result": "rA", "process": "p", "cache": "p"}, "B": {"result": "rB", "process": "p", "key": "two"},
                "C": {"result": "rC", "process": "p", "cache": "p"}}"""

        let steps =
            $"""{begun}, {{"at": 6, "call": "A", "do": "return"}}, {{"at": 7, "call": "A", "do": "deliver"}},
               {{"at": 8, "call": "B", "do": "begin"}}, {{"at": 9, "call": "B", "do": "deliver"}},
               {{"at": 10, "do": "restart", "process": "p"}},
               {{"at": 11, "call": "C", "do": "begin", "expect": {{"state": "Acquiring"}}}},
               {{"at": 12, "call": "C", "do": "deliver", "expect": {{"state": "Done"}}}}"""

        replay
            processes
            calls
            steps
            """{"outcomes": {"A": {"kind": "Executed"}, "B": {"kind": "Crashed"}, "C": {"kind": "Replayed"}}, "breaks": []}"""
        |> isOk

    [<Test>]
    member _.``a peer's late update breaks its neighbours' results, and nobody blames them``() =
        let calls =
            """{"A": {"result": "rA", "peer": true}, "B": {"result": "rB"}, "C": {"result": "rC"}}"""

        let steps =
            $"""{begun}, {{"at": 1200, "call": "B", "do": "begin"}}, {{"at": 1201, "call": "B", "do": "deliver"}},
               {{"at": 1202, "call": "B", "do": "return"}}, {{"at": 1203, "call": "B", "do": "deliver"}},
               {{"at": 1204, "call": "A", "do": "return"}}, {{"at": 1205, "call": "A", "do": "deliver"}},
               {{"at": 1206, "call": "C", "do": "begin"}}, {{"at": 1207, "call": "C", "do": "deliver"}}"""

        replay "{}" calls steps """{"outcomes": {"C": {"kind": "Replayed", "value": "rA"}}, "breaks": []}"""
        |> isOk

        let peersOnly = calls.Replace("\"}", "\", \"peer\": true}")

        replay "{}" peersOnly steps """{"breaks": ["I2a", "I2+", "I3u"]}""" |> isOk

    /// The record keeps the owner of the tombstone, and is of an unknown payload: nobody is turned away for nothing.
    [<Test>]
    member _.``what a peer completes late over a tombstone is a result, and no tombstone``() =
        let calls =
            """{"P": {"result": "rP", "peer": true, "validates": false}, "B": {"result": "rB", "payload": "p1"}}"""

        let steps =
            """{"at": 0, "call": "P", "do": "begin"}, {"at": 0, "call": "P", "do": "deliver"},
               {"at": 1, "call": "P", "do": "return"}, {"at": 1, "call": "P", "do": "duplicate", "tag": "1"},
               {"at": 1200, "call": "B", "do": "begin"}, {"at": 1200, "call": "B", "do": "deliver"},
               {"at": 1201, "call": "B", "do": "throw"}, {"at": 1202, "call": "B", "do": "deliver"},
               {"at": 1203, "do": "arrive", "tag": "1"}"""

        replayWith
            """{"release": "tombstone", "payloadValidation": true}"""
            "{}"
            calls
            steps
            """{"finalRecord": {"status": "COMPLETED", "owner": "(released)"}, "breaks": []}"""
        |> isOk

    /// A random world found it: the pair is not for a table that peers share.
    [<Test>]
    member _.``a token of the acquire can go back where a peer releases by deletion``() =
        let calls =
            """{"A": {"result": "rA"}, "B": {"result": "rB"}, "P": {"result": "rP", "peer": true}}"""

        let steps =
            """{"at": 0, "call": "A", "do": "begin"},
               {"at": 2, "call": "B", "do": "begin"}, {"at": 2, "call": "B", "do": "deliver"},
               {"at": 1200, "call": "P", "do": "begin"}, {"at": 1200, "call": "P", "do": "deliver"},
               {"at": 1201, "call": "P", "do": "throw"}, {"at": 1201, "call": "P", "do": "deliver"},
               {"at": 1202, "call": "A", "do": "deliver", "expect": {"state": "Refreshing"}},
               {"at": 1203, "call": "A", "do": "deliver", "expect": {"state": "Running"}}"""

        let fences fence expect =
            let config = $"""{{"release": "tombstone", "fence": "{fence}"}}"""
            replayWith config "{}" calls steps $"""{{"fencesMs": {expect}}}""" |> isOk

        fences "acquire" """{"A": 0, "B": 2}"""
        fences "start" """{"A": 1203, "B": 2}"""

    [<Test>]
    member _.``a request that has been under way for too long does not reach the store``() =
        let steps =
            """{"at": 0, "call": "A", "do": "begin"}, {"at": 11, "call": "A", "do": "deliver"}"""

        Assert.That(
            Schedules.replayText """{"travelMs": 10}""" one "null" steps "{}",
            Is.EqualTo "at step 2 (at 11, A deliver): what A has under way is too late"
        )

    [<Test>]
    member _.``what must be broken and is not is reported``() =
        Assert.That(
            Schedules.replayText "{}" one "null" begun """{"breaks": ["I1"]}""",
            Is.EqualTo "at the end: expected broken I1, saw nothing"
        )

        Assert.That(
            Schedules.replayText "{}" one "null" begun """{"breaks": ["I0"]}""",
            Is.EqualTo "T1: expect: breaks: there is no invariant \"I0\""
        )
