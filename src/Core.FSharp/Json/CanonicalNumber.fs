// The one text of a JSON number. Equal decimal values give equal text, different ones different text: a number never
// passes through a double, so that 9007199254740993 and 9007199254740992 stay apart while 1.50, 1.5 and 15e-1 do not.
// Numbers that a double holds exactly enough come out as ECMAScript writes them (RFC 8785, section 3.2.2.3).
namespace Idempotency.Core

open System
open System.Buffers
open System.Buffers.Text

module internal CanonicalNumber =
    /// Exponents beyond this are refused: no quantity has them, and their text would have to be made up.
    [<Literal>]
    let private exponentLimit = 1_000_000L

    let private zero = "0"B

    let inline private isDigit (b: byte) = b >= '0'B && b <= '9'B

    let private writeByte (output: IBufferWriter<byte>) (b: byte) =
        output.GetSpan(1)[0] <- b
        output.Advance 1

    let private writeZeros output count =
        for _ in 1..count do
            writeByte output '0'B

    let private writeInteger (output: IBufferWriter<byte>) (value: int64) =
        let mutable written = 0
        Utf8Formatter.TryFormat(value, output.GetSpan 20, &written) |> ignore
        output.Advance written

    /// Writes 0.DIGITS times ten to the power of `point`, by the rules of ECMAScript's Number::toString.
    let private writeDecimal (output: IBufferWriter<byte>) (digits: ReadOnlySpan<byte>) (point: int64) =
        let count = int64 digits.Length

        if count <= point && point <= 21L then
            output.Write digits
            writeZeros output (int (point - count))
        elif 0L < point && point <= 21L then
            output.Write(digits.Slice(0, int point))
            writeByte output '.'B
            output.Write(digits.Slice(int point))
        elif -6L < point && point <= 0L then
            output.Write("0."B)
            writeZeros output (int -point)
            output.Write digits
        else
            output.Write(digits.Slice(0, 1))

            if count > 1L then
                writeByte output '.'B
                output.Write(digits.Slice 1)

            writeByte output 'e'B

            if point > 0L then writeByte output '+'B

            writeInteger output (point - 1L)

    /// Whether a number is an integer that is written as it is: all digits, at most 21 of them, and no minus zero.
    let private isPlain (text: ReadOnlySpan<byte>) =
        let digits = if text[0] = '-'B then text.Slice 1 else text

        digits.Length <= 21
        && not (digits.ContainsAnyExceptInRange('0'B, '9'B))
        && not (digits.Length < text.Length && digits[0] = '0'B)

    /// Writes the text of a number whose JSON text is given; false when its exponent is out of all reason.
    let rec write (output: IBufferWriter<byte>) (text: ReadOnlySpan<byte>) : bool =
        if isPlain text then
            output.Write text
            true
        else
            writeNormal output text

    and private writeNormal output (text: ReadOnlySpan<byte>) : bool =
        let rented = ArrayPool<byte>.Shared.Rent text.Length
        let mutable count = 0 // digits, without leading zeros
        let mutable point = 0L // digits before the decimal point, leading zeros behind it counted below zero
        let mutable seenPoint = false
        let mutable i = if text[0] = '-'B then 1 else 0
        let negative = i = 1

        while i < text.Length && (isDigit text[i] || text[i] = '.'B) do
            if text[i] = '.'B then
                seenPoint <- true
            elif text[i] = '0'B && count = 0 then
                if seenPoint then point <- point - 1L
            else
                rented[count] <- text[i]
                count <- count + 1

                if not seenPoint then point <- point + 1L

            i <- i + 1

        let mutable exponent = 0L
        let mutable reasonable = true

        if i < text.Length then
            let digits = if text[i + 1] = '+'B then text.Slice(i + 2) else text.Slice(i + 1)

            let mutable read = 0

            reasonable <-
                Utf8Parser.TryParse(digits, &exponent, &read)
                && exponent <= exponentLimit
                && exponent >= -exponentLimit

        while count > 0 && rented[count - 1] = '0'B do
            count <- count - 1

        if count = 0 then
            output.Write(ReadOnlySpan zero)
        elif reasonable then
            if negative then writeByte output '-'B

            writeDecimal output (ReadOnlySpan(rented, 0, count)) (point + exponent)

        ArrayPool<byte>.Shared.Return rented
        count = 0 || reasonable
