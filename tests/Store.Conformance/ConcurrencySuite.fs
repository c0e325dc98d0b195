// Races, with real threads that start together. What they leave must be what some order of their requests leaves.
namespace Idempotency.Store.Conformance

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Idempotency.Core

module internal Race =
    /// Runs all bodies at once, each on a thread of its own; every exception comes out, and it does not last for ever.
    let run (patience: TimeSpan) (bodies: (unit -> 'T) list) : 'T list =
        use start = new Barrier(bodies.Length)

        let tasks =
            [| for body in bodies do
                   Task.Factory.StartNew(
                       (fun () ->
                           if not (start.SignalAndWait patience) then
                               raise (TimeoutException "not all threads of a race came to its start")

                           body ()),
                       CancellationToken.None,
                       TaskCreationOptions.LongRunning,
                       TaskScheduler.Default
                   ) |]

        if not (Task.WaitAll([| for task in tasks -> task :> Task |], patience)) then
            raise (TimeoutException $"a race of {bodies.Length} threads was not over after {patience}")

        [ for task in tasks -> task.Result ]

/// <summary>Each condition is evaluated in one step with its write: of requests that exclude each other, sent by real
/// threads at the same moment, never two are applied.</summary>
/// <param name="harness">Opens the store under test.</param>
type ConcurrencySuite(harness: StoreHarness) =
    inherit StoreSuite(harness)

    let mine = Endings.returned "\"mine\""

    let isApplied reply =
        match reply with
        | StoreReply.Applied _ -> true
        | StoreReply.Refused _
        | StoreReply.RefusedUnseen -> false

    /// Sends requests at the same moment, and says which of them were applied.
    let race (t: Trial) (requests: Request list) =
        let replies =
            Race.run harness.Patience [ for request in requests -> fun () -> t.Reply request ]

        List.zip requests replies |> List.filter (snd >> isApplied) |> List.map fst, List.zip requests replies

    let acquires (t: Trial) key count at =
        [ for _ in 1..count do
              Request.Acquire { Ticket = t.Call key; Now = t.At at } ]

    /// Each refusal that says why shows this record.
    let refusalsShow (expected: Record | null) replies =
        for request, reply in replies do
            match reply with
            | StoreReply.Refused current when current <> expected ->
                Assert.Fail
                    $"{Show.request request}\n  expected a refusal because of: {Show.record expected}\n  \
                      answered: {Show.reply reply}"
            | StoreReply.Refused _
            | StoreReply.RefusedUnseen
            | StoreReply.Applied _ -> ()

    let rounds body =
        let t = Trial harness

        for round in 1 .. harness.Rounds do
            body t (string round)

    [<Test>]
    member _.``of 64 acquires of one key exactly one is applied, and the others see its lock``() =
        rounds (fun t key ->
            let applied, replies = acquires t key 64 0 |> race t
            Assert.That(applied.Length, Is.EqualTo 1, "acquires that were applied")
            let lock = t.Lock(applied.Head.Ticket, 0)
            t.Has(t.Key key, lock)
            refusalsShow lock replies)

    [<Test>]
    member _.``of 64 acquires that meet an ended lease exactly one takes over``() =
        rounds (fun t key ->
            t.Acquire(t.Call key, 0).Applied null
            let applied, replies = acquires t key 64 20_000 |> race t
            Assert.That(applied.Length, Is.EqualTo 1, "acquires that were applied")
            let lock = t.Lock(applied.Head.Ticket, 20_000)
            t.Has(t.Key key, lock)
            refusalsShow lock replies)

    [<Test>]
    member _.``of late completes and acquires of a free key exactly one is applied``() =
        rounds (fun t key ->
            let lates =
                [ for _ in 1..16 do
                      Request.LateComplete
                          { Ticket = t.Call key
                            Now = t.At 0
                            Ending = mine
                            Enlisted = Enlisted.None } ]

            let applied, _ = List.append lates (acquires t key 16 0) |> race t
            Assert.That(applied.Length, Is.EqualTo 1, "requests that were applied")

            match applied.Head with
            | Request.Acquire request -> t.Has(t.Key key, request.Record)
            | Request.LateComplete request -> t.Has(t.Key key, request.Record)
            | Request.Renew _
            | Request.Complete _
            | Request.Release _ -> ())

    [<Test>]
    member _.``when a complete meets acquires after the lease has ended, either it or one of them is applied``
        ()
        =
        rounds (fun t key ->
            let a = t.Call key
            t.Acquire(a, 0).Applied null

            let applied, _ =
                Request.Complete
                    { Ticket = a
                      Now = t.At 20_000
                      Ending = mine
                      Enlisted = Enlisted.None }
                :: acquires t key 15 20_000
                |> race t

            Assert.That(applied.Length, Is.EqualTo 1, "requests that were applied")

            match applied.Head with
            | Request.Complete _ -> t.Has(a, t.Finished(a, 0, 20_000, mine))
            | Request.Acquire request -> t.Has(a, request.Record)
            | Request.Renew _
            | Request.LateComplete _
            | Request.Release _ -> ())

    [<Test>]
    member _.``when a renewal meets acquires after the lease has ended, either it or one of them is applied``
        ()
        =
        rounds (fun t key ->
            let a = t.Call key
            t.Acquire(a, 0).Applied null

            let applied, _ =
                Request.Renew { Ticket = a; Now = t.At 20_000 } :: acquires t key 15 20_000
                |> race t

            Assert.That(applied.Length, Is.EqualTo 1, "requests that were applied")
            t.Has(a, t.Lock(applied.Head.Ticket, 20_000)))

    [<Test>]
    member _.``of the requests that end one lock exactly one is applied``() =
        rounds (fun t key ->
            let a = t.Call key
            t.Acquire(a, 0).Applied null

            let ends =
                [ for _ in 1..8 do
                      Request.Complete
                          { Ticket = a
                            Now = t.At 1_000
                            Ending = mine
                            Enlisted = Enlisted.None }

                      Request.Release { Ticket = a; Fence = t.At 0 } ]

            let applied, _ = race t ends
            Assert.That(applied.Length, Is.EqualTo 1, "requests that were applied")

            match applied.Head with
            | Request.Complete _ -> t.Has(a, t.Finished(a, 0, 1_000, mine))
            | Request.Release _
            | Request.Acquire _
            | Request.Renew _
            | Request.LateComplete _ -> t.Has(a, null))

    [<Test>]
    member _.``no two calls hold one lock at a time``() =
        let t = Trial harness
        let mutable inside = 0
        let mutable runs = 0
        // Once one thread has failed its lock stays, and the others need not wait for it.
        let mutable hasFailed = false

        let enter call =
            let acquire = Request.Acquire { Ticket = call; Now = t.At 0 }
            let clock = Diagnostics.Stopwatch.StartNew()

            while not (isApplied (t.Reply acquire)) do
                if Volatile.Read &hasFailed then
                    Assert.Fail "another thread has failed"
                elif clock.Elapsed > harness.Patience then
                    raise (TimeoutException "a call did not get a lock that others give back at once")

                Thread.Yield() |> ignore

        let takeTurns () =
            try
                for _ in 1..10 do
                    let call = t.Call()
                    enter call
                    Assert.That(Interlocked.Increment &inside, Is.EqualTo 1, "calls that hold the lock")

                    for _ in 1..10 do
                        t.Has(call, t.Lock(call, 0))
                        Thread.Yield() |> ignore

                    runs <- runs + 1
                    Interlocked.Decrement &inside |> ignore
                    t.Release(call, 0).Applied(t.Lock(call, 0))
            with _ ->
                Volatile.Write(&hasFailed, true)
                reraise ()

        Race.run (harness.Patience * 2.) [ for _ in 1..8 -> takeTurns ] |> ignore
        Assert.That(runs, Is.EqualTo 80)

    [<Test>]
    member _.``calls on many keys do not disturb each other``() =
        let t = Trial harness

        let live worker () =
            [ for number in 1 .. harness.Rounds do
                  let a = t.Call $"{worker}/{number}"
                  t.Acquire(a, 0).Applied null
                  t.Renew(a, 1_000).Applied(t.Lock(a, 0))

                  if number % 2 = 0 then
                      t.Complete(a, 2_000, mine).Applied(t.Lock(a, 1_000))
                  else
                      t.Release(a, 0).Applied(t.Lock(a, 1_000))

                  a ]

        let left = Race.run harness.Patience [ for worker in 1..16 -> live worker ]

        for calls in left do
            for position, call in List.indexed calls do
                if position % 2 = 1 then
                    t.Has(call, t.Finished(call, 1_000, 2_000, mine))
                else
                    t.Has(call, null)

    [<Test>]
    member _.``a reader never sees parts of two records as one``() =
        let t = Trial harness
        let mutable writing = 4

        let write () =
            try
                for number in 0 .. harness.Rounds do
                    let call = t.Call()
                    let at = number * 100_000

                    if isApplied (t.Reply(Request.Acquire { Ticket = call; Now = t.At at })) then
                        let ending = Endings.returned (string call.Owner)

                        t.Reply(
                            Request.Complete
                                { Ticket = call
                                  Now = t.At at
                                  Ending = ending
                                  Enlisted = Enlisted.None }
                        )
                        |> ignore
            finally
                Interlocked.Decrement &writing |> ignore

        let read () =
            while Volatile.Read &writing > 0 do
                match t.Get(t.Key "") with
                | null -> ()
                | record ->
                    let expected =
                        match record.Status with
                        | Status.InProgress -> Payload.Absent
                        | Status.Completed
                        | Status.Failed -> Payload.OfText(string record.Owner)

                    if record.Payload <> expected then
                        Assert.Fail $"this record was never written: {Show.record record}"

        Race.run harness.Patience [ for number in 1..8 -> if number % 2 = 0 then read else write ]
        |> ignore
