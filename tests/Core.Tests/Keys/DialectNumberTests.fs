// Numbers as the four languages write them again: the shortest doubles against exact arithmetic, and the corners.
module Core.Tests.Keys.DialectNumberTests

open System
open System.Globalization
open System.Numerics
open FsCheck
open FsCheck.FSharp
open NUnit.Framework
open FsCheck.NUnit
open Idempotency.Core
open Core.Tests.Keys.Events

/// The rule of repr(float) and of Number::toString: of all decimals that are read as this double the one of the fewest
/// digits, and of these the nearest, the even one of two. Found by exact fractions, without any formatter.
module private Exact =
    /// A positive double as a fraction, with half the distance to the doubles on either side, over one denominator.
    let private boundsOf (value: double) =
        let raw = BitConverter.DoubleToInt64Bits value
        let stored, low = int (raw >>> 52), raw &&& 0xFFFFFFFFFFFFFL

        let fraction, exponent =
            if stored = 0 then low, -1074 else low + (1L <<< 52), stored - 1075

        // Below a power of two the doubles are twice as dense.
        let below = if low = 0L && stored > 1 then 1 else 2
        let scale (quarters: BigInteger) = quarters <<< max 0 exponent
        let denominator = BigInteger 4 <<< max 0 -exponent
        let value = BigInteger fraction * BigInteger 4

        struct (scale (value - BigInteger below),
                scale value,
                scale (value + BigInteger 2),
                denominator,
                fraction % 2L = 0L)

    /// The digits, and the place of the point before which they stand: 0.DIGITS times ten to the power of it.
    let digitsOf (value: double) : string * int =
        let struct (least, exact, most, denominator, isClosed) = boundsOf value

        let candidates power =
            let above, below = BigInteger.Pow(10, max 0 -power), BigInteger.Pow(10, max 0 power)
            let floor = BigInteger.Divide(exact * above, denominator * below)

            [ floor; floor + BigInteger.One ]
            |> List.filter (fun digits ->
                let found, least, most = digits * below * denominator, least * above, most * above

                if isClosed then
                    least <= found && found <= most
                else
                    least < found && found < most)
            |> List.sortBy (fun digits ->
                BigInteger.Abs(digits * below * denominator - exact * above), not digits.IsEven)
            |> List.tryHead
            |> Option.filter (fun digits -> digits.Sign > 0)

        // The largest power of ten in which there is a candidate has the fewest digits.
        let rec search power =
            match candidates power with
            | Some digits ->
                let text = digits.ToString CultureInfo.InvariantCulture
                text.TrimEnd '0', text.Length + power
            | None -> search (power - 1)

        search (int (Math.Floor(Math.Log10 value)) + 2)

    /// Lays digits out: positional while the point is within bounds, with an exponent elsewhere.
    let private layOut (least, most) whole (exponentFormat: string) value =
        let digits, point = digitsOf value

        if point > most || point < least then
            let rest = if digits.Length > 1 then "." + digits.Substring 1 else ""
            let sign = if point > 0 then "+" else "-"
            let power = abs (point - 1)
            $"{digits[0]}{rest}e{sign}{power.ToString(exponentFormat, CultureInfo.InvariantCulture)}"
        elif point <= 0 then
            "0." + String('0', -point) + digits
        elif digits.Length <= point then
            digits + String('0', point - digits.Length) + whole
        else
            digits.Insert(point, ".")

    let python = layOut (-3, 16) ".0" "00"
    let javaScript = layOut (-5, 21) "" "0"

let private isShortest (python: double -> string) (javaScript: double -> string) (bits: int64) =
    let value = abs (BitConverter.Int64BitsToDouble bits)

    value = 0.0
    || not (Double.IsFinite value)
    || (python value = Exact.python value && javaScript value = Exact.javaScript value)

let private ofBits (value: double) = BitConverter.DoubleToInt64Bits value

/// Any bits at all, and numbers as people write them.
let private doubles =
    Gen.oneof
        [ Gen.choose64 (0L, Int64.MaxValue)
          Gen.map2
              (fun (digits: int) power -> ofBits (float digits / 10.0 ** float power))
              (Gen.choose (1, 1000000))
              (Gen.choose (0, 12)) ]
    |> Arb.fromGen

