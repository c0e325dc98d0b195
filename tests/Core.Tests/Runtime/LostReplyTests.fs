// Writes that are applied although their reply is lost, at each request; and stores that cannot say why they refuse.
module Core.Tests.Runtime.LostReplyTests

open System
open System.Threading.Tasks
open NUnit.Framework
open Idempotency.Core
open Core.Tests.Runtime.ScriptedStore
open Core.Tests.Runtime.Harness

let private failing = InvalidOperationException "declined"
let private lost ask = once ask (Act.LoseReply transient)

/// A call in whose middle the lease ends, and something else happens.
let private late (world: World) (happens: unit -> Task) value =
    world.Charge(fun _ _ ->
        task {
            world.Pass(seconds 62)
            do! happens ()
            return value
        })

/// A rival takes the key over and fails: the key is free again.
let private rivalFails (world: World) () : Task =
    task {
        let! outcome = world.Rival(throws failing)
        outcome |> is "FunctionFailed InvalidOperationException"
    }

[<Test>]
let ``a lock whose reply is lost keeps its key until its lease ends, and nothing runs`` () : Task =
    task {
        let world = World(lost Ask.Acquire)
        let! first = world.Charge(returns 1)
        first |> is "PersistFailed IOException"
        let! second = world.Charge(returns 2)
        second |> is "InProgress"
        Assert.That(world.Runs, Is.Zero)
        world.Pass(seconds 62)
        let! third = world.Charge(returns 3)
        third |> is "Executed 3"
    }

/// What a client of a store does by itself: it sends again, and then shows whatever record it meets.
type private ResendingStore(inner: Idempotency.IIdempotencyStore) =
    interface Idempotency.IIdempotencyStore with
        member _.Acquire(request, token) =
            ValueTask<StoreReply>(
                task {
                    let! _ = inner.Acquire(request, token)
                    return! inner.Acquire(request, token)
                }
            )

        member _.Renew(request, token) = inner.Renew(request, token)
        member _.Complete(request, token) = inner.Complete(request, token)
        member _.Release(request, token) = inner.Release(request, token)
        member _.LateComplete(request, token) = inner.LateComplete(request, token)
        member _.Get(key, token) = inner.Get(key, token)

[<Test>]
let ``a call does not lose to itself when its store's client sends twice`` () : Task =
    task {
        let world = World()
        let handler = Idempotent.handlerWith world.Options (ResendingStore world.Records)
        let operation = Idempotent.operation<Order, bool> handler "charge"

        let! outcome =
            Idempotent.run
                operation
                order
                (fun context _ -> Task.FromResult context.IsTakeOver)
                Threading.CancellationToken.None

        // Whom the lock replaced cannot be known any more, so it says what is safe.
        outcome |> is "Executed True"
    }

[<Test>]
let ``a completion whose reply is lost is found done`` () : Task =
    task {
        let world = World(lost Ask.Complete)
        let! outcome = world.PassUntilDone(2, world.Charge(returns 1))
        outcome |> is "Executed 1"
        Assert.That(world.Store.Log, Is.EqualTo "Acquire Complete Complete")
    }

[<Test>]
let ``a stored failure whose reply is lost is found done`` () : Task =
    task {
        let storing (options: HandlerOptions) =
            { options with
                Classify = FailureClassifier(fun _ _ -> OnFailure.Store) }

        let world = World(lost Ask.Complete, storing)
        let! outcome = world.PassUntilDone(2, world.Charge(throws failing))
        outcome |> is "FunctionFailed InvalidOperationException"
        let! again = world.Charge(returns 2)
        again |> is "FailureReplayed System.InvalidOperationException: declined"
    }

[<Test>]
let ``a release whose reply is lost has given the key back`` () : Task =
    task {
        let world = World(lost Ask.Release)
        let! outcome = soon (world.Charge(throws failing))
        outcome |> is "FunctionFailed InvalidOperationException"
        let! next = world.Charge(returns 2)
        next |> is "Executed 2"
    }

[<Test>]
let ``a late completion whose reply is lost is found done`` () : Task =
    task {
        let world = World(lost Ask.LateComplete)
        let! outcome = world.PassUntilDone(2, late world (rivalFails world) 1)
        outcome |> is "Executed 1"
        Assert.That(world.Store.Log, Is.EqualTo "Acquire Complete LateComplete LateComplete")
        let! again = world.Charge(returns 3)
        again |> is "Replayed 1"
    }

[<Test>]
let ``a late completion that fails may or may not be saved`` () : Task =
    task {
        let world = World(always Ask.LateComplete (Act.Fault(HopelessException())))
        let! outcome = soon (late world (rivalFails world) 1)
        outcome |> is "CompletedUnsaved 1, HopelessException"
    }

