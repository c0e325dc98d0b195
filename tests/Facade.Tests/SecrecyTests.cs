// Nothing that the library tells the world, in whatever way, holds a part of an input or a result: secrets are sent down
// every path, and all that was told is searched.
using Idempotency;
using Idempotency.Core;
using Microsoft.Extensions.Configuration;
using NUnit.Framework;

namespace Facade.Tests;

public class SecrecyTests : OnManualTime
{
    private const string Secret = Refusals.Secret;

    private static readonly Order Input = new(Secret, 4711);

    private readonly Listening _heard = new();
    private readonly List<string> _messages = [];

    private static IEnumerable<IdempotencyOutcome> Outcomes => Refusals.All;

    [TearDown]
    public void TearDown() => _heard.Dispose();

    [TestCaseSource(nameof(Outcomes))]
    public async Task No_refusal_tells_it(IdempotencyOutcome outcome)
    {
        IdempotencyResult<Receipt> result = await (await Refusals.For(outcome, _heard.Log)).TryHandleAsync();
        _messages.AddRange(Telling.Of(result.Refusal));

        NothingIsTold();
        Assert.That(_heard.Outcomes, Does.Contain(Named(outcome)));
    }

    [Test]
    public async Task No_run_replay_or_failure_of_the_function_tells_it()
    {
        IdempotentOperation<Order, Receipt> operation = Logged().Operation<Order, Receipt>("charge");

        await operation.HandleAsync(Input, new Till().ChargeAsync);
        await operation.HandleAsync(Input, new Till().ChargeAsync);
        Assert.That(
            async () => await operation.HandleAsync(Input with { Amount = 2 }, (_, _) => throw new FormatException(Secret)),
            Throws.TypeOf<FormatException>());

        NothingIsTold();
        Assert.That(_heard.Outcomes, Is.EqualTo(new[] { "executed", "replayed", "function_failed" }));
    }

    [Test]
    public async Task No_stored_failure_tells_it_to_the_telemetry()
    {
        IdempotentOperation<Order, Receipt> operation =
            Logged(o => o.OnFailure = _ => FailureAction.Store).Operation<Order, Receipt>("charge");

        Assert.That(
            async () => await operation.HandleAsync(Input, (_, _) => throw new FormatException(Secret)),
            Throws.TypeOf<FormatException>());
        IdempotencyResult<Receipt> replayed = await operation.TryHandleAsync(Input, new Till().ChargeAsync);

        NothingIsTold();
        Assert.That(replayed.Refusal!.Message, Does.Contain(Secret), "that of the function itself, to its own caller");
        Assert.That(_heard.Log.Names, Is.EqualTo(new[] { "FailureReplayed" }));
    }

    [TestCase(nameof(Request.Acquire))]
    [TestCase(nameof(Request.Complete))]
    [TestCase(nameof(Request.Release))]
    [TestCase(nameof(Request.Get))]
    public async Task No_fault_of_a_store_that_quotes_it_tells_it(string kind)
    {
        Request request = Enum.Parse<Request>(kind);
        var store = new FaultyStore(Store)
        {
            Before = asked => asked == request
                ? throw new StoreDownException(Secret)
                : Task.CompletedTask,
        };
        IdempotentOperation<Order, Receipt> operation = Logged(
            o =>
            {
                o.CompletionResends = 0;
                o.FirstLook = FirstLookBehavior.Read;
            },
            store).Operation<Order, Receipt>("charge");

        IdempotencyResult<Receipt> result = default;
        try
        {
            result = await operation.TryHandleAsync(
                Input,
                (order, token) => request == Request.Release
                    ? throw new FormatException(Secret)
                    : new Till().ChargeAsync(order, token));
        }
        catch (FormatException)
        {
            // The function's own.
        }

        _messages.AddRange(Telling.Of(result.Refusal).Append("searched"));
        NothingIsTold();
        Assert.That(_heard.Log.Names, Does.Contain("StoreFailed"));
    }

    [Test]
    public async Task No_codec_or_selector_that_quotes_it_tells_it()
    {
        IdempotencyHandler handler = Logged();
        var quoting = new Quoting();

        quoting.Refuses = true;
        var write = await handler.Operation<Order, Receipt>("write", quoting).TryHandleAsync(Input, new Till().ChargeAsync);
        quoting.Refuses = false;
        await handler.Operation<Order, Receipt>("read", quoting).HandleAsync(Input, new Till().ChargeAsync);
        var read = await handler.Operation<Order, Receipt>("read", quoting).TryHandleAsync(Input, new Till().ChargeAsync);
        var select = await handler.Operation<Order, Receipt>(
                "select", o => o.KeyFrom<string>(order => throw new FormatException($"Not a number: {order.Id}.")))
            .TryHandleAsync(Input, new Till().ChargeAsync);

        _messages.AddRange(
            [.. Telling.Of(write.Refusal), .. Telling.Of(read.Refusal), .. Telling.Of(select.Refusal)]);
        NothingIsTold();
        Assert.That(_heard.Log.Names, Is.EqualTo(new[] { "CompletedUnsaved", "Unreadable", "KeyRejected" }));
    }

