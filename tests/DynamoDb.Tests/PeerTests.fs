// The live Powertools runs, replays, stalls and fails as it is told: what the tests beside it stand on.
module DynamoDb.Tests.PeerTests

open System
open System.Threading.Tasks
open DynamoDb.Testing
open NUnit.Framework

let private startAt endpoint table =
    task {
        match! PowertoolsPeer.Start(endpoint, table, "orders") with
        | Ok peer -> return peer
        | Error reason -> return raise (IgnoreException $"NOT RUN: there is no live Powertools ({reason})")
    }

let private start () =
    task {
        let! table = Engine.sharedTable ()
        return! startAt (Engine.shared().Endpoint) (PeerTable.simple table)
    }

/// A payload that no other test has.
let private newPayload () = $"""{{"id":"{Engine.newKey ()}"}}"""

let private leased =
    { PeerOptions.standard with
        RemainingMilliseconds = Some 30_000 }

let private returned json = PeerAnswer.Returned(Some json)

let private errorOf answer =
    match answer with
    | PeerAnswer.Failed(error, _, _) -> error
    | PeerAnswer.Returned _ -> $"{answer}"

[<Test>]
let ``it runs a function once, and replays it`` () =
    task {
        use! peer = start ()
        let payload = newPayload ()

        let first =
            peer.Call(payload, leased, PeerFunction.Returns """[{"total":12.5},null,"ü"]""")

        let! result = first.Ended
        let again = peer.Call(payload, leased, PeerFunction.Returns "2")
        let! replayed = again.Ended
        Assert.That(result, Is.EqualTo(returned """[{"total":12.5},null,"ü"]"""))
        Assert.That(replayed, Is.EqualTo result)
        Assert.That([ first.HasStarted; again.HasStarted ], Is.EqualTo<bool list> [ true; false ])
    }
    :> Task

[<Test>]
let ``a function that stalls keeps its lock until it goes on`` () =
    task {
        use! peer = start ()
        let payload = newPayload ()
        let stalled = peer.CallStalling(payload, leased, PeerFunction.Returns "1")
        do! stalled.Started
        let! busy = peer.Call(payload, leased, PeerFunction.Returns "2").Ended
        Assert.That(errorOf busy, Is.EqualTo "IdempotencyAlreadyInProgressError")
        Assert.That(stalled.HasEnded, Is.False)
        stalled.Go()
        let! result = stalled.Ended
        Assert.That(result, Is.EqualTo(returned "1"))
    }
    :> Task

[<Test>]
let ``a function that fails gives its lock back`` () =
    task {
        use! peer = start ()
        let payload = newPayload ()
        let! failed = peer.Call(payload, leased, PeerFunction.Throws "no stock").Ended
        Assert.That(failed, Is.EqualTo(PeerAnswer.Failed("Error", "no stock", None)))
        let! result = peer.Call(payload, leased, PeerFunction.ReturnsNothing).Ended
        Assert.That(result, Is.EqualTo(PeerAnswer.Returned None))
    }
    :> Task

[<Test>]
let ``another payload of the same key is refused where it is told to look`` () =
    task {
        use! peer = start ()
        let id = Engine.newKey ()

        let options =
            { leased with
                EventKeyJmesPath = Some "id"
                PayloadValidationJmesPath = Some "amount" }

        let call (amount: int) =
            peer.Call($"""{{"id":"{id}","amount":{amount}}}""", options, PeerFunction.Returns "1").Ended

        let! _ = call 1
        let! same = call 1
        let! other = call 2
        Assert.That(same, Is.EqualTo(returned "1"))
        Assert.That(errorOf other, Is.EqualTo "IdempotencyValidationError")
    }
    :> Task

[<Test>]
let ``its clock can be stopped: a lock is overtaken when its lease has ended, and not at its end`` () =
    task {
        use! peer = start ()
        let payload = newPayload ()
        let now = DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero)
        peer.StopClock now
        let stalled = peer.CallStalling(payload, leased, PeerFunction.Returns "1")
        do! stalled.Started
        peer.StopClock(now.AddMilliseconds 30_000.)
        let! busy = peer.Call(payload, leased, PeerFunction.Returns "2").Ended
        Assert.That(errorOf busy, Is.EqualTo "IdempotencyAlreadyInProgressError")
        peer.StopClock(now.AddMilliseconds 30_001.)
        let! result = peer.Call(payload, leased, PeerFunction.Returns "2").Ended
        Assert.That(result, Is.EqualTo(returned "2"))
    }
    :> Task

[<Test>]
let ``with its cache a replay needs no request, and without it one`` () =
    task {
        let! table = Engine.sharedTable ()
        use! proxy = FaultProxy.Start(Engine.shared().Endpoint)
        use! peer = startAt proxy.Endpoint (PeerTable.simple table)

        for useLocalCache, requests in [ true, 2; false, 3 ] do
            let payload = newPayload ()

            let options =
                { leased with
                    UseLocalCache = useLocalCache }

            proxy.Gate.Clear()

            for _ in 1..2 do
                let! result = peer.Call(payload, options, PeerFunction.Returns "1").Ended
                Assert.That(result, Is.EqualTo(returned "1"))

            Assert.That(proxy.Gate.Log, Has.Length.EqualTo requests)
    }
    :> Task

[<Test>]
let ``a reply that it loses is a layer's error to it, and the write is there`` () =
    task {
        let! table = Engine.sharedTable ()
        use! proxy = FaultProxy.Start(Engine.shared().Endpoint)
        use! peer = startAt proxy.Endpoint (PeerTable.simple table)
        let payload = newPayload ()
        proxy.Gate.NextOf("PutItem", Fate.LoseReply)
        let! lost = peer.Call(payload, leased, PeerFunction.Returns "1").Ended
        Assert.That(errorOf lost, Is.EqualTo "IdempotencyPersistenceLayerError")
        let! busy = peer.Call(payload, leased, PeerFunction.Returns "1").Ended
        Assert.That(errorOf busy, Is.EqualTo "IdempotencyAlreadyInProgressError")
        Assert.That(proxy.Gate.Log, Has.Length.EqualTo 2)
    }
    :> Task

[<Test>]
let ``a composite table has its records under one partition value`` () =
    task {
        let engine = Engine.shared ()
        let! table = engine.CreateTable TableKey.composite
        use! peer = startAt engine.Endpoint (PeerTable.keyed table TableKey.composite)
        let! result = peer.Call(newPayload (), leased, PeerFunction.Returns "1").Ended
        Assert.That(result, Is.EqualTo(returned "1"))
        use client = engine.Client()
        let! items = client.ScanAsync(Amazon.DynamoDBv2.Model.ScanRequest(TableName = table))
        let item = items.Items[0]
        Assert.That(item["pk"].S, Is.EqualTo "idempotency#orders")
        Assert.That(item["sk"].S, Does.StartWith "orders#")
    }
    :> Task

[<Test>]
let ``a killed peer leaves its lock, and its run is lost`` () =
    task {
        use! peer = start ()
        use! other = start ()
        let payload = newPayload ()
        let stalled = peer.CallStalling(payload, leased, PeerFunction.Returns "1")
        do! stalled.Started
        peer.Kill()
        let! _ = failure<InvalidOperationException> stalled.Ended
        let! busy = other.Call(payload, leased, PeerFunction.Returns "2").Ended
        Assert.That(errorOf busy, Is.EqualTo "IdempotencyAlreadyInProgressError")
    }
    :> Task
