// What a test of the gate has before it: a client behind a gate, and an item with a counter that tells what was applied.
namespace DynamoDb.Tests

open System
open Amazon.DynamoDBv2
open DynamoDb.Testing
open NUnit.Framework

/// What is there for one test: a gate, a client behind it and one around it, and an item with the counter at 1.
[<NoComparison; NoEquality>]
type Scene =
    { Gate: HttpGate
      Client: AmazonDynamoDBClient
      Direct: AmazonDynamoDBClient
      Table: string
      Id: string }

    member scene.Add() =
        Item.add scene.Client scene.Table scene.Id

    member scene.Count() =
        Item.count scene.Direct scene.Table scene.Id

    interface IDisposable with
        member scene.Dispose() =
            scene.Client.Dispose()
            scene.Direct.Dispose()
            scene.Gate.Dispose()

[<AutoOpen>]
module Scene =
    let scene () =
        task {
            let engine = Engine.shared ()
            let! table = Engine.sharedTable ()
            let gate = new HttpGate()
            let id = Engine.newKey ()
            let direct = engine.Client()
            do! Item.create direct table id

            return
                { Gate = gate
                  Client = engine.Client gate
                  Direct = direct
                  Table = table
                  Id = id }
        }

    let private update (fates: Fate list) =
        [ for fate in fates -> "UpdateItem", fate ]

    let shows (scene: Scene) (fates: Fate list) =
        Assert.That(scene.Gate.Log, Is.EqualTo<(string * Fate) list>(update fates))
