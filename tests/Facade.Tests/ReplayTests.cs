// The first call runs the function; every later call gets its result, whatever it is.
using System.Text.Json;
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class ReplayTests : OnManualTime
{
    internal enum Colour
    {
        Red,
        Green,
    }

    internal sealed record Line(string Article, int Count);

    internal sealed record Basket(string Owner, List<Line> Lines, Dictionary<string, Line?> ByCode, Basket? Inner);

    [Test]
    public async Task The_first_call_runs_the_function_and_later_calls_replay_its_result()
    {
        var till = new Till();
        IdempotencyHandler handler = Handler();
        var order = new Order("A", 3);

        Receipt first = await handler.HandleAsync("charge", order, till.ChargeAsync);
        Receipt second = await handler.HandleAsync("charge", order, till.ChargeAsync);
        Receipt third = await handler.HandleAsync("charge", order, till.ChargeAsync);

        Assert.Multiple(() =>
        {
            Assert.That(till.Runs, Is.EqualTo(1));
            Assert.That(first, Is.EqualTo(new Receipt("A-1", 3.30m)));
            Assert.That(second, Is.EqualTo(first));
            Assert.That(third, Is.EqualTo(first));
        });
    }

    [Test]
    public async Task The_first_caller_gets_the_very_object_of_the_function_and_later_ones_an_equal_one()
    {
        var made = new Receipt("1", 1m);

        IdempotencyResult<Receipt> first = await Call(() => made);
        IdempotencyResult<Receipt> later = await Call(() => made);

        Assert.Multiple(() =>
        {
            Assert.That(first.Outcome, Is.EqualTo(IdempotencyOutcome.Executed));
            Assert.That(first.IsReplay, Is.False);
            Assert.That(first.GetValueOrThrow(), Is.SameAs(made));
            Assert.That(later.Outcome, Is.EqualTo(IdempotencyOutcome.Replayed));
            Assert.That(later.IsReplay, Is.True);
            Assert.That(later.GetValueOrThrow(), Is.EqualTo(made).And.Not.SameAs(made));
        });
    }

    [TestCase(0)]
    [TestCase(int.MinValue)]
    [TestCase(long.MaxValue)]
    [TestCase(ulong.MaxValue)]
    [TestCase(false)]
    [TestCase("")]
    [TestCase(" null ")]
    [TestCase("\"quoted\" \u20ac \U0001F600 \0")]
    [TestCase(0.1)]
    [TestCase(-0.0)]
    [TestCase(double.Epsilon)]
    [TestCase('x')]
    public Task A_simple_value_replays_as_itself<T>(T value) => ReplaysAsItself(value);

    [Test]
    public Task Null_replays_as_null() => ReplaysAsItself<Receipt?>(null);

    [Test]
    public Task A_null_number_replays_as_null() => ReplaysAsItself<int?>(null);

    [Test]
    public Task A_number_that_may_be_null_replays_as_itself() => ReplaysAsItself<int?>(0);

    [Test]
    public Task An_empty_list_replays_as_an_empty_list() => ReplaysAsItself<List<int>>([]);

    [Test]
    public Task A_list_replays_in_its_order_with_its_nulls() => ReplaysAsItself<string?[]>(["b", null, "a", ""]);

    [Test]
    public Task An_enumeration_replays_as_itself() => ReplaysAsItself(Colour.Green);

    [Test]
    public Task A_decimal_replays_with_all_of_its_digits() => ReplaysAsItself(79228162514264337593543950335m);

    [Test]
    public async Task A_decimal_replays_with_its_trailing_zeros()
    {
        await Call(() => 1.50m);
        decimal later = (await Call(() => 0m)).GetValueOrThrow();
        Assert.That(later.Scale, Is.EqualTo(2));
    }

    [Test]
    public async Task A_moment_replays_with_its_offset_and_all_of_its_ticks()
    {
        DateTimeOffset moment = new DateTimeOffset(2024, 2, 29, 23, 59, 59, TimeSpan.FromHours(-3.5)).AddTicks(1);
        await ReplaysAsItself(moment);
        Assert.That((await Call(() => default(DateTimeOffset))).GetValueOrThrow().Offset, Is.EqualTo(moment.Offset));
    }

    [Test]
    public Task A_guid_replays_as_itself() => ReplaysAsItself(new Guid("c0ffee00-0000-4000-8000-00000000000d"));

    [Test]
    public Task A_span_of_time_replays_as_itself() => ReplaysAsItself(TimeSpan.FromTicks(-1));

    [Test]
    public Task Bytes_replay_as_themselves() => ReplaysAsItself<byte[]>([0, 255, 128]);

    [Test]
    public Task A_tuple_in_a_record_struct_replays_as_itself() =>
        ReplaysAsItself(new KeyValuePair<string, Line>("k", new Line("a", 1)));

    [Test]
    public async Task Nested_types_replay_as_themselves()
    {
        var inner = new Basket("inner", [], [], null);
        var basket = new Basket(
            "outer", [new("a", 1), new("b", 2)], new() { ["x"] = new("c", 3), ["y"] = null }, inner);

        await Call(() => basket);
        Basket later = (await Call(() => inner)).GetValueOrThrow();

        Assert.That(JsonSerializer.Serialize(later), Is.EqualTo(JsonSerializer.Serialize(basket)));
    }

    [Test]
    public async Task A_large_result_replays_as_itself()
    {
        string large = string.Concat(Enumerable.Range(0, 400_000).Select(i => (char)('!' + (i % 90))));

        await Call(() => large);
        string later = (await Call(() => "")).GetValueOrThrow();

        Assert.That(later == large, Is.True, "The replayed text of 400,000 characters differs.");
    }

    [Test]
    public async Task A_function_without_a_result_runs_once()
    {
        int runs = 0;
        Func<string, CancellationToken, Task> send = Handler().Wrap<string>("send", async (_, token) =>
        {
            await Task.Delay(0, token);
            runs++;
        });

        await send("a", default);
        await send("a", default);

        Assert.That(runs, Is.EqualTo(1));
    }

    [Test]
    public async Task A_record_lasts_for_its_window_and_then_the_function_runs_again()
    {
        var till = new Till();
        IdempotencyHandler handler = Handler(o => o.Expiry = TimeSpan.FromMinutes(10));
        var order = new Order("A");

        await handler.HandleAsync("charge", order, till.ChargeAsync);
        Time.Advance(TimeSpan.FromMinutes(10));
        Receipt inside = await handler.HandleAsync("charge", order, till.ChargeAsync);
        Time.Advance(2 * Second);
        Receipt after = await handler.HandleAsync("charge", order, till.ChargeAsync);

        Assert.That(new[] { inside.Number, after.Number }, Is.EqualTo(new[] { "A-1", "A-2" }));
    }

    private ValueTask<IdempotencyResult<T>> Call<T>(Func<T> function) =>
        Handler().TryHandleAsync("call", "input", (_, _) => Task.FromResult(function()));

    private async Task ReplaysAsItself<T>(T value)
    {
        int runs = 0;
        T Run()
        {
            runs++;
            return value;
        }

        T first = (await Call(Run)).GetValueOrThrow();
        IdempotencyResult<T> later = await Call(Run);

        Assert.Multiple(() =>
        {
            Assert.That(first, Is.EqualTo(value));
            Assert.That(later.IsReplay, Is.True);
            Assert.That(later.HasValue, Is.True);
            Assert.That(later.GetValueOrThrow(), Is.EqualTo(value));
            Assert.That(runs, Is.EqualTo(1));
        });
    }
}
