// What may be chosen for a table, as settable classes for C# and F#.
namespace Idempotency

open System

/// <summary>How a text result in a peer's record is read that may or may not be JSON. Powertools for Python and .NET always
/// write JSON text; Java and TypeScript write a string result bare. Records of this library are never in doubt.</summary>
type BareText =
    /// <summary>Text that is JSON is taken as JSON, any other as a string. A bare string that happens to be JSON, such as
    /// <c>123</c> or <c>true</c>, is then read as that.</summary>
    | WhenNotJson = 0
    /// <summary>All text is taken as JSON. A bare string is then a result that cannot be read.</summary>
    | Never = 1
    /// <summary>All text is taken as a string: for a table whose peers are TypeScript, or Java functions that return
    /// strings.</summary>
    | Always = 2

/// <summary>How records lie in a table.</summary>
[<Sealed>]
type DynamoDbStoreOptions() =
    /// <summary>The names of the attributes.</summary>
    /// <value>Those of Powertools by default.</value>
    member val Attributes = DynamoDbAttributes() with get, set

    /// <summary>For a table with a sort key: the text of the partition key of every record. Powertools' default is
    /// <c>idempotency#</c> and the name of the Lambda function.</summary>
    /// <value>Null by default; at most 2,048 bytes of UTF-8.</value>
    member val PartitionValue: string | null = null with get, set

    /// <summary>For a table with a sort key, in the place of <c>PartitionValue</c>: the text of the partition key, made from
    /// the key's text. It must always give the same for the same key.</summary>
    /// <value>Null by default. What it returns may have at most 2,048 bytes of UTF-8.</value>
    member val PartitionOf: Func<string, string> | null = null with get, set

    /// <summary>How a peer's text result is read that may or may not be JSON.</summary>
    /// <value><c>BareText.WhenNotJson</c> by default.</value>
    member val BareText = BareText.WhenNotJson with get, set
