// We stall beyond our lease, and the peer takes the key over: whatever comes of our call, its record stays as it is.
namespace Interop.Tests

open System.Threading.Tasks
open DynamoDb.Testing
open Idempotency.Core
open NUnit.Framework

[<TestFixture(false)>]
[<TestFixture(true)>]
type OvertakenTests(composite: bool) =
    inherit BesidePowertools(composite)

    /// Ours has stalled for longer than its lease, and the pad that it publishes.
    member private this.Stall() =
        task {
            let! ours = OurRun.Start this.Fleet
            this.Fleet.Pass(Fleet.Lease + 1_000L<ms>)

            do!
                this.Untouched(fun () ->
                    this.Fleet.Theirs(PeerFunction.Returns "0")
                    |> refuses "IdempotencyAlreadyInProgressError")

            this.Fleet.Pass 1L<ms>
            return ours
        }

    [<Test>]
    member this.``it has finished: we adopt its result``() : Task =
        task {
            let fleet = this.Fleet
            let! ours = this.Stall()

            do!
                fleet.Theirs(PeerFunction.Returns """{"by":"them"}""")
                |> answers """{"by":"them"}"""

            do!
                this.Untouched(fun () ->
                    task {
                        do! ours.Return """{"by":"us"}""" |> endsAs """Adopted {"by":"them"}"""
                        do! fleet.Ours neverRuns |> endsAs """Replayed {"by":"them"}"""
                    })

            do! fleet.Theirs(PeerFunction.Returns "3") |> answers """{"by":"them"}"""
        }

    [<Test>]
    member this.``it still runs: our caller gets no result but the loss, and everybody its result``() : Task =
        task {
            let fleet = this.Fleet
            let! ours = this.Stall()
            let! theirs = fleet.TheirsStalling(PeerFunction.Returns "3")
            do! this.Untouched(fun () -> ours.Return "2" |> endsAs "LeaseLost 2")
            theirs.Go()
            do! theirs |> answers "3"
            do! fleet.Ours neverRuns |> endsAs "Replayed 3"
        }

    [<Test>]
    member this.``it still runs: our failure does not delete its lock``() : Task =
        task {
            let! ours = this.Stall()
            let! theirs = this.Fleet.TheirsStalling(PeerFunction.Returns "3")
            do! this.Untouched(fun () -> ours.Throw(exn "declined") |> endsAs "FunctionFailed declined")
            theirs.Go()
            do! theirs |> answers "3"
        }

    [<Test>]
    member this.``it has finished: our failure does not delete its result``() : Task =
        task {
            let! ours = this.Stall()
            do! this.Fleet.Theirs(PeerFunction.Returns "3") |> answers "3"
            do! this.Untouched(fun () -> ours.Throw(exn "declined") |> endsAs "FunctionFailed declined")
            do! this.Fleet.Ours neverRuns |> endsAs "Replayed 3"
        }

    [<Test>]
    member this.``it has failed, and the key is free: our result is saved late``() : Task =
        task {
            let fleet = this.Fleet
            let! ours = this.Stall()
            do! fleet.Theirs(PeerFunction.Throws "no stock") |> refuses "Error"
            do! ours.Return "2" |> endsAs "Executed 2"
            do! fleet.Theirs(PeerFunction.Returns "3") |> answers (asText "2")
        }

    [<Test>]
    member this.``nobody came: our late result is saved over our own dead lock``() : Task =
        task {
            let! ours = this.Stall()
            do! ours.Return "2" |> endsAs "Executed 2"
            do! this.Fleet.Theirs(PeerFunction.Returns "3") |> answers (asText "2")
        }
