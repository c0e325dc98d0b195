// The functions that Powertools adds to the language, by their names there. They are made as a user's own would be,
// and serve as examples of it.
namespace Idempotency.Core

open System
open System.Buffers
open System.IO
open System.IO.Compression
open System.Text
open System.Text.Json
open Idempotency

module internal PowertoolsFunctions =
    /// The most that powertools_base64_gzip unpacks, in bytes: 10 MiB.
    let maxUnpackedLength = 10 * 1024 * 1024

    let private utf8 = UTF8Encoding(false, true)

    let private ofText name (body: string -> Result<JmesValue, string>) =
        JmesFunction.define name [ JmesTypes.String ] (fun values -> body (JmesValues.text values[0]))

    let private parse (text: string) =
        try
            Ok(JmesValue(JsonElement.Parse text))
        with
        | :? JsonException as problem ->
            Error(
                worded
                    $"needs JSON, but the text breaks its rules at line {problem.LineNumber}, byte {problem.BytePositionInLine}"
            )
        | :? ArgumentException -> Error "needs JSON, but the text is not Unicode"

    let private decode (text: string) =
        try
            Ok(Convert.FromBase64String text)
        with :? FormatException ->
            Error "needs base64, which the text is not"

    let private toText (bytes: ReadOnlySpan<byte>) =
        try
            Ok(JmesValue.OfText(utf8.GetString bytes))
        with :? DecoderFallbackException ->
            Error "needs text in UTF-8, which the decoded bytes are not"

    /// The length that the end of a gzip file states, modulo 2 to the power of 32; the base library does not look.
    let private statedLength (packed: byte[]) =
        if packed.Length < 18 || packed[0] <> 0x1Fuy || packed[1] <> 0x8Buy then
            ValueNone
        else
            ValueSome(
                Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(
                    ReadOnlySpan(packed, packed.Length - 4, 4)
                )
            )

    /// Unpacks, but never more than one byte too many.
    let private unpack (packed: byte[]) : Result<ArrayBufferWriter<byte>, string> =
        let unpacked = ArrayBufferWriter<byte>()
        use unzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress)
        let mutable reading = true

        while reading && unpacked.WrittenCount <= maxUnpackedLength do
            let room = unpacked.GetSpan 4096
            let wanted = min room.Length (maxUnpackedLength + 1 - unpacked.WrittenCount)
            let count = unzip.Read(room.Slice(0, wanted))
            unpacked.Advance count
            reading <- count > 0

        if unpacked.WrittenCount > maxUnpackedLength then
            Error(worded $"stops at {maxUnpackedLength} bytes, and there is more in the packed data")
        else
            Ok unpacked

    let private unzip (packed: byte[]) =
        let broken = "needs gzip data, which the decoded bytes are not, or not all of it"

        try
            match statedLength packed with
            | ValueNone -> Error broken
            | ValueSome stated ->
                match unpack packed with
                | Error problem -> Error problem
                | Ok unpacked when uint32 unpacked.WrittenCount = stated -> toText unpacked.WrittenSpan
                | Ok _ -> Error broken
        with :? InvalidDataException ->
            Error broken

    let json = ofText "powertools_json" parse

    let base64 =
        ofText "powertools_base64" (fun text ->
            match decode text with
            | Ok bytes -> toText (ReadOnlySpan bytes)
            | Error problem -> Error problem)

    let all =
        [ json; base64; ofText "powertools_base64_gzip" (decode >> Result.bind unzip) ]
