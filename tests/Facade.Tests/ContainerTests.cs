// Handlers from a container: over which store, with which options, and when what does not fit is noticed.
using Idempotency;
using Idempotency.Store.Conformance;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace Facade.Tests;

public class ContainerTests : OnManualTime
{
    private readonly ServiceCollection _services = new();
    private readonly Till _till = new();

    private ServiceProvider Built() => _services.BuildServiceProvider(
        new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

    private IdempotencyOutcome Charge(IdempotencyHandler handler) =>
        handler.Operation<Order, Receipt>("charge").TryHandle(new Order("A"), _till.Charge).Outcome;

    [Test]
    public void One_handler_serves_all_who_ask()
    {
        _services.AddIdempotency(Store);
        using ServiceProvider provider = Built();
        using IServiceScope scope = provider.CreateScope();

        var handler = provider.GetRequiredService<IdempotencyHandler>();

        Assert.That(scope.ServiceProvider.GetRequiredService<IdempotencyHandler>(), Is.SameAs(handler));
        Assert.That(provider.GetRequiredService<IIdempotencyStore>(), Is.SameAs(Store));
        Assert.That(Charge(handler), Is.EqualTo(IdempotencyOutcome.Executed));
        Assert.That(Store.Count, Is.EqualTo(1));
    }

    [Test]
    public void The_store_can_be_made_of_other_services_and_is_disposed_of_with_the_container()
    {
        _services.AddSingleton(Store);
        _services.AddIdempotency(provider => new FaultyStore(provider.GetRequiredService<InMemoryStore>()));
        ServiceProvider provider = Built();

        Charge(provider.GetRequiredService<IdempotencyHandler>());
        var store = (FaultyStore)provider.GetRequiredService<IIdempotencyStore>();
        provider.Dispose();

        Assert.That(Store.Count, Is.EqualTo(1));
        Assert.That(store.IsDisposed, Is.True);
    }

    [Test]
    public void The_store_can_be_one_that_the_container_has()
    {
        _services.AddSingleton<IIdempotencyStore>(Store);
        _services.AddIdempotency();
        using ServiceProvider provider = Built();

        Charge(provider.GetRequiredService<IdempotencyHandler>());

        Assert.That(Store.Count, Is.EqualTo(1));
    }

    [Test]
    public void Without_a_store_the_remedy_is_told()
    {
        _services.AddIdempotency();
        using ServiceProvider provider = Built();

        Assert.That(
            provider.GetRequiredService<IdempotencyHandler>,
            Throws.InvalidOperationException.With.Message.Contains("AddIdempotency(new InMemoryStore())"));
    }

    [Test]
    public void The_store_that_was_added_last_counts_as_with_every_service()
    {
        _services.AddIdempotency(new InMemoryStore()).AddIdempotency(Store);
        using ServiceProvider provider = Built();

        Charge(provider.GetRequiredService<IdempotencyHandler>());

        Assert.That(Store.Count, Is.EqualTo(1));
    }

    [Test]
    public void Handlers_with_names_have_stores_and_options_of_their_own()
    {
        var mails = new InMemoryStore();
        _services
            .AddIdempotency(new InMemoryStore())
            .AddKeyedIdempotency("payments", Store, options => options.Scope = "pay")
            .AddKeyedIdempotency("mails", _ => mails, options => options.Scope = "mail")
            .AddTransient<Worker>();
        using ServiceProvider provider = Built();

        var worker = provider.GetRequiredService<Worker>();
        var mail = provider.GetRequiredKeyedService<IdempotencyHandler>("mails");
        Charge(worker.Payments);
        Charge(worker.Payments);
        Charge(mail);

        worker.Payments.Operation<Order, Receipt>("charge").TryGetKey(new Order("A"), out string? key);
        Assert.Multiple(() =>
        {
            Assert.That(key, Does.StartWith("pay/charge#"));
            Assert.That((Store.Count, mails.Count), Is.EqualTo((1, 1)));
            Assert.That(worker.Payments, Is.SameAs(provider.GetRequiredKeyedService<IdempotencyHandler>("payments")));
            Assert.That(worker.Default, Is.Not.SameAs(worker.Payments));
        });
    }

    [Test]
    public void The_clock_and_the_log_are_those_of_the_container_unless_the_options_say_otherwise()
    {
        using var log = new LogSink();
        using var own = new LogSink();
        var ownTime = new ManualTime();
        _services.AddSingleton<ILoggerFactory>(log).AddSingleton<TimeProvider>(Time);
        _services.AddIdempotency(Store);
        _services.AddKeyedIdempotency("own", Store, options => (options.LoggerFactory, options.TimeProvider) = (own, ownTime));
        using ServiceProvider provider = Built();

        var options = provider.GetRequiredService<IOptions<IdempotencyOptions>>().Value;
        var named = provider.GetRequiredService<IOptionsMonitor<IdempotencyOptions>>().Get("own");

        Assert.That((options.LoggerFactory, options.TimeProvider), Is.EqualTo(((ILoggerFactory)log, (TimeProvider)Time)));
        Assert.That((named.LoggerFactory, named.TimeProvider), Is.EqualTo(((ILoggerFactory)own, (TimeProvider)ownTime)));
        Charge(provider.GetRequiredService<IdempotencyHandler>());
        provider.GetRequiredService<IdempotencyHandler>().Operation<string, int>("none").TryHandle("", _ => 1);
        Assert.That(log.Names, Is.EqualTo(new[] { "KeyRejected" }));
    }

    [Test]
    public void A_host_does_not_start_with_options_that_do_not_fit_and_the_message_names_them()
    {
        _services.AddIdempotency(Store, options => options.Lease = TimeSpan.Zero);
        _services.AddKeyedIdempotency("mails", Store, options => options.HashFunction = "SHA-0");
        using ServiceProvider provider = Built();

        // What a host calls before it starts its services.
        Action start = provider.GetRequiredService<IStartupValidator>().Validate;

        Assert.That(
            start,
            Throws.TypeOf<AggregateException>()
                .With.Message.Contains("Lease must be longer than zero")
                .And.Message.Contains("Handler 'mails': HashFunction: "));
    }

    [Test]
    public void A_host_starts_with_options_that_fit()
    {
        _services.AddIdempotency(Store, options => options.Lease = Second);
        using ServiceProvider provider = Built();

        provider.GetRequiredService<IStartupValidator>().Validate();

        Assert.That(provider.GetRequiredService<IOptions<IdempotencyOptions>>().Value.Lease, Is.EqualTo(Second));
    }

    [Test]
    public void A_name_must_be_one() =>
        Assert.That(() => _services.AddKeyedIdempotency(" ", Store), Throws.ArgumentException.With.Message.Contains("name"));

    private sealed class Worker(
        IdempotencyHandler handler,
        [FromKeyedServices("payments")] IdempotencyHandler payments)
    {
        public IdempotencyHandler Default => handler;

        public IdempotencyHandler Payments => payments;
    }
}
