// Doubles as Double.toString writes them up to JDK 18. It makes decimal digits until what is left is within half a unit
// of the last place, at least two where there is an exponent, and is known to give more than are needed: 2e23 is
// 1.9999999999999998E23. Where the numbers are small it reckons in 64 bits, and what overflows there shows as well.
namespace Idempotency.Core

open System
open System.Globalization
open System.Numerics

/// Decimal digits, the first of which stands for a multiple of ten to the power of Exponent.
[<Struct; NoComparison; NoEquality>]
type private Digits = { Text: string; Exponent: int }

module internal JavaDouble =
    let private five (power: int) = BigInteger.Pow(BigInteger 5, power)

    /// About how many bits a power of five has: exact where a long integer holds it, then three for each.
    let private bitsOfFive power =
        if power = 0 then 0
        elif power < 27 then int ((five power).GetBitLength())
        else power * 3

    /// What fits into 64 bits is reckoned in these, and what exceeds them there is lost; 0 stands for any width. A double
    /// never fits into 32, for which Java has a way as well: its 53 bits are always in what is reckoned with.
    let private wrapped width (value: BigInteger) =
        if width = 0 then
            value
        else
            let low = value &&& ((BigInteger.One <<< width) - BigInteger.One)

            if low >= (BigInteger.One <<< (width - 1)) then
                low - (BigInteger.One <<< width)
            else
                low

    let private roundUp (digits: Digits) =
        let nines = digits.Text.Length - digits.Text.TrimEnd('9').Length
        let kept = digits.Text.Length - nines

        if kept = 0 then
            { Text = "1" + String('0', nines - 1)
              Exponent = digits.Exponent + 1 }
        else
            let raised = char (int digits.Text[kept - 1] + 1)

            { digits with
                Text = digits.Text.Substring(0, kept - 1) + string raised + String('0', nines) }

    /// The digits of an integer; those that its double does not tell apart are rounded away.
    let private ofInteger (value: int64) (doubtfulBits: int) =
        let mutable scale = 1L

        if doubtfulBits > 1 then
            let doubtful = 1UL <<< doubtfulBits

            while uint64 scale <= doubtful / 10UL do
                scale <- scale * 10L

        let residue = value % scale

        let rounded =
            value / scale + (if scale > 1L && residue >= scale / 2L then 1L else 0L)

        let kept = rounded.ToString CultureInfo.InvariantCulture
        let places = scale.ToString(CultureInfo.InvariantCulture).Length - 1

        { Text = kept.TrimEnd '0'
          Exponent = kept.Length - 1 + places }

    let private estimate (fraction: int64) (exponent: int) =
        let mantissa =
            BitConverter.Int64BitsToDouble(0x3FF0000000000000L ||| (fraction &&& 0xFFFFFFFFFFFFFL))

        (mantissa - 1.5) * 0.289529654
        + 0.176091259
        + double exponent * 0.301029995663981
        |> Math.Floor
        |> int

    /// The digits of what may have a fraction: of `fraction`, whose highest bit stands for two to the `exponent`.
    let private ofFraction (fraction: int64) exponent significant (bits: int) tiny =
        let mutable decimalExponent = estimate fraction exponent
        let b5 = max 0 -decimalExponent
        let s5 = max 0 decimalExponent
        let whole = b5 + tiny + exponent
        let b2, s2, m2 = whole - (bits - 1), s5 + tiny, whole - significant
        let shared = min b2 s2
        let b2, s2, m2 = b2 - shared, s2 - shared, m2 - shared
        let m2 = if bits = 1 then m2 - 1 else m2
        let lift = max 0 -m2
        let b2, s2, m2 = b2 + lift, s2 + lift, m2 + lift

        let width =
            let widest = max (bits + b2 + bitsOfFive b5) (s2 + 1 + bitsOfFive (s5 + 1))

            if widest < 64 then 64 else 0

        let unit = five s5 <<< s2
        let tens = unit * BigInteger 10
        let odd = fraction >>> BitOperations.TrailingZeroCount fraction
        let mutable rest = BigInteger odd * five b5 <<< b2
        let mutable margin = five b5 <<< m2
        let digits = Text.StringBuilder()
        let mutable low = false
        let mutable high = false

        let next () =
            let digit = BigInteger.DivRem(rest, unit, &rest)
            rest <- rest * BigInteger 10
            margin <- wrapped width (margin * BigInteger 10)
            let isLost = width > 0 && digits.Length > 0 && margin.Sign <= 0
            low <- isLost || rest < margin
            let reach = (wrapped width (rest + margin)).CompareTo tens
            high <- isLost || reach > 0 || (width = 0 && reach = 0)
            int digit

        let first = next ()

        if first = 0 && not high then
            decimalExponent <- decimalExponent - 1
        else
            digits.Append first |> ignore

        if decimalExponent < -3 || decimalExponent >= 8 then
            low <- false
            high <- false

        while not low && not high do
            digits.Append(next ()) |> ignore

        let found =
            { Text = digits.ToString()
              Exponent = decimalExponent }

        let middle = (wrapped width (wrapped width (rest <<< 1) - tens)).Sign
        let isOdd = (int found.Text[found.Text.Length - 1] &&& 1) = 1

        if high && (not low || middle > 0 || (middle = 0 && isOdd)) then
            roundUp found
        else
            found

    let private digitsOf (value: double) =
        let raw = BitConverter.DoubleToInt64Bits value &&& Int64.MaxValue
        let stored = int (raw >>> 52)
        let low = raw &&& 0xFFFFFFFFFFFFFL
        let shift = BitOperations.LeadingZeroCount(uint64 low) - 11

        let struct (fraction, exponent, significant) =
            if stored = 0 then
                struct (low <<< shift, 1 - shift - 1023, 53 - shift)
            else
                struct (low ||| 0x10000000000000L, stored - 1023, 53)

        let bits = 53 - BitOperations.TrailingZeroCount fraction
        let tiny = max 0 (bits - exponent - 1)

        if tiny = 0 && exponent <= 62 && bits < 64 then
            let integer =
                if exponent >= 52 then
                    fraction <<< (exponent - 52)
                else
                    fraction >>> (52 - exponent)

            ofInteger integer (if exponent > significant then exponent - significant - 1 else 0)
        else
            ofFraction fraction exponent significant bits tiny

    let private layOut (digits: Digits) =
        let point = digits.Exponent + 1
        let text = digits.Text
        let orZero (rest: string) = if rest.Length = 0 then "0" else rest

        if point > 0 && point < 8 then
            let padded = text.PadRight(point, '0')
            padded.Substring(0, point) + "." + orZero (padded.Substring point)
        elif point <= 0 && point > -3 then
            "0." + String('0', -point) + text
        else
            worded
                $"{text[0]}.{orZero (text.Substring 1)}E{digits.Exponent.ToString CultureInfo.InvariantCulture}"

    /// The text of a double.
    let toText (value: double) : string =
        let sign = if Double.IsNegative value then "-" else ""

        if Double.IsInfinity value then sign + "Infinity"
        elif value = 0.0 then sign + "0.0"
        else sign + layOut (digitsOf value)
