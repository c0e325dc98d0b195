// Numbers by their exact decimal value: 9007199254740992 is less than 9007199254740993, and 1.50 equals 15e-1, though
// no double tells the former apart and the latter are spelled differently.
namespace Idempotency.Core

open System
open System.Globalization
open System.Runtime.InteropServices
open System.Text.Json

/// The parts of a decimal number: 0.DIGITS times ten to the power of Point, with the place of the first digit that
/// is not 0 in its text.
[<Struct; NoEquality; NoComparison>]
type private DecimalText =
    { Sign: int
      First: int
      Stop: int
      Point: int64 }

module internal JmesNumbers =
    let private exponentOf (text: ReadOnlySpan<byte>) =
        let mutable exponent = 0L

        if text.IsEmpty then
            0L
        elif Int64.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, &exponent) then
            exponent
        elif text[0] = '-'B then
            Int64.MinValue / 4L
        else
            Int64.MaxValue / 4L

    let private decimalOf (text: ReadOnlySpan<byte>) =
        let mantissa =
            match text.IndexOfAny('e'B, 'E'B) with
            | -1 -> text.Length
            | place -> place

        let first = text.Slice(0, mantissa).IndexOfAnyInRange('1'B, '9'B)

        if first < 0 then
            { Sign = 0
              First = mantissa
              Stop = mantissa
              Point = 0L }
        else
            let point =
                match text.Slice(0, mantissa).IndexOf '.'B with
                | -1 -> mantissa
                | place -> place

            let digitsBefore = if first < point then point - first else point + 1 - first
            let exponent = exponentOf (text.Slice(min text.Length (mantissa + 1)))

            { Sign = if text[0] = '-'B then -1 else 1
              First = first
              Stop = mantissa
              Point = exponent + int64 digitsBefore }

    /// The digit at a place, which is moved on; 0 behind the last one.
    let private digit (text: ReadOnlySpan<byte>) stop (place: byref<int>) =
        if place < stop && text[place] = '.'B then place <- place + 1

        if place < stop then
            place <- place + 1
            text[place - 1]
        else
            '0'B

    let private compareDigits (a: ReadOnlySpan<byte>) x (b: ReadOnlySpan<byte>) y =
        let mutable i = x.First
        let mutable j = y.First
        let mutable order = 0

        while order = 0 && (i < x.Stop || j < y.Stop) do
            order <- (digit a x.Stop &i).CompareTo(digit b y.Stop &j)

        order

    let private compareDecimals (a: ReadOnlySpan<byte>) (b: ReadOnlySpan<byte>) =
        let x = decimalOf a
        let y = decimalOf b

        if x.Sign <> y.Sign then x.Sign.CompareTo y.Sign
        elif x.Point <> y.Point then x.Sign * x.Point.CompareTo y.Point
        else x.Sign * compareDigits a x b y

    /// Below 0, 0 or above 0.
    let compare (a: JsonElement) (b: JsonElement) : int =
        let mutable x = 0L
        let mutable y = 0L

        if a.TryGetInt64 &x && b.TryGetInt64 &y then
            x.CompareTo y
        else
            let order = a.GetDouble().CompareTo(b.GetDouble())

            if order <> 0 then
                order
            else
                compareDecimals (JsonMarshal.GetRawUtf8Value a) (JsonMarshal.GetRawUtf8Value b)

    let private small = Array.init 256 (fun i -> JsonElement.Parse(string i))

    /// The number with this JSON text.
    let ofText (text: string) = JmesValue(JsonElement.Parse text)

    let ofInt (value: int) =
        if value >= 0 && value < small.Length then
            JmesValue small[value]
        else
            ofText (value.ToString CultureInfo.InvariantCulture)

    let ofInt128 (value: Int128) =
        ofText (value.ToString CultureInfo.InvariantCulture)

    /// The shortest number that is read as this double, as ECMAScript writes it; no value for what is no number.
    let ofDouble (value: double) : JmesValue voption =
        if Double.IsFinite value then
            let output = ByteBuffer 32
            let text = value.ToString("R", CultureInfo.InvariantCulture)

            CanonicalNumber.write output (ReadOnlySpan(Text.Encoding.ASCII.GetBytes text))
            |> ignore

            ValueSome(JmesValue(JsonElement.Parse output.Written))
        else
            ValueNone

    /// Whether a number is written as an integer.
    let isInteger (number: JsonElement) =
        (JsonMarshal.GetRawUtf8Value number).IndexOfAny('.'B, 'e'B, 'E'B) < 0

    /// The absolute value, with every digit.
    let abs (number: JsonElement) =
        let text = JsonMarshal.GetRawUtf8Value number

        if text[0] = '-'B then
            JmesValue(JsonElement.Parse(text.Slice 1))
        else
            JmesValue number

    /// The number that a text is, if it is one as JSON writes them.
    let parse (text: string) : JmesValue =
        let looksLike =
            text.Length > 0
            && (Char.IsAsciiDigit text[0] || text[0] = '-')
            && (Char.IsAsciiDigit text[text.Length - 1])

        if looksLike then
            try
                ofText text
            with :? JsonException ->
                JmesValue.Null
        else
            JmesValue.Null
