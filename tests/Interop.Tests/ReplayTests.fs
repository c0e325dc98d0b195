// One of the two has finished, and the other replays it: what each gets of the other's result.
namespace Interop.Tests

open System.Threading.Tasks
open DynamoDb.Testing
open Idempotency.Core
open NUnit.Framework

[<TestFixture(false)>]
[<TestFixture(true)>]
type ReplayTests(composite: bool) =
    inherit BesidePowertools(composite)

    static let results =
        [ """{"total":12.5,"lines":[{"article":"A-1","pieces":2},null,true],"note":"ü \"quoted\"","none":{}}"""
          "\"paid\""
          "\"\""
          "42"
          "-0.001"
          "0"
          "true"
          "false"
          "null"
          "[]"
          """[1,"two",[3]]""" ]

    static member Results = results

    [<TestCaseSource("Results")>]
    member this.``what it has run, we replay, equal``(json: string) : Task =
        task {
            let fleet = this.Fleet
            do! fleet.Theirs(PeerFunction.Returns json) |> answers json

            for look in [ FirstLook.Write; FirstLook.Read ] do
                do!
                    this.Untouched(fun () ->
                        fleet.Ours(neverRuns, change = fun options -> { options with FirstLook = look })
                        |> replays json)

            Assert.That(fleet.Runs, Is.Zero)
        }

    [<TestCaseSource("Results")>]
    member this.``what we have run, it replays: the text of its JSON``(json: string) : Task =
        task {
            let fleet = this.Fleet
            let! _ = fleet.Ours(returns json)

            do!
                this.Untouched(fun () ->
                    task {
                        let again = fleet.Theirs(PeerFunction.Returns "\"run again\"")

                        match! again.Ended with
                        | PeerAnswer.Returned(Some text) ->
                            let inside = (Json.parse text).GetString()
                            let! record = fleet.Record()

                            match record, inside with
                            | NonNull record, NonNull inside ->
                                Assert.That(record["data"].S, Is.EqualTo inside)
                                Json.isSame json inside
                            | _ -> Assert.Fail text
                        | other -> Assert.Fail $"{other}"

                        Assert.That(again.HasStarted, Is.False)
                    })
        }

    [<Test>]
    member this.``a string of its own that happens to be JSON is taken for that``() : Task =
        task {
            let fleet = this.Fleet
            do! fleet.Theirs(PeerFunction.Returns "\"123\"") |> answers "\"123\""
            do! fleet.Ours neverRuns |> endsAs "Replayed 123"
        }

    [<Test>]
    member this.``a function without a result leaves none that could be read as one``() : Task =
        task {
            let fleet = this.Fleet
            let! nothing = fleet.Theirs(PeerFunction.ReturnsNothing).Ended
            Assert.That(nothing, Is.EqualTo(PeerAnswer.Returned None))
            do! this.Untouched(fun () -> fleet.Ours neverRuns |> endsAs "Unreadable JsonException")
        }

    [<Test>]
    member this.``each is refused while the other runs``() : Task =
        task {
            let fleet = this.Fleet
            let! theirs = fleet.TheirsStalling(PeerFunction.Returns "1")
            // Its lease, our pad for peers, and the millisecond that is still part of it.
            do! this.Untouched(fun () -> fleet.Ours neverRuns |> endsAs "InProgress, for 00:00:31.0010000")
            theirs.Go()
            do! theirs |> answers "1"
            fleet.NewKey()
            let! ours = OurRun.Start fleet

            do!
                this.Untouched(fun () ->
                    fleet.Theirs(PeerFunction.Returns "2")
                    |> refuses "IdempotencyAlreadyInProgressError")

            do! ours.Return "1" |> endsAs "Executed 1"
        }

    [<Test>]
    member this.``each runs again after the other's window``() : Task =
        task {
            let fleet = this.Fleet
            let window = 3_600_000L<ms>
            do! fleet.Theirs(PeerFunction.Returns "1") |> answers "1"
            fleet.Pass(window + 999L<ms>)
            do! fleet.Ours neverRuns |> endsAs "Replayed 1"
            fleet.Pass 1L<ms>
            do! fleet.Ours(returns "2") |> endsAs "Executed 2"
            // It compares parts of a second with the whole one of the record: its windows are up to a second shorter.
            fleet.Pass window
            do! fleet.Theirs(PeerFunction.Returns "3") |> answers (asText "2")
            fleet.Pass 1L<ms>
            do! fleet.Ours neverRuns |> endsAs "Replayed 2"
            do! fleet.Theirs(PeerFunction.Returns "3") |> answers "3"
        }

    [<Test>]
    member this.``each gives the key back to the other when its function fails``() : Task =
        task {
            let fleet = this.Fleet
            do! fleet.Theirs(PeerFunction.Throws "no stock") |> refuses "Error"
            let declined _ = Task.FromException<_>(exn "declined")
            do! fleet.Ours declined |> endsAs "FunctionFailed declined"
            do! fleet.Theirs(PeerFunction.Returns "1") |> answers "1"
            do! fleet.Ours neverRuns |> endsAs "Replayed 1"
        }

    [<Test>]
    member this.``a failure that we store is an error that it does not understand, and leaves alone``
        ()
        : Task =
        task {
            let fleet = this.Fleet
            let stored = FailureClassifier(fun _ _ -> OnFailure.Store)
            let declined _ = Task.FromException<_>(exn "declined")

            do!
                fleet.Ours(declined, change = fun options -> { options with Classify = stored })
                |> endsAs "FunctionFailed declined"

            do!
                this.Untouched(fun () ->
                    fleet.Theirs(PeerFunction.Returns "1")
                    |> refuses "IdempotencyInvalidStatusError")
        }

    [<Test>]
    member this.``a duplicate of ours that waits gets its result as soon as it looks again``() : Task =
        task {
            let fleet = this.Fleet
            let! theirs = fleet.TheirsStalling(PeerFunction.Returns "1")

            let patient (options: HandlerOptions) =
                { options with
                    Policy =
                        { options.Policy with
                            InProgress = WhileInProgress.Wait(20_000L<ms>, 50L<ms>, 50L<ms>) } }

            let ours = fleet.Ours(neverRuns, change = patient)
            do! fleet.Clock.WhenTimersSet(1).WaitAsync Engine.patience
            theirs.Go()
            do! theirs |> answers "1"
            fleet.Pass 50L<ms>
            do! ours |> endsAs "Replayed 1"
        }
