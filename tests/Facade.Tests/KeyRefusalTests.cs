// An input without a key, or of which none can be made: nothing is run, nothing is written, nothing is shared.
using System.Text.Json;
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class KeyRefusalTests : OnManualTime
{
    internal sealed record Contact(string? Mail, string? Phone);

    private static IEnumerable<TestCaseData> Missing()
    {
        yield return Named("null", null);
        yield return Named("empty text", "");
        yield return Named("blank text", " \t\r\n\u00a0");
        yield return Named("empty list", Array.Empty<int>());
        yield return Named("list of nulls", new string?[] { null, null });
        yield return Named("object without members", new { });
        yield return Named("object full of nulls", new Contact(null, null));
        yield return Named("empty map", new Dictionary<string, int>());
        yield return Named("JSON null", JsonDocument.Parse("null").RootElement);
    }

    private static IEnumerable<TestCaseData> Present()
    {
        yield return Named("zero", 0);
        yield return Named("false", false);
        yield return Named("text of zero", "0");
        yield return Named("list of zero", new[] { 0 });
        yield return Named("list of empty text", new[] { "" });
        yield return Named("object with a member", new Contact("a@b", null));
    }

    [TestCaseSource(nameof(Missing))]
    public async Task An_input_without_a_value_is_no_key(object? input) =>
        await IsRefused(Handler().Operation<object?, int>("call"), input, "the input has no key");

    [TestCaseSource(nameof(Missing))]
    public async Task A_selected_value_that_is_none_is_no_key(object? selected) =>
        await IsRefused(
            Handler().Operation<string, int>("call", o => o.KeyFrom(_ => selected)),
            "an input",
            "the input has no key");

    [TestCaseSource(nameof(Present))]
    public async Task A_value_that_is_only_small_is_a_key(object? input)
    {
        IdempotentOperation<object?, int> operation = Handler().Operation<object?, int>("call");
        int runs = 0;

        await operation.HandleAsync(input, (_, _) => Task.FromResult(++runs));
        int later = await operation.HandleAsync(input, (_, _) => Task.FromResult(++runs));

        Assert.That((later, runs), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task An_object_with_two_members_of_one_name_gives_no_key()
    {
        JsonElement twice = JsonDocument.Parse($$"""{"id":"{{Refusals.Secret}}","id":"b"}""").RootElement;

        IdempotencyException refusal =
            await IsRefused(Handler().Operation<JsonElement, int>("call"), twice, "two members of the same name");

        Assert.That(refusal.ToString(), Does.Not.Contain(Refusals.Secret));
    }

    [Test]
    public async Task A_payload_with_two_members_of_one_name_is_refused_even_beside_a_key()
    {
        JsonElement twice = JsonDocument.Parse("""{"id":"a","x":1,"x":2}""").RootElement;
        IdempotentOperation<JsonElement, int> operation = Handler().Operation<JsonElement, int>(
            "call", o => o.KeyFrom(input => input.GetProperty("id").GetString()));

        await IsRefused(operation, twice, "two members of the same name");
    }

    [Test]
    public async Task Half_a_surrogate_pair_in_JSON_gives_no_key()
    {
        JsonElement half = JsonDocument.Parse("""{"id":"\ud800"}""").RootElement;

        await IsRefused(Handler().Operation<JsonElement, int>("call"), half, "no key could be made of the input");
    }

    [Test]
    public async Task An_input_that_cannot_be_written_as_JSON_gives_no_key()
    {
        IdempotencyException refusal =
            await IsRefused(Handler().Operation<double, int>("call"), double.NaN, "no key could be made of the input");

        Assert.That(refusal.InnerException, Is.InstanceOf<ArgumentException>());
    }

    [Test]
    public async Task An_input_that_holds_itself_gives_no_key()
    {
        var loop = new List<object>();
        loop.Add(loop);

        IdempotencyException refusal =
            await IsRefused(Handler().Operation<List<object>, int>("call"), loop, "no key could be made of the input");

        Assert.That(refusal.InnerException, Is.InstanceOf<JsonException>());
    }

    [Test]
    public async Task A_selector_that_throws_gives_no_key_and_its_exception_is_the_inner_one()
    {
        var thrown = new FormatException($"Bad id {Refusals.Secret}.");
        IdempotentOperation<Order, int> operation =
            Handler().Operation<Order, int>("call", o => o.KeyFrom<string>(_ => throw thrown));

        IdempotencyException refusal = await IsRefused(operation, new Order("a"), "(FormatException)");

        Assert.Multiple(() =>
        {
            Assert.That(refusal.InnerException, Is.SameAs(thrown));
            Assert.That(refusal.Message, Does.Not.Contain(Refusals.Secret));
        });
    }

    [TestCaseSource(nameof(Missing))]
    public async Task A_call_without_a_key_runs_each_time_where_that_is_allowed(object? input)
    {
        IdempotentOperation<object?, int> operation =
            Handler(o => o.MissingKey = MissingKeyBehavior.RunUnprotected).Operation<object?, int>("call");
        int runs = 0;

        IdempotencyResult<int> first = await operation.TryHandleAsync(input, (_, _) => Task.FromResult(++runs));
        IdempotencyResult<int> second = await operation.TryHandleAsync(input, (_, _) => Task.FromResult(++runs));

        Assert.Multiple(() =>
        {
            Assert.That(
                (first.Outcome, second.Outcome),
                Is.EqualTo((IdempotencyOutcome.Unprotected, IdempotencyOutcome.Unprotected)));
            Assert.That((first.GetValueOrThrow(), second.GetValueOrThrow()), Is.EqualTo((1, 2)));
            Assert.That((first.IsReplay, Store.Count), Is.EqualTo((false, 0)));
        });
    }

    [Test]
    public async Task A_call_that_runs_unprotected_is_told_so()
    {
        IdempotencyContext? seen = null;
        Func<string, CancellationToken, Task<int>> call = Handler(o => o.MissingKey = MissingKeyBehavior.RunUnprotected)
            .Wrap<string, int>("call", async (_, context, _) =>
            {
                seen = context;
                return await Task.FromResult(1);
            });

        await call("", default);

        Assert.Multiple(() =>
        {
            Assert.That((seen!.Operation, seen.Key, seen.FencingToken), Is.EqualTo(("call", "", 0L)));
            Assert.That((seen.IsTakeOver, seen.LeaseEnds), Is.EqualTo((false, DateTimeOffset.MaxValue)));
            Assert.That(seen.LeaseLost.CanBeCanceled, Is.False);
        });
    }

    [Test]
    public void A_function_that_runs_unprotected_throws_its_own_exception()
    {
        var thrown = new InvalidOperationException();
        IdempotencyHandler handler = Handler(o => o.MissingKey = MissingKeyBehavior.RunUnprotected);

        Assert.That(
            async () => await handler.HandleAsync<string, int>("call", "", (_, _) => throw thrown),
            Throws.Exception.SameAs(thrown));
    }

    [Test]
    public async Task An_input_of_which_no_key_can_be_made_never_runs_unprotected()
    {
        IdempotencyHandler handler = Handler(o => o.MissingKey = MissingKeyBehavior.RunUnprotected);

        await IsRefused(handler.Operation<double, int>("call"), double.NaN, "no key could be made of the input");
    }

    private static TestCaseData Named(string name, object? value) => new TestCaseData(value).SetArgDisplayNames(name);

    private async Task<IdempotencyException> IsRefused<T>(IdempotentOperation<T, int> operation, T input, string reason)
    {
        int runs = 0;

        IdempotencyResult<int> result = await operation.TryHandleAsync(input, (_, _) => Task.FromResult(++runs));

        Assert.Multiple(() =>
        {
            Assert.That(result.Outcome, Is.EqualTo(IdempotencyOutcome.KeyRejected));
            Assert.That(result.Refusal, Is.TypeOf<IdempotencyKeyException>().With.Message.Contains(reason));
            Assert.That((runs, Store.Count), Is.EqualTo((0, 0)));
        });
        return result.Refusal!;
    }
}
