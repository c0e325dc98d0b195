// Where a value of a JSON text ends, when nobody wants to know what it says. It is checked as strictly as Utf8JsonReader
// checks it, and nothing is decoded. Each function is given the place at which something begins, and gives the place after
// it, or a number below zero where the text is not as it should be.
namespace Idempotency.Core

open System
open System.Buffers
open System.Numerics
open System.Runtime.CompilerServices
open System.Runtime.Intrinsics
open Idempotency.Core.StandingValues

module internal SkippedValues =
    /// How deeply the values may be nested that can be skipped.
    [<Literal>]
    let MaxDepth = 64

    let private hexDigits = SearchValues.Create("0123456789ABCDEFabcdef"B)

    // Each mention of such a literal would make a new array.
    let private yes = "true"B
    let private no = "false"B
    let private nothing = "null"B

    let private isSpace (b: byte) =
        b = ' 'B || b = '\n'B || b = '\r'B || b = '\t'B

    let private moreSpace (json: ReadOnlySpan<byte>) (at: int) =
        let mutable place = at

        while isSpace (next json place) do
            place <- place + 1

        place

    /// The first place, at this one or after it, that holds no white space.
    [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
    let space (json: ReadOnlySpan<byte>) (at: int) =
        if at < json.Length && json[at] <= ' 'B then moreSpace json at else at

    let private escape (json: ReadOnlySpan<byte>) (at: int) =
        match next json (at + 1) with
        | '"'B
        | '\\'B
        | '/'B
        | 'b'B
        | 'f'B
        | 'n'B
        | 'r'B
        | 't'B -> at + 2
        | 'u'B when at + 6 <= json.Length && not (json.Slice(at + 2, 4).ContainsAnyExcept hexDigits) -> at + 6
        | _ -> -1

    let private longText (json: ReadOnlySpan<byte>) (start: int) =
        let mutable at = start
        let mutable isOpen = true

        while isOpen && at >= 0 do
            let struct (reached, isEscaped) = EscapedText.stop json at
            let place = if isEscaped then reached - 1 else reached

            match next json place with
            | '"'B ->
                at <- place + 1
                isOpen <- false
            | '\\'B -> at <- escape json place
            | other -> at <- if other < ' 'B then -1 else place + 1

        at

    [<Literal>]
    let private short = 16

    /// The bits of the first bytes of a text that end it, begin an escape, or must not be in it.
    [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
    let private stops (json: ReadOnlySpan<byte>) (at: int) =
        let bytes = Vector128.Create<byte>(json.Slice at)

        Vector128.ExtractMostSignificantBits(
            Vector128.Equals(bytes, Vector128.Create '"'B)
            ||| Vector128.Equals(bytes, Vector128.Create '\\'B)
            ||| Vector128.LessThan(bytes, Vector128.Create ' 'B)
        )

    /// A string. Half of a surrogate pair may stand in it, and bytes that are not UTF-8.
    let text (json: ReadOnlySpan<byte>) (start: int) =
        if start + 1 + short <= json.Length then
            let place = start + 1 + BitOperations.TrailingZeroCount(stops json (start + 1))

            if place < start + 1 + short && json[place] = '"'B then
                place + 1
            else
                longText json (start + 1)
        else
            longText json (start + 1)

    let private word (json: ReadOnlySpan<byte>) (at: int) (word: byte[]) =
        if json.Slice(at).StartsWith(ReadOnlySpan word) then at + word.Length else -1

    /// A string, a number or a word.
    let private scalar (json: ReadOnlySpan<byte>) (at: int) =
        match next json at with
        | '"'B -> text json at
        | 't'B -> word json at yes
        | 'f'B -> word json at no
        | 'n'B -> word json at nothing
        | first when first = '-'B || Char.IsAsciiDigit(char first) ->
            NumberText.exponent json (NumberText.fraction json (NumberText.integer json at))
        | _ -> -1

    /// A member's name.
    let name (json: ReadOnlySpan<byte>) (at: int) =
        if next json at = '"'B then text json at else -1

    /// A colon, and the white space around it.
    let colon (json: ReadOnlySpan<byte>) (at: int) =
        let place = if at < 0 then json.Length else space json at
        if next json place = ':'B then space json (place + 1) else -1

    /// Any value that is nested at most so deeply, and at most as deeply as can be skipped.
    let value (json: ReadOnlySpan<byte>) (start: int) (maxDepth: int) =
        let deepest = min maxDepth MaxDepth
        let mutable at = start
        let mutable depth = 0
        // A bit for each object or array that is open, the innermost the lowest: 1 for an object.
        let mutable kinds = 0UL
        let mutable isUnderWay = true

        while isUnderWay do
            let first = next json at
            let isObject = first = '{'B
            let mutable isOver = true

            if not isObject && first <> '['B then
                at <- scalar json at
            elif depth >= deepest then
                at <- -1
            else
                depth <- depth + 1
                kinds <- (kinds <<< 1) ||| (if isObject then 1UL else 0UL)
                at <- space json (at + 1)
                isOver <- next json at = (if isObject then '}'B else ']'B)

                if not isOver && isObject then at <- colon json (name json at)

            // What follows a value, up to the next one.
            while isOver && at >= 0 && depth > 0 do
                let place = space json at
                let found = next json place
                let isMember = kinds &&& 1UL = 1UL

                if found = ','B then
                    at <- space json (place + 1)
                    isOver <- false
                    if isMember then at <- colon json (name json at)
                elif found = (if isMember then '}'B else ']'B) then
                    depth <- depth - 1
                    kinds <- kinds >>> 1
                    at <- place + 1
                else
                    at <- -1

            isUnderWay <- at >= 0 && depth > 0

        at
