// The proxy does over a real connection what its gate does in the process.
module DynamoDb.Tests.FaultProxyTests

open System.Net.Http
open System.Threading.Tasks
open DynamoDb.Testing
open NUnit.Framework

let private behind (proxy: FaultProxy) =
    LocalEngine(proxy.Endpoint).Client LocalEngine.TryOnce

[<Test>]
let ``what passes is what the engine says, errors too`` () =
    task {
        let engine = Engine.shared ()
        let! table = Engine.sharedTable ()
        use! proxy = FaultProxy.Start engine.Endpoint
        use client = behind proxy
        let id = Engine.newKey ()
        do! Item.create client table id
        do! Item.add client table id
        let! count = Item.count client table id
        Assert.That(count, Is.EqualTo 2)

        let! _ =
            failure<Amazon.DynamoDBv2.Model.ConditionalCheckFailedException>(Item.create client table id)

        Assert.That(
            [ for operation, _ in proxy.Gate.Log -> operation ],
            Is.EqualTo<string list> [ "PutItem"; "UpdateItem"; "GetItem"; "PutItem" ]
        )
    }
    :> Task

[<Test>]
let ``a connection that fails is cut, before or after the write`` () =
    task {
        let engine = Engine.shared ()
        let! table = Engine.sharedTable ()
        use! proxy = FaultProxy.Start engine.Endpoint
        use client = behind proxy
        let id = Engine.newKey ()
        do! Item.create client table id
        let count () = Item.count client table id

        proxy.Gate.NextOf("UpdateItem", Fate.FailBefore, Fate.LoseReply, Fate.AnswerAfter Reply.unavailable)

        for expected in [ 1; 2 ] do
            do! fails (Item.add client table id)

            let! counted = count ()
            Assert.That(counted, Is.EqualTo expected)

        let! _ = failure<Amazon.DynamoDBv2.AmazonDynamoDBException>(Item.add client table id)

        let! counted = count ()
        Assert.That(counted, Is.EqualTo 3)
    }
    :> Task

[<Test>]
let ``a request is held until it is let go`` () =
    task {
        let engine = Engine.shared ()
        let! table = Engine.sharedTable ()
        use! proxy = FaultProxy.Start engine.Endpoint
        use client = behind proxy
        use direct = engine.Client()
        let id = Engine.newKey ()
        do! Item.create client table id

        let release =
            TaskCompletionSource TaskCreationOptions.RunContinuationsAsynchronously

        proxy.Gate.Next(Fate.SendAfter release.Task)
        let running = Item.add client table id
        do! proxy.Gate.Arrived("UpdateItem", 1).WaitAsync Engine.patience
        let! before = Item.count direct table id
        Assert.That(before, Is.EqualTo 1)
        release.SetResult()
        do! running
        let! after = Item.count direct table id
        Assert.That(after, Is.EqualTo 2)
    }
    :> Task

[<Test>]
let ``a proxy ends though a caller still hangs in it`` () =
    task {
        let engine = Engine.shared ()
        let! proxy = FaultProxy.Start engine.Endpoint
        use client = behind proxy
        proxy.Gate.Next Fate.Hang
        let running = client.ListTablesAsync()
        do! proxy.Gate.Arrived("ListTables", 1).WaitAsync Engine.patience
        do! (proxy :> System.IAsyncDisposable).DisposeAsync().AsTask().WaitAsync Engine.patience
        do! fails (running :> Task)
    }
    :> Task
