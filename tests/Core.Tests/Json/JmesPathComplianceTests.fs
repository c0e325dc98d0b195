// The compliance suite of the JMESPath project, case by case. It is not ours to ship: it is read from
// ../shared/jmespath-compliance, next to the repository, and its absence is said loudly.
module Core.Tests.JmesPathComplianceTests

open System.IO
open System.Text.Json
open NUnit.Framework
open Idempotency.Core
open Core.Tests.JmesPathSupport
open Idempotency

/// A case: what the expression gives for the document, or the kinds of error, one of which must come.
[<NoComparison; NoEquality>]
type Case =
    { Name: string
      Given: JsonElement
      Expression: string
      Expected: Result<JsonElement, string> }

    override this.ToString() = this.Name

let private folder =
    Path.GetFullPath(Path.Combine(repository, "..", "shared", "jmespath-compliance"))

let private tryMember (name: string) (element: JsonElement) =
    match element.TryGetProperty name with
    | true, found -> Some found
    | false, _ -> None

let private text (element: JsonElement) =
    match element.GetString() with
    | null -> ""
    | known -> known

let private casesOf (file: string) =
    let suite = JsonElement.Parse(File.ReadAllText file)

    [ for group, g in Seq.zip (suite.EnumerateArray()) (Seq.initInfinite id) do
          for one, c in Seq.zip (group.GetProperty("cases").EnumerateArray()) (Seq.initInfinite id) do
              let expected =
                  match tryMember "result" one, tryMember "error" one with
                  | Some value, _ -> Some(Ok value)
                  | None, Some kind -> Some(Error(text kind))
                  | None, None -> None // A benchmark.

              match expected with
              | None -> ()
              | Some expected ->
                  let expression = text (one.GetProperty "expression")

                  { Name = $"{Path.GetFileNameWithoutExtension file} {g}.{c}: {expression}"
                    Given = group.GetProperty "given"
                    Expression = expression
                    Expected = expected } ]

let private all =
    if Directory.Exists folder then
        Directory.GetFiles(folder, "*.json")
        |> Array.sort
        |> List.ofArray
        |> List.collect casesOf
    else
        []

let cases =
    all |> List.map (fun case -> TestCaseData(case).SetArgDisplayNames case.Name)

let private outcome case =
    JmesPath.compile case.Expression FunctionTable.Standard
    |> Result.bind (CompiledPath.evaluate case.Given)

[<TestCaseSource(nameof cases)>]
let ``the suite's case comes out as the suite says`` (case: Case) =
    match outcome case, case.Expected with
    | Ok value, Ok expected ->
        Assert.That(
            sameJson expected (JmesValue.toJson value),
            $"{JmesValue.toJson value}, not {expected.GetRawText()}"
        )
    | Error problem, Error kind ->
        Assert.That(problem.Kind.Name, Is.EqualTo kind)
        Assert.That(problem.Position, Is.InRange(0, case.Expression.Length))
    | Ok value, Error kind -> Assert.Fail $"{JmesValue.toJson value}, not the error {kind}"
    | Error problem, Ok expected -> Assert.Fail $"{problem.Message}\nnot {expected.GetRawText()}"

[<Test>]
let ``the suite gives the same straight from UTF-8`` () =
    for case in all do
        match JmesPath.compile case.Expression FunctionTable.Standard with
        | Error _ -> ()
        | Ok path ->
            let short = path |> CompiledPath.evaluateUtf8 (utf8 (case.Given.GetRawText()))

            match path |> CompiledPath.evaluate case.Given, short with
            | Ok expected, Ok actual ->
                Assert.That(textOf actual, Is.EqualTo(JmesValue.toJson expected), case.Name)
            | Error expected, Error actual -> Assert.That(actual.Message, Is.EqualTo expected.Message)
            | Ok _, Error problem -> Assert.Fail problem.Message
            | Error problem, Ok _ -> Assert.Fail $"must fail: {problem.Message}"

[<Test>]
let ``the suite is whole`` () =
    if all.IsEmpty then
        Assert.Ignore
            $"NOT RUN: the JMESPath compliance suite (892 cases) is not there. Put the files of github.com/jmespath/jmespath.test into {folder}."

    Assert.That(all.Length, Is.EqualTo 892)
