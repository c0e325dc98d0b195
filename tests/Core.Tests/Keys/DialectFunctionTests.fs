// The functions of JMESPath as the four languages have them. The expected texts are what jmespath for Python and
// @aws-lambda-powertools/jmespath 2.35 gave, and what the sources of jmespath-java and of Powertools for .NET say.
module Core.Tests.Keys.DialectFunctionTests

open NUnit.Framework
open Idempotency
open Idempotency.Core
open Core.Tests.Keys.Events

let private numbers =
    """{"big":[9007199254740993,1],"huge":[9223372036854775807,1,1],"mix":[9007199254740993,1,0.5],"f":[0.1,0.2,0.3],
        "i":[3,3,4],"p":[1.50,1.50],"none":[],"over":[1e308,1e308],"wide":[79228162514264337593543950335,1],
        "deep":[1e30,1]}"""

// Python adds integers of any size, and floats from the first float on; JavaScript and Java add doubles; .NET adds
// decimals, which keep their zeros, and doubles where a number is too large for one.
[<TestCase("sum(big)", "9007199254740994", "9007199254740992", "9.007199254740992E15", "9007199254740994")>]
[<TestCase("sum(huge)",
           "9223372036854775809",
           "9223372036854776000",
           "9.223372036854776E18",
           "9223372036854775809")>]
[<TestCase("sum(mix)", "9007199254740994.0", "9007199254740992", "9.007199254740992E15", "9007199254740994.5")>]
[<TestCase("sum(f)", "0.6000000000000001", "0.6000000000000001", "0.6000000000000001", "0.6")>]
[<TestCase("sum(p)", "3.0", "3", "3.0", "3.00")>]
[<TestCase("sum(none)", "0", "0", "0.0", "0")>]
[<TestCase("sum(over)", "Infinity", "null", "Infinity", "<invalid-value>")>]
[<TestCase("sum(deep)", "1e+30", "1e+30", "1.0E30", "1E+30")>]
[<TestCase("sum(wide)",
           "79228162514264337593543950336",
           "7.922816251426434e+28",
           "7.922816251426434E28",
           "<invalid-value>")>]
[<TestCase("avg(i)",
           "3.3333333333333335",
           "3.3333333333333335",
           "3.3333333333333335",
           "3.3333333333333333333333333333")>]
[<TestCase("avg(big)", "4503599627370497.0", "4503599627370496", "4.503599627370496E15", "4503599627370497")>]
[<TestCase("avg(p)", "1.5", "1.5", "1.5", "1.50")>]
[<TestCase("avg(deep)", "5e+29", "5e+29", "5.0E29", "<invalid-value>")>]
[<TestCase("sum([`-1e308`, `-1e308`])", "-Infinity", "null", "-Infinity", "<invalid-value>")>]
// Python rounds to an integer of any size.
[<TestCase("ceil(`1e22`)", "10000000000000000000000", "1e+22", "1.0E22", "10000000000000000000000")>]
[<TestCase("ceil(`-0.5`)", "0", "0", "-0.0", "0")>]
[<TestCase("ceil(`1e400`)", "<invalid-value>", "null", "Infinity", "<invalid-value>")>]
[<TestCase("floor(`4503599627370496.7`)",
           "4503599627370497",
           "4503599627370497",
           "4.503599627370497E15",
           "4503599627370496")>]
[<TestCase("floor(`7`)", "7", "7", "7.0", "7")>]
[<TestCase("floor(`1.5e30`)", "1499999999999999889089448902656", "1.5e+30", "1.5E30", "1.5E+30")>]
[<TestCase("abs(`-1.50`)", "1.5", "1.5", "1.5", "1.50")>]
[<TestCase("abs(`-7`)", "7", "7", "7.0", "7")>]
// .NET takes another variable there, and gives 0.
[<TestCase("abs(`1e30`)", "1e+30", "1e+30", "1.0E30", "0")>]
[<TestCase("abs(`-1e30`)", "1e+30", "1e+30", "1.0E30", "<invalid-value>")>]
let ``numbers are reckoned with as the language does`` (path: string, python, javaScript, java, dotNet) =
    hashed path numbers |> isSame [ python; javaScript; java; dotNet ]

[<Test>]
let ``a sum that is no number makes no key`` () =
    for found in hashed "sum([`1e400`, `-1e400`])" "{}" do
        Assert.That(found, Is.EqualTo("<missing>").Or.EqualTo "<invalid-value>")

// int() and float(); Number(); Double.parseDouble; decimal.TryParse with all styles, then double.TryParse.
[<TestCase("12", "12", "12", "12.0", "12")>]
[<TestCase(" +5 ", "5", "5", "5.0", "5")>]
[<TestCase("007", "7", "7", "7.0", "7")>]
[<TestCase("-0", "0", "0", "-0.0", "0")>]
[<TestCase(".5", "0.5", "0.5", "0.5", "0.5")>]
[<TestCase("5.", "5.0", "5", "5.0", "5")>]
[<TestCase("1.50", "1.5", "1.5", "1.5", "1.50")>]
[<TestCase("1e3", "1000.0", "1000", "1000.0", "1000")>]
[<TestCase("1e30", "1e+30", "1e+30", "1.0E30", "1E+30")>]
[<TestCase("1e400", "Infinity", "null", "Infinity", "<invalid-value>")>]
[<TestCase("12345678901234567890123",
           "12345678901234567890123",
           "1.2345678901234568e+22",
           "1.2345678901234568E22",
           "12345678901234567890123")>]
