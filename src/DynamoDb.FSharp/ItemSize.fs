// How large an item is by DynamoDB's own count ("DynamoDB item sizes and formats" in its developer guide), so that a
// result that is too large is noticed before it is sent.
namespace Idempotency.DynamoDb

open System
open System.Collections.Generic
open System.Text
open Amazon.DynamoDBv2.Model
open Idempotency

module internal ItemSize =
    /// The largest item that DynamoDB takes: 400 KB.
    [<Literal>]
    let Limit = 409_600

    /// A result up to this size cannot bring a record over the limit: keys, names and the rest are bounded.
    [<Literal>]
    let Unproblematic = 384_000

    let private utf8 (text: string) = int64 (Encoding.UTF8.GetByteCount text)

    /// One byte for two digits, without pairs of zeros at the end, and one more.
    let private ofNumber (digits: string) =
        let mutable rest = Values.tryWhole digits |> ValueOption.defaultValue Int64.MaxValue
        let mutable size = 1L

        while rest <> 0L && rest % 100L = 0L do
            rest <- rest / 100L

        while rest <> 0L do
            rest <- rest / 100L
            size <- size + 1L

        size

    let private ofValue (value: AttributeValue) =
        if not (isNull value.S) then utf8 value.S
        elif not (isNull value.N) then ofNumber value.N
        elif not (isNull value.B) then value.B.Length
        else 1L

    /// The size of attributes of the types that we write, names included.
    let ofItem (attributes: KeyValuePair<string, AttributeValue> seq) =
        let mutable size = 0L

        for attribute in attributes do
            size <- size + utf8 attribute.Key + ofValue attribute.Value

        size

    let tooLarge (asked: Asked) (size: int64) (inner: exn | null) : exn =
        DynamoDbItemTooLargeException(
            asked,
            $"the record with its result would be {size} bytes long, and DynamoDB takes {Limit}. Return less (a reference to \
              what is stored elsewhere), or give the operation a CompressedCodec.",
            size,
            inner
        )
