// A live Powertools and us on one table. Both clocks stand still until the test moves them, together; the requests of the
// peer can be held up on their way.
namespace Interop.Tests

open System
open System.Collections.Generic
open System.Text
open System.Text.Json
open System.Threading
open System.Threading.Tasks
open Amazon.DynamoDBv2
open Amazon.DynamoDBv2.Model
open DynamoDb.Testing
open Idempotency
open Idempotency.Core
open Idempotency.Store.Conformance
open NUnit.Framework

/// Ours and theirs, with the same lease, on a table of their own.
[<Sealed>]
type Fleet
    private
    (key: TableKey, table: string, client: AmazonDynamoDBClient, proxy: FaultProxy, peer: PowertoolsPeer) =
    // Later than the engine sweeps.
    let clock = ManualTime(DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero))
    let lambda = "orders"
    let partition = "idempotency#" + lambda
    let mutable order = ""
    let mutable runs = 0

    let storeOn (client: IAmazonDynamoDB) =
        DynamoDbStore(
            client,
            table,
            fun options ->
                options.Attributes.PartitionKey <- key.Partition

                match key.Sort with
                | None -> ()
                | Some sort ->
                    options.Attributes.SortKey <- sort
                    options.PartitionValue <- partition
        )

    let store = storeOn client

    let charge (change: HandlerOptions -> HandlerOptions) =
        let options =
            change
                { Idempotent.defaults with
                    Time = clock
                    FirstLook = FirstLook.Write
                    Keys =
                        { KeyOptions.defaults with
                            Hash = HashFunction.Md5 }
                    Policy =
                        { Defaults.policy with
                            Lease = Fleet.Lease
                            Completion =
                                { Defaults.completion with
                                    Pause = 0L<ms> } } }

        Idempotent.operationWith<string, JsonElement>
            (Idempotent.handlerWith options store)
            "charge"
            (fun keys ->
                { keys with
                    Format = KeyFormat.Powertools PowertoolsLanguage.TypeScript
                    Prefix = lambda
                    Json = Func<_, _>(fun text -> ReadOnlyMemory(Encoding.UTF8.GetBytes text: byte[]))
                    Key = Part.Path "id"
                    Payload = if options.Keys.CheckPayload then ValueSome(Part.Path "amount") else ValueNone })

    /// The lease of both, in milliseconds. We publish a second more, and wait for a second more.
    static member Lease = 30_000L<ms>

    static member Start(key: TableKey) : Task<Fleet> =
        task {
            let engine = Engine.shared ()
            let! table = engine.CreateTable(key, false)
            let! proxy = FaultProxy.Start engine.Endpoint

            let layout =
                if key.Sort.IsSome then PeerTable.keyed table key else PeerTable.simple table

            match! PowertoolsPeer.Start(proxy.Endpoint, layout, "orders") with
            | Ok peer -> return new Fleet(key, table, engine.Client(), proxy, peer)
            | Error reason ->
                do! (proxy :> IAsyncDisposable).DisposeAsync()
                return raise (IgnoreException $"NOT RUN: there is no live Powertools ({reason})")
        }

    /// Has another key from now on, and begins with a whole second.
    member this.NewKey() =
        order <- Guid.NewGuid().ToString "N"
        runs <- 0
        this.Pass(LanguagePrimitives.Int64WithMeasure(1_000L - int64 clock.UtcNow.Millisecond))

    /// What both are called with.
    member _.Payload(amount: int) =
        $"""{{ "amount": {amount}, "id": "{order}" }}"""

    /// Our clock, to wait for its timers.
    member _.Clock = clock

    /// The clock of the peer goes by the true time, until the next `Pass`.
    member _.RunItsClock() = peer.RunClock()

    /// Both clocks go on.
    member _.Pass(length: int64<ms>) =
        clock.Advance(TimeSpan.FromMilliseconds(float length))
        peer.StopClock clock.UtcNow

    /// The requests of the peer pass it.
    member _.Gate = proxy.Gate

    /// How often our function was started.
    member _.Runs = Volatile.Read &runs

    /// A call of the peer's as it is by default here: the same key, payloads checked, the same lease.
    static member Options =
        { PeerOptions.standard with
            EventKeyJmesPath = Some "id"
            PayloadValidationJmesPath = Some "amount"
            RemainingMilliseconds = Some(int Fleet.Lease) }

    /// A call of the peer's.
    member this.Theirs(body: PeerFunction, ?amount: int, ?options: PeerOptions) =
        peer.Call(this.Payload(defaultArg amount 1), defaultArg options Fleet.Options, body)

    /// A call of the peer's whose function has begun, and stalls.
    member this.TheirsStalling(body: PeerFunction, ?options: PeerOptions) : Task<PeerRun> =
        task {
            let run = peer.CallStalling(this.Payload 1, defaultArg options Fleet.Options, body)

            do! run.Started
            return run
        }

    /// A call of ours.
    member this.Ours
        (
            body: IdempotencyContext -> Task<JsonElement>,
            ?amount: int,
            ?change: HandlerOptions -> HandlerOptions
        ) : Task<Outcome<JsonElement>> =
        (Idempotent.run
            (charge (defaultArg change id))
            (this.Payload(defaultArg amount 1))
            (fun context _ ->
                Interlocked.Increment &runs |> ignore
                body context)
            CancellationToken.None)
            .WaitAsync
            Engine.patience

    /// The record of the key, as the table has it.
    member this.Record() : Task<Dictionary<string, AttributeValue> | null> =
        task {
            let text =
                match (charge id).Identify(this.Payload 1) with
                | Ok identity -> identity.Key
                | Error problem -> invalidOp $"{problem}"

            let asked =
                match key.Sort with
                | None -> dict [ key.Partition, AttributeValue text ]
                | Some sort -> dict [ key.Partition, AttributeValue partition; sort, AttributeValue text ]

            let! got =
                client.GetItemAsync(
                    GetItemRequest(TableName = table, Key = Dictionary asked, ConsistentRead = true)
                )

            return got.Item
        }

    /// The same as text.
    member this.Item() : Task<string> =
        task {
            let! record = this.Record()
            return RawItem.show record
        }

    interface IAsyncDisposable with
        member _.DisposeAsync() =
            (peer :> IDisposable).Dispose()
            client.Dispose()
            (proxy :> IAsyncDisposable).DisposeAsync()
