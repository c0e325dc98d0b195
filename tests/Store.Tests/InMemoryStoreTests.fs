// What the in-memory store promises beyond the contract: its bound, its order of eviction, and that it does not grow.
namespace Store.Tests

open System
open System.Threading
open System.Threading.Tasks
open Idempotency
open Idempotency.Core
open NUnit.Framework

open Requests

[<TestFixture>]
type InMemoryStoreTests() =
    /// Runs a body on several threads that start together.
    let together count (body: int -> unit) =
        use start = new Barrier(count)

        let run number () =
            start.SignalAndWait()
            body number

        let tasks =
            [| for number in 1..count -> Task.Factory.StartNew(run number, TaskCreationOptions.LongRunning) |]

        Assert.That(Task.WaitAll(tasks, TimeSpan.FromMinutes 1.), "the threads came to an end")

    let fill (store: InMemoryStore) count moment =
        for number in 1..count do
            Assert.That(acquire store (call $"{moment}/{number}") moment)

    [<Test>]
    member _.``a full store says what to do, and keeps every live record``() =
        let store = InMemoryStore 10
        fill store 10 0

        let error =
            thrownBy<StoreFullException>(fun () -> acquire store (call "one more") 0 |> ignore)

        Assert.That(error.Capacity, Is.EqualTo 10)
        Assert.That(error.Message, Does.Contain "larger capacity")
        Assert.That(error.Message, Does.Contain "shorter Expiry")
        Assert.That(store.Count, Is.EqualTo 10)
        Assert.That(get store "one more", Is.Null)

        for number in 1..10 do
            Assert.That(get store $"0/{number}", Is.Not.Null)

    [<Test>]
    member _.``a full store fails a late complete of a new key too, and no other request``() =
        let store = InMemoryStore 1
        let a = call "a"
        Assert.That(acquire store a 0)

        thrownBy<StoreFullException>(fun () -> lateComplete store (call "b") 0 result |> ignore)
        |> ignore

        Assert.That(acquire store (call "a") 0, Is.False)
        Assert.That(complete store a 1_000)
        Assert.That(acquire store (call "a") 200_000, "an expired record is replaced in its place")
        Assert.That(store.Count, Is.EqualTo 1)

    [<Test>]
    member _.``a full store makes room as soon as a record has expired, and not before``() =
        let store = InMemoryStore 10
        fill store 9 0
        Assert.That(lateComplete store (call "finished") 0 result)
        // Windows of 60 s end with the second 60: at 60,999 ms all of them are still open.
        thrownBy<StoreFullException>(fun () -> acquire store (call "early") 60_999 |> ignore)
        |> ignore

        Assert.That(acquire store (call "in time") 61_000)
        Assert.That(store.Count, Is.LessThanOrEqualTo 10)

    [<Test>]
    member _.``of expired and live records only the expired make room``() =
        let store = InMemoryStore 100
        fill store 50 0
        fill store 50 100_000
        // The first fifty have expired by now; some of them were dropped when the others came.
        for number in 1..50 do
            Assert.That(acquire store (call $"new/{number}") 100_001)

        Assert.That(store.Count, Is.EqualTo 100)

        for number in 1..50 do
            Assert.That(get store $"100000/{number}", Is.Not.Null)
            Assert.That(get store $"new/{number}", Is.Not.Null)
            Assert.That(get store $"0/{number}", Is.Null)

    [<Test>]
    member _.``a live lease is never evicted, though its window is over``() =
        let store = InMemoryStore 1

        let patient =
            { call "long" with
                Lease = 600_000L<ms>
                Policy = { policy with Expiry = 1L<ms> } }

        Assert.That(acquire store patient 0)

        thrownBy<StoreFullException>(fun () -> acquire store (call "b") 601_000 |> ignore)
        |> ignore

        Assert.That(store.Sweep(Time.toDateTimeOffset (at 601_000)), Is.Zero)
        Assert.That(acquire store (call "b") 602_000)

    [<Test>]
    member _.``a renewed lock is not dropped at its first expiry``() =
        let store = InMemoryStore 2
        let a = call "a"
        Assert.That(acquire store a 0)
        let renewal: RenewRequest = { Ticket = a; Now = at 50_000 }
        Assert.That((store :> IIdempotencyStore).Renew(renewal, CancellationToken.None) |> answer)
        Assert.That(store.Sweep(Time.toDateTimeOffset (at 70_000)), Is.Zero)
        Assert.That(complete store a 70_000)
        Assert.That(store.Sweep(Time.toDateTimeOffset (at 130_999)), Is.Zero)
        Assert.That(store.Sweep(Time.toDateTimeOffset (at 131_000)), Is.EqualTo 1)
        Assert.That(store.Count, Is.Zero)

    [<Test>]
    member _.``a result whose window ends before the lease of its lock would have makes room in time``() =
        let store = InMemoryStore 1

        let a =
            { call "a" with
                Lease = 600_000L<ms>
                Policy = { policy with Expiry = 1_000L<ms> } }

        Assert.That(acquire store a 0)
        Assert.That(complete store a 1_000)
        Assert.That(store.Sweep(Time.toDateTimeOffset (at 2_999)), Is.Zero)
        Assert.That(acquire store (call "b") 3_000)

    [<Test>]
    member _.``its count follows acquires, releases and sweeps``() =
        let store = InMemoryStore()
        Assert.That(store.Capacity, Is.EqualTo 1_000_000)
        let calls = [ for number in 1..100 -> call $"{number}" ]

        for call in calls do
            Assert.That(acquire store call 0)

        Assert.That(store.Count, Is.EqualTo 100)

        for call in List.take 40 calls do
            Assert.That(release store call)

        Assert.That(store.Count, Is.EqualTo 60)
        Assert.That(store.Sweep(Time.toDateTimeOffset (at 60_999)), Is.Zero)
        Assert.That(store.Sweep(Time.toDateTimeOffset (at 61_000)), Is.EqualTo 60)
        Assert.That(store.Count, Is.Zero)

    [<Test>]
    member _.``a capacity below one is refused with its remedy``() =
        let error =
            thrownBy<ArgumentOutOfRangeException>(fun () -> InMemoryStore 0 |> ignore)

        Assert.That(error.Message, Does.Contain "at least 1")

    [<Test>]
    member _.``expired records go with later writes, a few with each``() =
        let store = InMemoryStore()
        fill store 1_000 0
        let mutable expired = store.Count

        for number in 1..1_000 do
            Assert.That(acquire store (call $"later/{number}") 100_000)
            let left = store.Count - number
            Assert.That(expired - left, Is.LessThanOrEqualTo 4, "no write takes many at once")
            expired <- left

        Assert.That(expired, Is.Zero)

    [<Test>]
    member _.``releasing and taking one key 100,000 times does not make it grow``() =
        let store = InMemoryStore()
        let a = call "hot"

        let churn count =
            for _ in 1..count do
                acquire store a 0 |> ignore
                release store a |> ignore

        churn 1_000
        let before = GC.GetTotalMemory true
        churn 100_000
        let grown = GC.GetTotalMemory true - before
        GC.KeepAlive store
        Assert.That(store.Count, Is.Zero)
        // Less than two bytes each time: what other threads leave meanwhile is some kilobytes.
        Assert.That(grown, Is.LessThan 200_000L, "bytes")

    [<Test>]
    member _.``replacing one expired record 100,000 times does not make it grow``() =
        let store = InMemoryStore()

        let churn first count =
            for number in first .. first + count - 1 do
                if not (lateComplete store (call "hot") (number * 2_000) result) then
                    let policy = { policy with Expiry = 1_000L<ms> }

                    lateComplete store { call "hot" with Policy = policy } (number * 2_000 + 100_000) result
                    |> ignore

        churn 0 1_000
        let before = GC.GetTotalMemory true
        churn 1_000 100_000
        let grown = GC.GetTotalMemory true - before
        GC.KeepAlive store
        Assert.That(store.Count, Is.EqualTo 1)
        // Less than two bytes each time: what other threads leave meanwhile is some kilobytes.
        Assert.That(grown, Is.LessThan 200_000L, "bytes")

    [<Test; Category "Large">]
    member _.``a million live results of 100 bytes work, in less than 700 bytes each``() =
        let count = 1_000_000
        let text = "\"" + String('r', 98) + "\""
        let before = GC.GetTotalMemory true
        let store = InMemoryStore count

        for number in 1..count do
            let ending = Ending.Returned(Payload.OfText text)

            if not (lateComplete store (call $"key-{number}") 0 ending) then
                Assert.Fail $"{number} was refused"

        let used = (GC.GetTotalMemory true - before) / int64 count
        TestContext.Out.WriteLine $"{used} bytes for each record"
        Assert.That(store.Count, Is.EqualTo count)

        thrownBy<StoreFullException>(fun () -> acquire store (call "one more") 0 |> ignore)
        |> ignore

        for number in 1..9_973..count do
            match get store $"key-{number}" with
            | null -> Assert.Fail $"{number} is gone"
            | record -> Assert.That(record.Payload, Is.EqualTo(Payload.OfText text))

        Assert.That(acquire store (call "one more") 61_000, "room after expiry")
        Assert.That(used, Is.LessThan 700L)

    [<Test>]
    member _.``sweeps beside traffic lose nothing live, and the count stays right``() =
        let store = InMemoryStore 10_000
        let workers = 6
        let mutable working = workers
        let mutable clock = 0
        // What one phase leaves has expired in the next.
        use phases =
            new Barrier(workers, (fun _ -> Interlocked.Add(&clock, 100_000) |> ignore))

        let useOnce moment number key =
            let a = call key
            if not (acquire store a moment) then Assert.Fail "a new key was not free"

            if number % 3 = 0 then
                if not (release store a) then Assert.Fail "a live lock was lost"
            elif not (complete store a (moment + 10)) then
                Assert.Fail "a live lock was lost"
            elif isNull (get store key) then
                Assert.Fail "a live result was lost"

        let work worker =
            try
                for phase in 1..10 do
                    if not (phases.SignalAndWait 30_000) then
                        Assert.Fail "another worker did not come"

                    let moment = Volatile.Read &clock

                    for number in 1..200 do
                        useOnce (moment + number) number $"{phase}/{worker}/{number}"
            finally
                Interlocked.Decrement &working |> ignore

        let sweep () =
            while Volatile.Read &working > 0 do
                store.Sweep(Time.toDateTimeOffset (at (Volatile.Read &clock))) |> ignore

        together (workers + 2) (fun number -> if number <= workers then work number else sweep ())
        Assert.That(store.Count, Is.GreaterThan 0)
        store.Sweep(Time.toDateTimeOffset (at 2_000_000)) |> ignore
        Assert.That(store.Count, Is.Zero)

    [<Test>]
    member _.``threads that fight for the last places never pass the bound``() =
        let store = InMemoryStore 500
        let mutable taken = 0

        together 8 (fun worker ->
            for number in 1..200 do
                try
                    if acquire store (call $"{worker}/{number}") 0 then
                        Interlocked.Increment &taken |> ignore
                with :? StoreFullException ->
                    if store.Count > 508 then Assert.Fail $"{store.Count} records in 500 places")

        Assert.That(store.Count, Is.EqualTo taken)
        Assert.That(taken, Is.LessThanOrEqualTo 500)
