// Errors name their kind and place, and say what to do.
module Core.Tests.JmesPathErrorTests

open System
open System.Text.Json
open NUnit.Framework
open Idempotency
open Idempotency.Core
open Core.Tests.JmesPathSupport

let wrongExpressions =
    [ "", "syntax", 0, "breaks off"
      "foo.", "syntax", 4, "a name, a function, *, [ or {"
      "foo.bar.`1`", "syntax", 8, "found `1`"
      "foo bar", "syntax", 4, "found bar"
      "foo[0", "syntax", 5, "]"
      "foo[1:2:3:4]", "syntax", 9, "found :"
      "foo[1:x]", "syntax", 6, "found x"
      "foo[::0]", "invalid-value", 6, "step"
      "foo[?a == 'b'", "syntax", 13, "]"
      "foo = 'b'", "syntax", 4, "=="
      "foo == 5", "syntax", 7, "backquotes"
      "foo-bar", "syntax", 3, "double quotes"
      "$.foo", "syntax", 0, "$"
      "foo[?a == `foo`]", "syntax", 10, "JSON"
      "é.foo", "syntax", 0, "double quotes"
      "'foo", "syntax", 0, "closing '"
      "a || `[1`", "syntax", 5, "JSON"
      "\"foo\\x\"", "syntax", 0, "escape"
      "\"\\ud800\"", "syntax", 0, "escape"
      String [| '\''; '\uD800'; '\'' |], "syntax", 0, "surrogate"
      "\"length\"(a)", "syntax", 0, "quotes"
      "{a: b,}", "syntax", 6, "a name"
      "[a,]", "syntax", 3, "an expression"
      "length(a b)", "syntax", 9, "comma"
      "length(a,)", "syntax", 9, "an expression"
      "[&a]", "syntax", 1, "&"
      "&a", "syntax", 0, "&"
      "a\n.b\n.5", "syntax", 6, "found 5"
      "(a)(b)", "syntax", 3, "found ("
      "lenght(a)", "unknown-function", 0, "length"
      "a.toString(b)", "unknown-function", 2, "to_string"
      "a.nothing(b)", "unknown-function", 2, "nothing()"
      "length()", "invalid-arity", 0, "1 argument, but is given 0"
      "a | join(',')", "invalid-arity", 4, "2 arguments, but is given 1"
      "not_null()", "invalid-arity", 0, "at least 1"
      "sort_by(a, b)", "invalid-type", 11, "&"
      "length(&a)", "invalid-type", 7, "leave the & out" ]
    |> List.map (fun (expression, kind, position, said) ->
        TestCaseData(expression, kind, position, said).SetArgDisplayNames(expression.Replace('\uD800', '?')))

[<TestCaseSource(nameof wrongExpressions)>]
let ``a wrong expression is refused with its place``
    (expression: string, kind: string, position: int, said: string)
    =
    let problem = refused expression
    Assert.That(problem.Kind.Name, Is.EqualTo kind)
    Assert.That(problem.Position, Is.EqualTo position, problem.Message)
    Assert.That(problem.Reason, Does.Contain said)
    Assert.That(problem.Message, Does.Contain $"column {position + 1}")

let wrongValues =
    [ "a.abs(b)", """{"a": {"b": "x"}}""", 2, "abs() takes number as argument 1, not string"
      "sum(@)", "[1, 2, null]", 0, "item 3 is null"
      "sort(@)", """[1, "a"]""", 0, "number and, as item 2, string"
      "a || max_by(@, &b)", """[{"b": 1}, {}]""", 5, "for item 2 it gives null"
      "sort_by(@, &b)", """[{"b": 1}, {"b": "x"}]""", 0, "for item 2, string"
      "map(&a, b)", "{}", 0, "takes array as argument 2, not null"
      "length(`1`)", "{}", 0, "string or array or object"
      "sum(@)", "[1e308, 1e308]", 0, "too large" ]
    |> List.map (fun (expression, document, position, said) ->
        TestCaseData(expression, document, position, said).SetArgDisplayNames(expression, document))

[<TestCaseSource(nameof wrongValues)>]
let ``a value that a function does not take is named``
    (expression: string, document: string, position: int, said: string)
    =
    let problem = failed expression document
    Assert.That(problem.Position, Is.EqualTo position)
    Assert.That(problem.Reason, Does.Contain said)

