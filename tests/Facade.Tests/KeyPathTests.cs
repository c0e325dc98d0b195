// Keys that expressions select of the input's JSON, and the choice of a digest.
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public sealed class KeyPathTests
{
    private sealed record Request(string Body, int Attempt);

    private static IdempotencyHandler Handler(Action<IdempotencyOptions>? configure = null) =>
        new(new InMemoryStore(), configure);

    [Test]
    public void A_path_selects_the_key_and_another_the_payload()
    {
        var operation = Handler().Operation<Request, int>("charge", options =>
        {
            options.KeyPath = "powertools_json(Body).id";
            options.PayloadPath = "Body";
        });

        var request = new Request("{\"id\": 7, \"amount\": 5}", 1);
        int first = operation.Handle(request, _ => 1);
        int retry = operation.Handle(request with { Attempt = 2 }, _ => 2);
        var changed = operation.TryHandle(request with { Body = "{\"id\": 7, \"amount\": 6}" }, _ => 3);

        Assert.That((first, retry), Is.EqualTo((1, 1)));
        Assert.That(changed.Outcome, Is.EqualTo(IdempotencyOutcome.PayloadMismatch));
    }

    [Test]
    public void Without_a_path_of_its_own_the_whole_input_is_the_payload()
    {
        var operation = Handler().Operation<Request, int>("charge", options => options.KeyPath = "Body");
        operation.Handle(new Request("a", 1), _ => 1);
        var changed = operation.TryHandle(new Request("a", 2), _ => 2);
        Assert.That(changed.Outcome, Is.EqualTo(IdempotencyOutcome.PayloadMismatch));
    }

    [Test]
    public void A_path_that_fails_on_an_input_gives_no_key_and_says_why()
    {
        var operation = Handler().Operation<Request, int>("charge", o => o.KeyPath = "powertools_json(Body)");
        var result = operation.TryHandle(new Request("secret, not JSON", 1), _ => 1);

        Assert.That(result.Outcome, Is.EqualTo(IdempotencyOutcome.KeyRejected));
        Assert.That(result.Refusal!.Message, Does.Contain("'charge'").And.Contain("powertools_json"));
        Assert.That(result.Refusal.Message, Does.Not.Contain("secret"));
    }

    [Test]
    public void Choices_that_contradict_each_other_are_refused_when_the_operation_is_made()
    {
        IdempotencyHandler handler = Handler();

        Assert.Multiple(() =>
        {
            Assert.That(
                () => handler.Operation<Request, int>("a", o => { o.KeyFrom(r => r.Body); o.KeyPath = "Body"; }),
                Throws.ArgumentException.With.Message.Contains("KeyFrom").And.Message.Contains("'a'"));
            Assert.That(
                () => handler.Operation<Request, int>("a", o => o.KeyFormat = KeyFormat.PowertoolsPython),
                Throws.ArgumentException.With.Message.Contains("KeyPrefix"));
            Assert.That(
                () => handler.Operation<Request, int>("a", o => o.KeyFormat = (KeyFormat)42),
                Throws.ArgumentException);
            Assert.That(
                () => handler.Operation<Request, int>("a", o => o.KeyPath = "a["),
                Throws.ArgumentException.With.Message.Contains("does not compile"));
        });
    }

    [Test]
    public void An_unknown_hash_function_is_refused_when_the_handler_is_made() =>
        Assert.That(
            () => Handler(options => options.HashFunction = "crc32"),
            Throws.ArgumentException.With.Message.Contains("HashFunction").And.Message.Contains("SHA-256"));

    [Test]
    public void A_hash_function_is_chosen_by_name()
    {
        string? key = null;
        var run = Handler(options => options.HashFunction = "md5").Wrap("charge", (int n, IdempotencyContext context) =>
        {
            key = context.Key;
            return n;
        });

        run(1);
        Assert.That(key, Is.EqualTo("charge#c4ca4238a0b923820dcc509a6f75849b"));
    }

    [Test]
    public void A_format_of_Powertools_makes_that_languages_key()
    {
        IdempotencyHandler handler = Handler(options => options.HashFunction = "MD5");

        var operation = handler.Operation<Request, int>("charge", options =>
        {
            options.KeyFormat = KeyFormat.PowertoolsPython;
            options.KeyPrefix = "payments.app.charge";
            options.KeyPath = "id";
        });

        var missing = operation.TryHandle(new Request("x", 1), _ => 1);
        Assert.That(missing.Outcome, Is.EqualTo(IdempotencyOutcome.KeyRejected), "The JSON says Body, and has no id.");

        string? key = null;

        Func<Request, int> run = handler.Wrap<Request, int>(
            "charge",
            (_, context) =>
            {
                key = context.Key;
                return 1;
            },
            options =>
            {
                options.KeyFormat = KeyFormat.PowertoolsPython;
                options.KeyPrefix = "payments.app.charge";
                options.KeyPath = "Body";
            });

        // Python hashes the JSON of a text, with its quotes.
        run(new Request("abc", 1));
        Assert.That(key, Is.EqualTo("payments.app.charge#ebd9f4c7b06cb0aaf5d13d80e49d8b90"));
    }

    [Test]
    public void An_expression_without_text_or_functions_is_refused_by_the_name_of_what_is_missing()
    {
        Assert.That(
            () => JmesPathExpression.Compile(null!),
            Throws.ArgumentNullException.With.Property("ParamName").EqualTo("expression"));
        Assert.That(
            () => JmesPathExpression.Compile("a", null!),
            Throws.ArgumentNullException.With.Property("ParamName").EqualTo("functions"));
        Assert.That(
            () => FunctionTable.Powertools.With(null!, null!),
            Throws.ArgumentException.With.Property("ParamName").EqualTo("more"));
    }
}
