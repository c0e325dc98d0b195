// Both ask for the same key at the same moment, again and again: one of them runs.
namespace Interop.Tests

open System.Threading.Tasks
open DynamoDb.Testing
open Idempotency.Core
open NUnit.Framework

[<TestFixture(false)>]
[<TestFixture(true)>]
type RaceTests(composite: bool) =
    inherit BesidePowertools(composite)

    let rounds = 100

    /// Both begin at once; or one when the other's request is on its way.
    let race (fleet: Fleet) round =
        task {
            let theirs () =
                [ for _ in 1..2 -> fleet.Theirs(PeerFunction.Returns "\"theirs\"") ]

            let ours () =
                Task.WhenAll(
                    [ for _ in 1..2 -> Task.Run<Outcome<_>>(fun () -> fleet.Ours(returns "\"ours\"")) ]
                )

            if round % 2 = 0 then
                let runs = theirs ()
                do! fleet.Gate.Arrived("PutItem", 1)
                let! outcomes = ours ()
                return runs, outcomes
            else
                let pending = ours ()
                let runs = theirs ()
                let! outcomes = pending
                return runs, outcomes
        }

    [<Test>]
    member this.``one of all runs, and the others get its result or wait``() : Task =
        task {
            let fleet = this.Fleet
            let mutable wonByUs = 0

            for round in 1..rounds do
                fleet.NewKey()
                fleet.Gate.Clear()
                let! theirs, ours = race fleet round

                for run in theirs do
                    match! run.Ended with
                    | PeerAnswer.Returned(Some("\"theirs\"" | "\"\\\"ours\\\"\""))
                    | PeerAnswer.Failed("IdempotencyAlreadyInProgressError", _, _) -> ()
                    | other -> Assert.Fail $"{other}"

                for outcome in ours do
                    match outcome with
                    | Outcome.Executed value -> Assert.That(value.GetString(), Is.EqualTo "ours")
                    | Outcome.Replayed value -> Assert.That(value.GetString(), Is.AnyOf("ours", "theirs"))
                    | Outcome.InProgress _ -> ()
                    | other -> Assert.Fail $"{other}"

                let runsOfTheirs = theirs |> List.filter _.HasStarted |> List.length
                Assert.That(fleet.Runs + runsOfTheirs, Is.EqualTo 1, $"runs in round {round}")
                if fleet.Runs = 1 then wonByUs <- wonByUs + 1

                let winner = if fleet.Runs = 1 then "ours" else "theirs"
                do! fleet.Ours neverRuns |> replays $"\"{winner}\""

            Assert.That(wonByUs, Is.GreaterThan(0).And.LessThan(rounds), "both win now and then")
        }

    [<Test>]
    member this.``one of both takes over an abandoned lock``() : Task =
        task {
            let fleet = this.Fleet

            for round in 1 .. rounds / 4 do
                fleet.NewKey()
                fleet.Gate.Clear()
                let! stalled = fleet.TheirsStalling(PeerFunction.Returns "\"late\"")
                fleet.Gate.Clear()
                fleet.Pass(Fleet.Lease + 1_001L<ms>)
                let! theirs, ours = race fleet round

                for run in theirs do
                    let! _ = run.Ended
                    ()

                for outcome in ours do
                    match outcome with
                    | Outcome.Executed _
                    | Outcome.Replayed _
                    | Outcome.InProgress _ -> ()
                    | other -> Assert.Fail $"{other}"

                let runsOfTheirs = theirs |> List.filter _.HasStarted |> List.length
                Assert.That(fleet.Runs + runsOfTheirs, Is.EqualTo 1, $"runs in round {round}")
                stalled.Go()
                let! _ = stalled.Ended
                ()
        }