[<Test>]
let ``a message shows the expression with a caret under the place`` () =
    let lines = (refused "foo.bar[?a = 'b']").Message.Split '\n'
    Assert.That(lines.Length, Is.EqualTo 3)
    Assert.That(lines[0], Is.EqualTo "syntax, column 12: a single = means nothing; compare with ==")
    Assert.That(lines[1], Is.EqualTo "    foo.bar[?a = 'b']")
    Assert.That(lines[2], Is.EqualTo "               ^")

[<Test>]
let ``a message shows only the line that is wrong, and not all of a long one`` () =
    let long = String('a', 500)
    let lines = (refused $"first ||\n{long} $ {long}\n|| last").Message.Split '\n'
    let caret = lines[2].IndexOf '^'
    Assert.That(lines.Length, Is.EqualTo 3)
    Assert.That(lines[1].Length, Is.LessThan 100)
    Assert.That(lines[1].Substring(caret, 1), Is.EqualTo "$")

[<Test>]
let ``half of a surrogate pair in the document is the document's fault`` () =
    let problem = failed "join('', @)" """["\ud800"]"""
    Assert.That(problem.Kind, Is.EqualTo JmesProblemKind.InvalidDocument)

[<Test>]
let ``half of a surrogate pair in a name does not hide other members`` () =
    Assert.That(evaluated "abcdef" """{"\ud800": 1, "abcdef": 2, "\udc00zzzz": 3}""", Is.EqualTo "2")
    Assert.That(evaluated "missing" """{"\ud800": 1, "abcdef": 2}""", Is.EqualTo "null")

[<Test>]
let ``a disposed document throws, as it does elsewhere`` () =
    let document = JsonDocument.Parse """{"a": 1}"""
    let root = document.RootElement
    document.Dispose()

    thrownBy<ObjectDisposedException>(fun () -> compiled "a" |> CompiledPath.evaluate root |> ignore)
    |> ignore

[<Test>]
let ``the facade throws, or says, the same`` () =
    let thrown =
        thrownBy<JmesPathException>(fun () -> JmesPathExpression.Compile "foo." |> ignore)

    Assert.That(thrown.Kind, Is.EqualTo JmesPathErrorKind.Syntax)
    Assert.That(thrown.Position, Is.EqualTo 4)
    Assert.That(thrown.Message, Is.EqualTo (refused "foo.").Message)

    match JmesPathExpression.TryCompile("foo.", FunctionTable.Standard) with
    | true, _, _ -> Assert.Fail "must not compile"
    | false, path, error ->
        Assert.That(isNull path)
        Assert.That((Unchecked.nonNull error).Reason, Is.EqualTo thrown.Reason)

    match JmesPathExpression.Compile("abs(@)").TryEvaluate(JsonElement.Parse "true") with
    | true, _, _ -> Assert.Fail "must fail"
    | false, _, error -> Assert.That((Unchecked.nonNull error).Kind, Is.EqualTo JmesPathErrorKind.InvalidType)

// Where an expression may end, anything that cannot go on with it is refused.
[<Test>]
let ``nothing that needs a beginning goes on with an expression`` () =
    for token in
        [ "b"
          "\"b\""
          "'b'"
          "`1`"
          "7"
          "*"
          ","
          ":"
          "@"
          ")"
          "{"
          "}"
          "]"
          "&b"
          "!b" ] do
        match JmesPath.compile $"a {token}" FunctionTable.Standard with
        | Ok _ -> Assert.Fail $"{token} goes on"
        | Error problem -> Assert.That(problem.Kind, Is.EqualTo JmesProblemKind.Syntax, token)

[<TestCase("a b", JmesPathErrorKind.Syntax)>]
[<TestCase("nobody(a)", JmesPathErrorKind.UnknownFunction)>]
[<TestCase("length()", JmesPathErrorKind.InvalidArity)>]
[<TestCase("a[::0]", JmesPathErrorKind.InvalidValue)>]
let ``C# is told the kind of an error`` (expression: string, kind: JmesPathErrorKind) =
    let kinds =
        try
            JmesPathExpression.Compile expression |> ignore
            []
        with :? JmesPathException as problem ->
            [ problem.Kind ]

    Assert.That(List.tryHead kinds, Is.EqualTo(Some kind))
