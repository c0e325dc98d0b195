// The code of docs/hosts.md. It is compiled and run here; another test compares the texts.
using Idempotency;
using Idempotency.Store.Conformance;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Facade.Tests;

public sealed class HostCode
{
    private static readonly AsyncLocal<ILambdaContext> Invocation = new();

    [Test]
    public void A_handler_is_added_to_a_container()
    {
        var services = new ServiceCollection();

        services.AddIdempotency(new InMemoryStore(), options => options.Lease = TimeSpan.FromMinutes(2));

        using ServiceProvider provider = services.BuildServiceProvider();
        Assert.That(Run(provider.GetRequiredService<IdempotencyHandler>()), Is.EqualTo(IdempotencyOutcome.Executed));
    }

    [Test]
    public void Handlers_with_names_are_asked_for_by_them()
    {
        var services = new ServiceCollection();

        services.AddKeyedIdempotency("payments", new InMemoryStore(), options => options.Abandoned = AbandonedBehavior.Hold);
        services.AddKeyedIdempotency("mails", new InMemoryStore());

        using ServiceProvider provider = services.AddTransient<Checkout>().BuildServiceProvider();
        Assert.That(Run(provider.GetRequiredService<Checkout>().Handler), Is.EqualTo(IdempotencyOutcome.Executed));
    }

    [Test]
    public void Options_are_read_from_configuration()
    {
        var services = new ServiceCollection();
        var store = new InMemoryStore();
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Idempotency:Scope", "shop")])
            .Build();

        services.AddIdempotency(store, options => options.Read(configuration.GetSection("Idempotency")));

        using ServiceProvider provider = services.BuildServiceProvider();
        provider.GetRequiredService<IdempotencyHandler>().Operation<int, int>("a").TryGetKey(1, out string? key);
        Assert.That(key, Does.StartWith("shop/a#"));
    }

    [Test]
    public async Task A_lease_follows_from_the_invocation_of_its_call()
    {
        var time = new ManualTime();
        var handler = new IdempotencyHandler(new InMemoryStore(), options => options.TimeProvider = time);

        var charge = handler.Operation<Order, Receipt>("charge", options =>
            options.LeaseFrom(() => Invocation.Value!.RemainingTime, safetyMargin: TimeSpan.FromSeconds(1)));

        async Task<TimeSpan> Lease(string id, int secondsLeft)
        {
            Invocation.Value = new Countdown(TimeSpan.FromSeconds(secondsLeft));
            TimeSpan lease = default;
            await charge.HandleAsync(new Order(id), (_, context, _) =>
            {
                lease = context.LeaseEnds - time.GetUtcNow();
                return Task.FromResult(new Receipt(id, 1));
            });
            return lease;
        }

        TimeSpan[] both = await Task.WhenAll(Lease("A", 30), Lease("B", 5));
        Assert.That(both, Is.EqualTo(new[] { TimeSpan.FromSeconds(29), TimeSpan.FromSeconds(4) }));
    }

    private static IdempotencyOutcome Run(IdempotencyHandler handler) =>
        handler.Operation<int, int>("a").TryHandle(1, n => n).Outcome;

    public sealed class Checkout([FromKeyedServices("payments")] IdempotencyHandler payments)
    {
        public IdempotencyHandler Handler => payments;
    }

    /// <summary>As that of Amazon.Lambda.Core, in what matters here.</summary>
    private interface ILambdaContext
    {
        TimeSpan RemainingTime { get; }
    }

    private sealed record Countdown(TimeSpan RemainingTime) : ILambdaContext;
}
