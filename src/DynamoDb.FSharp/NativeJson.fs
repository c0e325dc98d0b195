// DynamoDB's own types as JSON: Powertools for TypeScript stores results in them.
namespace Idempotency.DynamoDb

open System
open System.Buffers
open System.Text.Encodings.Web
open System.Text.Json
open Amazon.DynamoDBv2.Model
open Idempotency.Core

module internal NativeJson =
    /// DynamoDB nests no deeper than 32 levels.
    let private options =
        JsonWriterOptions(Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 64)

    let private writeAll (writer: Utf8JsonWriter) (items: 'T seq) (write: 'T -> unit) =
        writer.WriteStartArray()
        Seq.iter write items
        writer.WriteEndArray()

    let private bytes (stream: IO.MemoryStream) = ReadOnlySpan(stream.ToArray())

    /// Members in the order of their names, so that one item always gives the same bytes: a map has no order of its own.
    let rec private write (writer: Utf8JsonWriter) (value: AttributeValue) : unit =
        if not (isNull value.S) then
            writer.WriteStringValue value.S
        elif not (isNull value.N) then
            writer.WriteRawValue value.N
        elif value.BOOL.HasValue then
            writer.WriteBooleanValue value.BOOL.Value
        elif value.NULL.HasValue then
            writer.WriteNullValue()
        elif value.IsMSet then
            writer.WriteStartObject()

            for member' in Seq.sortWith (fun a b -> String.CompareOrdinal(a, b)) value.M.Keys do
                writer.WritePropertyName member'
                write writer value.M[member']

            writer.WriteEndObject()
        elif value.IsLSet then
            writeAll writer value.L (write writer)
        elif not (isNull value.B) then
            writer.WriteBase64StringValue(bytes value.B)
        elif value.IsSSSet then
            writeAll writer value.SS writer.WriteStringValue
        elif value.IsNSSet then
            writeAll writer value.NS writer.WriteRawValue
        elif value.IsBSSet then
            writeAll writer value.BS (fun element -> writer.WriteBase64StringValue(bytes element))
        else
            raise (JsonException "The attribute has no type that is known.")

    let private written (act: Utf8JsonWriter -> unit) =
        let buffer = ArrayBufferWriter<byte>()
        use writer = new Utf8JsonWriter(buffer, options)
        act writer
        writer.Flush()
        Payload(buffer.WrittenSpan.ToArray())

    /// A value as JSON text. Bytes become Base64, sets become arrays, numbers keep their digits.
    let ofValue (value: AttributeValue) =
        written (fun writer -> write writer value)

    /// A text as a JSON string.
    let ofText (text: string) =
        written (fun writer -> writer.WriteStringValue text)

    /// Whether bytes are one JSON value and nothing else.
    let isJson (utf8: byte[]) =
        let deep = JsonReaderOptions(MaxDepth = 1_000)
        let mutable reader = Utf8JsonReader(ReadOnlySpan utf8, deep)

        try
            while reader.Read() do
                ()

            true
        with :? JsonException ->
            false
