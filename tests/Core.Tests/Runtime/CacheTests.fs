// A store with a memory of finished records before it: what it remembers, and what it must not.
module Core.Tests.Runtime.CacheTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Idempotency
open Idempotency.Core
open Core.Tests.Runtime.ScriptedStore
open Core.Tests.Runtime.Harness

/// A world, and an operation over its store with a cache before it.
type private CachedWorld(script, change, maxItems: int) =
    let world = World(script, change)
    let cache = LocalCache maxItems
    let handler = Idempotent.handlerWith world.Options (CachedStore(world.Store, cache))
    let operation = Idempotent.operationBy<Order, string, int> handler "charge" _.Id

    new(script) = CachedWorld(script, id, 16)
    new() = CachedWorld(faithful)

    member _.World = world
    member _.Cache = cache

    member _.Charge(order: Order, body) =
        soon (Idempotent.run operation order body CancellationToken.None)

    member this.Charge body = this.Charge(order, body)

[<Test>]
let ``a replay needs no request`` () : Task =
    task {
        let cached = CachedWorld()
        let! first = cached.Charge(returns 1)
        first |> is "Executed 1"

        for value in 2..5 do
            let! again = cached.Charge(returns value)
            again |> is "Replayed 1"

        Assert.That(cached.World.Store.Log, Is.EqualTo "Acquire Complete")
    }

[<Test>]
let ``a result that another process stored is remembered after one request`` () : Task =
    task {
        let cached = CachedWorld()
        let! rival = cached.World.Rival(returns 1)
        rival |> is "Executed 1"

        for value in 2..4 do
            let! again = cached.Charge(returns value)
            again |> is "Replayed 1"

        Assert.That(cached.World.Store.Log, Is.EqualTo "Acquire")
    }

[<Test>]
let ``a result that the store did not confirm is not remembered`` () : Task =
    task {
        let cached = CachedWorld(always Ask.Complete (Act.Fault(HopelessException())))
        let! outcome = cached.Charge(returns 1)
        outcome |> is "CompletedUnsaved 1, HopelessException"
        Assert.That(cached.Cache.Count, Is.Zero)
        let! next = cached.Charge(returns 2)
        next |> is "InProgress"
    }

[<Test>]
let ``a lock or a failure that was given back is not remembered`` () : Task =
    task {
        let cached = CachedWorld()
        let! failed = cached.Charge(throws (InvalidOperationException()))
        failed |> is "FunctionFailed InvalidOperationException"
        Assert.That(cached.Cache.Count, Is.Zero)
        let result = TaskCompletionSource<int>()
        let rival = cached.World.Rival(fun _ _ -> result.Task)
        let! duplicate = cached.Charge(returns 2)
        duplicate |> is "InProgress"
        Assert.That(cached.Cache.Count, Is.Zero)
        result.SetResult 1
        let! first = soon rival
        first |> is "Executed 1"
    }

[<Test>]
let ``a stored failure is remembered like a result`` () : Task =
    task {
        let storing (options: HandlerOptions) =
            { options with
                Classify = FailureClassifier(fun _ _ -> OnFailure.Store) }

        let cached = CachedWorld(faithful, storing, 16)
        let! failed = cached.Charge(throws (InvalidOperationException "declined"))
        failed |> is "FunctionFailed InvalidOperationException"
        let! again = cached.Charge(returns 2)
        again |> is "FailureReplayed System.InvalidOperationException: declined"
        Assert.That(cached.World.Store.Log, Is.EqualTo "Acquire Complete")
    }

[<Test>]
let ``a record is asked for again when its window has ended`` () : Task =
    task {
        let cached = CachedWorld()
        let! first = cached.Charge(returns 1)
        first |> is "Executed 1"
        cached.World.Pass(seconds 3600)
        let! inTime = cached.Charge(returns 2)
        inTime |> is "Replayed 1"
        cached.World.Pass(seconds 1)
        let! late = cached.Charge(returns 3)
        late |> is "Executed 3"
        let! again = cached.Charge(returns 4)
        again |> is "Replayed 3"
        Assert.That(cached.World.Store.Log, Is.EqualTo "Acquire Complete Acquire Complete")
    }

