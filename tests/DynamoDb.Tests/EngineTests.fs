// The engine does what the store needs of it, and each start is an engine of its own.
module DynamoDb.Tests.EngineTests

open System
open System.Collections.Generic
open System.Threading
open System.Threading.Tasks
open Amazon.DynamoDBv2
open Amazon.DynamoDBv2.Model
open DynamoDb.Testing
open NUnit.Framework

[<Test>]
let ``a condition that does not hold brings the item because of which`` () =
    task {
        use client = Engine.shared().Client()
        let! table = Engine.sharedTable ()
        let id = Engine.newKey ()
        do! Item.create client table id

        let! error = failure<ConditionalCheckFailedException>(Item.create client table id)

        Assert.That(error.Item["id"].S, Is.EqualTo id)
        Assert.That(error.Item["counter"].N, Is.EqualTo "1")
    }
    :> Task

[<Test>]
let ``a table has the key and the time to live that were asked for`` () =
    task {
        let engine = Engine.shared ()
        use client = engine.Client()

        for key, expected in
            [ TableKey.simple, [ "id", "HASH" ]
              TableKey.composite, [ "pk", "HASH"; "sk", "RANGE" ] ] do
            let! table = engine.CreateTable key
            let! described = client.DescribeTableAsync table
            let! living = client.DescribeTimeToLiveAsync table

            let schema =
                [ for element in described.Table.KeySchema -> element.AttributeName, element.KeyType.Value ]

            Assert.That(schema, Is.EqualTo<(string * string) list> expected)
            Assert.That(living.TimeToLiveDescription.AttributeName, Is.EqualTo "expiration")

            Assert.That(living.TimeToLiveDescription.TimeToLiveStatus, Is.EqualTo TimeToLiveStatus.ENABLED)
    }
    :> Task

[<Test>]
let ``only a table with a time to live loses what has expired`` () =
    task {
        let engine = Engine.shared ()
        use client = engine.Client()
        let! living = engine.CreateTable(TableKey.simple, true)
        let! lasting = engine.CreateTable(TableKey.simple, false)
        let anHourAgo = DateTimeOffset.UtcNow.AddHours(-1.).ToUnixTimeSeconds()

        for table in [ living; lasting ] do
            let item = Item.key "a"
            item["expiration"] <- AttributeValue(N = string anHourAgo)
            let! _ = client.PutItemAsync(table, item)
            ()

        let has table =
            task {
                let! got = client.GetItemAsync(table, Item.key "a")
                return not (isNull got.Item) && got.Item.Count > 0
            }

        use bound = new CancellationTokenSource(Engine.patience)
        let! found = has living
        let mutable there = found

        while there do
            bound.Token.ThrowIfCancellationRequested()
            let! found = has living
            there <- found

        let! still = has lasting
        Assert.That still
    }
    :> Task

[<Test>]
let ``a transaction of which one condition fails writes nothing, and names it`` () =
    task {
        use client = Engine.shared().Client()
        let! table = Engine.sharedTable ()
        let taken, free = Engine.newKey (), Engine.newKey ()
        do! Item.create client table taken

        let put (id: string) =
            TransactWriteItem(
                Put =
                    Put(
                        TableName = table,
                        Item =
                            Dictionary(dict [ "id", AttributeValue id; "counter", AttributeValue(N = "1") ]),
                        ConditionExpression = "attribute_not_exists(id)"
                    )
            )

        let request =
            TransactWriteItemsRequest(TransactItems = List [ put free; put taken ])

        let! error =
            failure<TransactionCanceledException>(client.TransactWriteItemsAsync request :> Task)

        Assert.That(
            [ for reason in error.CancellationReasons -> reason.Code ],
            Is.EqualTo<string list> [ "None"; "ConditionalCheckFailed" ]
        )

        let! count = Item.count client table free
        Assert.That(count, Is.Zero)
    }
    :> Task

[<Test>]
let ``a second engine beside the first has no tables of it, and ends alone`` () =
    task {
        let engine = Engine.shared ()
        let! table = Engine.sharedTable ()

        match Repository.runScript "dynamodb-local" [ "start" ] with
        | Error reason -> Assert.Fail reason
        | Ok endpoint ->
            Assert.That(endpoint, Is.Not.EqualTo engine.Endpoint)
            use other = LocalEngine(endpoint).Client LocalEngine.TryOnce
            let! tables = other.ListTablesAsync()
            let stopped = Repository.runScript "dynamodb-local" [ "stop"; endpoint ]
            Assert.That(stopped.IsOk, string stopped)
            Assert.That(tables.TableNames, Is.Null.Or.Empty)
            do! fails (other.ListTablesAsync())

        use client = engine.Client()
        let! tables = client.ListTablesAsync()
        Assert.That(tables.TableNames, Does.Contain table)
    }
    :> Task
