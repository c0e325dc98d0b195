// How a running function is told that its lease is lost: by a refused renewal, or by its own clock.
module Core.Tests.Runtime.LeaseLostTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Idempotency
open Idempotency.Core
open Core.Tests.Runtime.ScriptedStore
open Core.Tests.Runtime.Harness

[<Test>]
let ``a refused renewal tells the function, and ends the renewals`` () : Task =
    task {
        let world = World(always Ask.Renew (Act.Refuse null), renewing 600_000L<ms>)
        let call = RunningCall world
        let! context = call.Context
        let told = TaskCompletionSource()
        use _ = context.LeaseLost.Register(fun () -> told.SetResult())
        world.Pass(seconds 20)
        do! told.Task.WaitAsync(seconds 20)
        world.Pass(seconds 600)
        Assert.That(world.Store.Count Ask.Renew, Is.EqualTo 1)
        Assert.That(world.Clock.TimerCount, Is.Zero)
        // Nobody took the key, so the result is stored all the same.
        let! outcome = call.Finish()
        outcome |> is "Executed 1"
    }

[<Test>]
let ``a lease that the own clock has passed is renewed all the same, as long as nobody took it`` () : Task =
    task {
        let script ask nth =
            match ask with
            | Ask.Renew when nth <= 3 -> Act.Fault transient
            | _ -> Act.Answer

        let world = World(script, renewing 600_000L<ms>)
        let call = RunningCall world
        let! context = call.Context
        let token = context.LeaseLost
        do! renewals world 4 1
        Assert.That(token.IsCancellationRequested, Is.True, "what it was told is not taken back")
        Assert.That(context.LeaseEnds, Is.EqualTo(world.Clock.UtcNow + seconds 60))
        let! outcome = call.Finish()
        outcome |> is "Executed 1"
    }

[<Test>]
let ``a token that is asked for after the loss has ended already`` () : Task =
    task {
        let world = World(always Ask.Renew (Act.Refuse null), renewing 600_000L<ms>)
        let call = RunningCall world
        let! context = call.Context
        do! toRenewal world 1 0
        // The refusal is handled before the next timer could be set; there is none after it.
        let mutable token = context.LeaseLost

        if not token.IsCancellationRequested then
            let told = TaskCompletionSource()
            use _ = token.Register(fun () -> told.SetResult())
            do! told.Task.WaitAsync(seconds 20)
            token <- context.LeaseLost

        Assert.That(token.IsCancellationRequested, Is.True)
        let! outcome = call.Finish()
        outcome |> is "Executed 1"
    }

[<Test>]
let ``a refused renewal that finds its own lock loses nothing`` () : Task =
    task {
        // A renewal that the store applied twice: the second copy does not lengthen the lease any more.
        let mutable mine: Record | null = null

        let script ask nth =
            match ask, nth with
            | Ask.Renew, 1 -> Act.Refuse mine
            | _ -> Act.Answer

        let world = World(script, renewing 600_000L<ms>)
        let call = RunningCall world
        let! context = call.Context
        let records: IIdempotencyStore = world.Records
        let! own = records.Get(context.Key, CancellationToken.None)
        mine <- own
        let before = context.LeaseEnds
        do! renewals world 2 0
        Assert.That(context.LeaseEnds, Is.EqualTo(before + seconds 40))
        Assert.That(context.LeaseLost.IsCancellationRequested, Is.False)
        let! outcome = call.Finish()
        outcome |> is "Executed 1"
    }

[<Test>]
let ``the own clock tells the function that its lease is over, one millisecond after`` () : Task =
    task {
        let world = World()
        let call = RunningCall world
        let! context = call.Context
        let token = context.LeaseLost
        world.Pass(seconds 60)
        Assert.That(token.IsCancellationRequested, Is.False)
        world.Pass(ms 1)
        Assert.That(token.IsCancellationRequested, Is.True)
        Assert.That(world.Clock.TimerCount, Is.Zero)
        let! outcome = call.Finish()
        outcome |> is "Executed 1"
    }

[<Test>]
let ``renewals put off what the own clock would tell`` () : Task =
    task {
        let world = World(faithful, renewing 600_000L<ms>)
        let call = RunningCall world
        let! context = call.Context
        let token = context.LeaseLost

        do! renewals world 5 1
        Assert.That(token.IsCancellationRequested, Is.False)
        let! outcome = call.Finish()
        outcome |> is "Executed 1"
        Assert.That(world.Clock.TimerCount, Is.Zero)
    }

[<Test>]
let ``what throws when the loss is told hurts nobody`` () : Task =
    task {
        let world = World()
        let call = RunningCall world
        let! context = call.Context
        let told = TaskCompletionSource()
        use _ = context.LeaseLost.Register(fun () -> told.SetResult())
        use _ = context.LeaseLost.Register(fun () -> failwith "a handler that throws")
        world.Pass(ms 60_001)
        do! told.Task.WaitAsync(seconds 20)
        let! outcome = call.Finish()
        outcome |> is "Executed 1"
    }

[<Test>]
let ``the token does not end with the call`` () : Task =
    task {
        let world = World()
        let call = RunningCall world
        let! context = call.Context
        let token = context.LeaseLost
        let! outcome = call.Finish()
        outcome |> is "Executed 1"
        Assert.That(world.Clock.TimerCount, Is.Zero)
        world.Pass(seconds 100)
        Assert.That(token.IsCancellationRequested, Is.False)
    }
