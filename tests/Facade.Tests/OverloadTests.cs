// What a user writes finds the overload that is meant. The declared types are the assertion: they fail to compile.
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class OverloadTests : OnManualTime
{
    private static readonly Order A = new("A");

    private readonly Till _till = new();

    [Test]
    public async Task A_lambda_with_typed_parameters_needs_no_type_arguments()
    {
        IdempotencyHandler handler = Handler();
        Func<Order, Receipt> sync = handler.Wrap("1", (Order o) => _till.Charge(o));
        Func<Order, Receipt> context = handler.Wrap("2", (Order o, IdempotencyContext c) => _till.Charge(o));
        Action<Order> action = handler.Wrap("3", (Order o) => { _till.Charge(o); });
        Func<Order, Task<Receipt>> task = handler.Wrap("4", async (Order o) => await _till.ChargeAsync(o, default));
        Func<Order, CancellationToken, Task<Receipt>> token =
            handler.Wrap("5", (Order o, CancellationToken t) => _till.ChargeAsync(o, t));
        Func<Order, CancellationToken, Task> nothing =
            handler.Wrap("6", async (Order o, CancellationToken t) => { await _till.ChargeAsync(o, t); });
        Func<Order, CancellationToken, ValueTask<Receipt>> valueTask =
            handler.Wrap("7", async ValueTask<Receipt> (Order o, CancellationToken t) => await _till.ChargeAsync(o, t));

        sync(A);
        context(A);
        action(A);
        await task(A);
        await token(A, default);
        await nothing(A, default);
        await valueTask(A, default);

        Assert.That(_till.Runs, Is.EqualTo(7));
    }

    [Test]
    public async Task A_lambda_with_type_arguments_needs_no_types_of_its_own()
    {
        IdempotencyHandler handler = Handler();
        Func<Order, Receipt> sync = handler.Wrap<Order, Receipt>("1", o => _till.Charge(o));
        Func<Order, Receipt> context = handler.Wrap<Order, Receipt>("2", (o, c) => _till.Charge(o));
        Action<Order> action = handler.Wrap<Order>("3", o => { _till.Charge(o); });
        Func<Order, Task<Receipt>> task =
            handler.Wrap<Order, Receipt>("4", async o => await Task.FromResult(_till.Charge(o)));
        Func<Order, CancellationToken, Task<Receipt>> token =
            handler.Wrap<Order, Receipt>("5", (o, t) => _till.ChargeAsync(o, t));
        Func<Order, CancellationToken, Task> nothing =
            handler.Wrap<Order>("6", async (o, _) => { await Task.FromResult(_till.Charge(o)); });
        Func<Order, CancellationToken, Task<Receipt>> all =
            handler.Wrap<Order, Receipt>("7", async (o, _, t) => await _till.ChargeAsync(o, t));
        Func<CancellationToken, Task<Receipt>> noInput =
            handler.Wrap<Receipt>("8", async _ => await Task.FromResult(_till.Charge(A)));

        sync(A);
        context(A);
        action(A);
        await task(A);
        await token(A, default);
        await nothing(A, default);
        await all(A, default);
        await noInput(default);

        Assert.That(_till.Runs, Is.EqualTo(8));
    }

    [Test]
    public async Task A_method_with_an_input_needs_type_arguments()
    {
        IdempotencyHandler handler = Handler();
        Func<Order, Receipt> sync = handler.Wrap<Order, Receipt>("1", _till.Charge);
        Func<Order, CancellationToken, Task<Receipt>> token = handler.Wrap<Order, Receipt>("2", _till.ChargeAsync);
        Func<string, int> parse = handler.Wrap<string, int>("3", int.Parse);

        sync(A);
        await token(A, default);

        Assert.That((_till.Runs, parse("42"), parse("42")), Is.EqualTo((2, 42, 42)));
    }

    [Test]
    public async Task A_method_without_an_input_needs_no_type_arguments()
    {
        IdempotencyHandler handler = Handler();
        Func<Receipt> sync = handler.Wrap("1", Once);
        Action action = handler.Wrap("2", OnceAndForget);
        Func<CancellationToken, Task<Receipt>> task = handler.Wrap("3", OnceAsync);
        Func<CancellationToken, Task> nothing = handler.Wrap("4", OnceAndForgetAsync);

        sync();
        action();
        await task(default);
        await nothing(default);

        Assert.That(_till.Runs, Is.EqualTo(4));
    }

    [Test]
    public async Task Options_do_not_change_which_overload_is_meant()
    {
        IdempotencyHandler handler = Handler();
        Func<Order, Receipt> sync = handler.Wrap<Order, Receipt>("1", _till.Charge, o => o.KeyFrom(i => i.Id));
        Func<Order, CancellationToken, Task<Receipt>> token =
            handler.Wrap(
                "2", async (Order o, CancellationToken t) => await _till.ChargeAsync(o, t), o => o.KeyFrom(i => i.Id));
        Action<Order> action = handler.Wrap<Order>("3", o => { _till.Charge(o); }, o => o.KeyFrom(i => i.Id));
        Func<CancellationToken, Task<Receipt>> noInput = handler.Wrap("4", OnceAsync, o => o.Lease = Second);
        Func<Receipt> once = handler.Wrap("5", Once, o => o.Lease = Second);
        Func<CancellationToken, Task> lambda =
            handler.Wrap("6", async (CancellationToken t) => { await OnceAsync(t); }, o => o.Lease = Second);

        sync(A);
        await token(A, default);
        action(A);
        await noInput(default);
        once();
        await lambda(default);

        Assert.That(_till.Runs, Is.EqualTo(6));
    }

    [Test]
    public async Task The_handler_infers_everything_from_the_input_and_a_lambda_or_a_method()
    {
        IdempotencyHandler handler = Handler();

        Receipt lambda = await handler.HandleAsync("1", A, async (o, t) => await _till.ChargeAsync(o, t));
        Receipt method = await handler.HandleAsync("2", A, _till.ChargeAsync);
        IdempotencyResult<int> unnamed =
            await handler.TryHandleAsync("3", new { A.Id, Day = 1 }, (o, _) => Task.FromResult(o.Day));

        Assert.That((lambda.Number, method.Number, unnamed.GetValueOrThrow()), Is.EqualTo(("A-1", "A-2", 1)));
    }

    [Test]
    public void A_task_is_no_result_of_a_synchronous_function()
    {
        IdempotencyHandler handler = Handler();

        Action[] refused =
        [
            () => handler.Wrap<Order, Task<Receipt>>("1", o => _till.ChargeAsync(o, default)),
            () => handler.Wrap("4", (Order o, IdempotencyContext _) => _till.ChargeAsync(o, default)),
            () => handler.Operation<Order, Task<Receipt>>("5"),
            () => handler.Wrap<ValueTask<int>>("6", () => new ValueTask<int>(1)),
            () => handler.Wrap<ValueTask>("7", () => new ValueTask()),
        ];

        Assert.Multiple(() =>
        {
            foreach (Action call in refused)
            {
                Assert.That(call, Throws.ArgumentException.With.Message.Contains("asynchronous overload"));
            }

            Assert.That(_till.Runs, Is.Zero);
            Assert.That(Store.Count, Is.Zero);
        });
    }

    [Test]
    public async Task A_function_without_an_input_needs_no_token()
    {
        IdempotencyHandler handler = Handler();
        Func<Task<Receipt>> once = handler.Wrap("1", () => OnceAsync(default));
        Func<Task> forget = handler.Wrap("2", () => OnceAndForgetAsync(default));
        Func<ValueTask<int>> value = handler.Wrap("3", () => new ValueTask<int>(7));

        Assert.That((await once(), await once()), Is.EqualTo((await once(), await once())));
        await forget();
        await forget();
        Assert.That((await value(), await value()), Is.EqualTo((7, 7)));
        Assert.That(_till.Runs, Is.EqualTo(2));
    }

    private Receipt Once() => _till.Charge(A);

    private void OnceAndForget() => _till.Charge(A);

    private Task<Receipt> OnceAsync(CancellationToken cancellationToken) => _till.ChargeAsync(A, cancellationToken);

    private Task OnceAndForgetAsync(CancellationToken cancellationToken) => OnceAsync(cancellationToken);
}
