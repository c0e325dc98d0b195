// The same key with another payload, where both check payloads, or only one of them does.
namespace Interop.Tests

open System.Threading.Tasks
open DynamoDb.Testing
open Idempotency.Core
open NUnit.Framework

[<TestFixture(false)>]
[<TestFixture(true)>]
type PayloadTests(composite: bool) =
    inherit BesidePowertools(composite)

    let careless =
        { Fleet.Options with
            PayloadValidationJmesPath = None }

    let unchecking (options: HandlerOptions) =
        { options with
            Keys =
                { options.Keys with
                    CheckPayload = false } }

    [<Test>]
    member this.``we refuse another payload than it ran for``() : Task =
        task {
            let fleet = this.Fleet
            do! fleet.Theirs(PeerFunction.Returns "1") |> answers "1"
            do! this.Untouched(fun () -> fleet.Ours(neverRuns, amount = 2) |> endsAs "PayloadMismatch")
            do! fleet.Ours neverRuns |> endsAs "Replayed 1"
        }

    [<Test>]
    member this.``it refuses another payload than we ran for``() : Task =
        task {
            let fleet = this.Fleet
            do! fleet.Ours(returns "1") |> endsAs "Executed 1"

            do!
                this.Untouched(fun () ->
                    fleet.Theirs(PeerFunction.Returns "2", amount = 2)
                    |> refuses "IdempotencyValidationError")

            do! fleet.Theirs(PeerFunction.Returns "2") |> answers (asText "1")
        }

    [<Test>]
    member this.``we refuse another payload than it runs for``() : Task =
        task {
            let fleet = this.Fleet
            let! theirs = fleet.TheirsStalling(PeerFunction.Returns "1")
            do! this.Untouched(fun () -> fleet.Ours(neverRuns, amount = 2) |> endsAs "PayloadMismatch")
            theirs.Go()
            do! theirs |> answers "1"
        }

    [<Test>]
    member this.``another payload does not take over its abandoned lock``() : Task =
        task {
            let fleet = this.Fleet
            let! theirs = fleet.TheirsStalling(PeerFunction.Returns "1")
            fleet.Pass(Fleet.Lease + 1_001L<ms>)
            do! this.Untouched(fun () -> fleet.Ours(neverRuns, amount = 2) |> endsAs "PayloadMismatch")
            do! fleet.Ours(returns "2") |> endsAs "Executed 2"
            theirs.Go()
            do! theirs |> answers "1"
        }

    [<Test>]
    member this.``its finished record without a fingerprint is no answer to us if we check``() : Task =
        task {
            let fleet = this.Fleet
            do! fleet.Theirs(PeerFunction.Returns "1", options = careless) |> answers "1"
            do! this.Untouched(fun () -> fleet.Ours neverRuns |> endsAs "PayloadMismatch")
            do! fleet.Ours(neverRuns, change = unchecking) |> endsAs "Replayed 1"
        }

    [<Test>]
    member this.``neither looks at payloads where nobody checks``() : Task =
        task {
            let fleet = this.Fleet
            do! fleet.Ours(returns "1", change = unchecking) |> endsAs "Executed 1"

            do!
                fleet.Theirs(PeerFunction.Returns "2", amount = 2, options = careless)
                |> answers (asText "1")
        }
