// The numbers of JSON as each language writes them again after it has read them.
namespace Idempotency.Core

open System
open System.Globalization
open System.Numerics
open System.Text

module internal DialectNumbers =
    /// Whether JSON readers take the text for an integer.
    let isInteger (text: string) = text.IndexOfAny [| '.'; 'e'; 'E' |] < 0

    let toDouble (text: string) =
        Double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)

    let private integer text = if text = "-0" then "0" else text

    /// The digits of a positive double, as an integer times ten to the `power`; rounded down, and the next above.
    let private around (value: double) (power: int) =
        let raw = BitConverter.DoubleToInt64Bits value
        let stored = int (raw >>> 52)
        let low = raw &&& 0xFFFFFFFFFFFFFL
        let binary = max stored 1 - 1075
        let fraction = BigInteger(if stored = 0 then low else low ||| 0x10000000000000L)

        let ten (exponent: int) =
            BigInteger.Pow(BigInteger 10, max 0 exponent)

        let above = fraction * ten -power <<< max 0 binary
        let below = ten power <<< max 0 -binary
        let floor = BigInteger.Divide(above, below)
        let middle = ((above - floor * below) <<< 1).CompareTo below
        let isNearer = middle < 0 || (middle = 0 && floor.IsEven)

        if isNearer then
            [ floor; floor + BigInteger.One ]
        else
            [ floor + BigInteger.One; floor ]

    /// The shortest digits that are read as this positive double, and of these the closest. What .NET writes is not
    /// read as the same double for some powers of two.
    let private shortest (value: double) : string =
        let written = value.ToString("R", CultureInfo.InvariantCulture)

        if toDouble written = value then
            written
        else
            let scale = int (Math.Floor(Math.Log10 value))

            [ 15; 16; 17 ]
            |> Seq.collect (fun count ->
                let power = scale + 1 - count
                around value power |> Seq.map (fun digits -> worded $"{digits}E{power}"))
            |> Seq.tryFind (fun text -> toDouble text = value)
            |> Option.defaultValue written

    /// repr(float): the shortest digits, with an exponent of at least two digits from 1e16 on and below 1e-4.
    let ofPythonFloat (value: double) =
        let sign = if Double.IsNegative value then "-" else ""

        if Double.IsInfinity value then
            sign + "Infinity"
        elif value = 0.0 then
            sign + "0.0"
        else
            let shortest = shortest (abs value)

            let mantissa, exponent =
                match shortest.IndexOf 'E' with
                | -1 -> shortest, 0
                | place ->
                    shortest.Substring(0, place),
                    Int32.Parse(
                        shortest.AsSpan(place + 1),
                        NumberStyles.AllowLeadingSign,
                        CultureInfo.InvariantCulture
                    )

            let before =
                match mantissa.IndexOf '.' with
                | -1 -> mantissa.Length
                | place -> place

            let all = mantissa.Replace(".", "")
            let digits = all.TrimStart '0'
            let point = before + exponent - (all.Length - digits.Length)
            let digits = digits.TrimEnd '0'

            if point > 16 || point <= -4 then
                let power = point - 1
                let fraction = if digits.Length > 1 then "." + digits.Substring 1 else ""
                let direction = if power < 0 then "-" else "+"
                let written = (abs power).ToString("00", CultureInfo.InvariantCulture)
                worded $"{sign}{digits[0]}{fraction}e{direction}{written}"
            elif point <= 0 then
                sign + "0." + String('0', -point) + digits
            elif digits.Length <= point then
                sign + digits.PadRight(point, '0') + ".0"
            else
                sign + digits.Substring(0, point) + "." + digits.Substring point

    /// Number::toString of ECMAScript; JSON.stringify writes null for what is not finite.
    let ofEcmaScript (value: double) =
        if Double.IsFinite value then
            let output = ByteBuffer 32
            let text = (if value < 0.0 then "-" else "") + shortest (abs value)

            CanonicalNumber.write output (ReadOnlySpan(Encoding.ASCII.GetBytes text))
            |> ignore

            Encoding.ASCII.GetString output.Written
        else
            "null"

    /// A number of the document.
    let write (language: PowertoolsLanguage) (text: string) : string =
        match language with
        | PowertoolsLanguage.Python -> if isInteger text then integer text else ofPythonFloat (toDouble text)
        | PowertoolsLanguage.TypeScript -> ofEcmaScript (toDouble text)
        | PowertoolsLanguage.Java ->
            if isInteger text then integer text else JavaDouble.toText (toDouble text)
        | PowertoolsLanguage.DotNet -> text
