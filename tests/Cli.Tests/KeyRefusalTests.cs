// `idempotency key` that cannot answer: 1 when it is the event's fault, 2 when it is the caller's.
using NUnit.Framework;

namespace Cli.Tests;

public class KeyRefusalTests
{
    [TestCase("null")]
    [TestCase("\"\"")]
    [TestCase("{}")]
    [TestCase("[null, null]")]
    public void A_missing_value_gives_no_key(string json) =>
        Tool.Run(json, "key", "--operation", "a").IsRefused(1, "the selected value is missing");

    [TestCase("", "not well-formed JSON")]
    [TestCase("{\"a\":", "not well-formed JSON")]
    [TestCase("{\"a\":1,\"a\":2}", "two members of the same name")]
    [TestCase("\"\\ud800\"", "not well-formed Unicode")]
    [TestCase("{\"a\":\"\u0001\"}", "not UTF-8")]
    public void An_event_without_a_canonical_form_gives_no_key(string json, string why) =>
        Tool.Run(json, "key", "--operation", "a").IsRefused(1, why);

    [Test]
    public void A_path_that_fails_on_the_event_shows_where() =>
        Tool.Run("""{"a":1}""", "key", "--operation", "a", "--path", "length(a)")
            .IsRefused(1, "invalid-type");

    [Test]
    public void A_document_that_is_no_JSON_is_not_blamed_on_the_path()
    {
        Said said = Tool.Run("{", "key", "--operation", "a", "--path", "some.path");

        said.IsRefused(1, "the document is not JSON");
        Assert.That(said.Error, Does.Not.Contain("some.path"));
    }

    [Test]
    public void A_path_that_is_no_expression_is_shown_with_a_caret() =>
        Tool.Run("{}", "key", "--operation", "a", "--path", "a[").IsRefused(2, "    a[\n      ^");

    [Test]
    public void A_payload_path_that_is_no_expression_is_refused() =>
        Tool.Run("{}", "key", "--operation", "a", "--payload-path", "nope(@)").IsRefused(2, "unknown-function");

    [TestCase("Use one of: MD5, SHA-1, SHA-256, SHA-384, SHA-512", "--operation", "a", "--hash", "crc32")]
    [TestCase("Use one of: canonical, powertools-python", "--operation", "a", "--format", "powertools")]
    [TestCase("Say which operation")]
    [TestCase("Say which operation", "--scope", "a")]
    [TestCase("--operation cannot be used with --prefix", "--operation", "a", "--prefix", "b")]
    [TestCase("--scope cannot be used with --prefix", "--scope", "a", "--prefix", "b")]
    [TestCase("The operation must not be empty", "--operation", " ")]
    [TestCase("The scope must not contain control characters", "--operation", "a", "--scope", "\t.")]
    [TestCase("'--nope' is no option", "--operation", "a", "--nope")]
    [TestCase("--path", "--operation", "a", "--path")]
    [TestCase("--path cannot be used with --batch", "--batch", "--path", "id")]
    [TestCase("--json cannot be used with --batch", "--batch", "--json")]
    [TestCase("--own-missing-rule cannot be used with --batch", "--batch", "--own-missing-rule")]
    public void A_wrong_call_is_told_what_to_do(string why, params string[] options) =>
        Tool.Run("1", ["key", .. options]).IsRefused(2, why);

    [Test]
    public void A_wrong_call_points_to_the_help_of_its_command() =>
        Tool.Run("1", "key", "--nope").IsRefused(2, "Try `idempotency key --help`.");
}
