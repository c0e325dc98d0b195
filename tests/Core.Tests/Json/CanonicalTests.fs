// The canonical form by example: those of RFC 8785, and what we add to it: numbers that no double holds stay apart.
module Core.Tests.Json.CanonicalTests

open System
open System.Text
open NUnit.Framework
open Idempotency.Core

let private canonicalBytes (json: byte[]) =
    match Canonical.ofUtf8 Canonical.DefaultMaxDepth (ReadOnlySpan json) with
    | Ok utf8 -> Encoding.UTF8.GetString utf8
    | Error problem -> failwith problem.Text

let private canonical (json: string) =
    canonicalBytes (Encoding.UTF8.GetBytes json)

let private problemIn (json: byte[]) =
    match Canonical.ofUtf8 Canonical.DefaultMaxDepth (ReadOnlySpan json) with
    | Ok utf8 -> failwith $"it was read as {Encoding.UTF8.GetString utf8}"
    | Error problem -> problem

let private problem (json: string) = problemIn (Encoding.UTF8.GetBytes json)

let private faultOf (json: string) = (problem json).Fault

// RFC 8785, section 3.2.2, but for its first number, which is written as ECMAScript writes it back.
[<Test>]
let ``the sample object of RFC 8785 comes out as its bytes say`` () =
    let sample =
        """{
             "numbers": [333333333.3333333, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
             "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
             "literals": [null, true, false]
           }"""

    let expected =
        """{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}"""

    Assert.That(canonical sample, Is.EqualTo expected)

// RFC 8785, section 3.2.3.
[<Test>]
let ``members are sorted by UTF-16 code units, as in RFC 8785`` () =
    let sample =
        """{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
            "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"""

    let expected =
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\","
        + "\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}"

    Assert.That(canonical sample, Is.EqualTo expected)

[<TestCase("""{"\ufb33":1,"\ud83d\ude00":2}""",
           "{\"😀\":2,\"\ufb33\":1}",
           TestName = "a surrogate pair sorts before U+FB33")>]
[<TestCase("""{"b":1,"a":2,"B":3}""", """{"B":3,"a":2,"b":1}""", TestName = "upper case sorts first")>]
[<TestCase("""{"aa":1,"a":2,"":3}""", """{"":3,"a":2,"aa":1}""", TestName = "a prefix sorts first")>]
[<TestCase("""{"é":1,"f":2,"e":3}""",
           """{"e":3,"f":2,"é":1}""",
           TestName = "no language has a say in the order")>]
[<TestCase("""{"o":{"b":1,"a":{"d":1,"c":2}}}""",
           """{"o":{"a":{"c":2,"d":1},"b":1}}""",
           TestName = "inner objects are sorted too")>]
let ``the order of members`` (json: string, expected: string) =
    Assert.That(canonical json, Is.EqualTo expected)

[<TestCase("\"\\u0000\\u001f\"", "\"\\u0000\\u001f\"", TestName = "controls are escaped in lower case")>]
[<TestCase("\"\\b\\t\\n\\f\\r\"", "\"\\b\\t\\n\\f\\r\"", TestName = "five controls have short escapes")>]
[<TestCase("\"\\u0008\\u0009\\u000A\\u000c\\u000D\"",
           "\"\\b\\t\\n\\f\\r\"",
           TestName = "and are always written by them")>]
[<TestCase("\"\\/\"", "\"/\"", TestName = "a slash needs no escape")>]
[<TestCase("\"\\u0022\\u005C\"", "\"\\\"\\\\\"", TestName = "quotes and backslashes are escaped")>]
[<TestCase("\"\\u007f\\u2028\\ufeff\"", "\"\u007f\u2028\ufeff\"", TestName = "nothing else is escaped")>]
[<TestCase("\"\\ud83d\\ude00\"", "\"😀\"", TestName = "an escaped pair is one character")>]
[<TestCase("\"e\\u0301\"", "\"e\u0301\"", TestName = "texts are not normalised")>]
[<TestCase("\"<>&'+\"", "\"<>&'+\"", TestName = "what HTML would escape is left alone")>]
let ``the spelling of texts`` (json: string, expected: string) =
    Assert.That(canonical json, Is.EqualTo expected)

