// The one spelling of a JSON text, and the order of names.
namespace Idempotency.Core

open System
open System.Numerics
open System.Runtime.Intrinsics
open System.Text
open System.Text.Json

module internal CanonicalText =
    let private hex = "0123456789abcdef"B

    /// Whether a byte of a text stands for itself.
    let isPlain (b: byte) = b >= ' 'B && b <> '"'B && b <> '\\'B

    /// Writes a byte that does not stand for itself.
    let writeEscape (output: ByteBuffer) (b: byte) =
        let short =
            match b with
            | '\b'B -> 'b'B
            | '\t'B -> 't'B
            | '\n'B -> 'n'B
            | '\012'B -> 'f'B
            | '\r'B -> 'r'B
            | '"'B
            | '\\'B -> b
            | _ -> 0uy

        output.Add '\\'B

        if short <> 0uy then
            output.Add short
        else
            output.Add "u00"B
            output.Add hex[int (b >>> 4)]
            output.Add hex[int (b &&& 0xFuy)]

    /// Writes a text with the escapes that it must have, and no others (RFC 8785, section 3.2.2.2).
    let writeEscaped (output: ByteBuffer) (text: Span<byte>) =
        let mutable from = 0

        for i in 0 .. text.Length - 1 do
            if not (isPlain text[i]) then
                output.Add(Span.op_Implicit (text.Slice(from, i - from)): ReadOnlySpan<byte>)
                writeEscape output text[i]
                from <- i + 1

        output.Add(Span.op_Implicit (text.Slice from): ReadOnlySpan<byte>)

    /// Whether the reader stands at a text without anything but white space.
    let isBlank (reader: byref<Utf8JsonReader>) =
        match reader.TokenType with
        | JsonTokenType.String when reader.ValueSpan.Length = 0 -> true
        | JsonTokenType.String when
            reader.ValueIsEscaped
            || reader.ValueSpan[0] <= ' 'B
            || reader.ValueSpan[0] >= 0x80uy
            ->
            try
                String.IsNullOrWhiteSpace(reader.GetString())
            with :? InvalidOperationException ->
                false
        | JsonTokenType.StartObject
        | JsonTokenType.StartArray -> true
        | _ -> false

module internal MemberNames =
    let private isEscaped (name: ReadOnlySpan<byte>) = name.Contains '\\'B

    let private unescaped (name: ReadOnlySpan<byte>) =
        let quoted = "\"" + Encoding.UTF8.GetString name + "\""
        let mutable reader = Utf8JsonReader(ReadOnlySpan(Encoding.UTF8.GetBytes quoted))
        reader.Read() |> ignore

        match reader.GetString() with
        | null -> ""
        | text -> text

    /// In how many bytes two texts begin alike, of so many at most. They may be looked at a little beyond those, but no
    /// further: all of what follows two names may be the same.
    let private commonPrefix (a: ReadOnlySpan<byte>) (b: ReadOnlySpan<byte>) (most: int) =
        let block = Vector128<byte>.Count

        let same =
            if a.Length >= block && b.Length >= block then
                Vector128.Equals(Vector128.Create<byte> a, Vector128.Create<byte> b)
                |> Vector128.ExtractMostSignificantBits
            else
                0xFFFFu

        if same = 0xFFFFu then
            a.Slice(0, most).CommonPrefixLength(b.Slice(0, most))
        else
            min most (BitOperations.TrailingZeroCount ~~~same)

    /// Compares two names without escapes, each of which is so many bytes at the beginning of a text. The order is that of
    /// UTF-16 code units (RFC 8785, section 3.2.3), which is that of UTF-8 but for characters beyond the first plane: their
    /// surrogates come before U+E000 to U+FFFF.
    let comparePlain (a: ReadOnlySpan<byte>) (aLength: int) (b: ReadOnlySpan<byte>) (bLength: int) =
        let same = commonPrefix a b (min aLength bLength)

        if same = aLength || same = bLength then
            compare aLength bLength
        else
            let x, y = a[same], b[same]

            if (x >= 0xF0uy) <> (y >= 0xF0uy) && min x y >= 0xEEuy then
                compare y x
            else
                compare x y

    /// Compares two names as the canonical form writes them.
    let compare (a: ReadOnlySpan<byte>) (b: ReadOnlySpan<byte>) =
        if isEscaped a || isEscaped b then
            String.CompareOrdinal(unescaped a, unescaped b)
        else
            comparePlain a a.Length b b.Length