[<TestCase("1,000", "<missing>", "<missing>", "<missing>", "1000")>]
[<TestCase("A-1", "<missing>", "<missing>", "<missing>", "")>]
[<TestCase("", "<missing>", "0", "<missing>", "")>]
let ``to_number() reads the texts that the language reads`` (text: string, python, javaScript, java, dotNet) =
    hashed $"to_number('{text}')" "{}"
    |> isSame [ python; javaScript; java; dotNet ]

[<Test>]
let ``to_number() leaves numbers alone, and gives null for what is neither number nor text`` () =
    hashed "to_number(`1.50`)" "{}" |> isSame [ "1.5"; "1.5"; "1.5"; "1.50" ]

    hashed "to_number(`true`)" "{}"
    |> isSame [ "<missing>"; "<missing>"; "<missing>"; "" ]

[<Test>]
let ``the average of nothing is nothing`` () =
    hashed "avg(none)" numbers
    |> isSame [ "<missing>"; "<missing>"; "<missing>"; "" ]

// json.dumps with separators; JSON.stringify, which puts indices first; Jackson's toString; JsonSerializer.Serialize.
[<Test>]
let ``to_string() gives the JSON of the language, in the order of the input`` () =
    hashed "to_string(o)" """{"o": {"b": 1, "2": 2.50, "a": "é", "c": [true, null]}}"""
    |> isSame
        [ "\"{\\\"b\\\":1,\\\"2\\\":2.5,\\\"a\\\":\\\"\\\\u00e9\\\",\\\"c\\\":[true,null]}\""
          "\"{\\\"2\\\":2.5,\\\"b\\\":1,\\\"a\\\":\\\"é\\\",\\\"c\\\":[true,null]}\""
          "{\"b\":1,\"2\":2.5,\"a\":\"é\",\"c\":[true,null]}"
          "{\"b\":1,\"2\":2.50,\"a\":\"\\u00E9\",\"c\":[true,null]}" ]

[<Test>]
let ``to_string() of a text is the text`` () =
    hashed "to_string(t)" """{"t": "é"}"""
    |> isSame [ "\"\\u00e9\""; "\"é\""; "é"; "é" ]

/// The texts with a table of functions.
let private withTable (functions: FunctionTable) path event =
    languages
    |> List.map (fun language ->
        let options =
            { choice (KeyFormat.Powertools language) path with
                Functions = functions }

        hashedOf options (utf8 event))

[<Test>]
let ``a function of the user's own takes the place of the language's`` () =
    let mine =
        JmesFunction.define "to_string" [ JmesTypes.Any ] (fun _ -> Ok(JmesValue.OfText "mine"))

    withTable (FunctionTable.Powertools.With mine) "to_string(@)" "{}"
    |> isSame [ "\"mine\""; "\"mine\""; "mine"; "mine" ]

[<Test>]
let ``the functions of Powertools are there whatever table is given`` () =
    withTable FunctionTable.Standard "powertools_json(body).id" """{"body": "{\"id\": \"A-1\"}"}"""
    |> isSame [ "\"A-1\""; "\"A-1\""; "A-1"; "A-1" ]

[<Test>]
let ``powertools_json() of half a surrogate pair fails, and is no key in TypeScript`` () =
    let half =
        JmesFunction.define "half" [] (fun _ -> Ok(JmesValue.OfText("\"" + string '\uD800' + "\"")))

    // .NET's own powertools_json() parses nothing, and hashes text in UTF-8, which half a pair has none of.
    match withTable (FunctionTable.Powertools.With half) "powertools_json(half())" "{}" with
    | [ python; typeScript; java; dotNet ] ->
        Assert.That(python, Is.EqualTo "<invalid-value>")
        Assert.That(typeScript, Is.EqualTo "<missing>")
        Assert.That(java, Is.EqualTo "<invalid-value>")
        Assert.That(dotNet, Does.Contain "Unicode")
    | others -> Assert.Fail $"%A{others}"

let private dotNet = hashedIn PowertoolsLanguage.DotNet

// IsJsonValid in JsonElementValue.TryGetProperty of Powertools for .NET: a member that is a text of JSON is that JSON,
// wherever in an expression it is read; items of lists are not, and neither are members that the expression made.
[<TestCase("l[?k=='x'].v", "[2]")>]
[<TestCase("m.*.v", "[4]")>]
[<TestCase("l[].v", "[2,3]")>]
[<TestCase("l[::-1].v", "[3,2]")>]
[<TestCase("[l[1].v, @.a.x]", "[3,1]")>]
[<TestCase("{one: l[0].v}", """{"one":2}""")>]
[<TestCase("absent || l[0].v", "2")>]
[<TestCase("l[0].v && a.x", "1")>]
[<TestCase("!(l[0].v)", "False")>]
[<TestCase("l[0].v == `2`", "True")>]
[<TestCase("l[0].v < `3`", "True")>]
[<TestCase("map(&v, l)", "[2,3]")>]
[<TestCase("max_by(l, &v).k", "y")>]
[<TestCase("n[0]", """["5"]""")>]
[<TestCase("type({a: join('', ['1','2'])}.a)", "string")>]
[<TestCase("type(l[0].v)", "number")>]
let ``.NET reads a member that holds JSON as JSON in every part of an expression``
    (path: string)
    (text: string)
    =
    """{"a":"{\"x\":\"1\"}","l":[{"v":"2","k":"x"},{"v":"3","k":"y"}],"m":{"p":{"v":"4"}},"n":[["5"],"6"]}"""
    |> dotNet path
    |> fun found -> Assert.That(found, Is.EqualTo text)
