// Between .NET values and DynamoDB's: numbers, constants, and the bytes of a result.
namespace Idempotency.DynamoDb

open System
open System.Globalization
open System.IO
open System.Text
open System.Text.Unicode
open Amazon.DynamoDBv2.Model
open Idempotency.Core

module internal Values =
    /// A whole number, in digits that no culture changes.
    let number (value: int64) =
        AttributeValue(N = value.ToString CultureInfo.InvariantCulture)

    let moment (value: int64<ms>) = number (int64 value)

    let second (value: int64<s>) = number (int64 value)

    let text (value: string) = AttributeValue(value)

    // These are never changed, so that all requests may share them.
    let inProgress = text "INPROGRESS"
    let completed = text "COMPLETED"
    let failed = text "FAILED"
    let released = text (string OwnerToken.Released)

    /// The format that this version writes.
    [<Literal>]
    let Format = 1L

    let format = number Format

    let status (status: Status) =
        match status with
        | Status.InProgress -> inProgress
        | Status.Completed -> completed
        | Status.Failed -> failed

    /// A result: text if its bytes are UTF-8, as JSON is; else the bytes as they are. Null when there is none.
    let payload (payload: Payload) : AttributeValue | null =
        match payload.Utf8 with
        | null -> null
        | bytes when Utf8.IsValid(ReadOnlySpan bytes) -> text (Encoding.UTF8.GetString bytes)
        | bytes -> AttributeValue(B = new MemoryStream(bytes, false))

    /// A whole number of DynamoDB's, which may be written with a point or an exponent.
    let tryWhole (digits: string) : int64 voption =
        match Int64.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) with
        | true, value -> ValueSome value
        | false, _ ->
            let style =
                NumberStyles.AllowLeadingSign
                ||| NumberStyles.AllowDecimalPoint
                ||| NumberStyles.AllowExponent

            match Decimal.TryParse(digits, style, CultureInfo.InvariantCulture) with
            | true, value when
                Decimal.Truncate value = value
                && value >= decimal Int64.MinValue
                && value <= decimal Int64.MaxValue
                ->
                ValueSome(int64 value)
            | _ -> ValueNone
