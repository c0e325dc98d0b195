// A value as JSON text. What comes from the document is written as it stands there, or, where one value must have
// one text, without white space and with no escapes but those that must be.
namespace Idempotency.Core

open System
open System.Buffers
open System.Collections.Generic
open System.Runtime.CompilerServices
open System.Runtime.InteropServices
open System.Text.Json
open Idempotency

module internal JmesWriting =
    let private nullText = "null"B

    let private writeItems (output: ByteBuffer) (write: JmesValue -> unit) (array: JmesValue) =
        output.Add '['B
        let mutable first = true

        for item in JmesItems array do
            if not first then output.Add ','B

            first <- false
            write item

        output.Add ']'B

    let private writeMembers (output: ByteBuffer) (write: JmesValue -> unit) (value: JmesObject) =
        output.Add '{'B

        for i in 0 .. value.Names.Length - 1 do
            if i > 0 then output.Add ','B

            JmesText.writeQuoted output value.Names[i]
            output.Add ':'B
            write value.Values[i]

        output.Add '}'B

    /// Writes a value; parts of the document keep their text.
    let rec write (output: ByteBuffer) (value: JmesValue) : unit =
        match value.Computed with
        | null when value.IsNull -> output.Add(ReadOnlySpan nullText)
        | null -> output.Add(JsonMarshal.GetRawUtf8Value value.Element)
        | :? string as text -> JmesText.writeQuoted output text
        | :? JmesObject as computed -> writeMembers output (write output) computed
        | _ -> writeItems output (write output) value

    /// Writes a value as JSON.stringify would, but for numbers, which keep their digits.
    let rec writeCompact (output: ByteBuffer) (value: JmesValue) : unit =
        match value.Type with
        | JmesTypes.String -> JmesText.writeQuoted output (JmesValues.text value)
        | JmesTypes.Array ->
            RuntimeHelpers.EnsureSufficientExecutionStack()
            writeItems output (writeCompact output) value
        | JmesTypes.Object ->
            RuntimeHelpers.EnsureSufficientExecutionStack()
            writeMembers output (writeCompact output) (JmesValues.members value)
        | _ -> write output value

    /// Writes a value into a writer of the base library.
    let rec writeTo (writer: Utf8JsonWriter) (value: JmesValue) : unit =
        match value.Computed with
        | null when value.IsNull -> writer.WriteNullValue()
        | null -> value.Element.WriteTo writer
        | :? string as text -> writer.WriteStringValue text
        | :? JmesObject as computed ->
            writer.WriteStartObject()

            for i in 0 .. computed.Names.Length - 1 do
                writer.WritePropertyName computed.Names[i]
                writeTo writer computed.Values[i]

            writer.WriteEndObject()
        | _ ->
            writer.WriteStartArray()

            for item in JmesItems value do
                writeTo writer item

            writer.WriteEndArray()

    let private nullElement = JsonElement.Parse "null"

    /// The value as an element; what is not a part of the document as it is becomes a document of its own.
    let toElement (value: JmesValue) : JsonElement =
        if not (isNull value.Computed) then
            let output = ByteBuffer 256
            write output value

            let mutable reader =
                Utf8JsonReader(output.Written, JsonReaderOptions(MaxDepth = Int32.MaxValue))

            JsonElement.ParseValue &reader
        elif value.IsNull then
            nullElement
        else
            value.Element