// RFC 8785, appendix B: what ECMAScript writes of a double. Each is its own canonical form.
[<TestCase("0")>]
[<TestCase("5e-324")>]
[<TestCase("-5e-324")>]
[<TestCase("1.7976931348623157e+308")>]
[<TestCase("-1.7976931348623157e+308")>]
[<TestCase("9007199254740992")>]
[<TestCase("-9007199254740992")>]
[<TestCase("295147905179352830000")>]
[<TestCase("9.999999999999997e+22")>]
[<TestCase("1e+23")>]
[<TestCase("1.0000000000000001e+23")>]
[<TestCase("999999999999999700000")>]
[<TestCase("999999999999999900000")>]
[<TestCase("1e+21")>]
[<TestCase("9.999999999999997e-7")>]
[<TestCase("0.000001")>]
[<TestCase("333333333.3333332")>]
[<TestCase("333333333.33333325")>]
[<TestCase("333333333.3333333")>]
[<TestCase("333333333.3333334")>]
[<TestCase("333333333.33333343")>]
[<TestCase("-0.0000033333333333333333")>]
[<TestCase("1424953923781206.2")>]
let ``a number of RFC 8785's appendix B is written as ECMAScript writes it`` (number: string) =
    Assert.That(canonical number, Is.EqualTo number)

[<TestCase("1.50", "1.5")>]
[<TestCase("15e-1", "1.5")>]
[<TestCase("0.15E+1", "1.5")>]
[<TestCase("1500e-0003", "1.5")>]
[<TestCase("1e0", "1")>]
[<TestCase("1.0", "1")>]
[<TestCase("-0", "0")>]
[<TestCase("-0.0e5", "0")>]
[<TestCase("0e9999999999999999999999", "0")>]
[<TestCase("0.000001", "0.000001")>]
[<TestCase("1e-6", "0.000001")>]
[<TestCase("1e-7", "1e-7")>]
[<TestCase("0.0000001", "1e-7")>]
[<TestCase("0.00000012", "1.2e-7")>]
[<TestCase("1e20", "100000000000000000000")>]
[<TestCase("1e21", "1e+21")>]
[<TestCase("1000000000000000000000", "1e+21")>]
[<TestCase("123456789012345678901", "123456789012345678901")>]
[<TestCase("1234567890123456789012", "1.234567890123456789012e+21")>]
[<TestCase("12345678901234567890.5", "12345678901234567890.5")>]
[<TestCase("1e400", "1e+400")>]
[<TestCase("-25e-400", "-2.5e-399")>]
[<TestCase("1e1000000", "1e+1000000")>]
[<TestCase("1e-1000000", "1e-1000000")>]
let ``a number has one spelling`` (json: string, expected: string) =
    Assert.That(canonical json, Is.EqualTo expected)

[<TestCase("9007199254740993", "9007199254740992")>]
[<TestCase("0.1", "0.1000000000000000055511151231257827")>]
[<TestCase("12345678901234567890", "12345678901234567891")>]
[<TestCase("1e400", "1e401")>]
[<TestCase("1e-400", "0")>]
[<TestCase("333333333.33333329", "333333333.3333333")>]
let ``numbers that a double would make one stay two`` (one: string, other: string) =
    Assert.That(Double.Parse one, Is.EqualTo(Double.Parse other), "they are one double")
    Assert.That(canonical one, Is.Not.EqualTo(canonical other))

[<TestCase("1e1000001")>]
[<TestCase("1e-1000001")>]
[<TestCase("[1,{\"a\":-1.5E+9223372036854775807}]")>]
[<TestCase("1e99999999999999999999999999")>]
[<TestCase("1e-9223372036854775808")>]
[<TestCase("1e-99999999999999999999999999")>]
let ``an exponent beyond a million is refused`` (json: string) =
    Assert.That(faultOf json, Is.EqualTo CanonicalFault.NumberOutOfRange)

[<TestCase("""{"a":1,"a":1}""")>]
[<TestCase("""{"a":1,"b":2,"\u0061":3}""")>]
[<TestCase("""[[{"x":{"":null,"y":0,"":null}}]]""")>]
[<TestCase("""{"a":{"b":[{"c":1,"d":2,"c":3}]}}""")>]
let ``two members of one name are refused at any depth`` (json: string) =
    Assert.That(faultOf json, Is.EqualTo CanonicalFault.DuplicateMember)

