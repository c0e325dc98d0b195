// What Powertools is asked to run, and what comes of it. For the tests that have it beside us on one table.
namespace DynamoDb.Testing

open System
open System.Text.Json.Nodes
open System.Threading.Tasks

/// The table that the peer writes to, and its names there; `None` is what Powertools has by default.
type PeerTable =
    { Name: string
      KeyAttribute: string option
      SortKeyAttribute: string option
      PartitionValue: string option }

module PeerTable =
    /// A table with the partition key `id`.
    let simple name =
        { Name = name
          KeyAttribute = None
          SortKeyAttribute = None
          PartitionValue = None }

    /// A table with another key. The peer puts all its records under one partition value.
    let keyed name (key: TableKey) =
        { simple name with
            KeyAttribute = Some key.Partition
            SortKeyAttribute = key.Sort }

    let private optional (name: string) value (json: JsonObject) =
        value
        |> Option.iter (fun (value: string) -> json[name] <- JsonValue.Create value)

    let internal toJson table =
        let json = JsonObject()
        json["tableName"] <- JsonValue.Create table.Name
        optional "keyAttr" table.KeyAttribute json
        optional "sortKeyAttr" table.SortKeyAttribute json
        optional "staticPkValue" table.PartitionValue json
        json

/// What a call of the peer's differs in; `None` is what Powertools has by default.
type PeerOptions =
    {
        /// The part of the payload that is the key; all of it by default.
        EventKeyJmesPath: string option
        /// The part of the payload that a later call has to have too; nothing by default.
        PayloadValidationJmesPath: string option
        /// An hour by default.
        ExpiresAfterSeconds: int option
        /// The lease of its lock, as the remaining time of its Lambda; without it the lock has none.
        RemainingMilliseconds: int option
        UseLocalCache: bool
        /// What stands before the hash, in the place of the function's name.
        KeyPrefix: string option
        ThrowOnNoIdempotencyKey: bool
        /// As Node calls it; `md5` by default.
        HashFunction: string option
    }

module PeerOptions =
    /// As Powertools has them by default.
    let standard =
        { EventKeyJmesPath = None
          PayloadValidationJmesPath = None
          ExpiresAfterSeconds = None
          RemainingMilliseconds = None
          UseLocalCache = false
          KeyPrefix = None
          ThrowOnNoIdempotencyKey = false
          HashFunction = None }

    let internal toJson options =
        let json = JsonObject()

        let text (name: string) value =
            value
            |> Option.iter (fun (value: string) -> json[name] <- JsonValue.Create value)

        let number (name: string) value =
            value |> Option.iter (fun (value: int) -> json[name] <- JsonValue.Create value)

        text "eventKeyJmesPath" options.EventKeyJmesPath
        text "payloadValidationJmesPath" options.PayloadValidationJmesPath
        number "expiresAfterSeconds" options.ExpiresAfterSeconds
        number "remainingMilliseconds" options.RemainingMilliseconds
        json["useLocalCache"] <- JsonValue.Create options.UseLocalCache
        text "keyPrefix" options.KeyPrefix
        json["throwOnNoIdempotencyKey"] <- JsonValue.Create options.ThrowOnNoIdempotencyKey
        text "hashFunction" options.HashFunction
        json

/// The function that a call runs, if it runs.
[<RequireQualifiedAccess>]
type PeerFunction =
    /// It returns this JSON.
    | Returns of string
    /// It returns JavaScript's `undefined`.
    | ReturnsNothing
    /// It throws an error with this message.
    | Throws of string

    member internal this.ToJson(waits: bool) =
        let json = JsonObject()

        match this with
        | Returns value -> json["returns"] <- JsonNode.Parse value
        | ReturnsNothing -> ()
        | Throws message -> json["throws"] <- JsonValue.Create message

        json["waits"] <- JsonValue.Create waits
        json

/// What a call of the peer's came to.
[<RequireQualifiedAccess>]
type PeerAnswer =
    /// A value, as compact JSON; JavaScript's `undefined` is `None`.
    | Returned of string option
    /// An error: its class (`IdempotencyAlreadyInProgressError` and so on; `Error` is the function's own), its message,
    /// and the class of its cause.
    | Failed of error: string * message: string * cause: string option

/// A call that the peer has begun.
[<Sealed>]
type PeerRun internal (name: string, go: unit -> unit, patience: TimeSpan) =
    let started =
        TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)

    let ended =
        TaskCompletionSource<PeerAnswer>(TaskCreationOptions.RunContinuationsAsynchronously)

    member internal _.Name = name
    member internal _.OnStarted() = started.TrySetResult() |> ignore

    member internal _.OnEnded(answer: PeerAnswer) =
        ended.TrySetResult answer |> ignore

        started.TrySetException(InvalidOperationException $"The function was not run: {answer}")
        |> ignore

    member internal _.OnLost(reason: string) =
        let error = InvalidOperationException $"The peer is gone: {reason}"
        started.TrySetException error |> ignore
        ended.TrySetException error |> ignore

    /// Is over when the function has begun to run; an error if the call ends without that.
    member _.Started: Task = started.Task.WaitAsync patience

    /// Whether the function has begun to run.
    member _.HasStarted = started.Task.IsCompletedSuccessfully

    /// What the call came to.
    member _.Ended: Task<PeerAnswer> = ended.Task.WaitAsync patience

    /// Whether the call is over.
    member _.HasEnded = ended.Task.IsCompleted

    /// Lets a function that waits go on.
    member _.Go() = go ()
