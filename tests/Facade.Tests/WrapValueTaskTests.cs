// Wrappers of functions that return a value task, overload by overload.
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class WrapValueTaskTests : OnManualTime
{
    private static readonly Order A = new("A");
    private static readonly Order B = new("B");

    private readonly Till _till = new();
    private readonly List<Order> _sent = [];
    private readonly CancellationTokenSource _source = new();

    private CancellationToken _token;
    private string? _operation;

    [TearDown]
    public void DisposeOfTheToken() => _source.Dispose();

    [Test]
    public async Task A_function_of_an_input_runs_once_for_each_input()
    {
        Func<Order, ValueTask<Receipt>> charge = Handler().Wrap<Order, Receipt>("charge", Charge);

        Receipt[] receipts = [await charge(A), await charge(B), await charge(A)];

        Assert.That(receipts.Select(r => r.Number), Is.EqualTo(new[] { "A-1", "B-2", "A-1" }));
    }

    [Test]
    public async Task A_function_of_an_input_and_a_token_gets_the_callers_token()
    {
        Func<Order, CancellationToken, ValueTask<Receipt>> charge =
            Handler().Wrap<Order, Receipt>("charge", ChargeWithToken);

        Receipt[] receipts = [await charge(A, _source.Token), await charge(A, default)];

        Assert.That((receipts[0], _till.Runs, _token), Is.EqualTo((receipts[1], 1, _source.Token)));
    }

    [Test]
    public async Task A_function_of_an_input_the_context_and_a_token_gets_all_three()
    {
        Func<Order, CancellationToken, ValueTask<Receipt>> charge =
            Handler().Wrap<Order, Receipt>("charge", ChargeWithContext);

        Receipt[] receipts = [await charge(A, _source.Token), await charge(A, default)];

        Assert.That(
            (receipts[0], _till.Runs, _operation, _token),
            Is.EqualTo((receipts[1], 1, "charge", _source.Token)));
    }

    [Test]
    public async Task A_function_of_an_input_without_a_result_runs_once_for_each_input()
    {
        Func<Order, ValueTask> send = Handler().Wrap<Order>("send", Send);

        await send(A);
        await send(B);
        await send(A);

        Assert.That(_sent, Is.EqualTo(new[] { A, B }));
    }

    [Test]
    public async Task A_function_of_an_input_and_a_token_without_a_result_gets_the_callers_token()
    {
        Func<Order, CancellationToken, ValueTask> send = Handler().Wrap<Order>("send", SendWithToken);

        await send(A, _source.Token);
        await send(A, default);

        Assert.That((_sent.Count, _token), Is.EqualTo((1, _source.Token)));
    }

    [Test]
    public async Task A_function_of_an_input_the_context_and_a_token_without_a_result_gets_all_three()
    {
        Func<Order, CancellationToken, ValueTask> send = Handler().Wrap<Order>("send", SendWithContext);

        await send(A, _source.Token);
        await send(A, default);

        Assert.That((_sent.Count, _operation, _token), Is.EqualTo((1, "send", _source.Token)));
    }

    [Test]
    public async Task A_function_of_a_token_alone_runs_once_for_its_name()
    {
        Func<CancellationToken, ValueTask<Receipt>> start = Handler().Wrap("start", Start);

        Receipt[] receipts = [await start(_source.Token), await start(default)];

        Assert.That((receipts[0], _till.Runs, _token), Is.EqualTo((receipts[1], 1, _source.Token)));
    }

    [Test]
    public async Task A_function_of_a_token_alone_without_a_result_runs_once_for_its_name()
    {
        Func<CancellationToken, ValueTask> start = Handler().Wrap("start", StartOnly);

        await start(_source.Token);
        await start(default);

        Assert.That((_sent.Count, _token), Is.EqualTo((1, _source.Token)));
    }

    private ValueTask<Receipt> Charge(Order order) => new(_till.Charge(order));

    private async ValueTask<Receipt> ChargeWithToken(Order order, CancellationToken token)
    {
        await Task.Yield();
        _token = token;
        return _till.Charge(order);
    }

    private ValueTask<Receipt> ChargeWithContext(Order order, IdempotencyContext context, CancellationToken token)
    {
        _operation = context.Operation;
        return ChargeWithToken(order, token);
    }

    private async ValueTask Send(Order order)
    {
        await Task.Yield();
        _sent.Add(order);
    }

    private ValueTask SendWithToken(Order order, CancellationToken token)
    {
        _token = token;
        return Send(order);
    }

    private ValueTask SendWithContext(Order order, IdempotencyContext context, CancellationToken token)
    {
        _operation = context.Operation;
        return SendWithToken(order, token);
    }

    private ValueTask<Receipt> Start(CancellationToken token) => ChargeWithToken(A, token);

    private ValueTask StartOnly(CancellationToken token) => SendWithToken(A, token);
}
