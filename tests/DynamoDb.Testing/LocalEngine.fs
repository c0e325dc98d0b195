// DynamoDB Local for the tests of this process: found or started once, with clients and tables for everybody.
namespace DynamoDb.Testing

open System
open System.Collections.Generic
open System.Threading.Tasks
open Amazon.DynamoDBv2
open Amazon.DynamoDBv2.Model
open Amazon.Runtime

/// <summary>The key of a table: a partition key, or a partition key and a sort key, by the names of their attributes. All
/// are strings.</summary>
type TableKey =
    { Partition: string
      Sort: string option }

module TableKey =
    /// As Powertools has it by default.
    let simple = { Partition = "id"; Sort = None }

    let composite = { Partition = "pk"; Sort = Some "sk" }

/// <summary>A running engine.</summary>
/// <param name="endpoint">Where it answers.</param>
[<Sealed>]
type LocalEngine(endpoint: string) =
    static let door = obj ()
    static let mutable found: Result<LocalEngine, string> option = None
    static let mutable stop: unit -> unit = ignore

    static let start () =
        Repository.runScript "dynamodb-local" [ "start"; "--while"; string Environment.ProcessId ]
        |> Result.map (fun endpoint ->
            stop <- fun () -> Repository.runScript "dynamodb-local" [ "stop"; endpoint ] |> ignore
            LocalEngine endpoint)

    static let find () =
        match Environment.GetEnvironmentVariable "DYNAMODB_ENDPOINT" with
        | null
        | "" when String.IsNullOrEmpty(Environment.GetEnvironmentVariable "DYNAMODB_UNAVAILABLE") -> start ()
        | null
        | "" -> Error "test.sh could not start it, and said why"
        | endpoint -> Ok(LocalEngine endpoint)

    let config () =
        // Any region will do, and any credentials.
        AmazonDynamoDBConfig(ServiceURL = endpoint, AuthenticationRegion = "eu-central-1")

    /// <summary>The engine at DYNAMODB_ENDPOINT, or else one that is started now for this process; or why there is
    /// none.</summary>
    static member Shared: Result<LocalEngine, string> =
        lock door (fun () ->
            match found with
            | Some engine -> engine
            | None ->
                let engine = find ()
                found <- Some engine
                engine)

    /// <summary>Stops the engine that <c>Shared</c> started, if it did. Without this it stops when the process does.</summary>
    static member StopShared() =
        lock door (fun () ->
            stop ()
            stop <- ignore
            found <- None)

    /// <summary>Where it answers.</summary>
    member _.Endpoint = endpoint

    /// <summary>A client whose settings are changed.</summary>
    member _.Client(change: Action<AmazonDynamoDBConfig>) : AmazonDynamoDBClient =
        let config = config ()
        change.Invoke config
        new AmazonDynamoDBClient(BasicAWSCredentials("local", "local"), config)

    /// <summary>A client.</summary>
    member engine.Client() : AmazonDynamoDBClient = engine.Client(fun _ -> ())

    /// <summary>Has the SDK send each request once. By itself it sends one up to ten times more when its connection is
    /// reset, and up to four times more after other errors; it calls the first <c>MaxStaleConnectionRetries</c>, and
    /// keeps them apart from <c>MaxErrorRetry</c>.</summary>
    static member TryOnce(config: AmazonDynamoDBConfig) =
        config.MaxErrorRetry <- 0
        config.MaxStaleConnectionRetries <- 0

    /// <summary>A client whose requests go through a gate, each of them once.</summary>
    member engine.Client(gate: HttpGate) : AmazonDynamoDBClient =
        engine.Client(fun config ->
            LocalEngine.TryOnce config
            config.HttpClientFactory <- gate.Factory)

    /// <summary>Creates a table with a name of its own, and returns its name.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="timeToLive">Whether its <c>expiration</c> is the time to live. The engine then deletes an item within
    /// seconds after that, by the true time, but for one that expired more than five years ago.</param>
    member engine.CreateTable(key: TableKey, timeToLive: bool) : Task<string> =
        task {
            use client = engine.Client()
            let name = "idempotency-" + Guid.NewGuid().ToString "N"

            let keys =
                [ key.Partition, KeyType.HASH
                  match key.Sort with
                  | Some sort -> sort, KeyType.RANGE
                  | None -> () ]

            let! _ =
                client.CreateTableAsync(
                    CreateTableRequest(
                        TableName = name,
                        BillingMode = BillingMode.PAY_PER_REQUEST,
                        KeySchema = List [ for attribute, kind in keys -> KeySchemaElement(attribute, kind) ],
                        AttributeDefinitions =
                            List
                                [ for attribute, _ in keys ->
                                      AttributeDefinition(attribute, ScalarAttributeType.S) ]
                    )
                )

            if timeToLive then
                let! _ =
                    client.UpdateTimeToLiveAsync(
                        UpdateTimeToLiveRequest(
                            TableName = name,
                            TimeToLiveSpecification =
                                TimeToLiveSpecification(AttributeName = "expiration", Enabled = true)
                        )
                    )

                ()

            return name
        }

    /// <summary>A table with this key, and time to live.</summary>
    member engine.CreateTable(key: TableKey) : Task<string> = engine.CreateTable(key, true)

    /// <summary>A table with the partition key <c>id</c>, and time to live.</summary>
    member engine.CreateTable() : Task<string> = engine.CreateTable TableKey.simple
