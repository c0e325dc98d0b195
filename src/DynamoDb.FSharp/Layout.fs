// How records lie in a table, checked once: the names, and where a key's text stands.
namespace Idempotency.DynamoDb

open System
open System.Collections.Generic
open System.Text
open Amazon.DynamoDBv2.Model
open Idempotency

/// Where the text of a key stands.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type internal KeyShape =
    /// In the partition key.
    | Simple
    /// In the sort key of this name; the partition key follows from it.
    | Composite of sortKey: string * partitionOf: (string -> string)

/// A table and its layout. Immutable, and shared between threads.
[<NoComparison; NoEquality>]
type internal Layout =
    { Table: string
      Names: DynamoDbAttributes
      Shape: KeyShape
      BareText: BareText }

module internal Layout =
    /// DynamoDB's limits of a key, in bytes of UTF-8.
    [<Literal>]
    let LongestPartitionKey = 2048

    [<Literal>]
    let LongestSortKey = 1024

    let private partitionProblem (value: string | null) =
        match value with
        | null
        | "" -> Some "must not be empty"
        | text when Encoding.UTF8.GetByteCount text > LongestPartitionKey ->
            Some $"must be at most {LongestPartitionKey} bytes long"
        | _ -> None

    let private tableProblems (table: string | null) =
        match table with
        | null
        | "" -> [ "the name of the table must not be empty" ]
        | _ -> []

    let private shapeOf (options: DynamoDbStoreOptions) : Result<KeyShape, string> =
        match options.Attributes.SortKey, options.PartitionValue, options.PartitionOf with
        | Null, Null, Null -> Ok KeyShape.Simple
        | Null, _, _ ->
            Error
                "PartitionValue and PartitionOf are for a table with a sort key: name it in Attributes.SortKey, or leave \
                  them out"
        | NonNull _, Null, Null ->
            Error
                "a table with a sort key needs PartitionValue (Powertools has 'idempotency#' and the name of the Lambda \
                  function) or PartitionOf"
        | NonNull _, NonNull _, NonNull _ -> Error "PartitionValue and PartitionOf exclude each other"
        | NonNull sortKey, NonNull value, Null ->
            match partitionProblem value with
            | Some problem -> Error $"PartitionValue {problem}"
            | None -> Ok(KeyShape.Composite(sortKey, fun _ -> value))
        | NonNull sortKey, Null, NonNull partitionOf -> Ok(KeyShape.Composite(sortKey, partitionOf.Invoke))

    /// Checks what was chosen, and keeps a copy of it.
    let create (table: string) (options: DynamoDbStoreOptions) : Layout =
        let shape = shapeOf options

        let problems =
            [ yield! tableProblems table
              yield! Attributes.problems options.Attributes
              match shape with
              | Error problem -> problem
              | Ok _ -> ()
              if not (Enum.IsDefined options.BareText) then
                  $"BareText has no value {int options.BareText}" ]

        match problems, shape with
        | [], Ok shape ->
            { Table = table
              Names = options.Attributes.Copy()
              Shape = shape
              BareText = options.BareText }
        | _ ->
            let all = String.Join("; ", problems)
            raise (ArgumentException $"The options of DynamoDbStore do not fit: {all}.")

    /// The longest text of a key, in bytes of UTF-8.
    let longestKey layout =
        match layout.Shape with
        | KeyShape.Simple -> LongestPartitionKey
        | KeyShape.Composite _ -> LongestSortKey

    /// The attribute that holds the text of a key.
    let keyAttribute layout =
        match layout.Shape with
        | KeyShape.Simple -> layout.Names.PartitionKey
        | KeyShape.Composite(sortKey, _) -> sortKey

    /// Writes the key into an item that is being made.
    let putKey layout (asked: Asked) (item: Dictionary<string, AttributeValue>) =
        let key = asked.Key

        match layout.Shape with
        | KeyShape.Simple -> item[layout.Names.PartitionKey] <- AttributeValue(key)
        | KeyShape.Composite(sortKey, partitionOf) ->
            let partition = partitionOf key

            match partitionProblem partition with
            | Some problem ->
                raise (DynamoDbSetupException(asked, $"what PartitionOf returns {problem}.", null))
            | None ->
                item[layout.Names.PartitionKey] <- AttributeValue(partition)
                item[sortKey] <- AttributeValue(key)

    /// The key of a request.
    let key layout (asked: Asked) =
        let key = Dictionary<string, AttributeValue>(2)
        putKey layout asked key
        key
