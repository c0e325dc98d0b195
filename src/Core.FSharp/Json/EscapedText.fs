// Where a JSON text with escapes has to be looked at. Most escapes are already written as the canonical form has them, and
// a text that holds JSON is full of them: blocks of 64 bytes are passed over at once, by masks with a bit for each byte.
namespace Idempotency.Core

open System
open System.Numerics
open System.Runtime.InteropServices
open System.Runtime.Intrinsics

module internal EscapedText =
    [<Literal>]
    let private block = 64

    [<Literal>]
    let private odd = 0xAAAAAAAAAAAAAAAAUL

    /// The bits of the bytes that a test picks from a block.
    let inline private pick
        (bytes: byref<byte>)
        ([<InlineIfLambda>] test: Vector512<byte> -> Vector512<byte>)
        =
        Vector512.ExtractMostSignificantBits(test (Vector512.LoadUnsafe &bytes))

    let inline private equal (b: byte) (v: Vector512<byte>) = Vector512.Equals(v, Vector512.Create b)

    let inline private ofQuotes (bytes: byref<byte>) = pick &bytes (equal '"'B)
    let inline private ofBackslashes (bytes: byref<byte>) = pick &bytes (equal '\\'B)

    let inline private ofControls (bytes: byref<byte>) =
        pick &bytes (fun v -> Vector512.LessThan(v, Vector512.Create ' 'B))

    /// The letters of those escapes that the canonical form has too; quotes and backslashes, which it has as well, apart.
    let inline private ofLetters (bytes: byref<byte>) =
        pick &bytes (fun v ->
            (equal 'b'B v ||| equal 'f'B v)
            ||| (equal 'n'B v ||| equal 'r'B v)
            ||| equal 't'B v)

    /// The bytes that follow a backslash that begins an escape. Of a run of backslashes every other one begins one: the
    /// subtraction borrows through a run, so that what it leaves differs at every other bit.
    let inline private escapedBy (backslashes: uint64) (isFirstEscaped: uint64) =
        let potential = backslashes &&& ~~~isFirstEscaped
        let codes = ((potential <<< 1) ||| odd) - potential ^^^ odd
        struct (codes ^^^ (backslashes ||| isFirstEscaped), (codes &&& backslashes) >>> 63)

    /// The first place, at this one or after it, at which a text ends, or holds a control character or the second byte of an
    /// escape that the canonical form does not have; or a place from which it is to be looked for byte by byte, with a byte
    /// before it that begins an escape where the flag says so.
    let stop (json: ReadOnlySpan<byte>) (start: int) : struct (int * bool) =
        let mutable at = start
        let mutable isEscaped = 0UL
        let mutable found = 0UL

        if Vector128.IsHardwareAccelerated then
            while found = 0UL && at + block <= json.Length do
                let bytes = &MemoryMarshal.GetReference(json.Slice at)
                let quotes = ofQuotes &bytes
                let backslashes = ofBackslashes &bytes
                let struct (escaped, carry) = escapedBy backslashes isEscaped

                let unfit =
                    if escaped = 0UL then
                        0UL
                    else
                        escaped &&& ~~~(quotes ||| backslashes ||| ofLetters &bytes)

                found <- (quotes &&& ~~~escaped) ||| ofControls &bytes ||| unfit

                if found = 0UL then
                    at <- at + block
                    isEscaped <- carry
                else
                    at <- at + BitOperations.TrailingZeroCount found
                    isEscaped <- (escaped >>> BitOperations.TrailingZeroCount found) &&& 1UL

        struct (at, isEscaped <> 0UL)
