// Every refusal, brought about through the public API as a user would meet it. The input holds a secret.
using Idempotency;
using Idempotency.Store.Conformance;
using Microsoft.Extensions.Logging;

namespace Facade.Tests;

/// <summary>A call that is about to be refused.</summary>
internal sealed record Occasion(
    IdempotentOperation<Order, Receipt> Operation,
    Order Input,
    Func<Order, CancellationToken, Task<Receipt>> Function)
{
    public Task<IdempotencyResult<Receipt>> TryHandleAsync() =>
        Operation.TryHandleAsync(Input, Function).AsTask().Soon();

    public Task<Receipt> HandleAsync() => Operation.HandleAsync(Input, Function).AsTask().Soon();
}

internal sealed class Refusals(ILoggerFactory? log)
{
    public const string Secret = "S3CR3T-4711";
    public const string Name = "charge-order";

    private static readonly Order Input = new(Secret);

    private readonly ManualTime _time = new();
    private readonly FaultyStore _store = new(new InMemoryStore());
    private readonly Till _till = new();

    public static IReadOnlyList<IdempotencyOutcome> All { get; } =
    [
        IdempotencyOutcome.CompletedUnsaved,
        IdempotencyOutcome.LeaseLost,
        IdempotencyOutcome.FailureReplayed,
        IdempotencyOutcome.PayloadMismatch,
        IdempotencyOutcome.InProgress,
        IdempotencyOutcome.Held,
        IdempotencyOutcome.Contended,
        IdempotencyOutcome.PersistFailed,
        IdempotencyOutcome.KeyRejected,
        IdempotencyOutcome.LeaseRejected,
        IdempotencyOutcome.Unreadable,
    ];

    public static Task<Occasion> For(IdempotencyOutcome outcome, ILoggerFactory? log = null)
    {
        var refusals = new Refusals(log);
        return outcome switch
        {
            IdempotencyOutcome.CompletedUnsaved => refusals.Unsaved(),
            IdempotencyOutcome.LeaseLost => refusals.LeaseLost(),
            IdempotencyOutcome.FailureReplayed => refusals.FailureReplayed(),
            IdempotencyOutcome.PayloadMismatch => refusals.PayloadMismatch(),
            IdempotencyOutcome.InProgress => refusals.InProgress(),
            IdempotencyOutcome.Held => refusals.Held(),
            IdempotencyOutcome.Contended => refusals.Contended(),
            IdempotencyOutcome.PersistFailed => refusals.PersistFailed(),
            IdempotencyOutcome.KeyRejected => refusals.KeyRejected(),
            IdempotencyOutcome.LeaseRejected => refusals.LeaseRejected(),
            IdempotencyOutcome.Unreadable => refusals.Unreadable(),
            _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Not a refusal."),
        };
    }

    private IdempotencyHandler Handler(IIdempotencyStore? store = null) =>
        new(store ?? _store, options =>
        {
            options.TimeProvider = _time;
            options.LoggerFactory = log;
        });

    private Occasion Call(Action<OperationOptions<Order>>? configure = null, IIdempotencyStore? store = null) =>
        new(Handler(store).Operation<Order, Receipt>(Name, configure), Input, _till.ChargeAsync);

    private Task<Occasion> Unsaved()
    {
        _store.Break(Request.Complete);
        return Task.FromResult(Call(options => options.CompletionResends = 0));
    }

    private Task<Occasion> LeaseLost()
    {
        var next = new Job<Order, Receipt>();
        return Task.FromResult(Call() with
        {
            // While the function runs its lease ends, and another call takes over and runs on.
            Function = async (order, _) =>
            {
                _time.Advance(TimeSpan.FromMinutes(2));
                Task running = Handler().Operation<Order, Receipt>(Name)
                    .HandleAsync(order, next.RunAsync, CancellationToken.None).AsTask();
                await next.Started();
                return _till.Charge(order);
            },
        });
    }

    private async Task<Occasion> FailureReplayed()
    {
        await Fail(FailureAction.Store);
        return Call();
    }

    private async Task<Occasion> PayloadMismatch()
    {
        Occasion call = Call(options => options.KeyFrom(order => order.Id));
        await call.HandleAsync();
        return call with { Input = Input with { Amount = 2 } };
    }

    private async Task<Occasion> InProgress()
    {
        var running = new Job<Order, Receipt>();
        _ = Handler().Operation<Order, Receipt>(Name).HandleAsync(Input, running.RunAsync).AsTask();
        await running.Started();
        return Call();
    }

    private async Task<Occasion> Held()
    {
        await Fail(FailureAction.Hold);
        _time.Advance(TimeSpan.FromMinutes(2));
        return Call(options => options.Abandoned = AbandonedBehavior.Hold);
    }

    private Task<Occasion> Contended() => Task.FromResult(Call(store: new ContendedStore()));

    private Task<Occasion> PersistFailed()
    {
        _store.Break(Request.Acquire);
        return Task.FromResult(Call());
    }

    private Task<Occasion> KeyRejected() => Task.FromResult(Call(options => options.KeyFrom(_ => "")));

    private Task<Occasion> LeaseRejected() =>
        Task.FromResult(Call(options => options.LeaseFrom(() => TimeSpan.Zero, TimeSpan.Zero)));

    private async Task<Occasion> Unreadable()
    {
        await Handler().HandleAsync(Name, Input, (_, _) => Task.FromResult("not a receipt"));
        return Call();
    }

    private async Task Fail(FailureAction action)
    {
        Occasion call = Call(options => options.OnFailure = _ => action) with
        {
            Function = (_, _) => throw new InvalidOperationException("The card was declined."),
        };

        try
        {
            await call.HandleAsync();
        }
        catch (InvalidOperationException)
        {
            // What was asked for.
        }
    }
}
