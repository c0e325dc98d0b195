// Handlers as services of a container.
using Idempotency;
using Idempotency.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds an <see cref="IdempotencyHandler"/> to a container, alone or beside others that have names.</summary>
/// <remarks>Each handler is a singleton; so is its store, which the container disposes of where it made it. Options are the
/// container's <c>IOptions&lt;IdempotencyOptions&gt;</c>: those of a handler with a name are the options of that name. They are
/// validated when the host starts. Clock and logger factory are the container's, where it has them.</remarks>
public static class IdempotencyServiceCollectionExtensions
{
    /// <summary>Adds a handler over the container's <see cref="IIdempotencyStore"/>.</summary>
    /// <param name="services">The container.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The container.</returns>
    public static IServiceCollection AddIdempotency(
        this IServiceCollection services,
        Action<IdempotencyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        AddOptions(services, Options.Options.DefaultName, configure);
        services.TryAddSingleton(provider => Handler(
            provider,
            Options.Options.DefaultName,
            provider.GetService<IIdempotencyStore>()
                ?? throw new InvalidOperationException(
                    "AddIdempotency: the container has no IIdempotencyStore. Add one, as in "
                        + "services.AddIdempotency(new InMemoryStore()).")));
        return services;
    }

    /// <summary>Adds a handler over a store.</summary>
    /// <param name="services">The container.</param>
    /// <param name="store">Where the records are; its owner disposes of it.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The container.</returns>
    public static IServiceCollection AddIdempotency(
        this IServiceCollection services,
        IIdempotencyStore store,
        Action<IdempotencyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(store);
        services.AddSingleton(store);
        return services.AddIdempotency(configure);
    }

    /// <summary>Adds a handler over a store that is made of other services.</summary>
    /// <param name="services">The container.</param>
    /// <param name="store">Makes the store, once.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The container.</returns>
    public static IServiceCollection AddIdempotency(
        this IServiceCollection services,
        Func<IServiceProvider, IIdempotencyStore> store,
        Action<IdempotencyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(store);
        services.AddSingleton(store);
        return services.AddIdempotency(configure);
    }

    /// <summary>Adds a handler that has a name, over a store of its own. It is asked for by that name:
    /// <c>[FromKeyedServices("payments")] IdempotencyHandler handler</c>.</summary>
    /// <param name="services">The container.</param>
    /// <param name="name">The name, of the handler and of its options.</param>
    /// <param name="store">Where the records are; its owner disposes of it.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The container.</returns>
    public static IServiceCollection AddKeyedIdempotency(
        this IServiceCollection services,
        string name,
        IIdempotencyStore store,
        Action<IdempotencyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(store);
        services.AddKeyedSingleton(name, store);
        return AddKeyed(services, name, configure);
    }

    /// <summary>Adds a handler that has a name, over a store of its own that is made of other services.</summary>
    /// <param name="services">The container.</param>
    /// <param name="name">The name, of the handler and of its options.</param>
    /// <param name="store">Makes the store, once.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The container.</returns>
    public static IServiceCollection AddKeyedIdempotency(
        this IServiceCollection services,
        string name,
        Func<IServiceProvider, IIdempotencyStore> store,
        Action<IdempotencyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(store);
        services.AddKeyedSingleton(name, (provider, _) => store(provider));
        return AddKeyed(services, name, configure);
    }

    private static IServiceCollection AddKeyed(
        IServiceCollection services,
        string name,
        Action<IdempotencyOptions>? configure)
    {
        AddOptions(services, name, configure);
        services.TryAddKeyedSingleton(
            name,
            (provider, _) => Handler(provider, name, provider.GetRequiredKeyedService<IIdempotencyStore>(name)));
        return services;
    }

    private static void AddOptions(IServiceCollection services, string name, Action<IdempotencyOptions>? configure)
    {
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<IdempotencyOptions>, IdempotencyOptionsValidation>());

        OptionsBuilder<IdempotencyOptions> options = services.AddOptions<IdempotencyOptions>(name).ValidateOnStart();

        // First what the container has, so that the options may say otherwise.
        options.Configure<IServiceProvider>((made, provider) =>
        {
            made.LoggerFactory ??= provider.GetService<ILoggerFactory>();

            if (ReferenceEquals(made.TimeProvider, Effects.SystemTime))
            {
                made.TimeProvider = provider.GetService<TimeProvider>() ?? made.TimeProvider;
            }
        });

        if (configure is not null)
        {
            options.Configure(configure);
        }
    }

    private static IdempotencyHandler Handler(IServiceProvider provider, string name, IIdempotencyStore store) =>
        new(store, provider.GetRequiredService<IOptionsMonitor<IdempotencyOptions>>().Get(name));
}
