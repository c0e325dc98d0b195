// The values of a JSON text that already stand there as the canonical form writes them: nearly all that programs write.
// Each function is given the place at which a value begins, and gives the place after it; or a number below zero where
// the value is to be written anew, or is not as it should be, which the slower functions tell apart.
namespace Idempotency.Core

open System
open System.Buffers
open System.Numerics
open System.Runtime.Intrinsics

module internal StandingValues =
    /// The longest integer that is not written with an exponent, in digits (ECMAScript's Number::toString).
    [<Literal>]
    let longestInteger = 21

    // Each mention of such a literal would make a new array.
    let private yes = "true"B
    let private no = "false"B
    let private nothing = "null"B

    /// The byte at a place; zero, which stands nowhere in JSON, at the end.
    let next (json: ReadOnlySpan<byte>) (at: int) =
        if uint at < uint json.Length then json[at] else 0uy

    /// What ends the part of a text that is copied as it stands.
    let private special =
        SearchValues.Create(ReadOnlySpan(Array.append (Array.init 32 byte) "\"\\"B))

    let private firstSpecialFar (json: ReadOnlySpan<byte>) (start: int) =
        let length = json.Slice(start).IndexOfAny special
        if length < 0 then json.Length else start + length

    /// The first place, at this one or after it, of a quote, a backslash or a control character; or the end.
    let firstSpecial (json: ReadOnlySpan<byte>) (start: int) =
        // Most texts are short, and for them the library's search takes long to begin: sixteen bytes are looked at before.
        if start + Vector128<byte>.Count > json.Length then
            firstSpecialFar json start
        else
            let bytes = Vector128.Create<byte>(json.Slice(start, Vector128<byte>.Count))

            let found =
                Vector128.Equals(bytes, Vector128.Create '"'B)
                ||| Vector128.Equals(bytes, Vector128.Create '\\'B)
                ||| Vector128.LessThan(bytes, Vector128.Create ' 'B)
                |> Vector128.ExtractMostSignificantBits

            if found <> 0u then
                start + BitOperations.TrailingZeroCount found
            else
                firstSpecialFar json (start + Vector128<byte>.Count)

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

    let private isCanonicalAt (json: ReadOnlySpan<byte>) (at: int) =
        next json at = '\\'B && isCanonicalEscape (next json (at + 1))

    /// The first place, at that of a byte that does not stand for itself or after it, at which a text ends, or is no more
    /// written as it stands; or the end.
    let private stopFrom (json: ReadOnlySpan<byte>) (special: int) =
        if isCanonicalAt json special then
            let struct (reached, isEscaped) = EscapedText.stop json special
            let mutable at = firstSpecial json (if isEscaped then reached - 1 else reached)

            while isCanonicalAt json at do
                at <- firstSpecial json (at + 2)

            at
        else
            special

    /// The same from any place in a text on.
    let stop (json: ReadOnlySpan<byte>) (start: int) = stopFrom json (firstSpecial json start)

    /// The place after a text.
    let private afterText (json: ReadOnlySpan<byte>) (at: int) =
        let special = firstSpecial json (at + 1)

        if next json special = '"'B then
            special + 1
        else
            let last = stopFrom json special
            if next json last = '"'B then last + 1 else -1

    let private afterWord (json: ReadOnlySpan<byte>) (at: int) (word: byte[]) =
        if json.Slice(at).StartsWith(ReadOnlySpan word) then at + word.Length else -1

    let private afterDigits (json: ReadOnlySpan<byte>) (start: int) =
        let mutable at = start

        while Char.IsAsciiDigit(char (next json at)) do
            at <- at + 1

        at

    let private isExponent (letter: byte) = letter ||| 0x20uy = 'e'B

    /// The place after the digits behind a point, of which the last is no zero; nor the first, where none is before it.
    let private afterFraction (json: ReadOnlySpan<byte>) (start: int) (isBelowOne: bool) =
        let after = afterDigits json start

        if
            after > start
            && json[after - 1] <> '0'B
            && not (isBelowOne && json[start] = '0'B)
            && not (isExponent (next json after))
        then
            after
        else
            -1

    let private afterNumber (json: ReadOnlySpan<byte>) (at: int) =
        let isNegative = json[at] = '-'B
        let first = if isNegative then at + 1 else at
        let after = afterDigits json first
        let startsWithZero = next json first = '0'B

        if
            after = first
            || after - first > longestInteger
            || startsWithZero && after - first > 1
        then
            -1
        elif next json after = '.'B then
            afterFraction json (after + 1) startsWithZero
        elif isExponent (next json after) || startsWithZero && isNegative then
            -1
        else
            after

    /// The place after a text, a number or a word.
    let after (json: ReadOnlySpan<byte>) (at: int) =
        match next json at with
        | '"'B -> afterText json at
        | 't'B -> afterWord json at yes
        | 'f'B -> afterWord json at no
        | 'n'B -> afterWord json at nothing
        | '-'B -> afterNumber json at
        | first -> if Char.IsAsciiDigit(char first) then afterNumber json at else -1
