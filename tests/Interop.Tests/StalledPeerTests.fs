// The peer stalls beyond its lease, and we take the key over. It writes all the same when it goes on, without looking:
// nothing can keep it from that, but we notice.
namespace Interop.Tests

open System
open System.Threading.Tasks
open DynamoDb.Testing
open Idempotency.Core
open NUnit.Framework

[<TestFixture(false)>]
[<TestFixture(true)>]
type StalledPeerTests(composite: bool) =
    inherit BesidePowertools(composite)

    /// Its lease and our pad have ended, and we run.
    member private this.Overtake(theirs: PeerFunction) =
        task {
            let! stalled = this.Fleet.TheirsStalling theirs
            this.Fleet.Pass(Fleet.Lease + 1_001L<ms>)
            let! ours = OurRun.Start this.Fleet
            Assert.That ours.IsTakeOver
            return stalled, ours
        }

    [<Test>]
    member this.``it is overtaken after its lease and the pad for peers, and not before``() : Task =
        task {
            let fleet = this.Fleet
            let! stalled = fleet.TheirsStalling(PeerFunction.Returns "\"theirs\"")
            fleet.Pass(Fleet.Lease + 1_000L<ms>)

            do! this.Untouched(fun () -> fleet.Ours neverRuns |> endsAs "InProgress, for 00:00:00.0010000")

            fleet.Pass 1L<ms>
            let! ours = OurRun.Start fleet
            Assert.That ours.IsTakeOver
            do! ours.Return "\"ours\"" |> endsAs "Executed \"ours\""
            do! fleet.Theirs(PeerFunction.Returns "3") |> answers (asText "\"ours\"")
            stalled.Go()
            do! stalled |> answers "\"theirs\""
        }

    [<Test>]
    member this.``its late result over our lock is noticed: everybody gets it, we too``() : Task =
        task {
            let! stalled, ours = this.Overtake(PeerFunction.Returns """{"by":"them"}""")
            stalled.Go()
            do! stalled |> answers """{"by":"them"}"""

            do!
                this.Untouched(fun () ->
                    task {
                        do! ours.Return """{"by":"us"}""" |> endsAs """Adopted {"by":"them"}"""
                        do! this.Fleet.Ours neverRuns |> endsAs """Replayed {"by":"them"}"""
                        do! this.Fleet.Theirs(PeerFunction.Returns "3") |> answers """{"by":"them"}"""
                    })
        }

    [<Test>]
    member this.``its late result that is the same as ours is a result``() : Task =
        task {
            let! stalled, ours = this.Overtake(PeerFunction.Returns """{"total":12.5}""")
            stalled.Go()
            do! stalled |> answers """{"total":12.5}"""

            do!
                this.Untouched(fun () ->
                    ours.Return """{"total":12.5}""" |> endsAs """Executed {"total":12.5}""")
        }

    [<Test>]
    member this.``its late result does not stand in the way of our function's failure``() : Task =
        task {
            let! stalled, ours = this.Overtake(PeerFunction.Returns "1")
            stalled.Go()
            do! stalled |> answers "1"
            do! this.Untouched(fun () -> ours.Throw(exn "declined") |> endsAs "FunctionFailed declined")
            do! this.Fleet.Ours neverRuns |> endsAs "Replayed 1"
        }

    [<Test>]
    member this.``its late result over our finished record is everybody's from then on``() : Task =
        task {
            let! stalled, ours = this.Overtake(PeerFunction.Returns """{"by":"them"}""")
            do! ours.Return """{"by":"us"}""" |> endsAs """Executed {"by":"us"}"""
            do! this.Fleet.Ours neverRuns |> endsAs """Replayed {"by":"us"}"""
            stalled.Go()
            do! stalled |> answers """{"by":"them"}"""

            do!
                this.Untouched(fun () ->
                    task {
                        do! this.Fleet.Ours neverRuns |> endsAs """Replayed {"by":"them"}"""
                        do! this.Fleet.Theirs(PeerFunction.Returns "3") |> answers """{"by":"them"}"""
                    })
        }

    [<Test>]
    member this.``a result of its that was long on its way is late too``() : Task =
        task {
            let fleet = this.Fleet
            fleet.Gate.NextOf("UpdateItem", Fate.Keep)

            do!
                fleet.Theirs(PeerFunction.Returns "1")
                |> refuses "IdempotencyPersistenceLayerError"

            fleet.Pass(Fleet.Lease + 1_001L<ms>)
            let! ours = OurRun.Start fleet
            let! arrived = fleet.Gate.SendKept()
            Assert.That(arrived.Status, Is.EqualTo 200)
            do! this.Untouched(fun () -> ours.Return "2" |> endsAs "Adopted 1")
        }

    [<Test>]
    member this.``two of ours and two of its, each overtaken by the next, end with one result``() : Task =
        task {
            let fleet = this.Fleet
            let! first, second = this.Overtake(PeerFunction.Returns "1")
            // Ours ends for others a pad after its lease.
            fleet.Pass(Fleet.Lease + 1_001L<ms>)
            let! third = fleet.TheirsStalling(PeerFunction.Returns "3")
            fleet.Pass(Fleet.Lease + 1_001L<ms>)
            let! fourth = OurRun.Start fleet
            do! this.Untouched(fun () -> second.Return "2" |> endsAs "LeaseLost 2")
            third.Go()
            do! third |> answers "3"
            do! this.Untouched(fun () -> fourth.Return "4" |> endsAs "Adopted 3")
            do! fleet.Ours neverRuns |> endsAs "Replayed 3"
            first.Go()
            do! first |> answers "1"
            do! fleet.Ours neverRuns |> endsAs "Replayed 1"
            do! fleet.Theirs(PeerFunction.Returns "5") |> answers "1"
        }

    [<Test>]
    member this.``a bare string over our finished record cannot be told from ours, and is an error``
        ()
        : Task =
        task {
            let! stalled, ours = this.Overtake(PeerFunction.Returns "\"paid\"")
            do! ours.Return "2" |> endsAs "Executed 2"
            stalled.Go()
            do! stalled |> answers "\"paid\""
            do! this.Untouched(fun () -> this.Fleet.Ours neverRuns |> endsAs "Unreadable JsonException")
        }

    [<Test>]
    member this.``by the true time it is overtaken after its lease and the pad, too``() : Task =
        task {
            let fleet = this.Fleet
            let pad = 200L<ms>

            let real (options: HandlerOptions) =
                { options with
                    Time = TimeProvider.System
                    Policy = { options.Policy with PeerPad = pad } }

            fleet.RunItsClock()

            let short =
                { Fleet.Options with
                    RemainingMilliseconds = Some 300 }

            let! stalled = fleet.TheirsStalling(PeerFunction.Returns "1", short)
            let! record = fleet.Record()

            let leaseEnds =
                match record with
                | NonNull lock -> int64 lock["in_progress_expiration"].N
                | Null -> invalidOp "no lock"

            let giveUp = DateTimeOffset.UtcNow + Engine.patience
            let mutable outcome = Outcome.Cancelled
            let mutable begun = 0L

            let isRefusal outcome =
                match outcome with
                | Outcome.InProgress _
                | Outcome.Cancelled -> true
                | _ -> false

            while isRefusal outcome && DateTimeOffset.UtcNow < giveUp do
                let! next =
                    fleet.Ours(
                        (fun context ->
                            begun <- context.FencingToken
                            returns "2" context),
                        change = real
                    )

                outcome <- next

            do! Task.FromResult outcome |> endsAs "Executed 2"
            Assert.That(begun, Is.GreaterThan(leaseEnds + int64 pad))
            stalled.Go()
            do! stalled |> answers "1"
        }