    [TestCase("powertools_json(Id)")]
    [TestCase("powertools_base64(Id)")]
    [TestCase("powertools_base64_gzip(Id)")]
    [TestCase("abs(Id)")]
    [TestCase("join(Id, [Amount])")]
    [TestCase("keys(Id)")]
    [TestCase("merge(@, Id)")]
    [TestCase("sort_by([@, @], &[Id])")]
    [TestCase("max_by([@], &@)")]
    [TestCase("sum([Id])")]
    [TestCase("sort([Id, Amount])")]
    public async Task No_expression_that_fails_on_it_tells_it(string path)
    {
        IdempotencyHandler handler = Logged();
        var key = await handler.Operation<Order, Receipt>("key", o => o.KeyPath = path)
            .TryHandleAsync(Input, new Till().ChargeAsync);
        var payload = await handler.Operation<Order, Receipt>("payload", o =>
        {
            o.KeyPath = "Amount";
            o.PayloadPath = path;
        }).TryHandleAsync(Input, new Till().ChargeAsync);

        _messages.AddRange([.. Telling.Of(key.Refusal), .. Telling.Of(payload.Refusal)]);
        NothingIsTold();
        Assert.That(_heard.Log.Names, Is.EqualTo(new[] { "KeyRejected", "KeyRejected" }));
    }

    [Test]
    public async Task No_item_of_a_batch_tells_it()
    {
        IdempotentOperation<Order, Receipt> operation =
            Logged().Operation<Order, Receipt>("charge", o => o.KeyFrom(order => order.Amount == 0 ? "" : order.Id));
        Order[] items = [Input, Input, Input with { Amount = 2 }, Input with { Amount = 0 }, new($"{Secret} fails")];

        var ended = await operation.HandleManyAsync(
            items,
            (order, token) => order.Id == Secret
                ? new Till().ChargeAsync(order, token)
                : throw new FormatException(order.Id));

        _messages.AddRange(ended.SelectMany(item => Telling.Of(item.Failure)));
        NothingIsTold();
        Assert.That(ended.Select(item => item.Succeeded), Is.EqualTo(new[] { true, true, false, false, false }));
    }

    [Test]
    public async Task No_change_of_a_replay_tells_it()
    {
        IdempotentOperation<Order, Receipt> operation = Logged().Operation<Order, Receipt>(
            "charge", o => o.OnReplay<Receipt>((receipt, _) => receipt with { Number = Secret }));

        await operation.HandleAsync(Input, new Till().ChargeAsync);
        await operation.HandleAsync(Input, new Till().ChargeAsync);

        NothingIsTold();
        Assert.That(_heard.Outcomes, Is.EqualTo(new[] { "executed", "replayed" }));
    }

    [Test]
    public void No_setting_that_is_no_option_and_no_switch_tells_its_value()
    {
        const string Variable = "IDEMPOTENCY_SECRECY_TEST";
        IConfiguration section = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Password", Secret), new("Lease", "soon")])
            .Build();
        Environment.SetEnvironmentVariable(Variable, Secret);

        try
        {
            _messages.AddRange(Telling.Of(Assert.Throws<ArgumentException>(() => new IdempotencyOptions().Read(section))));
            _messages.AddRange(Telling.Of(Assert.Throws<ArgumentException>(() => Handler(o => o.DisabledBy = Variable))));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }

        NothingIsTold();
        Assert.That(_messages, Has.Some.Contains("Password").And.Some.Contains(Variable));
    }

    [Test]
    public void What_is_told_is_searched()
    {
        var operation = Logged(o => o.LogStoreExceptions = true, new FaultyStore(Store)
        {
            Before = _ => throw new StoreDownException(Secret),
        }).Operation<Order, Receipt>("charge");
        operation.TryHandle(Input, new Till().Charge);

        Assert.That(_heard.Everything.Where(told => told.Contains(Secret)), Is.Not.Empty);
        Assert.That(_heard.Measurements, Is.Not.Empty);
        Assert.That(_heard.Activities, Is.Not.Empty);
        Assert.That(
            Telling.Of(new ArgumentException(Secret) { Data = { ["key"] = Secret } }),
            Has.Some.EqualTo(Secret).And.Some.EqualTo($"key: {Secret}"));
    }

    private IdempotencyHandler Logged(Action<IdempotencyOptions>? configure = null, IIdempotencyStore? store = null) =>
        Handler(
            options =>
            {
                options.LoggerFactory = _heard.Log;
                configure?.Invoke(options);
            },
            store);

    private void NothingIsTold()
    {
        string[] told = [.. _heard.Everything, .. _messages];

        Assert.That(told, Has.Length.GreaterThan(1));
        Assert.That(told.Where(text => text.Contains(Secret) || text.Contains("4711")), Is.Empty);
    }

    private static string Named(IdempotencyOutcome outcome) =>
        string.Concat(outcome.ToString().Select((c, i) =>
            char.IsUpper(c) ? (i == 0 ? "" : "_") + char.ToLowerInvariant(c) : c.ToString()));

    /// <summary>A codec whose exceptions quote what they were given.</summary>
    private sealed class Quoting : IResultCodec<Receipt>
    {
        public bool Refuses { get; set; }

        public Payload Encode(Receipt value) =>
            Refuses ? throw new FormatException($"Cannot write {value}.") : Payload.OfText(value.Number);

        public Receipt Decode(Payload payload) =>
            throw new FormatException($"Cannot read {System.Text.Encoding.UTF8.GetString(payload.Utf8!)}.");
    }
}
