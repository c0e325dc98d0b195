// Tables: made as a store needs them, and looked at before they are used.
module DynamoDb.Tests.TableTests

open System
open System.Collections.Generic
open System.Threading
open System.Threading.Tasks
open Amazon.DynamoDBv2
open Amazon.DynamoDBv2.Model
open DynamoDb.Testing
open DynamoDb.Tests.Raw
open Idempotency
open Idempotency.Core
open NUnit.Framework

let private client () = Engine.shared().Client()

let private newName () = "made-" + Engine.newKey ()

let private says (part: string) (report: TableReport) =
    Assert.That(string report, Does.Contain part)

[<Test>]
let ``a table that is made is as it should be, and a store works on it`` () =
    task {
        use client = client ()

        for layout in Layout.all do
            let name = newName ()

            let! made =
                DynamoDbTable.CreateAsync(client, name, layout.Options, CancellationToken.None)

            Assert.That(made.Findings, Is.Empty, string made)

            let! report =
                DynamoDbTable.CheckAsync(client, name, layout.Options, CancellationToken.None)

            Assert.That(report.Findings, Is.Empty, string report)
            Assert.That(report.IsUsable)
            report.ThrowIfUnusable()
            let! described = client.DescribeTableAsync name

            Assert.That(
                described.Table.BillingModeSummary.BillingMode,
                Is.EqualTo BillingMode.PAY_PER_REQUEST
            )

            let store: IIdempotencyStore = DynamoDbStore(client, name, layout.Options)

            let! reply =
                store.Acquire({ Ticket = ticket "k"; Now = epoch }, CancellationToken.None)

            Assert.That(reply.IsApplied)
    }
    :> Task

[<Test>]
let ``to make a table that is there changes nothing`` () =
    task {
        use client = client ()
        let name = newName ()
        let! _ = DynamoDbTable.CreateAsync(client, name, null, CancellationToken.None)
        let! before = client.DescribeTableAsync name
        let! again = DynamoDbTable.CreateAsync(client, name, null, CancellationToken.None)
        Assert.That(again.Findings, Is.Empty)
        let! after = client.DescribeTableAsync name
        Assert.That(after.Table.CreationDateTime, Is.EqualTo before.Table.CreationDateTime)
    }
    :> Task

[<Test>]
let ``two processes may make a table at the same time`` () =
    task {
        use client = client ()
        let name = newName ()

        let! reports =
            Task.WhenAll
                [ for _ in 1..4 -> DynamoDbTable.CreateAsync(client, name, null, CancellationToken.None) ]

        for report in reports do
            Assert.That(report.IsUsable, string report)
    }
    :> Task

let private create (client: AmazonDynamoDBClient) (keys: (string * KeyType * ScalarAttributeType) list) =
    task {
        let name = newName ()

        let! _ =
            client.CreateTableAsync(
                CreateTableRequest(
                    TableName = name,
                    BillingMode = BillingMode.PAY_PER_REQUEST,
                    KeySchema = List [ for key, kind, _ in keys -> KeySchemaElement(key, kind) ],
                    AttributeDefinitions =
                        List [ for key, _, scalar in keys -> AttributeDefinition(key, scalar) ]
                )
            )

        return name
    }

let private turnTtlOn (client: AmazonDynamoDBClient) name attribute : Task =
    client.UpdateTimeToLiveAsync(
        UpdateTimeToLiveRequest(
            TableName = name,
            TimeToLiveSpecification = TimeToLiveSpecification(AttributeName = attribute, Enabled = true)
        )
    )

[<Test>]
let ``a table that is not there is said to be missing`` () =
    task {
        use client = client ()

        let! report =
            DynamoDbTable.CheckAsync(client, newName (), null, CancellationToken.None)

        Assert.That(report.IsUsable, Is.False)
        report |> says "does not exist"
        let! error = failure<InvalidOperationException>(task { report.ThrowIfUnusable() })
        Assert.That(error.Message, Does.Contain report.Table)
    }
    :> Task

[<Test>]
let ``TTL that is off is a warning, and is turned on by making the table`` () =
    task {
        use client = client ()
        let! name = create client [ "id", KeyType.HASH, ScalarAttributeType.S ]
        let! report = DynamoDbTable.CheckAsync(client, name, null, CancellationToken.None)
        Assert.That(report.IsUsable)
        Assert.That((Seq.exactlyOne report.Findings).Severity, Is.EqualTo TableSeverity.Warning)
        report |> says "TTL is off"
        let! after = DynamoDbTable.CreateAsync(client, name, null, CancellationToken.None)
        Assert.That(after.Findings, Is.Empty, string after)
    }
    :> Task

[<Test>]
let ``TTL on another attribute is an error: it may delete live records`` () =
    task {
        use client = client ()
        let! name = create client [ "id", KeyType.HASH, ScalarAttributeType.S ]
        do! turnTtlOn client name "ttl"
        let! report = DynamoDbTable.CreateAsync(client, name, null, CancellationToken.None)
        Assert.That(report.IsUsable, Is.False)
        report |> says "deletes by 'ttl'"
    }
    :> Task

[<Test>]
let ``keys of other names, of another type, or in another number are errors, and such a table is left alone``
    ()
    =
    task {
        use client = client ()

        let hash name scalar = name, KeyType.HASH, scalar

        for keys, part in
            [ [ hash "pk" ScalarAttributeType.S ], "it has partition key 'pk'"
              [ hash "id" ScalarAttributeType.N ], "of type N, not S"
              [ hash "id" ScalarAttributeType.S; "sk", KeyType.RANGE, ScalarAttributeType.S ],
              "partition key 'id', sort key 'sk'" ] do
            let! name = create client keys
            let! report = DynamoDbTable.CreateAsync(client, name, null, CancellationToken.None)
            Assert.That(report.IsUsable, Is.False)
            report |> says part
            let! ttl = client.DescribeTimeToLiveAsync name
            Assert.That(ttl.TimeToLiveDescription.TimeToLiveStatus, Is.EqualTo TimeToLiveStatus.DISABLED)
    }
    :> Task

[<Test>]
let ``a global table without strong consistency is an error`` () =
    task {
        use gate = new HttpGate()
        use client = offline gate

        let table consistency =
            """{"Table":{"TableName":"t","TableStatus":"ACTIVE","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"""
            + """"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"Replicas":[{"RegionName":"eu-west-1"}]"""
            + consistency
            + "}}"

        let ttl =
            """{"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED","AttributeName":"expiration"}}"""

        let answer body =
            Fate.Answer { Status = 200; Body = body }

        gate.Next(answer (table ""), answer ttl)
        let! report = DynamoDbTable.CheckAsync(client, "t", null, CancellationToken.None)
        Assert.That(report.IsUsable, Is.False)
        report |> says "last writer wins"
        gate.Next(answer (table ""","MultiRegionConsistency":"STRONG" """), answer ttl)
        let! report = DynamoDbTable.CheckAsync(client, "t", null, CancellationToken.None)
        Assert.That(report.Findings, Is.Empty, string report)
    }
    :> Task

[<Test>]
let ``the settings for a client are those that are documented`` () =
    let config = DynamoDbClientSettings.Apply(AmazonDynamoDBConfig())
    Assert.That(config.Timeout, Is.EqualTo(Nullable(TimeSpan.FromSeconds 2.)))
    Assert.That(config.ConnectTimeout, Is.EqualTo(Nullable(TimeSpan.FromSeconds 1.)))
    Assert.That(config.MaxErrorRetry, Is.EqualTo 2)
