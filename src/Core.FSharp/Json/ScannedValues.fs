// The canonical form of one string, number or word of a JSON text, in one pass of our own: what stands between two quotes
// is found and copied by the processor's wide instructions. Each function is given the place at which the value begins, and
// gives the place after it, or a number below zero where the text is not as it should be.
namespace Idempotency.Core

open System
open System.Buffers
open System.Text

module internal ScannedValues =
    /// What ends the part of a string that is copied as it stands.
    let private special =
        SearchValues.Create(ReadOnlySpan [| yield! [ 0uy .. 31uy ]; '"'B; '\\'B |])

    // Each mention of such a literal would make a new array.
    let private yes = "true"B
    let private no = "false"B
    let private nothing = "null"B

    /// The byte at a place; zero, which stands nowhere in JSON, at the end.
    let next (json: ReadOnlySpan<byte>) (at: int) =
        if at < json.Length then json[at] else 0uy

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

    /// Writes what the escape at a place stands for.
    let private writeEscape (output: ByteBuffer) (json: ReadOnlySpan<byte>) (at: int) =
        match next json (at + 1) with
        | '"'B
        | '\\'B
        | 'b'B
        | 'f'B
        | 'n'B
        | 'r'B
        | 't'B ->
            output.Add(json.Slice(at, 2))
            at + 2
        | '/'B ->
            output.Add '/'B
            at + 2
        | 'u'B -> writeCodeUnit output json (at + 2)
        | _ -> -1

    /// Whether the canonical form has the escape with this letter too.
    let private isCanonicalEscape (letter: byte) =
        match letter with
        | '"'B
        | '\\'B
        | 'b'B
        | 'f'B
        | 'n'B
        | 'r'B
        | 't'B -> true
        | _ -> false

    /// The place at which a text ends, or holds what cannot be copied as it stands: the backslash, where that is an escape.
    let private stop (json: ReadOnlySpan<byte>) (start: int) =
        let struct (reached, isEscaped) = EscapedText.stop json start
        let mutable at = if isEscaped then reached - 1 else reached
        let mutable goOn = true

        while goOn do
            let length = json.Slice(at).IndexOfAny special

            if length < 0 then
                at <- -1
                goOn <- false
            else
                at <- at + length

                if json[at] = '\\'B && isCanonicalEscape (next json (at + 1)) then
                    at <- at + 2
                else
                    goOn <- false

        at

    let private writeEscaped (output: ByteBuffer) (json: ReadOnlySpan<byte>) (start: int) =
        output.Add '"'B
        let mutable at = start + 1
        let mutable isOpen = true

        while isOpen && at >= 0 do
            let place = stop json at

            if place < 0 then
                at <- -1
            else
                output.Add(json.Slice(at, place - at))

                match json[place] with
                | '"'B ->
                    output.Add '"'B
                    at <- place + 1
                    isOpen <- false
                | '\\'B -> at <- writeEscape output json place
                | _ -> at <- -1

        at

    /// Writes a string.
    let writeText (output: ByteBuffer) (json: ReadOnlySpan<byte>) (at: int) =
        let length = json.Slice(at + 1).IndexOfAny special

        if length < 0 then
            -1
        elif json[at + 1 + length] = '"'B then
            output.Add(json.Slice(at, length + 2))
            at + length + 2
        else
            writeEscaped output json at

    /// The place after the digits at a place; below zero when there are none.
    let private afterDigits (json: ReadOnlySpan<byte>) (at: int) =
        let mutable place = at

        while Char.IsAsciiDigit(char (next json place)) do
            place <- place + 1

        if place > at then place else -1

    let private afterInteger (json: ReadOnlySpan<byte>) (at: int) =
        let first = if json[at] = '-'B then at + 1 else at
        if next json first = '0'B then first + 1 else afterDigits json first

    let private afterFraction (json: ReadOnlySpan<byte>) (at: int) =
        if at >= 0 && next json at = '.'B then afterDigits json (at + 1) else at

    let private afterExponent (json: ReadOnlySpan<byte>) (at: int) =
        if at >= 0 && (next json at ||| 0x20uy) = 'e'B then
            let sign = next json (at + 1)
            afterDigits json (if sign = '+'B || sign = '-'B then at + 2 else at + 1)
        else
            at

    let private writeNumber (output: ByteBuffer) (json: ReadOnlySpan<byte>) (at: int) =
        let after = afterExponent json (afterFraction json (afterInteger json at))

        if after >= 0 && CanonicalNumber.write output (json.Slice(at, after - at)) then
            after
        else
            -1

    let private writeWord (output: ByteBuffer) (json: ReadOnlySpan<byte>) (at: int) (word: byte[]) =
        if json.Slice(at).StartsWith(ReadOnlySpan word) then
            output.Add(ReadOnlySpan word)
            at + word.Length
        else
            -1

    /// Writes a string, a number or a word.
    let write (output: ByteBuffer) (json: ReadOnlySpan<byte>) (at: int) =
        match next json at with
        | '"'B -> writeText output json at
        | 't'B -> writeWord output json at yes
        | 'f'B -> writeWord output json at no
        | 'n'B -> writeWord output json at nothing
        | '-'B -> writeNumber output json at
        | first -> if Char.IsAsciiDigit(char first) then writeNumber output json at else -1
