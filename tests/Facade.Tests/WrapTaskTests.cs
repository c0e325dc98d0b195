// Wrappers of functions that return a task, overload by overload.
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class WrapTaskTests : OnManualTime
{
    private static readonly Order A = new("A");
    private static readonly Order B = new("B");

    private readonly Till _till = new();
    private readonly List<Order> _sent = [];
    private readonly CancellationTokenSource _source = new();

    [TearDown]
    public void DisposeOfTheToken() => _source.Dispose();

    [Test]
    public async Task A_function_of_an_input_runs_once_for_each_input()
    {
        Func<Order, Task<Receipt>> charge = Handler().Wrap<Order, Receipt>("charge", async order =>
        {
            await Task.Yield();
            return _till.Charge(order);
        });

        Receipt[] receipts = [await charge(A), await charge(B), await charge(A)];

        Assert.That(receipts.Select(r => r.Number), Is.EqualTo(new[] { "A-1", "B-2", "A-1" }));
    }

    [Test]
    public async Task A_function_of_an_input_and_a_token_gets_the_callers_token()
    {
        var tokens = new List<CancellationToken>();
        Func<Order, CancellationToken, Task<Receipt>> charge = Handler().Wrap<Order, Receipt>(
            "charge",
            async (order, token) =>
            {
                tokens.Add(token);
                await Task.Yield();
                return _till.Charge(order);
            });

        Receipt[] receipts = [await charge(A, _source.Token), await charge(B, default), await charge(A, _source.Token)];

        Assert.Multiple(() =>
        {
            Assert.That(receipts.Select(r => r.Number), Is.EqualTo(new[] { "A-1", "B-2", "A-1" }));
            Assert.That(tokens, Is.EqualTo(new[] { _source.Token, default }));
        });
    }

    [Test]
    public async Task A_function_of_an_input_the_context_and_a_token_gets_all_three()
    {
        var seen = new List<(Order, string, CancellationToken)>();
        Func<Order, CancellationToken, Task<Receipt>> charge = Handler().Wrap<Order, Receipt>(
            "charge",
            async (order, context, token) =>
            {
                seen.Add((order, context.Operation, token));
                await Task.Yield();
                return _till.Charge(order);
            });

        Receipt[] receipts = [await charge(A, _source.Token), await charge(A, _source.Token)];

        Assert.Multiple(() =>
        {
            Assert.That(receipts.Select(r => r.Number), Is.EqualTo(new[] { "A-1", "A-1" }));
            Assert.That(seen, Is.EqualTo(new[] { (A, "charge", _source.Token) }));
        });
    }

    [Test]
    public async Task A_function_of_an_input_without_a_result_runs_once_for_each_input()
    {
        Func<Order, Task> send = Handler().Wrap<Order>("send", async order =>
        {
            await Task.Yield();
            _sent.Add(order);
        });

        await send(A);
        await send(B);
        await send(A);

        Assert.That(_sent, Is.EqualTo(new[] { A, B }));
    }

    [Test]
    public async Task A_function_of_an_input_and_a_token_without_a_result_gets_the_callers_token()
    {
        CancellationToken seen = default;
        Func<Order, CancellationToken, Task> send = Handler().Wrap<Order>("send", async (order, token) =>
        {
            seen = token;
            await Task.Delay(0, token);
            _sent.Add(order);
        });

        await send(A, _source.Token);
        await send(A, _source.Token);

        Assert.That((_sent.Count, seen), Is.EqualTo((1, _source.Token)));
    }

    [Test]
    public async Task A_function_of_an_input_the_context_and_a_token_without_a_result_gets_all_three()
    {
        var seen = new List<(Order, string, CancellationToken)>();
        Func<Order, CancellationToken, Task> send = Handler().Wrap<Order>("send", async (order, context, token) =>
        {
            await Task.Yield();
            seen.Add((order, context.Operation, token));
        });

        await send(A, _source.Token);
        await send(A, _source.Token);

        Assert.That(seen, Is.EqualTo(new[] { (A, "send", _source.Token) }));
    }

    [Test]
    public async Task A_function_of_a_token_alone_runs_once_for_its_name()
    {
        var tokens = new List<CancellationToken>();
        Func<CancellationToken, Task<int>> start = Handler().Wrap("start", async (CancellationToken token) =>
        {
            await Task.Yield();
            tokens.Add(token);
            return tokens.Count;
        });

        int[] results = [await start(_source.Token), await start(default)];

        Assert.Multiple(() =>
        {
            Assert.That(results, Is.EqualTo(new[] { 1, 1 }));
            Assert.That(tokens, Is.EqualTo(new[] { _source.Token }));
        });
    }

    [Test]
    public async Task A_function_of_a_token_alone_without_a_result_runs_once_for_its_name()
    {
        var tokens = new List<CancellationToken>();
        Func<CancellationToken, Task> start = Handler().Wrap("start", async (CancellationToken token) =>
        {
            await Task.Yield();
            tokens.Add(token);
        });

        await start(_source.Token);
        await start(default);

        Assert.That(tokens, Is.EqualTo(new[] { _source.Token }));
    }

    [Test]
    public async Task An_operation_gives_its_function_the_context_and_the_token()
    {
        IdempotentOperation<Order, Receipt> operation = Handler().Operation<Order, Receipt>("charge");
        Task<Receipt> Charge(Order order, IdempotencyContext context, CancellationToken token)
        {
            Assert.That((context.Operation, token), Is.EqualTo(("charge", _source.Token)));
            return _till.ChargeAsync(order, token);
        }

        Receipt first = await operation.HandleAsync(A, Charge, _source.Token);
        IdempotencyResult<Receipt> later = await operation.TryHandleAsync(A, Charge, _source.Token);

        Assert.That((later.IsReplay, later.GetValueOrThrow()), Is.EqualTo((true, first)));
    }

    [Test]
    public void A_function_must_be_given()
    {
        IdempotencyHandler handler = Handler();

        Assert.Multiple(() =>
        {
            Assert.That(
                () => handler.Wrap("o", (Func<Order, CancellationToken, Task<Receipt>>)null!),
                Throws.ArgumentNullException);
            Assert.That(() => handler.Wrap("o", (Func<Order, Task>)null!), Throws.ArgumentNullException);
            Assert.That(
                async () => await handler.HandleAsync("o", A, (Func<Order, CancellationToken, Task<Receipt>>)null!),
                Throws.ArgumentNullException);
        });
    }
}
