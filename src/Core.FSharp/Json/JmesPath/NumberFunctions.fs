// The specification's functions on numbers. Integers stay exact; other results are those of doubles.
namespace Idempotency.Core

open System
open System.Globalization
open System.Text.Json
open Idempotency

module internal NumberFunctions =
    let private number = Parameter.Value JmesTypes.Number
    let private numbers = Parameter.ArrayOf JmesTypes.Number

    let private define name parameters body =
        JmesFunction(name, [ parameters ], false, Body.OfValues(fun site values -> body site values[0]))

    let private ofDouble (site: CallSite) value =
        match JmesNumbers.ofDouble value with
        | ValueSome number -> number
        | ValueNone -> site.FailValue "gives a number that is too large"

    /// Doubles from here on are integers, and decimals are more exact.
    let private largeFrom = 4503599627370496.0

    let private round (ofDecimal: decimal -> decimal) (round: double -> double) site (value: JmesValue) =
        let value = value.Element
        let mutable exact = 0m

        if JmesNumbers.isInteger value then
            JmesValue value
        elif abs (value.GetDouble()) >= largeFrom && value.TryGetDecimal &exact then
            JmesNumbers.ofText ((ofDecimal exact).ToString("0", CultureInfo.InvariantCulture))
        else
            ofDouble site (round (value.GetDouble()))

    /// The sum, exactly as long as all are integers.
    let private total (values: JmesValue) : struct (Int128 voption * double) =
        let mutable exact = Int128.Zero
        let mutable isExact = true
        let mutable sum = 0.0
        let mutable integer = 0L

        for item in JmesItems values do
            if isExact && item.Element.TryGetInt64 &integer then
                exact <- exact + Int128.op_Implicit integer
            else
                isExact <- false

            sum <- sum + item.Element.GetDouble()

        struct ((if isExact then ValueSome exact else ValueNone), sum)

    let private sum site values =
        match total values with
        | struct (ValueSome exact, _) -> JmesNumbers.ofInt128 exact
        | struct (ValueNone, sum) -> ofDouble site sum

    let private average site (values: JmesValue) =
        let count = JmesArray.count values

        if count = 0 then
            JmesValue.Null
        else
            match total values with
            | struct (ValueSome exact, _) when exact % Int128.op_Implicit count = Int128.Zero ->
                JmesNumbers.ofInt128 (exact / Int128.op_Implicit count)
            | struct (_, sum) -> ofDouble site (sum / double count)

    let private toNumber (value: JmesValue) =
        match value.Type with
        | JmesTypes.Number -> value
        | JmesTypes.String -> JmesNumbers.parse (JmesValues.text value)
        | _ -> JmesValue.Null

    let all =
        [ define "abs" number (fun _ value -> JmesNumbers.abs value.Element)
          define "avg" numbers average
          define "ceil" number (round Math.Ceiling Math.Ceiling)
          define "floor" number (round Math.Floor Math.Floor)
          define "sum" numbers sum
          define "to_number" (Parameter.Value JmesTypes.Any) (fun _ value -> toNumber value) ]
