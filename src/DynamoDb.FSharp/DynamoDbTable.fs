// Creates the table of a store, and looks whether a table is right for one. No store needs it: a table may be made by other
// means.
namespace Idempotency

open System
open System.Collections.Generic
open System.Runtime.InteropServices
open System.Threading
open System.Threading.Tasks
open Amazon.DynamoDBv2
open Amazon.DynamoDBv2.Model
open Idempotency.DynamoDb

module internal TableChecks =
    let error problem remedy =
        TableFinding(TableSeverity.Error, problem, remedy)

    let warning problem remedy =
        TableFinding(TableSeverity.Warning, problem, remedy)

    /// The key schema that a layout needs: names and kinds.
    let wanted (layout: Layout) =
        [ layout.Names.PartitionKey, KeyType.HASH
          match layout.Shape with
          | KeyShape.Simple -> ()
          | KeyShape.Composite(sortKey, _) -> sortKey, KeyType.RANGE ]

    let private shown (schema: (string * KeyType) list) =
        String.Join(
            ", ",
            [ for name, kind in schema do
                  let word = if kind = KeyType.HASH then "partition key" else "sort key"
                  $"{word} '{name}'" ]
        )

    let private keyFindings layout (table: TableDescription) =
        let wanted = wanted layout

        let found =
            [ for element in table.KeySchema do
                  element.AttributeName, element.KeyType ]
            |> List.sortBy (fun (_, kind) -> if kind = KeyType.HASH then 0 else 1)

        [ if found <> wanted then
              error
                  $"it has {shown found}, and the options say {shown wanted}"
                  "Name the table's keys in DynamoDbStoreOptions.Attributes, or make another table: keys cannot be changed"

          for name, _ in found do
              match
                  table.AttributeDefinitions
                  |> Seq.tryFind (fun known -> known.AttributeName = name)
              with
              | Some known when known.AttributeType <> ScalarAttributeType.S ->
                  error
                      $"its key '{name}' is of type {known.AttributeType}, not S (string)"
                      "Make another table: the type of a key cannot be changed"
              | Some _
              | None -> () ]

    let private stateFindings (table: TableDescription) =
        [ if
              table.TableStatus <> TableStatus.ACTIVE
              && table.TableStatus <> TableStatus.UPDATING
          then
              error $"it is {table.TableStatus}" "Wait until it is ACTIVE"

          if
              not (isNull table.Replicas)
              && table.Replicas.Count > 0
              && table.MultiRegionConsistency <> MultiRegionConsistency.STRONG
          then
              error
                  "it is a global table without strong consistency across its regions: the last writer wins there, and two \
                    calls can have the same lock"
                  "Use a table of one region, or one with multi-Region strong consistency" ]

    let private ttlFindings (layout: Layout) (ttl: TimeToLiveDescription | null) =
        let wanted = layout.Names.Expiration

        let isOn (known: TimeToLiveDescription) =
            known.TimeToLiveStatus = TimeToLiveStatus.ENABLED
            || known.TimeToLiveStatus = TimeToLiveStatus.ENABLING

        match ttl with
        | NonNull known when isOn known && known.AttributeName = wanted -> []
        | NonNull known when isOn known ->
            [ error
                  $"its TTL deletes by '{known.AttributeName}', and records expire by '{wanted}': it may delete live records, and \
                    leaves the expired ones"
                  $"Turn TTL off, then on with the attribute '{wanted}'" ]
        | _ ->
            [ warning
                  "its TTL is off, so that expired records stay and cost storage"
                  $"Turn TTL on with the attribute '{wanted}', or call DynamoDbTable.CreateAsync" ]

    let all layout table ttl =
        keyFindings layout table @ stateFindings table @ ttlFindings layout ttl
        |> List.sortByDescending _.Severity

