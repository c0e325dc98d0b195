// `idempotency key --batch`: a line for a line, whatever the line is.
using System.Text.Json;
using NUnit.Framework;

namespace Cli.Tests;

public class KeyBatchTests
{
    private static string Line(params (string Name, string? Value)[] members) =>
        JsonSerializer.Serialize(members.ToDictionary(member => member.Name, member => member.Value));

    private static string[] Answers(params string[] lines) =>
        Tool.Ask(string.Join('\n', lines), "key", "--batch").Lines;

    [Test]
    public void A_line_has_the_same_key_as_the_event_alone()
    {
        const string json = """{"id":"A-1","amount":5}""";
        JsonElement alone = Tool.Ask(
            json, "key", "--prefix", "a", "--path", "id", "--payload-path", "amount", "--hash", "sha512", "--json").Json();

        string answer = Answers(Line(
            ("name", "one"),
            ("payload_text", json),
            ("event_key_jmespath", "id"),
            ("payload_validation_jmespath", "amount"),
            ("prefix", "a"),
            ("hash_function", "sha512"),
            ("format", "canonical"))).Single();

        string key = alone.GetProperty("key").GetRawText();
        string validation = alone.GetProperty("validation_hash").GetRawText();
        Assert.That(
            answer,
            Is.EqualTo(
                $"{{\"name\":\"one\",\"status\":\"key\",\"key\":{key},\"validation_hash\":{validation},\"error\":null}}"));
    }

    [Test]
    public void Only_the_name_and_the_payload_must_be_there()
    {
        string bare = """{"name":"n","payload_text":"1"}""";
        string full = """
            {"name":"n","payload_text":"1","event_key_jmespath":null,"payload_validation_jmespath":null,
            "prefix":null,"hash_function":null,"format":null,"more":[1]}
            """.ReplaceLineEndings("");

        string[] answers = Answers(bare, full);

        Assert.That(answers, Has.Length.EqualTo(2));
        Assert.That(answers[1], Is.EqualTo(answers[0]));
        Assert.That(
            answers[0],
            Is.EqualTo(
                """{"name":"n","status":"key","key":"#6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b","""
                + "\"validation_hash\":null,\"error\":null}"));
    }

    [TestCase("powertools-python", "c4ca4238a0b923820dcc509a6f75849b")]
    [TestCase("powertools-typescript", "xMpCOKC5I4INzFCab3WEmw==")]
    [TestCase("powertools-java", "c4ca4238a0b923820dcc509a6f75849b")]
    [TestCase("powertools-dotnet", "c4ca4238a0b923820dcc509a6f75849b")]
    public void A_format_of_Powertools_brings_its_digest(string format, string digest)
    {
        string answer = Answers(
            Line(("name", "n"), ("payload_text", "1"), ("prefix", "f"), ("format", format))).Single();

        Assert.That(
            JsonDocument.Parse(answer).RootElement.GetProperty("key").GetString(),
            Is.EqualTo("f#" + digest));
    }

    [Test]
    public void A_missing_value_is_no_error() =>
        Assert.That(
            Answers(Line(("name", "n"), ("payload_text", "{}"), ("event_key_jmespath", "id"))),
            Is.EqualTo(new[] { """{"name":"n","status":"missing","key":null,"validation_hash":null,"error":null}""" }));

    [TestCase("""{"name":"n","payload_text":"{"}""", "n", "not well-formed JSON")]
    [TestCase("""{"name":"n","payload_text":"1","event_key_jmespath":"a["}""", "n", "syntax, column 3")]
    [TestCase("""{"name":"n","payload_text":"1","event_key_jmespath":"abs(`[]`)"}""", "n", "invalid-type")]
    [TestCase("""{"name":"n","payload_text":"1","payload_validation_jmespath":"a["}""", "n", "syntax, column 3")]
    [TestCase("""{"name":"n","payload_text":"1","hash_function":"crc"}""", "n", "'crc' is no hash function")]
    [TestCase("""{"name":"n","payload_text":"1","format":"crc"}""", "n", "'crc' is no format")]
    [TestCase("""{"name":"n"}""", "n", "payload_text is missing")]
    [TestCase("""{"name":"n","payload_text":1}""", "n", "payload_text is not a string")]
    [TestCase("""{"name":"n","payload_text":"\ud800"}""", "n", "half of a surrogate pair")]
    [TestCase("""{"name":"n","payload_text":"1","prefix":[]}""", "n", "prefix is not a string")]
    [TestCase("""{"payload_text":"1"}""", null, "name is missing")]
    [TestCase("""{"name":7,"payload_text":"1"}""", null, "name is not a string")]
    [TestCase("[1]", null, "not an object")]
    [TestCase("no JSON", null, "invalid")]
    [TestCase("{\"name\":\"n\u0001\",\"payload_text\":\"1\"}", null, "not UTF-8")]
    public void A_bad_line_is_answered_and_the_next_one_read(string bad, string? name, string why)
    {
        const string good = """{"name":"good","payload_text":"1"}""";

        string[] answers = Answers(good, bad, good);

        JsonElement refused = JsonDocument.Parse(answers[1]).RootElement;
        Assert.Multiple(() =>
        {
            Assert.That(answers, Has.Length.EqualTo(3));
            Assert.That(answers[2], Is.EqualTo(answers[0]));
            Assert.That(refused.GetProperty("name").GetString(), Is.EqualTo(name));
            Assert.That(refused.GetProperty("status").GetString(), Is.EqualTo("error"));
            Assert.That(refused.GetProperty("key").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(refused.GetProperty("error").GetString(), Does.Contain(why));
        });
    }

    [Test]
    public void Blank_lines_are_passed_over() =>
        Assert.That(Answers("", """{"name":"n","payload_text":"1"}""", "  ", ""), Has.Length.EqualTo(1));

    [Test]
    public void No_line_has_no_answer() => Assert.That(Answers(""), Is.Empty);
}
