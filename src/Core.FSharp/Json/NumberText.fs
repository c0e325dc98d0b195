// Where the parts of a number end in a JSON text (RFC 8259, section 6). Each function is given the place at which a part may
// begin, and gives the place after it, or a number below zero where the text is not as it should be; given one, it gives one.
namespace Idempotency.Core

open System
open Idempotency.Core.StandingValues

module internal NumberText =
    let private digits (json: ReadOnlySpan<byte>) (at: int) =
        let mutable place = at

        while Char.IsAsciiDigit(char (next json place)) do
            place <- place + 1

        if place > at then place else -1

    /// The sign and the digits before the point, of which only a single one may be a zero.
    let integer (json: ReadOnlySpan<byte>) (at: int) =
        let first = if json[at] = '-'B then at + 1 else at
        if next json first = '0'B then first + 1 else digits json first

    /// The point and the digits after it, if there are any.
    let fraction (json: ReadOnlySpan<byte>) (at: int) =
        if at >= 0 && next json at = '.'B then digits json (at + 1) else at

    /// The exponent, if there is one.
    let exponent (json: ReadOnlySpan<byte>) (at: int) =
        if at >= 0 && (next json at ||| 0x20uy) = 'e'B then
            let sign = next json (at + 1)
            digits json (if sign = '+'B || sign = '-'B then at + 2 else at + 1)
        else
            at