/// <summary>Creates and checks the table of a <see cref="T:Idempotency.DynamoDbStore"/>.</summary>
[<AbstractClass; Sealed>]
type DynamoDbTable private () =
    // A table is there within seconds; after five minutes something is wrong.
    static let pause = TimeSpan.FromMilliseconds 500.
    static let mostLooks = 600

    static let layoutOf table (options: DynamoDbStoreOptions | null) =
        match options with
        | null -> Layout.create table (DynamoDbStoreOptions())
        | given -> Layout.create table given

    static let describe
        (client: IAmazonDynamoDB)
        (table: string)
        (cancellation: CancellationToken)
        : Task<TableDescription | null> =
        task {
            try
                let! answer = client.DescribeTableAsync(table, cancellation).ConfigureAwait false
                return answer.Table
            with :? ResourceNotFoundException ->
                return null
        }

    static let check (client: IAmazonDynamoDB) (layout: Layout) (cancellation: CancellationToken) =
        task {
            match! (describe client layout.Table cancellation).ConfigureAwait false with
            | null ->
                let missing =
                    TableChecks.error
                        "it does not exist in this account and region"
                        "Create it (DynamoDbTable.CreateAsync), or correct its name, or the region or endpoint of the client"

                return TableReport(layout.Table, [ missing ])
            | table ->
                let! ttl =
                    client.DescribeTimeToLiveAsync(layout.Table, cancellation).ConfigureAwait false

                return TableReport(layout.Table, TableChecks.all layout table ttl.TimeToLiveDescription)
        }

    static let create (client: IAmazonDynamoDB) (layout: Layout) (cancellation: CancellationToken) =
        task {
            let keys = TableChecks.wanted layout

            let request =
                CreateTableRequest(
                    TableName = layout.Table,
                    BillingMode = BillingMode.PAY_PER_REQUEST,
                    KeySchema = List<KeySchemaElement>(),
                    AttributeDefinitions = List<AttributeDefinition>()
                )

            for name, kind in keys do
                request.KeySchema.Add(KeySchemaElement(name, kind))
                request.AttributeDefinitions.Add(AttributeDefinition(name, ScalarAttributeType.S))

            try
                let! _ = client.CreateTableAsync(request, cancellation).ConfigureAwait false
                ()
            with :? ResourceInUseException ->
                // Another process was quicker; what it made is checked like any other.
                ()
        }

    static let untilActive (client: IAmazonDynamoDB) (layout: Layout) (cancellation: CancellationToken) =
        task {
            let mutable looks = 0
            let mutable isActive = false

            while not isActive do
                match! (describe client layout.Table cancellation).ConfigureAwait false with
                | NonNull table when table.TableStatus <> TableStatus.CREATING -> isActive <- true
                | _ ->
                    looks <- looks + 1

                    if looks = mostLooks then
                        let waited = pause * float mostLooks
                        raise (TimeoutException $"Table '{layout.Table}' is not there after {waited}.")

                    do! Task.Delay(pause, cancellation).ConfigureAwait false
        }

    static let turnTtlOn (client: IAmazonDynamoDB) (layout: Layout) (cancellation: CancellationToken) =
        task {
            let specification =
                TimeToLiveSpecification(AttributeName = layout.Names.Expiration, Enabled = Nullable true)

            let request =
                UpdateTimeToLiveRequest(TableName = layout.Table, TimeToLiveSpecification = specification)

            try
                let! _ = client.UpdateTimeToLiveAsync(request, cancellation).ConfigureAwait false
                ()
            with :? AmazonDynamoDBException as refused when refused.ErrorCode = "ValidationException" ->
                // Another process was quicker, or TTL was just switched: the check that follows tells.
                ()
        }

    /// <summary>Looks whether a table is right for a store: there, active, with the right keys, and with TTL on the right
    /// attribute. It changes nothing.</summary>
    /// <param name="client">The client.</param>
    /// <param name="table">The table.</param>
    /// <param name="options">The options that the store has; null for the defaults.</param>
    /// <param name="cancellation">Ends the look.</param>
    /// <returns>What is wrong with it, with a remedy for each thing.</returns>
    /// <exception cref="T:System.ArgumentException">The options do not fit.</exception>
    /// <exception cref="T:Amazon.DynamoDBv2.AmazonDynamoDBException">DynamoDB could not be asked. It takes the permissions
    /// <c>dynamodb:DescribeTable</c> and <c>dynamodb:DescribeTimeToLive</c>.</exception>
    static member CheckAsync
        (
            client: IAmazonDynamoDB,
            table: string,
            [<Optional; DefaultParameterValue(null: DynamoDbStoreOptions | null)>] options:
                DynamoDbStoreOptions | null,
            [<Optional>] cancellation: CancellationToken
        ) : Task<TableReport> =
        check client (layoutOf table options) cancellation

    /// <summary>Makes a table for a store: billed on demand, with TTL. A table that is there already is left as it is, but
    /// for a TTL that is off, which is turned on. Waits until the table can be used, for five minutes at most.</summary>
    /// <param name="client">The client.</param>
    /// <param name="table">The table.</param>
    /// <param name="options">The options that the store will have; null for the defaults.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>What is wrong with the table in the end: nothing, unless it was there before.</returns>
    /// <exception cref="T:System.ArgumentException">The options do not fit.</exception>
    /// <exception cref="T:System.TimeoutException">The table is not there after five minutes.</exception>
    /// <exception cref="T:Amazon.DynamoDBv2.AmazonDynamoDBException">DynamoDB could not be asked. It takes the permissions
    /// <c>dynamodb:CreateTable</c>, <c>dynamodb:UpdateTimeToLive</c>, <c>dynamodb:DescribeTable</c> and
    /// <c>dynamodb:DescribeTimeToLive</c>.</exception>
    static member CreateAsync
        (
            client: IAmazonDynamoDB,
            table: string,
            [<Optional; DefaultParameterValue(null: DynamoDbStoreOptions | null)>] options:
                DynamoDbStoreOptions | null,
            [<Optional>] cancellation: CancellationToken
        ) : Task<TableReport> =
        task {
            let layout = layoutOf table options

            match! (describe client table cancellation).ConfigureAwait false with
            | null -> do! (create client layout cancellation).ConfigureAwait false
            | _ -> ()

            do! (untilActive client layout cancellation).ConfigureAwait false
            let! report = (check client layout cancellation).ConfigureAwait false

            // All that is left to do is to turn TTL on; a table that is wrong is nobody's to change.
            if report.IsUsable && report.Findings.Count > 0 then
                do! (turnTtlOn client layout cancellation).ConfigureAwait false
                return! (check client layout cancellation).ConfigureAwait false
            else
                return report
        }
