// The functions of JMESPath on numbers as each language of Powertools has them. They differ in the type of number that
// they reckon with, and in which texts to_number() takes for one.
namespace Idempotency.Core

open System
open System.Globalization
open System.Numerics
open Idempotency

/// A number of Python.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type internal PythonNumber =
    | Int of BigInteger
    | Float of double

module internal DialectMath =
    let private texts (values: JmesValue) =
        [ for i in 0 .. JmesArray.count values - 1 -> (JmesArray.item i values).Element.GetRawText() ]

    /// A double. JSON has no infinity, so one is kept as a number that no double holds.
    let private ofDouble (write: double -> string) (site: CallSite) (value: double) =
        if Double.IsNaN value then site.FailValue "gives what is no number"
        elif Double.IsFinite value then JmesNumbers.ofText (write value)
        else JmesNumbers.ofText (if value > 0.0 then "1e999" else "-1e999")

    let private average (sum: CallSite -> JmesValue -> JmesValue) divide site (values: JmesValue) =
        match JmesArray.count values with
        | 0 -> JmesValue.Null
        | count -> divide site (sum site values) count

    /// Whether a text is a decimal number: digits, perhaps with a sign, a point and an exponent, and nothing around them.
    let private isDecimal (text: string) =
        let mutable number = 0.0

        let isPart c =
            Char.IsAsciiDigit c || "+-.eE".Contains(c: char)

        String.forall isPart text
        && Double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, &number)

    /// to_number(): what is neither number nor text gives null, and so does a text that is not read as a number.
    let private toNumber (ofText: CallSite -> string -> JmesValue) site (value: JmesValue) =
        match value.Type with
        | JmesTypes.Number -> value
        | JmesTypes.String -> ofText site (JmesValues.text value)
        | _ -> JmesValue.Null

    /// Java and JavaScript know doubles only. The languages take numbers that JSON does not: +5, 007, .5 and 5., and white
    /// space around them; JavaScript alone takes an empty text, for 0.
    let private withDoubles (write: double -> string) (ofEmpty: JmesValue) =
        let ofDouble = ofDouble write

        let each (change: double -> double) site (value: JmesValue) =
            ofDouble site (change (value.Element.GetDouble()))

        let sum site values =
            ofDouble
                site
                (texts values
                 |> List.fold (fun sum text -> sum + DialectNumbers.toDouble text) 0.0)

        let divide site (sum: JmesValue) count =
            ofDouble site (sum.Element.GetDouble() / double count)

        let ofText site (text: string) =
            match text.Trim() with
            | "" -> ofEmpty
            | text when isDecimal text -> ofDouble site (DialectNumbers.toDouble text)
            | _ -> JmesValue.Null

        [ "abs", each abs
          "avg", average sum divide
          "ceil", each Math.Ceiling
          "floor", each Math.Floor
          "sum", sum
          "to_number", toNumber ofText ]

    let private pythonNumber (text: string) =
        if DialectNumbers.isInteger text then
            PythonNumber.Int(BigInteger.Parse(text, CultureInfo.InvariantCulture))
        else
            PythonNumber.Float(DialectNumbers.toDouble text)

    let private toDouble (number: PythonNumber) =
        match number with
        | PythonNumber.Int whole -> DialectNumbers.toDouble (whole.ToString CultureInfo.InvariantCulture)
        | PythonNumber.Float value -> value

    let private ofPython site (number: PythonNumber) =
        match number with
        | PythonNumber.Int whole -> JmesNumbers.ofText (whole.ToString CultureInfo.InvariantCulture)
        | PythonNumber.Float value -> ofDouble DialectNumbers.ofPythonFloat site value

    /// Integers of Python have any size, until a float comes among them.
    let private python =
        let add a b =
            match a, b with
            | PythonNumber.Int x, PythonNumber.Int y -> PythonNumber.Int(x + y)
            | _ -> PythonNumber.Float(toDouble a + toDouble b)

        let sum site values =
            texts values
            |> List.map pythonNumber
            |> List.fold add (PythonNumber.Int BigInteger.Zero)
            |> ofPython site

        // jmespath 1.0 makes a float of the sum first; 1.1 does not, which shows beyond 2^53.
        let divide site (sum: JmesValue) count =
            let sum = toDouble (pythonNumber (sum.Element.GetRawText()))
            ofPython site (PythonNumber.Float(sum / double count))

        let round (ofFloat: double -> double) (site: CallSite) (value: JmesValue) =
            match pythonNumber (value.Element.GetRawText()) with
            | PythonNumber.Int _ -> value
            | PythonNumber.Float number when Double.IsFinite number ->
                ofPython site (PythonNumber.Int(BigInteger(ofFloat number)))
            | PythonNumber.Float _ -> site.FailValue "takes no infinity"

        let ofText site (text: string) =
            let text = text.Trim()

            if isDecimal text then ofPython site (pythonNumber text) else JmesValue.Null

        [ "avg", average sum divide
          "ceil", round Math.Ceiling
          "floor", round Math.Floor
          "sum", sum
          "to_number", toNumber ofText ]

    /// .NET reckons with decimals, which keep their zeros, and with doubles where one of the numbers is too large for them.
    let private dotNet =
        let ofDecimal (value: decimal) =
            JmesNumbers.ofText (value.ToString CultureInfo.InvariantCulture)

        let ofDouble (site: CallSite) (value: double) =
            if Double.IsFinite value then
                JmesNumbers.ofText (value.ToString("R", CultureInfo.InvariantCulture))
            else
                site.FailValue "gives a number that is too large"

        let either (exact: decimal -> decimal) (rough: double -> double) site (value: JmesValue) =
            let mutable number = 0m

            if value.Element.TryGetDecimal &number then
                ofDecimal (exact number)
            else
                ofDouble site (rough (value.Element.GetDouble()))

        let sum (site: CallSite) values =
            let numbers = texts values |> List.map JmesNumbers.ofText

            let tryDecimal (value: JmesValue) =
                let mutable number = 0m
                if value.Element.TryGetDecimal &number then Some number else None

            match List.choose tryDecimal numbers with
            | all when all.Length = numbers.Length ->
                try
                    ofDecimal (List.sum all)
                with :? OverflowException ->
                    site.FailValue "gives a number that is too large"
            | _ -> numbers |> List.sumBy _.Element.GetDouble() |> ofDouble site

        let divide site sum count =
            either (fun sum -> sum / decimal (count: int)) (fun _ -> Double.NaN) site sum

        let ofText site (text: string) =
            let mutable exact = 0m
            let mutable rough = 0.0

            if Decimal.TryParse(text, NumberStyles.Any, CultureInfo.InvariantCulture, &exact) then
                ofDecimal exact
            elif Double.TryParse(text, NumberStyles.Any, CultureInfo.InvariantCulture, &rough) then
                ofDouble site rough
            else
                JmesValue.Null

        // Of what no decimal holds, abs() gives 0, or fails where it is negative; avg() fails.
        [ "abs", either abs (fun number -> if number >= 0.0 then 0.0 else Double.NaN)
          "avg", average sum divide
          "ceil", either Math.Ceiling Math.Ceiling
          "floor", either Math.Floor Math.Floor
          "sum", sum
          "to_number", toNumber ofText ]

    let private java = withDoubles JavaDouble.toText JmesValue.Null

    let private typeScript =
        withDoubles DialectNumbers.ofEcmaScript (JmesNumbers.ofInt 0)

    /// The functions of a language that are not this library's own, by their names.
    let functions (language: PowertoolsLanguage) : (string * (CallSite -> JmesValue -> JmesValue)) list =
        match language with
        | PowertoolsLanguage.Python -> python
        | PowertoolsLanguage.TypeScript -> typeScript
        | PowertoolsLanguage.Java -> java
        | PowertoolsLanguage.DotNet -> dotNet
