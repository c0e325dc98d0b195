// The fault table: what can happen to each request of a call on its way and back. In the tests of it, no function runs
// twice where a lease or a result forbids it, and each key is of use again afterwards.
module DynamoDb.Tests.Faults

open System
open System.Collections.Generic
open System.Threading
open System.Threading.Tasks
open Amazon.DynamoDBv2.Model
open DynamoDb.Testing
open Idempotency
open Idempotency.Core
open NUnit.Framework

/// What happens to a request, by name.
let fates =
    Map
        [ "fails before", Fate.FailBefore
          "applied, reply lost", Fate.LoseReply
          "sent twice", Fate.Twice
          "copied", Fate.Copy
          "kept", Fate.Keep
          "500", Fate.Answer Reply.internalError
          "applied, then 500", Fate.AnswerAfter Reply.internalError
          "503 of a balancer", Fate.Answer Reply.unavailable
          "throttled", Fate.Answer Reply.throttled
          "throughput exceeded", Fate.Answer Reply.throughputExceeded
          "limit exceeded", Fate.Answer Reply.requestLimitExceeded
          "conflict", Fate.Answer Reply.transactionConflict
          "no table", Fate.Answer Reply.tableMissing
          "no permission", Fate.Answer Reply.accessDenied
          "invalid", Fate.Answer(Reply.invalid "The provided key element does not match the schema") ]

/// Whatever was kept or copied arrives at last, and must change nothing.
let lateCopiesArrive (world: World) : Task =
    task {
        let! before = world.Layout.Get world.Key

        let shown (item: Dictionary<string, AttributeValue> | null) =
            match item with
            | null -> ""
            | known ->
                String.Join(" ", [ for name in Seq.sort known.Keys -> name + known[name].S + known[name].N ])

        while world.Gate.Kept > 0 do
            let! _ = world.Gate.SendKept()
            ()

        let! after = world.Layout.Get world.Key
        Assert.That(shown after, Is.EqualTo(shown before))
    }

let unavailable = nameof DynamoDbUnavailableException
let setup = nameof DynamoDbSetupException

let layouts = [ Layout.simple; Layout.composite ]

let inEach (play: World -> Task) : Task =
    task {
        for layout in layouts do
            use world = new World(layout)
            do! play world
    }
