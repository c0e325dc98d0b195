// What a string of a JSON text says, without its escapes. A text that holds JSON is full of them: of each block of 64 bytes
// the processor's wide instructions find them all at once, and copy what stands between them.
namespace Idempotency.Core

open System
open System.Numerics
open System.Runtime.CompilerServices
open System.Runtime.Intrinsics
open System.Text
open System.Text.Unicode

module internal UnescapedText =
    [<Literal>]
    let private block = 64

    let private hexDigit (digit: byte) =
        int (digit &&& 0xFuy) + 9 * int (digit >>> 6)

    let private codeUnit (text: ReadOnlySpan<byte>) (at: int) =
        let high = (hexDigit text[at] <<< 4) + hexDigit text[at + 1]
        let low = (hexDigit text[at + 2] <<< 4) + hexDigit text[at + 3]
        char ((high <<< 8) + low)

    /// The character whose escape, with four digits, stands at a place, and how long the escape is; 0 for half of a pair.
    let private character (text: ReadOnlySpan<byte>) (at: int) : struct (Rune * int) =
        let first = codeUnit text (at + 2)
        let mutable rune = Rune()

        if Rune.TryCreate(first, &rune) then
            struct (rune, 6)
        elif
            StandingValues.next text (at + 7) = 'u'B
            && text[at + 6] = '\\'B
            && Rune.TryCreate(first, codeUnit text (at + 8), &rune)
        then
            struct (rune, 12)
        else
            struct (rune, 0)

    /// The same as writeEscape, where the escape has four digits.
    let private writeCharacter (text: ReadOnlySpan<byte>) (at: int) (output: Span<byte>) (length: int) =
        let struct (rune, long) = character text at

        if long > 0 then
            struct (at + long, length + rune.EncodeToUtf8(output.Slice length))
        else
            struct (-1, length)

    [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
    let private ofLetter (letter: byte) =
        match letter with
        | itself when itself < 'b'B -> itself
        | 'b'B -> '\b'B
        | 'f'B -> '\012'B
        | 'n'B -> '\n'B
        | 'r'B -> '\r'B
        | _ -> '\t'B

    /// Writes what the escape at a place says; the place after it, or below zero for half of a surrogate pair, and the place
    /// after what was written.
    let private writeEscape (text: ReadOnlySpan<byte>) (at: int) (output: Span<byte>) (length: int) =
        if text[at + 1] = 'u'B then
            writeCharacter text at output length
        else
            output[length] <- ofLetter text[at + 1]
            struct (at + 2, length + 1)

    [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
    let private copyBlock (text: ReadOnlySpan<byte>) (at: int) (output: Span<byte>) (length: int) =
        Vector512.CopyTo(Vector512.Create<byte>(text.Slice at), output.Slice length)

    /// The bits of the backslashes in the block at a place.
    [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
    let private backslashes (text: ReadOnlySpan<byte>) (at: int) =
        let bytes = Vector512.Create<byte>(text.Slice at)
        Vector512.ExtractMostSignificantBits(Vector512.Equals(bytes, Vector512.Create '\\'B))

    /// The bits from an index on; none where that is not in the block.
    let private bitsFrom (index: int) =
        if index < 0 || index >= block then 0UL else UInt64.MaxValue <<< index

    /// Writes what stands between the quotes of a string that was skipped, into as many bytes at least; how many it took, or
    /// a number below zero where that is not Unicode.
    let write (text: ReadOnlySpan<byte>) (output: Span<byte>) : int =
        let mutable at = 0
        let mutable length = 0

        // Whole blocks are copied, of which less may count; so a second one must be there to copy from.
        while at >= 0 && at + 2 * block <= text.Length do
            let start = at
            let mutable found = backslashes text start

            while found <> 0UL do
                let place = start + BitOperations.TrailingZeroCount found
                copyBlock text at output length
                length <- length + place - at

                match text[place + 1] with
                | 'u'B ->
                    let struct (after, written) = writeCharacter text place output length
                    at <- after
                    length <- written
                    found <- found &&& bitsFrom (at - start)
                | letter ->
                    // An escape of one letter, as nearly all are.
                    output[length] <- ofLetter letter
                    at <- place + 2
                    length <- length + 1
                    found <- found &&& (found - 1UL)

                    if letter = '\\'B then found <- found &&& (found - 1UL)

            if at >= 0 && at < start + block then
                copyBlock text at output length
                length <- length + start + block - at
                at <- start + block

        while at >= 0 && at < text.Length do
            let rest = text.Slice at
            let escape = rest.IndexOf '\\'B
            let plain = if escape < 0 then rest else rest.Slice(0, escape)
            plain.CopyTo(output.Slice length)
            length <- length + plain.Length
            at <- at + plain.Length

            if at < text.Length then
                let struct (after, written) = writeEscape text at output length
                at <- after
                length <- written

        if
            at >= 0
            && Utf8.IsValid(Span.op_Implicit (output.Slice(0, length)): ReadOnlySpan<byte>)
        then
            length
        else
            -1
