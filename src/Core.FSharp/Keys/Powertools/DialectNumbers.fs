// The numbers of JSON as each language writes them again after it has read them.
namespace Idempotency.Core

open System
open System.Globalization
open System.Text

module internal DialectNumbers =
    /// Whether JSON readers take the text for an integer.
    let isInteger (text: string) = text.IndexOfAny [| '.'; 'e'; 'E' |] < 0

    let toDouble (text: string) =
        Double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)

    /// The shortest digits that are read as this positive double, and of these the closest. For two of them, two to the
    /// power of -25 and of -958, .NET writes one digit too few: they need all seventeen.
    let private shortest (value: double) : string =
        let written = value.ToString("R", CultureInfo.InvariantCulture)

        if toDouble written = value then
            written
        else
            value.ToString("E16", CultureInfo.InvariantCulture)

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
        | PowertoolsLanguage.DotNet -> text
        | PowertoolsLanguage.TypeScript -> ofEcmaScript (toDouble text)
        | PowertoolsLanguage.Python
        | PowertoolsLanguage.Java ->
            if text = "-0" then "0"
            elif isInteger text then text
            elif language.IsPython then ofPythonFloat (toDouble text)
            else JavaDouble.toText (toDouble text)
