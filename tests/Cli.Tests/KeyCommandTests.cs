// `idempotency key` for one event: what it prints, and what each option does.
using System.Security.Cryptography;
using System.Text;
using NUnit.Framework;

namespace Cli.Tests;

public class KeyCommandTests
{
    private const string Event = """{"id":"A-1", "amount": 5.0}""";

    private static string Sha256(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    [Test]
    public void The_key_is_shown_with_everything_that_it_is_made_of()
    {
        Said said = Tool.Ask(Event, "key", "--operation", "charge-order");

        Assert.That(
            said.Lines,
            Is.EqualTo(new[]
            {
                """selected    {"id":"A-1","amount":5.0}""",
                """hashed      {"amount":5,"id":"A-1"}""",
                $"SHA-256     {Sha256("""{"amount":5,"id":"A-1"}""")}",
                $"key         charge-order#{Sha256("""{"amount":5,"id":"A-1"}""")}",
            }));
    }

    [Test]
    public void A_path_selects_what_the_key_is_made_of()
    {
        Said said = Tool.Ask(Event, "key", "--operation", "charge-order", "--path", "id");

        Assert.That(
            (said.Row("selected"), said.Row("key")),
            Is.EqualTo(("\"A-1\"", $"charge-order#{Sha256("\"A-1\"")}")));
    }

    [Test]
    public void The_whole_event_is_a_path_too_and_no_response_file() =>
        Assert.That(
            Tool.Ask(Event, "key", "--operation", "a", "--path", "@").Out,
            Is.EqualTo(Tool.Ask(Event, "key", "--operation", "a").Out));

    [Test]
    public void The_functions_of_Powertools_can_be_called() =>
        Assert.That(
            Tool.Ask("""{"body":"{\"id\":7}"}""", "key", "--prefix", "a", "--path", "powertools_json(body).id")
                .Row("hashed"),
            Is.EqualTo("7"));

    [Test]
    public void A_payload_path_adds_the_validation_hash()
    {
        Said said = Tool.Ask(Event, "key", "--operation", "a", "--path", "id", "--payload-path", "amount");

        Assert.That(said.Row("validation"), Is.EqualTo(Sha256("5")));
    }

    [TestCase("orders", "charge", "orders/charge")]
    [TestCase("a/b", "c#d%", "a%2Fb/c%23d%25")]
    public void A_scope_stands_before_the_operation(string scope, string operation, string prefix)
    {
        Said said = Tool.Ask(Event, "key", "--scope", scope, "--operation", operation, "--json");

        Assert.That(said.Json().GetProperty("key").GetString(), Does.StartWith(prefix + "#"));
    }

    [TestCase("billing.app.handler")]
    [TestCase("a#b/c")]
    [TestCase("")]
    public void A_prefix_is_taken_as_it_is(string prefix)
    {
        Said said = Tool.Ask("1", "key", "--prefix", prefix, "--json");

        Assert.That(said.Json().GetProperty("key").GetString(), Is.EqualTo($"{prefix}#{Sha256("1")}"));
    }

    [TestCase("md5", "MD5", 32)]
    [TestCase("sha1", "SHA-1", 40)]
    [TestCase("SHA-384", "SHA-384", 96)]
    [TestCase("sha512", "SHA-512", 128)]
    public void The_digest_can_be_chosen(string given, string name, int digits)
    {
        Said said = Tool.Ask(Event, "key", "--prefix", "a", "--hash", given);

        Assert.That(said.Row(name), Has.Length.EqualTo(digits));
    }

    [TestCase("canonical", "SHA-256")]
    [TestCase("powertools-python", "MD5")]
    [TestCase("powertools-typescript", "MD5")]
    [TestCase("powertools-java", "MD5")]
    [TestCase("powertools-dotnet", "MD5")]
    public void Each_format_has_its_digest(string format, string digest)
    {
        Said said = Tool.Ask(Event, "key", "--prefix", "a", "--format", format, "--json");

        Assert.That(said.Json().GetProperty("hash_function").GetString(), Is.EqualTo(digest));
    }

    [Test]
    public void The_digest_of_a_format_can_be_overruled()
    {
        Said said = Tool.Ask(
            Event, "key", "--prefix", "a", "--format", "powertools-python", "--hash", "sha256", "--own-missing-rule");

        Assert.That(said.Row("SHA-256"), Is.Not.Null);
    }

    [Test]
    public void Json_is_one_line_for_machines()
    {
        Said said = Tool.Ask(
            "{\"id\" :\n \"\u00e9 \\\" \\\\\"}", "key", "--prefix", "a", "--path", "id", "--payload-path", "id", "--json");

        string digest = Sha256("\"\u00e9 \\\" \\\\\"");
        Assert.That(
            said.Out,
            Is.EqualTo(
                $$"""{"key":"a#{{digest}}","digest":"{{digest}}","hash_function":"SHA-256","""
                + "\"hashed_text\":\"\\\"\u00e9 \\\\\\\" \\\\\\\\\\\"\",\"selected\":\"\\\"\u00e9 \\\\\\\" \\\\\\\\\\\"\","
                + $"\"validation_hash\":\"{digest}\"}}\n"));
    }

    [Test]
    public void Json_has_null_where_nothing_is_checked() =>
        Assert.That(
            Tool.Ask("1", "key", "--prefix", "a", "--json").Json().GetProperty("validation_hash").ValueKind,
            Is.EqualTo(System.Text.Json.JsonValueKind.Null));

    [Test]
    public void Two_spellings_of_an_event_have_one_key() =>
        Assert.That(
            Tool.Ask("""{"a":1.0,"b":2}""", "key", "--operation", "a").Row("key"),
            Is.EqualTo(Tool.Ask(""" { "b": 2, "a": 1 } """, "key", "--operation", "a").Row("key")));

    [Test]
    public void Standard_input_may_be_called_by_a_hyphen() =>
        Assert.That(Tool.Ask("1", "key", "-", "--prefix", "a").Row("hashed"), Is.EqualTo("1"));
}
