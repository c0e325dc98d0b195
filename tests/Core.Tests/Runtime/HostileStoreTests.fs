// Stores, caches, hosts and exceptions that misbehave: whatever they do, a produced result is not lost and the
// function's own exception not replaced.
module Core.Tests.Runtime.HostileStoreTests

open System
open System.Text
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Idempotency
open Idempotency.Core
open Core.Tests.Runtime.ScriptedStore
open Core.Tests.Runtime.Harness

let failing = InvalidOperationException "declined"

let saving budget resends pause =
    withPolicy (fun policy ->
        { policy with
            Completion =
                { Budget = budget
                  Resends = resends
                  Pause = pause } })

let storing (options: HandlerOptions) =
    { options with
        Classify = FailureClassifier(fun _ _ -> OnFailure.Store) }

[<Test>]
let ``an exponent of the smallest int64 is refused, not thrown`` () =
    match Canonical.ofUtf8 64 (ReadOnlySpan(Encoding.UTF8.GetBytes "1e-9223372036854775808")) with
    | Error problem -> Assert.That(problem.Fault, Is.EqualTo CanonicalFault.NumberOutOfRange)
    | Ok _ -> Assert.Fail "it was read"

type AtOnce(inner: ScriptedStore) =
    let inner: IIdempotencyStore = inner
    interface IAnswersAtOnce

    interface IIdempotencyStore with
        member _.Acquire(r, t) = inner.Acquire(r, t)
        member _.Renew(r, t) = inner.Renew(r, t)
        member _.Complete(r, t) = inner.Complete(r, t)
        member _.Release(r, t) = inner.Release(r, t)
        member _.LateComplete(r, t) = inner.LateComplete(r, t)
        member _.Get(k, t) = inner.Get(k, t)

[<TestCase(0)>]
[<TestCase(2)>]
let ``a store that answers at once is asked again as often as the policy says`` (resends: int) : Task =
    task {
        let world =
            World(always Ask.Complete (Act.Throw transient), saving 10_000L<ms> resends 0L<ms>)

        let handler = Idempotent.handlerWith world.Options (AtOnce world.Store)
        let op = Idempotent.operation<int, int> handler "charge"
        let! outcome = soon (Idempotent.run op 1 (returns 1) CancellationToken.None)
        outcome |> is "CompletedUnsaved 1, IOException"
        Assert.That(world.Store.Count Ask.Complete, Is.EqualTo(1 + resends))
    }

[<Test>]
let ``a budget that the policy accepts does not lose the result`` () : Task =
    task {
        // 60 days; TimeProvider.System's timers take 49.7 days at most.
        let options =
            { Idempotent.defaults with
                Policy =
                    { Defaults.policy with
                        Completion =
                            { Defaults.completion with
                                Budget = 60L * 86_400_000L<ms> } } }

        let inner = World()

        let op =
            Idempotent.operation<int, int> (Idempotent.handlerWith options inner.Store) "charge"

        let! outcome = soon (Idempotent.run op 1 (returns 1) CancellationToken.None)
        outcome |> is "Executed 1"
    }

[<Test>]
let ``a release with such a budget does not replace the function's exception`` () : Task =
    task {
        let options =
            { Idempotent.defaults with
                Policy =
                    { Defaults.policy with
                        Completion =
                            { Defaults.completion with
                                Budget = 60L * 86_400_000L<ms> } } }

        let inner = World()

        let op =
            Idempotent.operation<int, int> (Idempotent.handlerWith options inner.Store) "charge"

        let! outcome = soon (Idempotent.run op 1 (throws failing) CancellationToken.None)
        outcome |> is "FunctionFailed InvalidOperationException"
    }

[<Test>]
let ``a long lease does not make LeaseLost throw`` () : Task =
    task {
        let options =
            { Idempotent.defaults with
                Policy =
                    { Defaults.policy with
                        Lease = 60L * 86_400_000L<ms> } }

        let op =
            Idempotent.operation<int, int> (Idempotent.handlerWith options (InMemoryStore())) "charge"

        let! outcome =
            soon (
                Idempotent.run
                    op
                    1
                    (fun context _ ->
                        Task.FromResult(if context.LeaseLost.IsCancellationRequested then 2 else 1))
                    CancellationToken.None
            )

        outcome |> is "Executed 1"
    }

