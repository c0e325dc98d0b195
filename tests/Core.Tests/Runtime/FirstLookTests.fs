// What a call sends first: the request for the lock, a read, or what is cheaper by the share of duplicates.
module Core.Tests.Runtime.FirstLookTests

open System
open System.Threading
open System.Threading.Tasks
open Idempotency
open Idempotency.Core
open Core.Tests.Runtime.Harness
open Core.Tests.Runtime.ScriptedStore
open NUnit.Framework

let private looking first (options: HandlerOptions) = { options with FirstLook = first }

let private charge (world: World) (id: int) =
    task {
        let! _ =
            world.Charge({ Id = string id; Amount = 5 }, returns 7, CancellationToken.None)

        return ()
    }

[<Test>]
let ``a call that reads first spares a duplicate the write, and costs a first run one read`` () =
    task {
        let world = World(faithful, looking FirstLook.Read)

        match! world.Charge(returns 7) with
        | Outcome.Executed 7 -> ()
        | other -> Assert.Fail $"{other}"

        match! world.Charge(returns 8) with
        | Outcome.Replayed 7 -> ()
        | other -> Assert.Fail $"{other}"

        Assert.That(world.Store.Log, Is.EqualTo "Get Acquire Complete Get")
    }

[<Test>]
let ``a first read that fails costs nothing but itself`` () =
    task {
        let script ask _ =
            match ask with
            | Ask.Get -> Act.Fault transient
            | _ -> Act.Answer

        let world = World(script, looking FirstLook.Read)

        match! world.Charge(returns 7) with
        | Outcome.Executed 7 -> ()
        | other -> Assert.Fail $"{other}"

        Assert.That(world.Store.Log, Is.EqualTo "Get Acquire Complete")
    }

[<Test>]
let ``a caller that gives up while its call looks has written nothing`` () =
    task {
        use source = new CancellationTokenSource()

        let script ask _ =
            match ask with
            | Ask.Get -> Act.Hang
            | _ -> Act.Answer

        let world = World(script, looking FirstLook.Read)
        let pending = world.Charge(order, returns 7, source.Token)
        do! world.Store.Reached(Ask.Get, 1)
        source.Cancel()

        match! soon pending with
        | Outcome.Cancelled -> ()
        | other -> Assert.Fail $"{other}"

        Assert.That(world.Store.Log, Is.EqualTo "Get")
        Assert.That(world.Runs, Is.Zero)
    }

/// What each of these calls sent first: new ones have a number of their own, duplicates zero.
let private firsts (world: World) (calls: int list) =
    task {
        let sent = ResizeArray()

        for id in calls do
            let before = world.Store.Asks.Length
            do! charge world id
            sent.Add world.Store.Asks[before]

        return List.ofSeq sent
    }

[<Test>]
let ``an adaptive call begins with a write, reads where most are duplicates, and writes again where few are``
    ()
    =
    task {
        let world = World(faithful, looking FirstLook.Adaptive)
        let! begins = firsts world [ for n in 1..50 -> n ]
        Assert.That(begins, Is.All.EqualTo Ask.Acquire)

        let! duplicates = firsts world [ for _ in 1..100 -> 1 ]
        Assert.That(duplicates[0], Is.EqualTo Ask.Acquire)
        Assert.That(List.skip 40 duplicates, Is.All.EqualTo Ask.Get)

        let! again = firsts world [ for n in 1001..1100 -> n ]
        Assert.That(again[0], Is.EqualTo Ask.Get)
        Assert.That(List.skip 60 again, Is.All.EqualTo Ask.Acquire)
    }

[<Test>]
let ``one duplicate in two is enough to read first, one in a hundred is not`` () =
    task {
        let world = World(faithful, looking FirstLook.Adaptive)
        let! _ = firsts world [ for n in 1..100 -> (if n % 2 = 0 then 0 else n) ]
        let! half = firsts world [ for n in 101..200 -> (if n % 2 = 0 then 0 else n) ]
        Assert.That(half, Is.All.EqualTo Ask.Get)

        let rare = World(faithful, looking FirstLook.Adaptive)
        let! few = firsts rare [ for n in 1..300 -> (if n % 100 = 0 then 1 else n) ]
        Assert.That(few, Is.All.EqualTo Ask.Acquire)
    }

[<Test>]
let ``a duplicate that the local cache answers counts for nothing`` () =
    task {
        let world = World()

        let cached =
            Idempotent.operationBy<Order, string, int>
                (Idempotent.handlerWith world.Options (CachedStore world.Store))
                "charge"
                _.Id

        for _ in 1..100 do
            let! _ = Idempotent.run cached order (returns 7) CancellationToken.None
            ()

        let! _ =
            Idempotent.run cached { order with Id = "another" } (returns 7) CancellationToken.None

        Assert.That(world.Store.Log, Is.EqualTo "Acquire Complete Acquire Complete")
    }

/// A store that answers at once, and says so.
type private Quick(store: IIdempotencyStore) =
    interface IAnswersAtOnce

    interface IIdempotencyStore with
        member _.Acquire(request, token) = store.Acquire(request, token)
        member _.Renew(request, token) = store.Renew(request, token)
        member _.Complete(request, token) = store.Complete(request, token)
        member _.Release(request, token) = store.Release(request, token)

        member _.LateComplete(request, token) = store.LateComplete(request, token)

        member _.Get(key, token) = store.Get(key, token)

[<Test>]
let ``a store that answers at once is looked at first, and asked for the lock only by who does not find a result``
    ()
    =
    task {
        let world = World()

        let operation =
            Idempotent.operationBy<Order, string, int>
                (Idempotent.handlerWith world.Options (Quick world.Store))
                "charge"
                _.Id

        for _ in 1..3 do
            let! _ = Idempotent.run operation order (returns 7) CancellationToken.None
            ()

        Assert.That(world.Store.Log, Is.EqualTo "Get Acquire Complete Get Get")
    }
