// What the store throws when it cannot answer. Each exception names the table, what was asked, and the remedy. Those
// after which sending again cannot help are marked as permanent.
namespace Idempotency

open System
open System.Collections.Generic
open Amazon.DynamoDBv2.Model

/// What was asked of which table, for the messages.
[<Struct; NoComparison; NoEquality>]
type internal Asked =
    {
        Table: string
        /// The store's request: acquire, renew, complete, release, late complete, get.
        Request: string
        /// The name of the operation; null where only a key is known.
        Operation: string | null
        Key: string
    }

    override this.ToString() =
        match this.Operation with
        | null -> $"Table '{this.Table}', {this.Request}, key '{this.Key}'"
        | name -> $"Table '{this.Table}', {this.Request} for operation '{name}', key '{this.Key}'"

/// <summary>The DynamoDB store could not answer a request.</summary>
[<AbstractClass>]
type DynamoDbStoreException internal (asked: Asked, problem: string, inner: exn | null) =
    inherit Exception($"{asked}: {problem}", inner)

    /// <summary>The table.</summary>
    member _.Table = asked.Table

    /// <summary>What was asked: <c>acquire</c>, <c>renew</c>, <c>complete</c>, <c>release</c>, <c>late complete</c> or
    /// <c>get</c>.</summary>
    member _.Request = asked.Request

    /// <summary>The name of the operation; null for a read, which knows only the key.</summary>
    member _.Operation = asked.Operation

    /// <summary>The key's text: the operation and a digest, never the input itself.</summary>
    member _.Key = asked.Key

/// <summary>DynamoDB did not answer, or could not just then: throttling, a failure of the service, a conflict with a
/// transaction, a timeout, a lost connection. The write may have been applied all the same.</summary>
/// <remarks>The SDK has already tried again as often as its <c>MaxErrorRetry</c> says; a completion is then sent again by the
/// protocol, within its budget. The inner exception is the SDK's.</remarks>
[<Sealed>]
type DynamoDbUnavailableException internal (asked, problem: string, inner: exn) =
    inherit DynamoDbStoreException(asked, problem, inner)

/// <summary>The table is not there, may not be used, or is not of the shape that the options say. Sending again does not
/// help: something has to be set up first.</summary>
[<Sealed>]
type DynamoDbSetupException internal (asked, problem: string, inner: exn | null) =
    inherit DynamoDbStoreException(asked, problem, inner)
    interface IPermanentFault

/// <summary>A record with its result would be larger than DynamoDB's limit for an item, 400 KB.</summary>
[<Sealed>]
type DynamoDbItemTooLargeException internal (asked, problem: string, size: int64, inner: exn | null) =
    inherit DynamoDbStoreException(asked, problem, inner)

    /// <summary>The size that the item would have, in bytes of UTF-8, names included.</summary>
    member _.Size = size

    /// <summary>The largest size of an item, in bytes: 409,600.</summary>
    member _.Limit = 409_600

    interface IPermanentFault

/// <summary>The item under a key is not a record that this library or Powertools writes: an attribute is missing, of another
/// type, or has a value that cannot be. The key is refused until somebody has looked.</summary>
[<Sealed>]
type MalformedRecordException internal (asked, attribute: string, problem: string) =
    inherit DynamoDbStoreException(asked, problem, null)

    /// <summary>The name of the attribute at fault.</summary>
    member _.Attribute = attribute

    interface IPermanentFault

/// <summary>Why a transaction refused one of the writes that a function had enlisted.</summary>
[<Sealed>]
type EnlistedRefusal
    internal
    (index: int, code: string, message: string | null, item: Dictionary<string, AttributeValue> | null) =
    /// <summary>Which of the writes, in the order in which they were enlisted, from 0.</summary>
    member _.Index = index

    /// <summary>DynamoDB's code, such as <c>ConditionalCheckFailed</c>.</summary>
    member _.Code = code

    /// <summary>DynamoDB's explanation, or null.</summary>
    member _.Message = message

    /// <summary>The item that was met, where the write asked for it (<c>ReturnValuesOnConditionCheckFailure</c>); or null.</summary>
    member _.Item = item

/// <summary>The writes that a function had enlisted were refused for good. Nothing was written, the result neither: it counts
/// as the function's own failure.</summary>
[<Sealed>]
type EnlistedWritesRefusedException
    internal (asked, problem: string, refusals: IReadOnlyList<EnlistedRefusal>, inner: exn | null) =
    inherit DynamoDbStoreException(asked, problem, inner)

    /// <summary>The writes that were refused, and why; empty when all of them were, as a whole.</summary>
    member _.Refusals = refusals

    interface IEnlistedRefused
