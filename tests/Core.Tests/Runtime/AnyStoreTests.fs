// Whatever the store does, in whatever order: the call ends, nothing is thrown at the caller, and what the outcome says
// of the function is true.
module Core.Tests.Runtime.AnyStoreTests

open System
open System.Threading
open System.Threading.Tasks
open FsCheck
open FsCheck.FSharp
open NUnit.Framework
open FsCheck.NUnit
open Idempotency.Core
open Core.Tests.Runtime.ScriptedStore
open Core.Tests.Runtime.Harness

/// A script as a test makes it up: what becomes of the first requests, whatever they are.
[<NoComparison; NoEquality>]
type Trouble =
    { Acts: Act array
      Blind: bool
      Fails: bool
      Overtaken: bool
      CancelAt: int }

let private gentle =
    [ 6, Act.Answer
      2, Act.Fault transient
      1, Act.Fault(HopelessException())
      1, Act.Throw transient
      2, Act.LoseReply transient
      1, Act.Refuse null ]
    |> List.map (fun (weight, act) -> weight, Gen.constant act)

type Troubles =
    static member Trouble() =
        gen {
            let! acts = Gen.arrayOfLength 12 (Gen.frequency gentle)
            let! blind = Gen.elements [ false; true ]
            let! fails = Gen.elements [ false; false; true ]
            let! overtaken = Gen.elements [ false; true ]
            let! cancelAt = Gen.choose (0, 12)

            return
                { Acts = acts
                  Blind = blind
                  Fails = fails
                  Overtaken = overtaken
                  CancelAt = cancelAt }
        }
        |> Arb.fromGen

let private failing = InvalidOperationException "declined"

/// Plays one call through its trouble; gives the outcome, whether the function ran, and whether it was started after
/// the caller had given up.
let private play (trouble: Trouble) =
    use giveUp = new CancellationTokenSource()
    let mutable asked = 0
    let mutable startedLate = false

    let script ask _ =
        let nth = Interlocked.Increment &asked
        if nth = trouble.CancelAt then giveUp.Cancel()

        // A hang is for requests with a time budget; the others would rightly hang for ever.
        match ask, (if nth <= trouble.Acts.Length then trouble.Acts[nth - 1] else Act.Answer) with
        | (Ask.Complete | Ask.LateComplete | Ask.Release), Act.Throw _ -> Act.Hang
        | _, act -> act

    let waits =
        withPolicy (fun policy ->
            { policy with
                InProgress = WhileInProgress.Wait(5_000L<ms>, 50L<ms>, 1_000L<ms>) })

    let world = World(script, waits, trouble.Blind)

    let pending =
        world.Charge(
            order,
            (fun _ _ ->
                startedLate <- giveUp.IsCancellationRequested

                task {
                    if trouble.Overtaken then
                        world.Pass(seconds 62)
                        let! _ = world.Rival(returns 2)
                        ()

                    return if trouble.Fails then raise failing else 1
                }),
            giveUp.Token
        )

    let drive =
        task {
            while not pending.IsCompleted do
                let! _ = Task.WhenAny(pending, world.Clock.WhenTimersSet 1) |> soon
                if not pending.IsCompleted then world.Pass(ms 500)

            return! pending
        }

    let outcome = drive.GetAwaiter().GetResult()

    let ownRuns =
        if trouble.Overtaken && world.Runs > 0 then world.Runs - 1 else world.Runs

    outcome, ownRuns, startedLate

/// Whether an outcome says that this call's function ran; None where it says neither.
let private saysItRan (outcome: Outcome<int>) =
    match outcome with
    | Outcome.Executed _
    | Outcome.Adopted _
    | Outcome.CompletedUnsaved _
    | Outcome.LeaseLost _
    | Outcome.FunctionFailed _ -> Some true
    | Outcome.Replayed _
    | Outcome.PayloadMismatch _
    | Outcome.InProgress _
    | Outcome.Held _
    | Outcome.Contended _
    | Outcome.PersistFailed _
    | Outcome.Cancelled -> Some false
    | Outcome.Unprotected _
    | Outcome.FailureReplayed _
    | Outcome.KeyRejected _
    | Outcome.LeaseRejected _
    | Outcome.Unreadable _ -> None

[<Property(Arbitrary = [| typeof<Troubles> |], MaxTest = 500)>]
let ``a call ends in an outcome that is true`` (trouble: Trouble) =
    let outcome, runs, startedLate = play trouble

    not startedLate
    && runs <= 1
    && saysItRan outcome = Some(runs = 1)
    && match outcome with
       | Outcome.FunctionFailed error -> trouble.Fails && Object.ReferenceEquals(error, failing)
       | Outcome.Executed value
       | Outcome.CompletedUnsaved(value, _, _)
       | Outcome.LeaseLost(value, _) -> value = 1 && not trouble.Fails
       | Outcome.Adopted value -> value = 2 && trouble.Overtaken && not trouble.Fails
       | _ -> true
