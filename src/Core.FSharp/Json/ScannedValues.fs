// The canonical form of one text or number that does not stand in its JSON as the canonical form writes it. Each function is
// given the place at which the value begins, and gives the place after it, or a number below zero where the text is not
// as it should be.
namespace Idempotency.Core

open System
open System.Text
open Idempotency.Core.StandingValues

module internal ScannedValues =
    let private hexDigit (digit: byte) =
        if Char.IsAsciiDigit(char digit) then
            int (digit - '0'B)
        else
            int ((digit ||| 0x20uy) - 'a'B) + 10

    /// The four digits of an escape at a place, or a number below zero.
    let private codeUnit (json: ReadOnlySpan<byte>) (place: int) =
        let mutable unit = if place + 4 > json.Length then -1 else 0
        let mutable i = place

        while unit >= 0 && i < place + 4 do
            unit <- if Char.IsAsciiHexDigit(char json[i]) then unit * 16 + hexDigit json[i] else -1

            i <- i + 1

        unit

    let private writeRune (output: ByteBuffer) (rune: Rune) =
        if rune.IsAscii && not (CanonicalText.isPlain (byte rune.Value)) then
            CanonicalText.writeEscape output (byte rune.Value)
        else
            output.Advance(rune.EncodeToUtf8(output.Room 4))

    /// Writes the character whose four digits stand at a place.
    let private writeCodeUnit (output: ByteBuffer) (json: ReadOnlySpan<byte>) (place: int) =
        let first = codeUnit json place
        let mutable rune = Rune()

        if first < 0 then
            -1
        elif Rune.TryCreate(char first, &rune) then
            writeRune output rune
            place + 4
        elif next json (place + 4) = '\\'B && next json (place + 5) = 'u'B then
            let second = codeUnit json (place + 6)

            if second >= 0 && Rune.TryCreate(char first, char second, &rune) then
                writeRune output rune
                place + 10
            else
                -1
        else
            -1

    /// Writes what the escape at a place stands for; it is none that the canonical form has too.
    let private writeEscape (output: ByteBuffer) (json: ReadOnlySpan<byte>) (at: int) =
        match next json (at + 1) with
        | '/'B ->
            output.Add '/'B
            at + 2
        | 'u'B -> writeCodeUnit output json (at + 2)
        | _ -> -1

    /// Writes a text.
    let writeText (output: ByteBuffer) (json: ReadOnlySpan<byte>) (start: int) =
        output.Add '"'B
        let mutable at = start + 1
        let mutable isOpen = true

        while isOpen && at >= 0 do
            let place = stop json at
            output.Add(json.Slice(at, place - at))

            match next json place with
            | '"'B ->
                output.Add '"'B
                at <- place + 1
                isOpen <- false
            | '\\'B -> at <- writeEscape output json place
            | _ -> at <- -1

        at

    /// Whether a number with a fraction, but without an exponent, needs no change but to its end.
    let private isDecimal (json: ReadOnlySpan<byte>) (at: int) (point: int) =
        let first = if json[at] = '-'B then at + 1 else at

        point - first <= longestInteger
        && (json[first] <> '0'B || json[point + 1] <> '0'B)

    let private writeNumber (output: ByteBuffer) (json: ReadOnlySpan<byte>) (at: int) =
        let integer = NumberText.integer json at
        let fraction = NumberText.fraction json integer
        let after = NumberText.exponent json fraction

        if after < 0 then
            -1
        elif after = fraction && fraction > integer && isDecimal json at integer then
            output.Add(json.Slice(at, after - at).TrimEnd('0'B).TrimEnd('.'B))
            after
        elif CanonicalNumber.write output (json.Slice(at, after - at)) then
            after
        else
            -1

    /// Writes a text or a number.
    let write (output: ByteBuffer) (json: ReadOnlySpan<byte>) (at: int) =
        match next json at with
        | '"'B -> writeText output json at
        | '-'B -> writeNumber output json at
        | first -> if Char.IsAsciiDigit(char first) then writeNumber output json at else -1