[<Test>]
let ``a long pause is not a cancellation`` () : Task =
    task {
        let day = 86_400_000L<ms>

        let options =
            { Idempotent.defaults with
                Policy =
                    { Defaults.policy with
                        Lease = 200L * day
                        InProgress = WhileInProgress.Wait(190L * day, 120L * day, 120L * day) } }

        let op =
            Idempotent.operation<int, int> (Idempotent.handlerWith options (InMemoryStore())) "charge"

        let result = TaskCompletionSource<int>()
        let first = Idempotent.run op 1 (fun _ _ -> result.Task) CancellationToken.None
        let second = Idempotent.run op 1 (returns 2) CancellationToken.None
        let ended = second.IsCompleted
        result.SetResult 1
        let! _ = first
        if ended then second.Result |> is "still waiting"
    }

type NoMessage() =
    inherit Exception()
    override _.Message = raise (NotSupportedException "no message")

[<Test>]
let ``an exception without a readable message still reaches the caller`` () : Task =
    task {
        let world = World(faithful, storing)
        let! outcome = soon (world.Charge(throws (NoMessage())))
        outcome |> is "FunctionFailed NoMessage"
    }

[<Test>]
let ``an exception whose message is not Unicode still reaches the caller`` () : Task =
    task {
        let world = World(faithful, storing)

        let! outcome =
            soon (world.Charge(throws (InvalidOperationException(String(char 0xD800, 1)))))

        outcome |> is "FunctionFailed InvalidOperationException"
    }

[<Test>]
let ``a token asked after the own clock passed the lease has ended already`` () : Task =
    task {
        let world = World()

        let! outcome =
            soon (
                world.Charge(fun context _ ->
                    world.Pass(seconds 100)
                    Task.FromResult(if context.LeaseLost.IsCancellationRequested then 1 else 0))
            )

        outcome |> is "Executed 1"
    }

[<Test>]
let ``a look after the run that hangs ends with the budget`` () : Task =
    task {
        let script ask nth =
            match ask, nth with
            | Ask.Complete, 1 -> Act.LoseReply transient
            | Ask.Get, _ -> Act.Hang
            | _ -> Act.Answer

        let world = World(script, id, true)
        use giveUp = new CancellationTokenSource()
        let pending = world.Charge(order, returns 1, giveUp.Token)
        let! _ = world.UntilFired 2
        do! world.Store.Reached(Ask.Get, 1)
        world.Pass(seconds 1000)
        giveUp.Cancel()
        let! outcome = soon pending
        outcome |> is "CompletedUnsaved 1, TimeoutException"
    }

type ThrowingMemory(inner: IIdempotencyStore, onRecall: bool) =
    interface IRecallsRecords with
        member _.Recall _ =
            if onRecall then failwith "recall" else null

        member _.Remember _ = failwith "remember"

    interface IIdempotencyStore with
        member _.Acquire(r, t) = inner.Acquire(r, t)
        member _.Renew(r, t) = inner.Renew(r, t)
        member _.Complete(r, t) = inner.Complete(r, t)
        member _.Release(r, t) = inner.Release(r, t)
        member _.LateComplete(r, t) = inner.LateComplete(r, t)
        member _.Get(k, t) = inner.Get(k, t)

[<TestCase(true)>]
[<TestCase(false)>]
let ``a memory that throws does not lose the result`` (onRecall: bool) : Task =
    task {
        let op =
            Idempotent.operation<int, int>
                (Idempotent.handler (ThrowingMemory(InMemoryStore(), onRecall)))
                "charge"

        let! outcome = soon (Idempotent.run op 1 (returns 1) CancellationToken.None)
        outcome |> is "Executed 1"
    }

[<Test>]
let ``a record with an expiry in milliseconds is an outcome`` () : Task =
    task {
        let mutable peers: Record | null = null

        let world =
            World(fun ask _ ->
                if ask = Ask.Acquire && not (isNull peers) then Act.Refuse peers else Act.Answer)

        peers <-
            { Key = "k"
              Status = Status.InProgress
              Expires = 1_900_000_000_000L<s>
              LeaseEnds =
                Nullable(
                    LanguagePrimitives.Int64WithMeasure<ms>(
                        world.Clock.UtcNow.ToUnixTimeMilliseconds() + 1000L
                    )
                )
              Owner = OwnerToken.None
              Fingerprint = Fingerprint.None
              Payload = Payload.Absent }

        let! outcome = soon (world.Charge(returns 1))
        outcome |> is "InProgress"
    }