[<Property(MaxTest = 2000)>]
let ``Python and JavaScript write the shortest digits that are read as the same double`` () =
    Prop.forAll doubles (isShortest DialectNumbers.ofPythonFloat DialectNumbers.ofEcmaScript)

/// Where the doubles below lie closer than those above, and the neighbours: what goes wrong first in a formatter.
let private edges =
    [ for power in -1074 .. 1023 do
          let bits = ofBits (Math.ScaleB(1.0, power))

          for near in -1L .. 1L do
              bits + near ]

[<Test>]
let ``every power of two and its neighbours have their shortest digits`` () =
    let wrong =
        edges
        |> List.filter (isShortest DialectNumbers.ofPythonFloat DialectNumbers.ofEcmaScript >> not)

    Assert.That(wrong, Is.Empty)

[<Test>]
let ``a writer that trusts the digits of .NET is rejected`` () =
    let layOut (value: double) =
        let text = value.ToString("R", CultureInfo.InvariantCulture)

        match text.IndexOf "E-" with
        | place when place > 0 -> text.Substring(0, place) + "e-" + text.Substring(place + 2).TrimStart('0')
        | _ -> Exact.javaScript value

    let wrong =
        edges |> List.filter (isShortest DialectNumbers.ofPythonFloat layOut >> not)

    let isOneOf (powers: int list) bits =
        powers |> List.exists (fun power -> bits = ofBits (Math.ScaleB(1.0, power)))

    Assert.That(wrong |> List.filter (isOneOf [ -25; -958 ]), Is.Not.Empty)

// Python reads an integer as an int, of any size; JavaScript reads a double; Jackson a BigInteger; .NET keeps the digits.
[<TestCase("123456789012345678901234567890",
           "123456789012345678901234567890",
           "1.2345678901234568e+29",
           "123456789012345678901234567890",
           "123456789012345678901234567890")>]
[<TestCase("-0", "0", "0", "0", "-0")>]
[<TestCase("-0.0", "-0.0", "0", "-0.0", "-0.0")>]
[<TestCase("-0e5", "-0.0", "0", "-0.0", "-0e5")>]
[<TestCase("1E5", "100000.0", "100000", "100000.0", "1E5")>]
[<TestCase("-12.50", "-12.5", "-12.5", "-12.5", "-12.50")>]
[<TestCase("1e16", "1e+16", "10000000000000000", "1.0E16", "1e16")>]
[<TestCase("9999999999999998.0",
           "9999999999999998.0",
           "9999999999999998",
           "9.999999999999998E15",
           "9999999999999998.0")>]
[<TestCase("1e21", "1e+21", "1e+21", "1.0E21", "1e21")>]
[<TestCase("123456789e13", "1.23456789e+21", "1.23456789e+21", "1.23456789E21", "123456789e13")>]
[<TestCase("0.0001", "0.0001", "0.0001", "1.0E-4", "0.0001")>]
[<TestCase("0.00001", "1e-05", "0.00001", "1.0E-5", "0.00001")>]
[<TestCase("0.0000001", "1e-07", "1e-7", "1.0E-7", "0.0000001")>]
[<TestCase("1e-400", "0.0", "0", "0.0", "1e-400")>]
// Double.toString does not quote, Jackson in a container does: the next test.
[<TestCase("-1e400", "-Infinity", "null", "-Infinity", "-1e400")>]
let ``a number is written as the language writes it`` (text: string, python, javaScript, java, dotNet) =
    hashed null text |> isSame [ python; javaScript; java; dotNet ]

[<Test>]
let ``Jackson quotes what is too large for a double, and only within a container`` () =
    let texts =
        [ "[1e400]"; """{"n":-1e400}"""; "1e400" ]
        |> List.map (hashedIn PowertoolsLanguage.Java null)

    texts |> isSame [ """["Infinity"]"""; """{"n":"-Infinity"}"""; "Infinity" ]
