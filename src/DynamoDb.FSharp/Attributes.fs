// The names of a record's attributes. Every one can be changed; none ever stands in the text of an expression.
namespace Idempotency

/// <summary>The names of a record's attributes in a table. The defaults are those of AWS Lambda Powertools.</summary>
[<Sealed>]
type DynamoDbAttributes() =
    /// <summary>The partition key.</summary>
    /// <value><c>id</c> by default.</value>
    member val PartitionKey = "id" with get, set
