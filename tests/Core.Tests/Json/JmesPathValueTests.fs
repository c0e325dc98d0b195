// What the suite does not ask: exact numbers, code points, members of one name, values as text and elements.
module Core.Tests.JmesPathValueTests

open System.Buffers
open System.IO
open System.Text.Json
open NUnit.Framework
open Idempotency
open Idempotency.Core
open Core.Tests.JmesPathSupport

let values =
    [ // A number of the document keeps every digit, wherever it goes.
      "a", """{"a": 9007199254740993}""", "9007199254740993"
      "[a, a].{x: @[0]}", """{"a": 1.50}""", """{"x":1.50}"""
      "sort(@)", "[9007199254740993, 9007199254740992, 1.0, 1]", "[1.0,1,9007199254740992,9007199254740993]"
      "max(@)", "[9007199254740992, 9007199254740993]", "9007199254740993"
      "[abs(@), ceil(@), floor(@)]",
      "-9007199254740993",
      "[9007199254740993,-9007199254740993,-9007199254740993]"
      "sum(@)", "[9007199254740993, 1]", "9007199254740994"
      "sum(@)", "[9223372036854775807, 9223372036854775807]", "18446744073709551614"
      "avg(@)", "[9007199254740993, 9007199254740993]", "9007199254740993"
      "avg(@)", "[1, 2]", "1.5"
      "avg(@)", "[]", "null"
      "sum(@)", "[0.1, 0.2]", "0.30000000000000004"
      "ceil(@)", "9007199254740993.5", "9007199254740994"
      "floor(@)", "-9007199254740993.5", "-9007199254740994"
      "ceil(@)", "-0.5", "0"
      "floor(@)", "1e-30", "0"
      "ceil(@)", "1e-30", "1"
      "sum(@)", "[1e21, 0.5]", "1e+21"
      "to_number('9007199254740993')", "null", "9007199254740993"
      "to_number('0x10')", "null", "null"
      "to_number(' 5')", "null", "null"
      "to_number('')", "null", "null"
      "to_number('1.')", "null", "null"
      "to_number('-1e3')", "null", "-1e3"
      // Numbers are compared by value.
      "@ == `9007199254740993`", "9007199254740992", "false"
      "@ < `9007199254740993`", "9007199254740992", "true"
      "@ == `1.0`", "1", "true"
      "@ == `15e-1`", "1.50", "true"
      "@ == `0`", "-0.0", "true"
      "@ < `1e400`", "1e399", "true"
      "@ == `1e400`", "10e399", "true"
      "@ < `1e99999999999999999999`", "1e99999999999999999998", "false"
      "@ > `-1e-400`", "-2e-400", "false"
      "@ == `0.1000000000000000055511151231257827`", "0.1", "false"
      "@ == `[1, {\"a\": 2.0, \"b\": 3}]`", """[1.0, {"b": 3e0, "a": 2}]""", "true"
      "@ == `{\"a\": 1}`", """{"a": 1, "b": 2}""", "false"
      // Text is a sequence of code points.
      "length(@)", "\"a\\ud83d\\ude00é\"", "3"
      "reverse(@)", "\"a\\ud83d\\ude00é\"", "\"é😀a\""
      "sort(@)", "[\"😀\", \"\uffff\", \"b\", \"a\", \"B\"]", "[\"B\",\"a\",\"b\",\"\uffff\",\"😀\"]"
      "a == 'x'", """{"a": "\u0078"}""", "true"
      "contains(@, 'é')", "\"caf\\u00e9\"", "true"
      "contains(@, `1`)", "\"a1\"", "false"
      "contains(@, `[1]`)", "[[1.0], 2]", "true"
      "to_string(@)",
      " { \"a\" : [ 1.0 , \"\\u0041\\ud83d\\ude00/\" , null ] } ",
      "\"{\\\"a\\\":[1.0,\\\"A😀/\\\",null]}\""
      // Of several members with one name the last counts.
      "a", """{"a": {"b": 1}, "a": 2}""", "2"
      "a.b", """{"a": {"b": 1}, "a": 2}""", "null"
      "[keys(@), values(@), length(@), *]", """{"a": 1, "b": 2, "a": 3}""", """[["a","b"],[3,2],2,[3,2]]"""
      "@ == `{\"a\": 3, \"b\": 2}`", """{"a": 1, "b": 2, "a": 3}""", "true"
      "merge(@, `{\"b\": 5}`)", """{"a": 1, "b": 2, "a": 3}""", """{"a":3,"b":5}"""
      "{x: a, y: b, x: b}", """{"a": 1, "b": 2}""", """{"x":2,"y":2}"""
      // A step of a slice may be larger than any array.
      "[::9999999999]", "[1, 2, 3]", "[1]"
      "[::-9999999999]", "[1, 2, 3]", "[3]"
      "[-9999999999:9999999999]", "[1, 2, 3]", "[1,2,3]"
      "[9999999999]", "[1, 2, 3]", "null"
      "[-2:]", "[1, 2, 3]", "[2,3]"
      "[::-2]", "[1, 2, 3, 4]", "[4,2]"
      "[*][::-1][]", "[[1, 2], [3]]", "[2,1,3]"
      // As the reference implementations have it, ! takes the name alone.
      "!a.b", """{"a": {"b": true}}""", "null"
      "!(a.b)", """{"a": {"b": true}}""", "false"
      "@ | @", "5", "5"
      "@ || a", "[]", "null"
      "a[0].b[1][0]", """{"a": [{"b": [0, [7]]}]}""", "7"
      "values(@)[?@ > `1`] | [0]", """{"a": 1, "b": 2}""", "2"
      "sort_by(@, &a)[*].b", """[{"a": 2, "b": 1}, {"a": 1, "b": 2}, {"a": 2.0, "b": 3}]""", "[2,1,3]" ]
    |> List.map (fun (expression, document, expected) ->
        TestCaseData(expression, document, expected)
            .SetArgDisplayNames(expression, expected.Replace('\uffff', '?')))

