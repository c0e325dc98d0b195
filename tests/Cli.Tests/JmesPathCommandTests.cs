// `idempotency jmespath`, for one expression and for many.
using NUnit.Framework;

namespace Cli.Tests;

public class JmesPathCommandTests
{
    [TestCase("a.b", """{"a":{"b":[1.50, "x  y"]}}""", """[1.50,"x  y"]""")]
    [TestCase("@", "{ \"a\" :\n 1 }", "{\"a\":1}")]
    [TestCase("nothing", "{}", "null")]
    [TestCase("powertools_json(body).id", """{"body":"{\"id\":7}"}""", "7")]
    [TestCase("[-1]", "[1, 2]", "2")]
    public void The_value_is_printed_on_one_line(string expression, string document, string value) =>
        Assert.That(Tool.Ask(document, "jmespath", expression).Out, Is.EqualTo(value + "\n"));

    [TestCase("a[", "syntax")]
    [TestCase("nope(@)", "unknown-function")]
    [TestCase("abs()", "invalid-arity")]
    [TestCase("", "syntax")]
    public void What_is_no_expression_is_refused(string expression, string kind) =>
        Tool.Run("{}", "jmespath", expression).IsRefused(2, kind);

    [TestCase("abs(a)", "{\"a\":\"x\"}", "invalid-type")]
    [TestCase("a", "{", "the document is not JSON")]
    [TestCase("a", "{\"a\":\"\u0001\"}", "not UTF-8")]
    public void A_document_without_a_value_is_refused(string expression, string document, string why) =>
        Tool.Run(document, "jmespath", expression).IsRefused(1, why);

    [TestCase("Give an expression, or --batch.")]
    [TestCase("An expression cannot be used with --batch", "a", "--batch")]
    [TestCase("'b'", "a", "b")]
    public void A_wrong_call_is_told_what_to_do(string why, params string[] rest) =>
        Tool.Run("{}", ["jmespath", .. rest]).IsRefused(2, why);

    [TestCase("""{"expression":"a.b","document_text":"{\"a\":{\"b\":1}}"}""", """{"result":1}""")]
    [TestCase("""{"expression":"@","document_text":"{\n\"a\" : \"b \\\" c\"\n}"}""", """{"result":{"a":"b \" c"}}""")]
    [TestCase("""{"expression":"a","document_text":"{}"}""", """{"result":null}""")]
    [TestCase("""{"expression":"a[","document_text":"{}"}""", """{"error":"syntax"}""")]
    [TestCase("""{"expression":"abs(`\"x\"`)","document_text":"{}"}""", """{"error":"invalid-type"}""")]
    [TestCase("""{"expression":"abs()","document_text":"{}"}""", """{"error":"invalid-arity"}""")]
    [TestCase("""{"expression":"nope()","document_text":"{}"}""", """{"error":"unknown-function"}""")]
    [TestCase("""{"expression":"[::0]","document_text":"[1]"}""", """{"error":"invalid-value"}""")]
    [TestCase("""{"expression":"a","document_text":"{"}""", """{"error":"invalid-document"}""")]
    [TestCase("""{"expression":"a"}""", """{"error":"invalid-line"}""")]
    [TestCase("""{"expression":1,"document_text":"{}"}""", """{"error":"invalid-line"}""")]
    [TestCase("no JSON", """{"error":"invalid-line"}""")]
    public void A_batch_answers_a_line_with_a_line_and_goes_on(string line, string answer)
    {
        const string good = """{"expression":"@","document_text":"true"}""";

        Assert.That(
            Tool.Ask($"{line}\n{good}\n", "jmespath", "--batch").Lines,
            Is.EqualTo(new[] { answer, """{"result":true}""" }));
    }
}
