// A store against the lifecycle itself, for scripts that nobody thought of.
namespace Idempotency.Store.Conformance

open System.Threading
open FsCheck
open FsCheck.FSharp
open NUnit.Framework

/// <summary>Plays random scripts on the store and on a pure model: requests of several calls, with different policies
/// and payloads, on few keys, at clocks that jump about the ends of leases and windows, some of them late. Replies
/// and records have to be the same.</summary>
/// <remarks>A failure shows the shortest script that was found, and the seed to play it again.</remarks>
/// <param name="harness">Opens the store under test.</param>
type ScriptSuite(harness: StoreHarness) =
    inherit StoreSuite(harness)

    [<Test>]
    member _.``answers as the pure lifecycle does, for every script``() =
        let trial = Trial harness
        let mutable played = 0
        // A store that hangs is not waited for again and again while a shorter script is looked for.
        let mutable hangs: exn | null = null

        let play script =
            match hangs with
            | null ->
                try
                    Script.play harness trial $"{Interlocked.Increment &played}/" script
                with :? System.TimeoutException as error ->
                    hangs <- error
                    reraise ()
            | error -> error.Message

        let property =
            Prop.forAll Script.arbitrary (fun script ->
                let differences = play script
                Prop.label differences (differences = ""))

        let config =
            Config.QuickThrowOnFailure.WithMaxTest(harness.Scripts).WithQuietOnSuccess true

        Check.One(config, property)
