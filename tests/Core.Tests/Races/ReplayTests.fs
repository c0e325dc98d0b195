// Small schedules with one thing in each: what the replay reports, and how each verb and option works.
namespace Core.Tests

open System
open System.IO
open NUnit.Framework
open Idempotency.Simulation

type ReplayTests() =
    let one = """{"A": {"result": "rA"}}"""
    let two = """{"A": {"result": "rA"}, "B": {"result": "rB"}}"""

    let begun =
        """{"at": 0, "call": "A", "do": "begin"}, {"at": 5, "call": "A", "do": "deliver"}"""

    let completed =
        """{"at": 10, "call": "A", "do": "return"}, {"at": 10, "call": "A", "do": "deliver"}"""

    [<Test>]
    member _.``a wrong state is reported with its step``() =
        let steps =
            """{"at": 0, "call": "A", "do": "begin", "expect": {"state": "Running"}}"""

        Assert.That(
            Schedules.replayText "{}" one "null" steps "{}",
            Is.EqualTo "at step 1 (at 0, A begin): expected state \"Running\", saw \"Acquiring\""
        )

    [<Test>]
    member _.``a wrong word about the store is reported``() =
        let steps =
            """{"at": 0, "call": "A", "do": "begin"},
                {"at": 5, "call": "A", "do": "deliver", "expect": {"store": "Acquire refused"}}"""

        Assert.That(
            Schedules.replayText "{}" one "null" steps "{}",
            Is.EqualTo """at step 2 (at 5, A deliver): expected store "Acquire refused", saw Acquire ok"""
        )

    [<TestCase("""{"outcomes": {"A": {"kind": "Executed", "value": "rB"}}}""", "value \"rB\", saw \"rA\"")>]
    [<TestCase("""{"outcomes": {"A": {"kind": "Replayed"}}}""", "kind \"Replayed\", saw \"Executed\"")>]
    [<TestCase("""{"executions": []}""", "saw A")>]
    [<TestCase("""{"executions": ["A", "A"]}""", "saw A")>]
    [<TestCase("""{"fencesMs": {"A": 6}}""", "fence of A 6, saw 5")>]
    [<TestCase("""{"finalRecord": null}""", "final record none")>]
    [<TestCase("""{"finalRecord": {"owner": "B"}}""", "owner \"B\", saw \"A\"")>]
    [<TestCase("""{"finalRecord": {"expirationSec": 61}}""", "expirationSec 61, saw 60")>]
    member _.``a wrong expectation of the end is reported``(expect: string, message: string) =
        let report = Schedules.replayText "{}" one "null" $"{begun}, {completed}" expect
        Assert.That(report, Does.StartWith "at the end: ")
        Assert.That(report, Does.Contain message)

    [<Test>]
    member _.``a step that cannot be played is reported``() =
        Assert.That(
            Schedules.replayText "{}" one "null" """{"at": 0, "call": "A", "do": "return"}""" "{}",
            Is.EqualTo "at step 1 (at 0, A return): A is Start and its function does not run"
        )

    [<TestCase("""{"at": 0, "call": "A", "do": "leap"}""", "T1, step 1: do: the verb \"leap\" is not known")>]
    [<TestCase("""{"at": 0, "do": "jump", "byMs": 1}""", "T1, step 1: the field \"process\" is missing")>]
    [<TestCase("""{"at": 0, "do": "restart", "process": "p"}""",
               "T1, step 1: process: there is no process \"p\" among the schedule's processes")>]
    [<TestCase("""{"at": 0, "call": "B", "do": "begin"}""", "T1, step 1: call: there is no call \"B\"")>]
    [<TestCase("""{"at": "x", "call": "A", "do": "begin"}""", "T1, step 1: at: a number is needed, not \"x\"")>]
    [<TestCase("""{"call": "A", "do": "begin"}""", "T1, step 1: the field \"at\" is missing")>]
    [<TestCase("""{"at": 0, "call": "A", "do": "duplicate"}""", "T1, step 1: the field \"tag\" is missing")>]
    member _.``a step that cannot be read is named``(step: string, message: string) =
        Assert.That(Schedules.replayText "{}" one "null" step "{}", Does.StartWith message)

    [<TestCase("""{"leaseMs": 0}""", "T1: config: Lease must be longer than zero, but is 0 ms")>]
    [<TestCase("""{"colour": 1}""", "T1: config: colour: this option is not known")>]
    member _.``options that cannot be used are named``(config: string, message: string) =
        Assert.That(Schedules.replayText config one "null" "" "{}", Does.StartWith message)

    [<Test>]
    member _.``text that is no schedule is refused with a reason``() =
        let reason text =
            match ScheduleFile.parse text with
            | Ok _ -> "read"
            | Error reason -> reason

        Assert.That(reason "[", Does.StartWith "it is not JSON")
        Assert.That(reason "[]", Does.StartWith "the file: an object is needed")
        Assert.That(reason """{"schema": 2, "schedules": []}""", Does.Contain "schema 2 is not known")
        Assert.That(reason "{}", Does.Contain "the field \"schedules\" is missing")

    [<Test>]
    member _.``a peer's lock without owner waits for the peer pad``() =
        let initial =
            """{"status": "INPROGRESS", "owner": null, "expirationSec": 60, "leaseEndsMs": 100}"""

        let steps =
            """{"at": 150, "call": "A", "do": "begin"}, {"at": 150, "call": "A", "do": "deliver"},
               {"at": 201, "call": "B", "do": "begin"}, {"at": 201, "call": "B", "do": "deliver"}"""

        let expect =
            """{"outcomes": {"A": {"kind": "InProgress"}, "B": {"kind": "Running"}}, "executions": ["B"]}"""

        Assert.That(Schedules.replayText """{"peerPadMs": 100}""" two initial steps expect, Is.Empty)

    [<Test>]
    member _.``a peer's lock without a lease ends with its window``() =
        let initial = """{"status": "INPROGRESS", "owner": null, "expirationSec": 3}"""

        let steps =
            """{"at": 3999, "call": "A", "do": "begin"}, {"at": 3999, "call": "A", "do": "deliver"},
               {"at": 3999, "do": "ttlSweep", "expect": {"store": "nothing to remove"}},
               {"at": 4000, "do": "ttlSweep", "expect": {"store": "removed"}},
               {"at": 4000, "call": "B", "do": "begin"}, {"at": 4000, "call": "B", "do": "deliver"}"""

        let expect = """{"outcomes": {"A": {"kind": "InProgress"}}, "executions": ["B"]}"""
        Assert.That(Schedules.replayText "{}" two initial steps expect, Is.Empty)

    [<Test>]
    member _.``a stored result of any JSON type is replayed as it is``() =
        let initial =
            """{"status": "COMPLETED", "owner": null, "expirationSec": 60, "data": {"b": [0, null]}}"""

        let expect =
            """{"outcomes": {"A": {"kind": "Replayed", "value": {"b": [0, null]}}}, "executions": []}"""

        Assert.That(Schedules.replayText "{}" one initial begun expect, Is.Empty)

    [<Test>]
    member _.``a refusal without its reason is looked into``() =
        let steps =
            $"""{begun}, {{"at": 6, "call": "B", "do": "begin"}},
               {{"at": 6, "call": "B", "do": "deliver",
                "expect": {{"state": "Peeking", "store": "Acquire refused"}}}},
               {{"at": 7, "call": "B", "do": "deliver", "expect": {{"state": "Waiting", "store": "Get ok"}}}},
               {{"at": 8, "call": "B", "do": "timer", "expect": {{"state": "Peeking"}}}}, {completed},
               {{"at": 12, "call": "B", "do": "deliver", "expect": {{"state": "Done"}}}}"""

        let expect = """{"outcomes": {"B": {"kind": "Replayed", "value": "rA"}}}"""
        let config = """{"wait": true, "returnsOldOnFailure": false}"""
        Assert.That(Schedules.replayText config two "null" steps expect, Is.Empty)

    [<Test>]
    member _.``a call that waited too long is refused``() =
        let steps =
            $"""{begun}, {{"at": 6, "call": "B", "do": "begin"}}, {{"at": 6, "call": "B", "do": "deliver"}},
               {{"at": 9, "call": "B", "do": "deadline", "expect": {{"state": "Done"}}}}"""

        Assert.That(
            Schedules.replayText
                """{"wait": true}"""
                two
                "null"
                steps
                """{"outcomes": {"B": {"kind": "InProgress"}}}""",
            Is.Empty
        )

    [<Test>]
    member _.``calls that name the same cache share it``() =
        let calls =
            """{"A": {"result": "rA", "cache": "one"}, "B": {"result": "rB", "cache": "one"},
                "C": {"result": "rC", "cache": "two"}}"""

        let steps =
            $"""{begun}, {completed},
               {{"at": 20, "call": "B", "do": "begin", "expect": {{"state": "Done", "store": null}}}},
               {{"at": 20, "call": "C", "do": "begin", "expect": {{"state": "Acquiring"}}}}"""

        Assert.That(
            Schedules.replayText
                "{}"
                calls
                "null"
                steps
                """{"outcomes": {"B": {"kind": "Replayed", "value": "rA"}}}""",
            Is.Empty
        )

    [<Test>]
    member _.``a copy in the network arrives later, and nobody sees the reply``() =
        let steps =
            """{"at": 0, "call": "A", "do": "begin"},
               {"at": 1, "call": "A", "do": "duplicate", "of": "request", "tag": "t",
                "expect": {"state": "Acquiring"}},
               {"at": 2, "call": "A", "do": "fault", "expect": {"state": "Done", "store": "not applied"}},
               {"at": 3, "do": "arrive", "tag": "t", "expect": {"store": "Acquire applied"}},
               {"at": 4, "do": "arrive", "tag": "t"}"""

        Assert.That(
            Schedules.replayText "{}" one "null" steps """{"outcomes": {"A": {"kind": "PersistFailed"}}}""",
            Is.EqualTo """at step 5 (at 4, arrive): there is no copy "t" in the network"""
        )

    [<Test>]
    member _.``a renewal left in the network cannot shorten a later one``() =
        let steps =
            $"""{begun}, {{"at": 300, "call": "A", "do": "heartbeat"}},
               {{"at": 301, "call": "A", "do": "duplicate", "of": "renew", "tag": "t",
                "expect": {{"state": "Running"}}}},
               {{"at": 600, "call": "A", "do": "heartbeat"}},
               {{"at": 605, "call": "A", "do": "deliverRenew", "expect": {{"store": "Renew ok"}}}},
               {{"at": 700, "call": "A", "do": "arrive", "tag": "t", "expect": {{"store": "Renew refused"}}}}"""

        let expect =
            """{"finalRecord": {"leaseEndsMs": 1600, "status": "INPROGRESS", "data": null}}"""

        Assert.That(Schedules.replayText "{}" one "null" steps expect, Is.Empty)

    [<Test>]
    member _.``a release by tombstone leaves a free lock``() =
        let steps =
            $"""{begun}, {{"at": 10, "call": "A", "do": "throw"}},
               {{"at": 10, "call": "A", "do": "applyAndFault",
                "expect": {{"store": "Release applied", "state": "Done"}}}},
               {{"at": 11, "call": "B", "do": "begin"}}, {{"at": 12, "call": "B", "do": "crash"}}"""

        let expect =
            """{"outcomes": {"A": {"kind": "FunctionFailed"}, "B": {"kind": "Crashed"}},
                "finalRecord": {"status": "INPROGRESS", "owner": "(released)", "leaseEndsMs": 5,
                 "validation": null}}"""

        Assert.That(Schedules.replayText """{"release": "tombstone"}""" two "null" steps expect, Is.Empty)

    [<Test>]
    member _.``what a file expects beyond the schema is said to be not compared``() =
        let text =
            """{"schedules": [{"id": "T1", "calls": {"A": {}}, "expect": {},
                "steps": [{"at": 0, "call": "A", "do": "begin", "expect": {"mood": "good"}}]}]}"""

        match ScheduleFile.parse text with
        | Ok [ schedule ] ->
            Assert.That(
                String.Join(", ", (Schedules.replay (Bench.memory ()) schedule).NotCompared),
                Is.EqualTo "mood"
            )
        | Ok _
        | Error _ -> Assert.Fail "it was not read"

    [<Test>]
    member _.``the command line exits with 0 only if all is as expected``() =
        let path = Schedules.path

        let wrong =
            Path.Combine(TestContext.CurrentContext.WorkDirectory, "wrong-schedules.json")

        File.WriteAllText(wrong, File.ReadAllText(path).Replace("LeaseLost", "Executed"))

        Assert.That(Program.main [| "replay"; path |], Is.EqualTo 0)
        Assert.That(Program.main [| "replay"; path; "--store"; "memory" |], Is.EqualTo 0)
        Assert.That(Program.main [| "replay"; wrong |], Is.EqualTo 1)
        Assert.That(Program.main [| "replay"; path; "--store"; "paper" |], Is.EqualTo 2)
        Assert.That(Program.main [| "replay"; "no such file" |], Is.EqualTo 2)
        Assert.That(Program.main [| "replay" |], Is.EqualTo 2)
        Assert.That(Program.main [| "--help" |], Is.EqualTo 0)
