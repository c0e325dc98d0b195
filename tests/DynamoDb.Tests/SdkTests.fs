// How the SDK behaves behind the gate: what it makes of broken connections, and what it sends again.
module DynamoDb.Tests.SdkTests

open System
open System.IO
open System.Net.Http
open System.Net.Sockets
open System.Threading.Tasks
open Amazon.DynamoDBv2
open DynamoDb.Testing
open NUnit.Framework

[<Test>]
let ``a broken connection is to the SDK what a real one is`` () =
    task {
        use! scene = scene ()
        scene.Gate.Next(Fate.FailBefore, Fate.LoseReply)
        let! refused = failure<HttpRequestException>(scene.Add())
        let! reset = failure<IOException>(scene.Add())
        // Nobody listens there; and a proxy, whose connections are real.
        use nobody = LocalEngine("http://127.0.0.1:1").Client LocalEngine.TryOnce
        use! proxy = FaultProxy.Start(Engine.shared().Endpoint)
        use behind = LocalEngine(proxy.Endpoint).Client LocalEngine.TryOnce
        proxy.Gate.Next Fate.LoseReply
        let! reallyRefused = failure<HttpRequestException>(nobody.ListTablesAsync())
        let! reallyReset = failure<IOException>(behind.ListTablesAsync())

        let socketError (error: exn) =
            match error.InnerException with
            | :? SocketException as error -> error.SocketErrorCode
            | other -> invalidOp $"{other}"

        Assert.That(socketError refused, Is.EqualTo(socketError reallyRefused))
        Assert.That(socketError reset, Is.EqualTo(socketError reallyReset))
    }
    :> Task

/// A client behind the gate that tries again when the SDK, or this test, thinks it right.
let private stubborn (scene: Scene) change =
    Engine
        .shared()
        .Client(fun config ->
            LocalEngine.TryOnce config
            config.HttpClientFactory <- scene.Gate.Factory
            change config)

[<Test>]
let ``a try of the SDK's own is a request of its own`` () =
    task {
        use! scene = scene ()
        use client = stubborn scene (fun config -> config.MaxErrorRetry <- 1)
        scene.Gate.Next(Fate.AnswerAfter Reply.internalError)
        do! Item.add client scene.Table scene.Id
        shows scene [ Fate.AnswerAfter Reply.internalError; Fate.Pass ]
        let! count = scene.Count()
        Assert.That(count, Is.EqualTo 3)
    }
    :> Task

[<Test>]
let ``the SDK sends again what a connection lost, though it may try nothing again`` () =
    task {
        use! scene = scene ()
        let theDefault = AmazonDynamoDBConfig().MaxStaleConnectionRetries

        use client =
            stubborn scene (fun config -> config.MaxStaleConnectionRetries <- theDefault)

        scene.Gate.Next(Fate.LoseReply, Fate.LoseReply)
        do! Item.add client scene.Table scene.Id
        shows scene [ Fate.LoseReply; Fate.LoseReply; Fate.Pass ]
        let! count = scene.Count()
        Assert.That(count, Is.EqualTo 4)
    }
    :> Task

[<Test>]
let ``the time limit of the client holds behind a gate too`` () =
    task {
        use! scene = scene ()

        use hasty =
            stubborn scene (fun config -> config.Timeout <- TimeSpan.FromMilliseconds 50.)

        scene.Gate.Next Fate.Hang
        do! fails (Item.add hasty scene.Table scene.Id)
        shows scene [ Fate.Hang ]
    }
    :> Task
