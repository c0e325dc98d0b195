// What can be chosen about keys besides a path: payloads, prefixes, functions, depth, the JSON that the caller has.
using System.Text;
using System.Text.Json;
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public sealed class KeyChoiceTests
{
    private sealed record Request(string Id, int Amount, string Note);

    private sealed class Tree(Tree? child)
    {
        public Tree? Child { get; } = child;
    }

    private static readonly Request Sample = new("A-1", 5, "first");

    private static IdempotencyHandler Handler(Action<IdempotencyOptions>? configure = null) =>
        new(new InMemoryStore(), configure);

    private static string KeyOf<TInput>(IdempotentOperation<TInput, int> operation, TInput input)
    {
        Assert.That(operation.TryGetKey(input, out string? key), Is.True);
        return key!;
    }

    [Test]
    public void A_function_selects_the_payload()
    {
        var operation = Handler().Operation<Request, int>("charge", options =>
        {
            options.KeyFrom(request => request.Id);
            options.PayloadFrom(request => request.Amount);
        });

        operation.Handle(Sample, _ => 1);
        var retry = operation.TryHandle(Sample with { Note = "second" }, _ => 2);
        var changed = operation.TryHandle(Sample with { Amount = 6 }, _ => 3);

        Assert.That(retry.Outcome, Is.EqualTo(IdempotencyOutcome.Replayed));
        Assert.That(changed.Outcome, Is.EqualTo(IdempotencyOutcome.PayloadMismatch));
    }

    [Test]
    public void A_key_by_a_function_goes_with_a_payload_by_a_path_and_the_other_way_round()
    {
        var one = Handler().Operation<Request, int>("charge", options =>
        {
            options.KeyFrom(request => request.Id);
            options.PayloadPath = "Amount";
        });

        var other = Handler().Operation<Request, int>("charge", options =>
        {
            options.KeyPath = "Id";
            options.PayloadFrom(request => request.Amount);
        });

        foreach (var operation in new[] { one, other })
        {
            operation.Handle(Sample, _ => 1);
            Assert.That(operation.Handle(Sample with { Note = "second" }, _ => 2), Is.EqualTo(1));
            Assert.That(
                operation.TryHandle(Sample with { Amount = 6 }, _ => 3).Outcome,
                Is.EqualTo(IdempotencyOutcome.PayloadMismatch));
        }

        Assert.That(KeyOf(one, Sample), Is.EqualTo(KeyOf(other, Sample)));
    }

    [Test]
    public void A_prefix_replaces_scope_and_name_however_the_key_is_selected()
    {
        IdempotencyHandler handler = Handler(options => options.Scope = "shop");

        var whole = handler.Operation<string, int>("a", options => options.KeyPrefix = "old/name");
        var function = handler.Operation<string, int>("b", options =>
        {
            options.KeyPrefix = "old/name";
            options.KeyFrom(text => text);
        });

        Assert.That(KeyOf(whole, "x"), Does.StartWith("old/name#"));
        Assert.That(KeyOf(function, "x"), Is.EqualTo(KeyOf(whole, "x")));
    }

    [Test]
    public void Text_that_the_caller_has_gives_the_key_that_the_written_input_gives()
    {
        var written = Handler().Operation<Request, int>("charge", options => options.KeyPath = "[Id, Amount]");
        int asked = 0;

        var given = Handler().Operation<Request, int>("charge", options =>
        {
            options.KeyPath = "[Id, Amount]";
            options.InputJson = request =>
            {
                asked++;
                return Encoding.UTF8.GetBytes($$"""{ "Note": "?", "Amount": {{request.Amount}}.0, "Id": "{{request.Id}}" }""");
            };
        });

        Assert.That(KeyOf(given, Sample), Is.EqualTo(KeyOf(written, Sample)));
        Assert.That(asked, Is.EqualTo(1), "The payload is all of it too, and it is asked for once.");
    }

    [Test]
    public void Own_functions_can_be_called()
    {
        var lower = JmesFunction.Create(
            "lower",
            [JmesTypes.String],
            arguments => JsonSerializer.SerializeToElement(arguments[0].GetString()!.ToLowerInvariant()));

        var operation = Handler(options => options.Functions = FunctionTable.Powertools.With(lower))
            .Operation<Request, int>("charge", options => options.KeyPath = "lower(Id)");

        Assert.That(KeyOf(operation, Sample), Is.EqualTo(KeyOf(operation, Sample with { Id = "a-1" })));

        Assert.That(
            () => Handler().Operation<Request, int>("charge", options => options.KeyPath = "lower(Id)"),
            Throws.ArgumentException.With.Message.Contains("lower").And.Message.Contains("'charge'"));
    }

    [Test]
    public void The_depth_of_an_input_is_limited_and_the_limit_can_be_moved()
    {
        static ReadOnlyMemory<byte> Nested(int levels) =>
            Encoding.UTF8.GetBytes(new string('[', levels) + 1 + new string(']', levels));

        static IdempotentOperation<int, int> Of(IdempotencyHandler handler) =>
            handler.Operation<int, int>("charge", options => options.InputJson = Nested);

        var usual = Of(Handler());
        var deeper = Of(Handler(options => options.MaxDepth = 100));

        Assert.That(usual.TryGetKey(64, out _), Is.True);
        Assert.That(usual.TryHandle(65, n => n).Refusal!.Message, Does.Contain("64 levels"));
        Assert.That(deeper.TryGetKey(100, out _), Is.True);
        Assert.That(deeper.TryHandle(101, n => n).Refusal!.Message, Does.Contain("100 levels"));

        Assert.That(
            () => Handler(options => options.MaxDepth = 0),
            Throws.ArgumentException.With.Message.Contains("MaxDepth"));
    }

    [Test]
    public void A_path_sees_no_deeper_either()
    {
        static ReadOnlyMemory<byte> Nested(int levels) =>
            Encoding.UTF8.GetBytes("""{"id":1,"x":""" + new string('[', levels - 1) + new string(']', levels - 1) + "}");

        var operation = Handler().Operation<int, int>("charge", options =>
        {
            options.InputJson = Nested;
            options.KeyPath = "id";
        });

        Assert.That(operation.TryGetKey(64, out _), Is.True);
        Assert.That(operation.TryGetKey(65, out _), Is.False);
    }

    [Test]
    public void Choices_that_contradict_each_other_are_refused_when_the_operation_is_made()
    {
        IdempotencyHandler handler = Handler();

        void Refused(Action<OperationOptions<Request>> configure, params string[] words)
        {
            var error = Assert.Throws<ArgumentException>(() => handler.Operation<Request, int>("charge", configure))!;
            Assert.That(words.Append("'charge'"), Is.All.Matches<string>(word => error.Message.Contains(word, StringComparison.Ordinal)));
        }

        Assert.Multiple(() =>
        {
            Refused(o => { o.KeyFrom(r => r.Id); o.KeyPath = "Id"; }, "KeyFrom", "KeyPath");
            Refused(o => { o.PayloadFrom(r => r.Id); o.PayloadPath = "Id"; }, "PayloadFrom", "PayloadPath");
            Refused(o => { o.PayloadPath = "Id"; o.CheckPayload = false; }, "CheckPayload");
            Refused(o => o.FormatDecidesMissing = true, "FormatDecidesMissing", "Canonical");
            Refused(o => o.KeyPrefix = "a\nb", "KeyPrefix");
            Refused(
                o => { o.KeyFormat = KeyFormat.PowertoolsJava; o.KeyPrefix = "p"; o.KeyFrom(r => r.Id); },
                "KeyPath");
        });
    }

    [Test]
    public void A_formats_own_rule_for_missing_keys_holds_only_where_it_is_asked_for()
    {
        static IdempotentOperation<Request, int> Of(bool ownRule) =>
            Handler().Operation<Request, int>("charge", options =>
            {
                options.KeyFormat = KeyFormat.PowertoolsDotNet;
                options.KeyPrefix = "shop.Charge";
                options.KeyPath = "NoSuchMember";
                options.FormatDecidesMissing = ownRule;
            });

        Assert.That(Of(false).TryGetKey(Sample, out _), Is.False);
        // MD5 of nothing at all: the one record of all requests without a key.
        Assert.That(KeyOf(Of(true), Sample), Is.EqualTo("shop.Charge#d41d8cd98f00b204e9800998ecf8427e"));
    }

    [Test]
    public void An_input_without_a_key_has_none_to_show() =>
        Assert.That(Handler().Operation<string, int>("charge").TryGetKey(" ", out _), Is.False);

    [Test]
    public void A_selector_that_makes_a_key_of_its_own_disturbs_no_other()
    {
        IdempotencyHandler handler = Handler();
        var inner = handler.Operation<string, int>("inner");

        var outer = handler.Operation<Request, int>("outer", options =>
        {
            options.KeyFrom(request => KeyOf(inner, request.Id + request.Note));
            options.PayloadFrom(request => KeyOf(inner, request.Note));
        });

        var plain = handler.Operation<string, int>("outer");
        Assert.That(KeyOf(outer, Sample), Is.EqualTo(KeyOf(plain, KeyOf(inner, "A-1first"))));
    }

    [Test]
    public void A_type_that_refers_to_itself_is_no_more_than_its_depth()
    {
        Tree Nested(int levels) => new(levels == 1 ? null : Nested(levels - 1));
        var operation = Handler().Operation<Tree, int>("charge", options => options.KeyFrom(_ => 1));
        Assert.That(operation.TryHandle(Nested(60), _ => 1).HasValue, Is.True);
        Assert.That(operation.TryHandle(Nested(70), _ => 1).Outcome, Is.EqualTo(IdempotencyOutcome.KeyRejected));
    }
}
