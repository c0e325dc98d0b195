// Doubles as Java writes them: the texts are those of Double.toString in Java 17.
module Core.Tests.JavaDoubleTests

open System
open NUnit.Framework
open Idempotency.Core

[<TestCase(1.0, "1.0")>]
[<TestCase(0.1, "0.1")>]
[<TestCase(-0.5, "-0.5")>]
[<TestCase(100.0, "100.0")>]
[<TestCase(1234567.0, "1234567.0")>]
[<TestCase(9999999.0, "9999999.0")>]
[<TestCase(1.0E7, "1.0E7")>]
[<TestCase(1.2345678E7, "1.2345678E7")>]
[<TestCase(1.2345678901234568E17, "1.2345678901234568E17")>]
[<TestCase(4.503599627370496E15, "4.503599627370496E15")>]
[<TestCase(9.007199254740992E15, "9.007199254740992E15")>]
[<TestCase(9.007199254740992E15, "9.007199254740992E15")>]
[<TestCase(1.0E15, "1.0E15")>]
[<TestCase(1.0E16, "1.0E16")>]
[<TestCase(1.0E17, "1.0E17")>]
[<TestCase(1.0E18, "1.0E18")>]
[<TestCase(9.223372036854776E18, "9.223372036854776E18")>]
[<TestCase(1.8446744073709552E19, "1.8446744073709552E19")>]
[<TestCase(1.0E21, "1.0E21")>]
[<TestCase(1.0E22, "1.0E22")>]
[<TestCase(9.999999999999999E22, "9.999999999999999E22")>]
[<TestCase(0.002, "0.002")>]
[<TestCase(0.001, "0.001")>]
[<TestCase(9.999E-4, "9.999E-4")>]
[<TestCase(1.0E-4, "1.0E-4")>]
[<TestCase(1.5E-5, "1.5E-5")>]
[<TestCase(4.9E-324, "4.9E-324")>]
[<TestCase(2.2250738585072014E-308, "2.2250738585072014E-308")>]
[<TestCase(2.225073858507201E-308, "2.225073858507201E-308")>]
[<TestCase(1.7976931348623157E308, "1.7976931348623157E308")>]
[<TestCase(3.141592653589793, "3.141592653589793")>]
[<TestCase(2.718281828459045, "2.718281828459045")>]
[<TestCase(0.3333333333333333, "0.3333333333333333")>]
[<TestCase(0.6666666666666666, "0.6666666666666666")>]
[<TestCase(1.0E100, "1.0E100")>]
[<TestCase(1.1E-100, "1.1E-100")>]
[<TestCase(1.5E-323, "1.5E-323")>]
[<TestCase(0.3, "0.3")>]
[<TestCase(0.30000000000000004, "0.30000000000000004")>]
[<TestCase(4.35, "4.35")>]
[<TestCase(4.349999999999999, "4.349999999999999")>]
[<TestCase(8.5E15, "8.5E15")>]
[<TestCase(1.0E-5, "1.0E-5")>]
[<TestCase(123.456, "123.456")>]
[<TestCase(65536.5, "65536.5")>]
[<TestCase(4.2949672965E9, "4.2949672965E9")>]
[<TestCase(1.00000000025E9, "1.00000000025E9")>]
[<TestCase(7.2057594037927936E16, "7.2057594037927936E16")>]
[<TestCase(3.6028797018963968E16, "3.6028797018963968E16")>]
[<TestCase(0.002, "0.002")>]
[<TestCase(8.409999999999999E21, "8.409999999999999E21")>]
[<TestCase(2.82879384806159008E17, "2.82879384806159008E17")>]
[<TestCase(1.38736413503775411E18, "1.38736413503775411E18")>]
[<TestCase(1.45800632428664992E17, "1.45800632428664992E17")>]
[<TestCase(3.0E20, "3.0E20")>]
[<TestCase(9.9999999999999984E16, "9.9999999999999984E16")>]
[<TestCase(9.5367431640625E-7, "9.5367431640625E-7")>]
[<TestCase(0.001953125, "0.001953125")>]
[<TestCase(1.0E-10, "1.0E-10")>]
[<TestCase(4.1045368012983762E-289, "4.1045368012983762E-289")>]
// All nines at first, which become the next power of ten.
[<TestCase(9.98E-322, "1.0E-321")>]
// What it reckons with overflows 64 bits.
[<TestCase(0.0019531250000000004, "0.0019531250000000004")>]
// Integers whose last digits a double does not tell apart, rounded up and down.
[<TestCase(9.999999999999995E17, "9.9999999999999949E17")>]
[<TestCase(9.999999999999992E17, "9.9999999999999923E17")>]
let ``a double has the text that Java gives it`` (value: float, text: string) =
    Assert.That(JavaDouble.toText value, Is.EqualTo text)
    Assert.That(JavaDouble.toText -value, Is.EqualTo((if value < 0.0 then "" else "-") + text.TrimStart '-'))

[<Test>]
let ``infinity and zero have a sign and a name`` () =
    let texts = List.map JavaDouble.toText [ infinity; -infinity; 0.0; -0.0 ]

    Assert.That(String.Join(' ', texts), Is.EqualTo "Infinity -Infinity 0.0 -0.0")
