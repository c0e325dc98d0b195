// Real threads at one barrier: however many duplicates come together, one of them runs the function.
module Core.Tests.Runtime.ConcurrencyTests

open System.Collections.Concurrent
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Idempotency
open Idempotency.Core
open Idempotency.Store.Conformance
open Core.Tests.Runtime.Harness

/// Starts this many threads, lets all of them go at once, and gives what they return.
let private together count (work: int -> Task<'T>) : Task<'T array> =
    task {
        use barrier = new Barrier(count)

        let onThread index =
            Task.Factory
                .StartNew(
                    (fun () ->
                        barrier.SignalAndWait()
                        work index),
                    CancellationToken.None,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default
                )
                .Unwrap()

        return! (Array.init count onThread |> Task.WhenAll).WaitAsync(seconds 30)
    }

let private caseOf outcome = (show outcome).Split(' ')[0]

[<Test>]
let ``of a hundred duplicates at once, one runs`` () : Task =
    task {
        for round in 1..5 do
            let mutable runs = 0

            let charge =
                Idempotent.operation<int, int> (Idempotent.handler (InMemoryStore())) "charge"

            let! outcomes =
                together 100 (fun index ->
                    Idempotent.run
                        charge
                        round
                        (fun _ _ ->
                            task {
                                Interlocked.Increment &runs |> ignore
                                do! Task.Yield()
                                return index
                            })
                        CancellationToken.None)

            Assert.That(runs, Is.EqualTo 1)
            let cases = outcomes |> Array.countBy caseOf |> Map
            Assert.That(cases["Executed"], Is.EqualTo 1)

            for case in cases.Keys do
                Assert.That(case, Is.AnyOf("Executed", "Replayed", "InProgress"))

            let results = outcomes |> Array.choose Outcome.tryValue |> Array.distinct
            Assert.That(results, Has.Length.EqualTo 1, "all that get a result get the same")
    }

[<Test>]
let ``a hundred duplicates that wait all get the one result`` () : Task =
    task {
        let clock = ManualTime()
        let mutable runs = 0
        let result = TaskCompletionSource<int>()

        let options =
            { Idempotent.defaults with
                Time = clock
                Policy =
                    { Defaults.policy with
                        InProgress = WhileInProgress.Wait(30_000L<ms>, 50L<ms>, 2_000L<ms>) } }

        let charge =
            Idempotent.operation<int, int> (Idempotent.handlerWith options (InMemoryStore())) "charge"

        let call () =
            Idempotent.run
                charge
                1
                (fun _ _ ->
                    Interlocked.Increment &runs |> ignore
                    result.Task)
                CancellationToken.None

        let owner = call ()
        let waiting = together 99 (fun _ -> call ())
        do! (clock.WhenTimersSet 99).WaitAsync(seconds 30)
        result.SetResult 7
        // Time goes on once the result is saved: those who wait would have it run out otherwise.
        let! owned = owner.WaitAsync(seconds 30)

        while not waiting.IsCompleted do
            let! _ = Task.WhenAny(waiting, clock.WhenTimersSet 1)
            clock.Advance(ms 50)

        let! waited = waiting
        let outcomes = Array.append [| owned |] waited
        Assert.That(runs, Is.EqualTo 1)
        let counts = outcomes |> Array.countBy show |> Map
        Assert.That(counts["Executed 7"], Is.EqualTo 1)
        Assert.That(counts["Replayed 7"], Is.EqualTo 99)
    }

[<Test>]
let ``of many keys at once, each runs once`` () : Task =
    task {
        let keys = 400
        let runs = ConcurrentDictionary<int, int>()
        let store = InMemoryStore()
        let charge = Idempotent.operation<int, int> (Idempotent.handler store) "charge"

        // Each thread takes the keys in an order of its own; 401 is a prime, so that each step visits all of them.
        let! outcomes =
            together 16 (fun thread ->
                task {
                    let seen = ResizeArray()

                    for i in 1..keys do
                        let key = i * (thread + 1) % (keys + 1)

                        let! outcome =
                            Idempotent.run
                                charge
                                key
                                (fun _ _ ->
                                    runs.AddOrUpdate(key, 1, (fun _ known -> known + 1)) |> ignore
                                    Task.FromResult key)
                                CancellationToken.None

                        seen.Add(key, outcome)

                    return seen
                })

        Assert.That(runs.Count, Is.EqualTo keys)
        Assert.That(runs.Values, Is.All.EqualTo 1)
        Assert.That(store.Count, Is.EqualTo keys)

        for key, outcome in Seq.concat outcomes do
            match Outcome.tryValue outcome with
            | Some value -> Assert.That(value, Is.EqualTo key)
            | None -> outcome |> is "InProgress"
    }

[<Test>]
let ``two machines that come together over one store and take turns at failing run one at a time`` () : Task =
    task {
        let store = InMemoryStore()
        let mutable inside = 0
        let mutable most = 0
        let mutable runs = 0

        let! outcomes =
            together 32 (fun _ ->
                let charge = Idempotent.operation<int, int> (Idempotent.handler store) "charge"

                task {
                    let mutable outcome = Outcome.Cancelled

                    while Option.isNone (Outcome.tryValue outcome) do
                        let! next =
                            Idempotent.run
                                charge
                                1
                                (fun _ _ ->
                                    task {
                                        most <- max most (Interlocked.Increment &inside)
                                        do! Task.Yield()
                                        let nth = Interlocked.Increment &runs
                                        Interlocked.Decrement &inside |> ignore
                                        return if nth < 20 then failwith "not yet" else nth
                                    })
                                CancellationToken.None

                        outcome <- next
                        do! Task.Yield()

                    return outcome
                })

        Assert.That(most, Is.EqualTo 1)
        Assert.That(runs, Is.EqualTo 20)
        Assert.That(outcomes |> Array.choose Outcome.tryValue, Is.All.EqualTo 20)
    }