[<Test>]
let ``another payload is refused from memory`` () : Task =
    task {
        let cached = CachedWorld()
        let! _ = cached.Charge(returns 1)
        let! other = cached.Charge({ order with Amount = 6 }, returns 2)
        other |> is "PayloadMismatch"
        Assert.That(cached.World.Store.Log, Is.EqualTo "Acquire Complete")
    }

[<Test>]
let ``another payload is refused from memory as it is from the store`` () : Task =
    task {
        let cached = CachedWorld()
        let! _ = cached.World.Rival(returns 1)
        let! fromStore = cached.Charge({ order with Amount = 6 }, returns 2)
        fromStore |> is "PayloadMismatch"
        Assert.That(cached.Cache.Count, Is.Zero, "another payload's record is not this call's to remember")
    }

/// A run whose lease ends, and a rival that takes its place.
let private overtaken (cached: CachedWorld) (rival: unit -> Task) =
    cached.Charge(fun _ _ ->
        task {
            cached.World.Pass(seconds 62)
            do! rival ()
            return 1
        })

[<Test>]
let ``nothing is remembered when the lease was lost`` () : Task =
    task {
        let cached = CachedWorld()
        let result = TaskCompletionSource<int>()
        let mutable rival = Task.FromResult Outcome.Cancelled

        let! outcome =
            overtaken cached (fun () ->
                rival <- cached.World.Rival(fun _ _ -> result.Task)
                Task.CompletedTask)

        outcome |> is "LeaseLost 1"
        Assert.That(cached.Cache.Count, Is.Zero)
        result.SetResult 2
        let! newer = soon rival
        newer |> is "Executed 2"
        let! next = cached.Charge(returns 3)
        next |> is "Replayed 2"
    }

[<Test>]
let ``what was adopted is remembered, not what was run`` () : Task =
    task {
        let cached = CachedWorld()

        let! outcome =
            overtaken cached (fun () ->
                task {
                    let! newer = cached.World.Rival(returns 2)
                    newer |> is "Executed 2"
                })

        outcome |> is "Adopted 2"
        let requests = cached.World.Store.Log
        let! next = cached.Charge(returns 3)
        next |> is "Replayed 2"
        Assert.That(cached.World.Store.Log, Is.EqualTo requests)
    }

[<Test>]
let ``a result that was stored late is remembered`` () : Task =
    task {
        let cached = CachedWorld()

        let! outcome =
            overtaken cached (fun () ->
                task {
                    let! newer = cached.World.Rival(throws (InvalidOperationException()))
                    newer |> is "FunctionFailed InvalidOperationException"
                })

        outcome |> is "Executed 1"
        let requests = cached.World.Store.Log
        let! next = cached.Charge(returns 3)
        next |> is "Replayed 1"
        Assert.That(cached.World.Store.Log, Is.EqualTo requests)
    }

[<Test>]
let ``what is forgotten is asked for again`` () : Task =
    task {
        let cached = CachedWorld()
        let mutable key = ""

        let! _ =
            cached.Charge(fun context _ ->
                key <- context.Key
                Task.FromResult 1)

        cached.Cache.Forget key
        cached.Cache.Forget "never seen"
        Assert.That(cached.Cache.Recall key, Is.Null)
        let! again = cached.Charge(returns 2)
        again |> is "Replayed 1"
        Assert.That(cached.World.Store.Log, Is.EqualTo "Acquire Complete Acquire")
    }

[<Test>]
let ``the record used longest ago makes room`` () : Task =
    task {
        let cached = CachedWorld(faithful, id, 2)

        let charge id =
            cached.Charge({ order with Id = id }, returns 1)

        let! _ = charge "a"
        let! _ = charge "b"
        let! _ = charge "a"
        let! _ = charge "c"
        Assert.That(cached.Cache.Count, Is.EqualTo 2)
        let before = cached.World.Store.Asks.Length
        let! _ = charge "a"
        let! _ = charge "c"
        Assert.That(cached.World.Store.Asks.Length, Is.EqualTo before, "both are remembered")
        let! _ = charge "b"
        Assert.That(cached.World.Store.Asks.Length, Is.EqualTo(before + 1), "this one was dropped")
    }

[<Test>]
let ``a cache for nothing is refused`` () =
    Assert.That(
        messageThrownBy (fun () -> LocalCache 0 |> ignore),
        Does.Contain "maxItems must be at least 1"
    )
