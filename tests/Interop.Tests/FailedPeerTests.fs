// The peer's function fails, and it deletes whatever stands under the key: our lock, or our result.
namespace Interop.Tests

open System.Threading.Tasks
open DynamoDb.Testing
open Idempotency.Core
open NUnit.Framework

[<TestFixture(false)>]
[<TestFixture(true)>]
type FailedPeerTests(composite: bool) =
    inherit BesidePowertools(composite)

    /// Its function has failed, and we run; a copy of its delete is still on its way.
    member private this.RunBeforeItsDelete() =
        task {
            let fleet = this.Fleet
            fleet.Gate.NextOf("DeleteItem", Fate.Copy)
            do! fleet.Theirs(PeerFunction.Throws "no stock") |> refuses "Error"
            return! OurRun.Start fleet
        }

    member private this.ItsDeleteArrives() : Task =
        task {
            let! arrived = this.Fleet.Gate.SendKept()
            Assert.That(arrived.Status, Is.EqualTo 200)
            let! item = this.Fleet.Item()
            Assert.That(item, Is.EqualTo "(none)")
        }

    [<Test>]
    member this.``a stalled call of its deletes our lock when it fails, and we save our result all the same``
        ()
        : Task =
        task {
            let fleet = this.Fleet
            let! stalled = fleet.TheirsStalling(PeerFunction.Throws "no stock")
            fleet.Pass(Fleet.Lease + 1_001L<ms>)
            let! ours = OurRun.Start fleet
            stalled.Go()
            do! stalled |> refuses "Error"
            let! item = fleet.Item()
            Assert.That(item, Is.EqualTo "(none)")
            do! ours.Return "2" |> endsAs "Executed 2"
            do! fleet.Ours neverRuns |> endsAs "Replayed 2"
            do! fleet.Theirs(PeerFunction.Returns "3") |> answers (asText "2")
            Assert.That(fleet.Runs, Is.EqualTo 1)
        }

    [<Test>]
    member this.``a second delete of its, though nobody was slow, is repaired in the same way``() : Task =
        task {
            let! ours = this.RunBeforeItsDelete()
            Assert.That(ours.IsTakeOver, Is.False)
            do! this.ItsDeleteArrives()
            do! ours.Return "2" |> endsAs "Executed 2"
            do! this.Fleet.Ours neverRuns |> endsAs "Replayed 2"
        }

    [<Test>]
    member this.``a second delete of its lets another in; of the two, the first to finish is the result``
        ()
        : Task =
        task {
            let fleet = this.Fleet
            let! ours = this.RunBeforeItsDelete()
            do! this.ItsDeleteArrives()
            let! theirs = fleet.TheirsStalling(PeerFunction.Returns "3")
            do! this.Untouched(fun () -> ours.Return "2" |> endsAs "LeaseLost 2")
            theirs.Go()
            do! theirs |> answers "3"
            do! fleet.Ours neverRuns |> endsAs "Replayed 3"
        }

    [<Test>]
    member this.``our function's failure leaves alone what came after its delete``() : Task =
        task {
            let fleet = this.Fleet
            let! ours = this.RunBeforeItsDelete()
            do! this.ItsDeleteArrives()
            do! fleet.Theirs(PeerFunction.Returns "3") |> answers "3"
            do! this.Untouched(fun () -> ours.Throw(exn "declined") |> endsAs "FunctionFailed declined")
        }

    [<Test>]
    member this.``a second delete of its takes a result of ours with it, which nothing here can prevent``
        ()
        : Task =
        task {
            let fleet = this.Fleet
            let! ours = this.RunBeforeItsDelete()
            do! ours.Return "2" |> endsAs "Executed 2"
            do! this.ItsDeleteArrives()
            do! fleet.Ours(returns "4") |> endsAs "Executed 4"
            Assert.That(fleet.Runs, Is.EqualTo 2)
        }
