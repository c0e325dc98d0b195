// The operations of a process: one for each profile, over one table.
namespace Chaos

open System
open System.Collections.Generic
open Amazon.DynamoDBv2
open Amazon.DynamoDBv2.Model
open Idempotency
open Idempotency.Core

/// What a call is made with: its key, and the payload that goes with it.
type Input = { Id: string; Variant: int }

/// What the functions throw.
exception Failed of message: string * isStored: bool with
    override this.Message = this.message

module Operations =
    [<Literal>]
    let private Partition = "idempotency#chaos"

    let private store (settings: Settings) (client: IAmazonDynamoDB) : IIdempotencyStore =
        let store =
            DynamoDbStore(
                client,
                settings.Records,
                fun options ->
                    if settings.Composite then
                        options.Attributes.PartitionKey <- "pk"
                        options.Attributes.SortKey <- "sk"
                        options.PartitionValue <- Partition
            )

        let key (text: string) =
            Dictionary(
                dict (
                    if settings.Composite then
                        [ "pk", AttributeValue Partition; "sk", AttributeValue text ]
                    else
                        [ "id", AttributeValue text ]
                )
            )

        if settings.Unfenced then
            UnfencedStore.onTable client settings.Records key store
        else
            store

    /// Half of the failures of some profiles are stored; others follow the usual rule.
    let private classify (profile: Profile) =
        FailureClassifier(fun error callerCancelled ->
            match error with
            | Failed(_, isStored) when profile.StoresFailures && isStored -> OnFailure.Store
            | _ -> FailureClassifier.standard.Invoke(error, callerCancelled))

    /// The operation of a profile over a store.
    let over (store: IIdempotencyStore) (profile: Profile) : Operation<Input, string> =
        let store: IIdempotencyStore =
            if profile.Cached then CachedStore(store, LocalCache 32) else store

        let handler =
            store
            |> Idempotent.handlerWith
                { Idempotent.defaults with
                    Policy = profile.Policy
                    Classify = classify profile }

        Idempotent.operationBy handler profile.Name _.Id

    /// All operations, over a table.
    let all settings (client: IAmazonDynamoDB) journal =
        let store = RecordingStore(store settings client, journal)
        Map [ for profile in Profile.all -> profile.Name, over store profile ]
