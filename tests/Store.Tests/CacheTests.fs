// The local memory of finished records: what it keeps, in which order it lets go, and that it decides nothing.
namespace Store.Tests

open System
open System.Threading
open System.Threading.Tasks
open Idempotency
open Idempotency.Core
open NUnit.Framework
open Requests

[<TestFixture>]
type CacheTests() =
    let finished (key: string) : Record =
        let request: LateCompleteRequest =
            { Ticket = call key
              Now = at 0
              Ending = result
              Enlisted = Enlisted.None }

        request.Record

    let lock (key: string) : Record =
        let request: AcquireRequest = { Ticket = call key; Now = at 0 }
        request.Record

    let remembers (cache: LocalCache) (key: string) = not (isNull (cache.Recall key))

    [<Test>]
    member _.``it remembers what it is told, and nothing else``() =
        let cache = LocalCache 3
        let a = finished "a"
        cache.Remember a
        Assert.That(cache.Recall "a", Is.SameAs a)
        Assert.That(cache.Recall "b", Is.Null)
        Assert.That(cache.Count, Is.EqualTo 1)
        cache.Forget "a"
        cache.Forget "b"
        Assert.That(cache.Recall "a", Is.Null)
        Assert.That(cache.Count, Is.Zero)

    [<Test>]
    member _.``the record used longest ago makes room``() =
        let cache = LocalCache 3

        for key in [ "a"; "b"; "c" ] do
            cache.Remember(finished key)

        Assert.That(remembers cache "a")
        cache.Remember(finished "d")
        Assert.That(remembers cache "b", Is.False)
        cache.Remember(finished "c")
        cache.Remember(finished "e")
        Assert.That(remembers cache "a", Is.False)
        Assert.That([ "c"; "d"; "e" ] |> List.forall (remembers cache))
        Assert.That(cache.Count, Is.EqualTo 3)

    [<Test>]
    member _.``a key that is remembered again takes no second place, and shows the newer record``() =
        let cache = LocalCache 2
        cache.Remember(finished "a")
        cache.Remember(finished "b")
        let newer = finished "a"
        cache.Remember newer
        Assert.That(cache.Count, Is.EqualTo 2)
        Assert.That(cache.Recall "a", Is.SameAs newer)
        Assert.That(remembers cache "b")

    [<Test>]
    member _.``it never remembers a lock``() =
        let cache = LocalCache 2
        cache.Remember(lock "a")
        Assert.That(cache.Count, Is.Zero)
        let b = finished "b"
        cache.Remember b
        cache.Remember(lock "b")
        Assert.That(cache.Recall "b", Is.SameAs b)

    [<Test>]
    member _.``a size below one is refused with its remedy``() =
        let error = thrownBy<ArgumentOutOfRangeException>(fun () -> LocalCache 0 |> ignore)
        Assert.That(error.Message, Does.Contain "at least 1")

    [<Test>]
    member _.``threads use it together, within its bound``() =
        let cache = LocalCache 50
        use start = new Barrier 8

        let work worker () =
            start.SignalAndWait()

            for number in 1..20_000 do
                let key = string ((number * worker) % 97)

                match number % 5 with
                | 0 -> cache.Forget key
                | 1
                | 2 -> cache.Remember(finished key)
                | _ ->
                    match cache.Recall key with
                    | null -> ()
                    | record when record.Key <> key -> Assert.Fail $"{record.Key} was recalled for {key}"
                    | _ -> ()

                if cache.Count > 50 then Assert.Fail $"{cache.Count} records in 50 places"

        let tasks =
            [| for worker in 1..8 -> Task.Factory.StartNew(work worker, TaskCreationOptions.LongRunning) |]

        Assert.That(Task.WaitAll(tasks, TimeSpan.FromMinutes 1.))
        Assert.That(cache.Count, Is.LessThanOrEqualTo 50)

    [<Test>]
    member _.``a cached store remembers 256 records unless it is told otherwise``() =
        let store = CachedStore(InMemoryStore())

        for number in 1..300 do
            (store :> IRecallsRecords).Remember(finished (string number))

        Assert.That(store.Cache.Count, Is.EqualTo 256)

    [<Test>]
    member _.``a cached store tells nothing that it was not told to remember``() =
        let store = CachedStore(InMemoryStore())
        let a = call "a"
        Assert.That(acquire store a 0)
        Assert.That(complete store a 1)
        Assert.That((store :> IRecallsRecords).Recall "a", Is.Null)
        Assert.That(get store "a", Is.Not.Null)

    [<Test>]
    member _.``an acquire forgets what was remembered of its key``() =
        let store = CachedStore(InMemoryStore())
        store.Cache.Remember(finished "a")
        store.Cache.Remember(finished "b")
        acquire store (call "a") 0 |> ignore
        Assert.That(store.Cache.Recall "a", Is.Null)
        Assert.That(store.Cache.Recall "b", Is.Not.Null)

    [<Test>]
    member _.``get asks the store behind, not the memory``() =
        let store = CachedStore(InMemoryStore())
        store.Cache.Remember(finished "a")
        Assert.That(get store "a", Is.Null)

    [<Test>]
    member _.``the protocol judges what is recalled: a result is replayed until its window is over``() =
        let cache = LocalCache 2
        cache.Remember(finished "a")

        match Protocol.start (call "a") (at 60_999) (cache.Recall "a") with
        | Step.Done(Conclusion.Replayed ending, _) -> Assert.That(ending, Is.EqualTo result)
        | step -> Assert.Fail $"{step.StateName} instead of a replay"

        match Protocol.start (call "a") (at 61_000) (cache.Recall "a") with
        | Step.Acquire _ -> ()
        | step -> Assert.Fail $"{step.StateName} instead of an acquire"

    [<Test>]
    member _.``the protocol judges what is recalled: another payload is a mismatch``() =
        let cache = LocalCache 2

        cache.Remember
            { finished "a" with
                Fingerprint = Fingerprint "one" }

        match
            Protocol.start
                { call "a" with
                    Fingerprint = Fingerprint "another" }
                (at 1)
                (cache.Recall "a")
        with
        | Step.Done(Conclusion.PayloadMismatch _, _) -> ()
        | step -> Assert.Fail $"{step.StateName} instead of a mismatch"