/// A world whose lock comes after its lease has ended, so that it must be renewed before it is of use.
let private slowToAcquire renewal =
    let lockComes = TaskCompletionSource()

    let script ask nth =
        match ask, nth with
        | Ask.Acquire, 1 -> Act.AnswerAfter lockComes.Task
        | Ask.Renew, 1 -> renewal
        | _ -> Act.Answer

    let world = World script
    let pending = world.Charge(returns 1)
    world.Pass(seconds 61)
    lockComes.SetResult()
    world, pending

[<Test>]
let ``a lock that comes too late is renewed before the function runs`` () : Task =
    task {
        let world, pending = slowToAcquire Act.Answer
        let! outcome = soon pending
        outcome |> is "Executed 1"
        Assert.That(world.Store.Log, Is.EqualTo "Acquire Renew Complete")
    }

[<Test>]
let ``nothing runs when the reply to such a renewal is lost`` () : Task =
    task {
        let world, pending = slowToAcquire (Act.LoseReply transient)
        let! outcome = soon pending
        outcome |> is "PersistFailed IOException"
        Assert.That(world.Runs, Is.Zero)
    }

[<Test>]
let ``a look that fails while nothing has run ends the call`` () : Task =
    task {
        let waiting =
            withPolicy (fun policy ->
                { policy with
                    InProgress = WhileInProgress.Wait(30_000L<ms>, 100L<ms>, 1_000L<ms>) })

        let world = World(always Ask.Get (Act.Fault transient), waiting)
        let result = TaskCompletionSource<int>()
        let rival = world.Rival(fun _ _ -> result.Task)
        let! outcome = world.PassUntilDone(1, world.Charge(returns 2))
        outcome |> is "PersistFailed IOException"
        result.SetResult 1
        let! first = soon rival
        first |> is "Executed 1"
    }

/// A world whose store cannot say why it refuses.
let private blindWorld script change = World(script, change, true)

[<Test>]
let ``a refusal without a reason is looked into`` () : Task =
    task {
        let world = blindWorld faithful id
        let! first = world.Charge(returns 1)
        first |> is "Executed 1"
        let! second = world.Charge(returns 2)
        second |> is "Replayed 1"
        Assert.That(world.Store.Log, Is.EqualTo "Acquire Complete Acquire Get")
    }

[<Test>]
let ``a lost completion is found done by a look too`` () : Task =
    task {
        let world = blindWorld (lost Ask.Complete) id
        let! outcome = world.PassUntilDone(2, world.Charge(returns 1))
        outcome |> is "Executed 1"
        Assert.That(world.Store.Log, Is.EqualTo "Acquire Complete Complete Get")
    }

[<Test>]
let ``when the look after a run fails, its result is not lost`` () : Task =
    task {
        let script ask nth =
            match ask, nth with
            | Ask.Complete, 1 -> Act.LoseReply transient
            | Ask.Get, _ -> Act.Fault transient
            | _ -> Act.Answer

        let world = blindWorld script id
        let! outcome = world.PassUntilDone(2, world.Charge(returns 1))
        outcome |> is "CompletedUnsaved 1, IOException"
    }

[<Test>]
let ``a key that is always taken and always free is contended, after four tries`` () : Task =
    task {
        let script ask _ =
            match ask with
            | Ask.Acquire
            | Ask.Get -> Act.Refuse null
            | _ -> Act.Answer

        let world = blindWorld script id
        let! outcome = soon (world.Charge(returns 1))
        outcome |> is "Contended"
        Assert.That(world.Store.Count Ask.Acquire, Is.EqualTo 4)
        Assert.That(world.Runs, Is.Zero)
    }

[<Test>]
let ``a lost lease with a free key stores the result late`` () : Task =
    task {
        let world = World()
        let! outcome = soon (late world (rivalFails world) 1)
        outcome |> is "Executed 1"
        Assert.That(world.Store.Log, Is.EqualTo "Acquire Complete LateComplete")
    }

[<Test>]
let ``without late completion, a lost lease is told with its result`` () : Task =
    task {
        let world =
            World(faithful, withPolicy (fun policy -> { policy with LateCompletion = false }))

        let! outcome = soon (late world (rivalFails world) 1)
        outcome |> is "LeaseLost 1"
        Assert.That(world.Records.Count, Is.Zero)
    }

[<Test>]
let ``a lock that nobody took is completed although its lease has ended`` () : Task =
    task {
        let world = World()
        let! outcome = soon (late world (fun () -> Task.CompletedTask) 1)
        outcome |> is "Executed 1"
        Assert.That(world.Store.Log, Is.EqualTo "Acquire Complete")
    }