[<Test>]
let ``names that differ only in case or in normal form are two names`` () =
    let json = "{\"a\":1,\"A\":2,\"é\":3,\"e\u0301\":4}"
    Assert.That(canonical json, Is.EqualTo "{\"A\":2,\"a\":1,\"e\u0301\":4,\"é\":3}")

[<TestCase("""  "\ud800"  """)>]
[<TestCase("""["\udc00"]""")>]
[<TestCase("""{"\ud83d":1}""")>]
[<TestCase("""{"a":"\ude00\ud83d"}""")>]
[<TestCase("""{"a":{"b":["ok","\ud83dx"]}}""")>]
let ``half of a surrogate pair is refused, in a text and in a name`` (json: string) =
    Assert.That(faultOf json, Is.EqualTo CanonicalFault.NotUnicode)

[<Test>]
let ``bytes that are not UTF-8 are refused`` () =
    // Half of a pair, written as UTF-8 would write it if it could.
    let found = problemIn [| 34uy; 0xEDuy; 0xA0uy; 0x80uy; 34uy |]
    Assert.That(found.Fault, Is.EqualTo CanonicalFault.NotUnicode)

let private nested depth = String('[', depth) + String(']', depth)

[<Test>]
let ``values may be nested 64 deep and no deeper, unless the caller says otherwise`` () =
    let limit = Canonical.DefaultMaxDepth
    Assert.That(canonical (nested limit), Is.EqualTo(nested limit))
    Assert.That(faultOf (nested (limit + 1)), Is.EqualTo(CanonicalFault.TooDeep limit))

    match Canonical.ofUtf8 2 (ReadOnlySpan(Encoding.UTF8.GetBytes "{\"a\":\n[{}]}")) with
    | Ok _ -> Assert.Fail "three levels were read where two are allowed"
    | Error found ->
        Assert.That(found.Fault, Is.EqualTo(CanonicalFault.TooDeep 2))
        Assert.That((found.Line, found.Column), Is.EqualTo((2L, 2L)))

[<TestCase("")>]
[<TestCase(" ")>]
[<TestCase("{")>]
[<TestCase("[1,]")>]
[<TestCase("{\"a\":1,}")>]
[<TestCase("{a:1}")>]
[<TestCase("'a'")>]
[<TestCase("01")>]
[<TestCase("1.")>]
[<TestCase(".5")>]
[<TestCase("+1")>]
[<TestCase("NaN")>]
[<TestCase("Infinity")>]
[<TestCase("\"\t\"")>]
[<TestCase("1 // one")>]
[<TestCase("1 2")>]
[<TestCase("\ufeff1")>]
let ``what is not JSON is refused`` (text: string) =
    Assert.That(faultOf text, Is.EqualTo CanonicalFault.NotJson)

[<Test>]
let ``a refusal says what is wrong, where it is, and what to do, and quotes nothing`` () =
    let text (json: string) = (problem json).Text
    Assert.That(text "{\n  \"a\": ?\n}", Is.EqualTo "is not well-formed JSON (line 2, byte 8)")

    Assert.That(
        text "{\"a\":1,\n\"a\":2}",
        Does.StartWith("has ").And.Contains("; ").And.EndsWith("(line 2, byte 1)")
    )

    Assert.That(
        text "[1,\"\\ud800\"]",
        Does.StartWith("has ").And.Contains("; ").And.EndsWith("(line 1, byte 4)")
    )

    Assert.That(
        text "[1e9999999]",
        Does.StartWith("has ").And.Contains("; ").And.EndsWith("(line 1, byte 2)")
    )

    Assert.That(
        text (nested 65),
        Does.StartWith("is nested ").And.Contains("; ").And.EndsWith("(line 1, byte 65)")
    )

[<Test>]
let ``an element has the form of its text`` () =
    use document = System.Text.Json.JsonDocument.Parse """{"b": 1.0, "a": "\u0041"}"""

    match Canonical.ofElement document.RootElement with
    | Ok utf8 -> Assert.That(Encoding.UTF8.GetString utf8, Is.EqualTo """{"a":"A","b":1}""")
    | Error found -> Assert.Fail found.Text
