// The names of a record's attributes. Every one can be changed; none ever stands in the text of an expression.
namespace Idempotency

open System
open System.Text

/// <summary>The names of a record's attributes in a table. The defaults are those of AWS Lambda Powertools, which
/// ignores the two that it does not have.</summary>
[<Sealed>]
type DynamoDbAttributes() =
    /// <summary>The partition key. In a table without a sort key it holds the key's text.</summary>
    /// <value><c>id</c> by default.</value>
    member val PartitionKey = "id" with get, set

    /// <summary>The sort key, if the table has one: it then holds the key's text, and the partition key what
    /// <c>DynamoDbStoreOptions.PartitionValue</c> or <c>PartitionOf</c> says.</summary>
    /// <value>Null by default: the table has no sort key.</value>
    member val SortKey: string | null = null with get, set

    /// <summary>How far the record has come, as text: <c>INPROGRESS</c>, <c>COMPLETED</c> or <c>FAILED</c>.</summary>
    /// <value><c>status</c> by default.</value>
    member val Status = "status" with get, set

    /// <summary>When the record ends: a number, seconds since the Unix epoch. Point the table's TTL at it.</summary>
    /// <value><c>expiration</c> by default.</value>
    member val Expiration = "expiration" with get, set

    /// <summary>When the lease of a lock ends: a number, milliseconds since the Unix epoch.</summary>
    /// <value><c>in_progress_expiration</c> by default.</value>
    member val InProgressExpiration = "in_progress_expiration" with get, set

    /// <summary>The result: JSON as text, or bytes where a codec makes something that is not text.</summary>
    /// <value><c>data</c> by default.</value>
    member val Data = "data" with get, set

    /// <summary>The fingerprint of the payload, as text.</summary>
    /// <value><c>validation</c> by default.</value>
    member val Validation = "validation" with get, set

    /// <summary>The token of the call that wrote the lock, as text. Powertools has none.</summary>
    /// <value><c>owner</c> by default.</value>
    member val Owner = "owner" with get, set

    /// <summary>The format of the result, a number; written together with it. Powertools has none.</summary>
    /// <value><c>v</c> by default.</value>
    member val Version = "v" with get, set

    /// The same names, in an object that nobody else changes.
    member internal this.Copy() =
        DynamoDbAttributes(
            PartitionKey = this.PartitionKey,
            SortKey = this.SortKey,
            Status = this.Status,
            Expiration = this.Expiration,
            InProgressExpiration = this.InProgressExpiration,
            Data = this.Data,
            Validation = this.Validation,
            Owner = this.Owner,
            Version = this.Version
        )

module internal Attributes =
    /// A key schema takes no longer names; other attributes get the same bound.
    let private longestName = 255

    /// Each name with the option that it comes from.
    let private named (attributes: DynamoDbAttributes) : (string * (string | null)) list =
        [ "PartitionKey", attributes.PartitionKey
          match attributes.SortKey with
          | null -> ()
          | name -> "SortKey", name
          "Status", attributes.Status
          "Expiration", attributes.Expiration
          "InProgressExpiration", attributes.InProgressExpiration
          "Data", attributes.Data
          "Validation", attributes.Validation
          "Owner", attributes.Owner
          "Version", attributes.Version ]

    /// What is wrong with the names: the option, and the remedy. Empty when nothing is.
    let problems (attributes: DynamoDbAttributes) : string list =
        let all = named attributes

        [ for option, name in all do
              match name with
              | null
              | "" -> $"Attributes.{option} must not be empty"
              | given when Encoding.UTF8.GetByteCount given > longestName ->
                  $"Attributes.{option} must be at most {longestName} bytes long"
              | _ -> ()

          for name, options in List.groupBy snd all do
              match name, options with
              | null, _
              | "", _
              | _, [ _ ] -> ()
              | shared, _ ->
                  let who =
                      String.Join(" and ", [ for option, _ in options -> "Attributes." + option ])

                  $"{who} must differ, but both are '{shared}'" ]
