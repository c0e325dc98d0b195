// Renewals while the function runs: when they are sent, when they end, and what their faults do.
module Core.Tests.Runtime.RenewalTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Idempotency
open Idempotency.Core
open Core.Tests.Runtime.ScriptedStore
open Core.Tests.Runtime.Harness

let private renewalTimes (world: World) =
    world.Store.Asked
    |> List.filter (fun (ask, _) -> ask = Ask.Renew)
    |> List.map (fun (_, at) -> at / 1000L)

[<Test>]
let ``the lease is renewed after each third of it`` () : Task =
    task {
        let world = World(faithful, renewing 600_000L<ms>)
        let call = RunningCall world
        let! context = call.Context
        do! renewals world 6 0
        Assert.That((renewalTimes world = [ 20L; 40L; 60L; 80L; 100L; 120L ]), Is.True)
        Assert.That(context.LeaseEnds, Is.EqualTo(world.Clock.UtcNow + seconds 60))
        let! duplicate = soon (world.Rival(returns 2))
        duplicate |> is "InProgress"
        let! outcome = call.Finish()
        outcome |> is "Executed 1"
    }

[<Test>]
let ``without renewal there are no timers`` () : Task =
    task {
        let world = World()
        let call = RunningCall world
        let! _ = call.Context
        Assert.That(world.Clock.TimerCount, Is.Zero)
        let! outcome = call.Finish()
        outcome |> is "Executed 1"
    }

[<Test>]
let ``nothing is renewed once the function has ended`` () : Task =
    task {
        let world = World(faithful, renewing 600_000L<ms>)
        let call = RunningCall world
        let! _ = call.Context
        do! renewals world 1 0
        let! outcome = call.Finish()
        outcome |> is "Executed 1"
        Assert.That(world.Clock.TimerCount, Is.Zero)
        world.Pass(seconds 100)
        Assert.That(world.Store.Log, Is.EqualTo "Acquire Renew Complete")
    }

[<Test>]
let ``renewals stop at the longest run`` () : Task =
    task {
        let world = World(faithful, renewing 50_000L<ms>)
        let call = RunningCall world
        let! context = call.Context
        do! renewals world 2 0
        let leaseEnds = context.LeaseEnds
        world.Pass(seconds 20)
        world.Pass(seconds 100)
        Assert.That((renewalTimes world = [ 20L; 40L ]), Is.True)
        Assert.That(context.LeaseEnds, Is.EqualTo leaseEnds)
        let! rival = soon (world.Rival(returns 2))
        rival |> is "Executed 2"
        let! outcome = call.Finish()
        outcome |> is "Adopted 2"
    }

[<Test>]
let ``a renewal that fails is tried again with the next heartbeat`` () : Task =
    task {
        let world = World(once Ask.Renew (Act.Fault transient), renewing 600_000L<ms>)
        let call = RunningCall world
        let! context = call.Context
        let before = context.LeaseEnds
        do! renewals world 1 0
        Assert.That(context.LeaseEnds, Is.EqualTo before)
        do! toRenewal world 2 0
        do! afterRenewal world 2 0
        Assert.That(context.LeaseEnds, Is.EqualTo(before + seconds 40))
        let! outcome = call.Finish()
        outcome |> is "Executed 1"
    }

[<Test>]
let ``a renewal whose reply is lost does no harm`` () : Task =
    task {
        let world = World(once Ask.Renew (Act.LoseReply transient), renewing 600_000L<ms>)
        let call = RunningCall world
        let! context = call.Context
        do! renewals world 2 0
        Assert.That(context.LeaseEnds, Is.EqualTo(world.Clock.UtcNow + seconds 60))
        Assert.That(context.LeaseLost.IsCancellationRequested, Is.False)
        let! outcome = call.Finish()
        outcome |> is "Executed 1"
    }

[<Test>]
let ``a renewal that hangs is given up, and another is tried`` () : Task =
    task {
        let world = World(once Ask.Renew Act.Hang, renewing 600_000L<ms>)
        let call = RunningCall world
        let! _ = call.Context
        do! toRenewal world 1 0
        // Half as long again, and it is given up: the next one still comes before the lease ends.
        do! world.Timers.Made 2
        world.Pass(seconds 10)
        do! toRenewal world 2 1
        Assert.That((renewalTimes world = [ 20L; 50L ]), Is.True)
        let! outcome = call.Finish()
        outcome |> is "Executed 1"
    }

[<Test>]
let ``a function ends although its renewal hangs`` () : Task =
    task {
        let world = World(always Ask.Renew Act.Hang, renewing 600_000L<ms>)
        let call = RunningCall world
        let! _ = call.Context
        do! toRenewal world 1 0
        let! outcome = call.Finish()
        outcome |> is "Executed 1"
        world.Pass(seconds 100)
        Assert.That(world.Store.Log, Is.EqualTo "Acquire Renew Complete")
    }