[<TestCaseSource(nameof values)>]
let ``an expression gives`` (expression: string, document: string, expected: string) =
    Assert.That(evaluated expression document, Is.EqualTo expected)

[<Test>]
let ``a value that was selected is the document's own, with its spelling`` () =
    Assert.That(evaluated "a" """{"a": [ 1.0,  "\u0041" ]}""", Is.EqualTo """[ 1.0,  "\u0041" ]""")

[<Test>]
let ``a value is written by a writer as its options say`` () =
    use stream = new MemoryStream()

    (use writer = new Utf8JsonWriter(stream)

     JmesPathExpression
         .Compile("{list: [a, 'x'], none: c}")
         .EvaluateTo(JsonElement.Parse """{"a": [ 1.0,  "\u0041" ]}""", writer))

    Assert.That(textOf (stream.ToArray()), Is.EqualTo """{"list":[[1.0,"A"],"x"],"none":null}""")

[<Test>]
let ``a value becomes an element, a missing one null`` () =
    let document = JsonElement.Parse """{"a": {"b": [1, 2]}}"""
    let value = JmesPathExpression.Compile("{x: a.b[1]}").Evaluate document
    Assert.That(value.GetProperty("x").GetInt32(), Is.EqualTo 2)
    Assert.That(JmesPathExpression.Compile("z").Evaluate(document).ValueKind, Is.EqualTo JsonValueKind.Null)

    Assert.That(
        JmesPathExpression.Compile("@").Evaluate(JsonElement()).ValueKind,
        Is.EqualTo JsonValueKind.Null
    )

[<Test>]
let ``an expression is known by its text`` () =
    Assert.That(JmesPathExpression.Compile("a.b").ToString(), Is.EqualTo "a.b")

[<Test>]
let ``nothing is written when there is a problem`` () =
    let output = ArrayBufferWriter<byte>()

    match (compiled "[a, abs(b)]").EvaluateUtf8(utf8 """{"a": 1}""", 64, output) with
    | Ok() -> Assert.Fail "must fail"
    | Error problem -> Assert.That(problem.Kind, Is.EqualTo JmesProblemKind.InvalidType)

    Assert.That(output.WrittenCount, Is.Zero)
