// The way in for C#: a store, options, and calls.
using System.Text.Json;
using Idempotency.Core;

namespace Idempotency;

/// <summary>Makes functions safe to retry: the first call with a key runs the function and records its result, every later
/// call with that key gets the result and does not run it. Immutable; make one and share it between threads.</summary>
/// <remarks>The name of an operation is part of its keys: use one name for one function, and keep it.</remarks>
public sealed partial class IdempotencyHandler
{
    private readonly IIdempotencyStore _store;
    private readonly IdempotencyOptions _options;
    private readonly Handler _core;

    /// <summary>A handler over a store.</summary>
    /// <param name="store">Where the records are: an <see cref="InMemoryStore"/> for one process.</param>
    /// <param name="configure">Changes the options.</param>
    /// <exception cref="ArgumentException">The options do not fit; the message names the option and the remedy.</exception>
    public IdempotencyHandler(IIdempotencyStore store, Action<IdempotencyOptions>? configure = null)
        : this(store, Configured(configure))
    {
    }

    /// <summary>A handler over a store.</summary>
    /// <param name="store">Where the records are: an <see cref="InMemoryStore"/> for one process.</param>
    /// <param name="options">The options. They are copied: later changes have no effect.</param>
    /// <exception cref="ArgumentException">The options do not fit; the message names the option and the remedy.</exception>
    public IdempotencyHandler(IIdempotencyStore store, IdempotencyOptions options)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        _store = store;
        _options = options.Snapshot();
        _options.Json ??= ReflectionJson.Options;
        _options.OpenLog();
        _core = new Handler(store, _options.ToCore(_options));
    }

    /// <summary>Prepares an operation, with results as JSON.</summary>
    /// <typeparam name="TInput">The input that keys are made of.</typeparam>
    /// <typeparam name="TResult">The function's result.</typeparam>
    /// <param name="name">Its name, at most 200 characters: a part of its keys.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>The operation; make it once and share it.</returns>
    /// <exception cref="ArgumentException">The name or the options do not fit, or a type cannot be written as JSON.</exception>
    public IdempotentOperation<TInput, TResult> Operation<TInput, TResult>(
        string name,
        Action<OperationOptions<TInput>>? configure = null) =>
        configure is null
            ? new(_core.For<TInput, TResult>(name))
            : Prepare(name, _core.Codec<TResult>(name), configure);

    /// <summary>Prepares an operation whose results are kept in a way of its own.</summary>
    /// <typeparam name="TInput">The input that keys are made of.</typeparam>
    /// <typeparam name="TResult">The function's result.</typeparam>
    /// <param name="name">Its name, at most 200 characters: a part of its keys.</param>
    /// <param name="codec">Turns results into bytes and back.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>The operation; make it once and share it.</returns>
    /// <exception cref="ArgumentException">The name or the options do not fit, or the input cannot be written as JSON.</exception>
    public IdempotentOperation<TInput, TResult> Operation<TInput, TResult>(
        string name,
        IResultCodec<TResult> codec,
        Action<OperationOptions<TInput>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(codec);
        return Prepare(name, codec, configure);
    }

    /// <summary>Runs the function, or gives back what an earlier call's run left. The key is made of the operation's name and
    /// the whole input; for a key of its own, prepare the operation with <see cref="Operation{TInput, TResult}(string,
    /// Action{OperationOptions{TInput}})"/> or wrap the function.</summary>
    /// <typeparam name="TInput">The input that the key is made of.</typeparam>
    /// <typeparam name="TResult">The function's result.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of the key.</param>
    /// <param name="input">What the call is about; it is read before the function runs, and not again.</param>
    /// <param name="function">The function.</param>
    /// <param name="cancellationToken">Cancels the call before the function runs, and then the function. A result that
    /// the function has produced is saved all the same.</param>
    /// <returns>The result.</returns>
    /// <exception cref="IdempotencyException">There is no result; each reason has a type of its own.</exception>
    public ValueTask<TResult> HandleAsync<TInput, TResult>(
        string operation,
        TInput input,
        Func<TInput, CancellationToken, Task<TResult>> function,
        CancellationToken cancellationToken = default) =>
        Operation<TInput, TResult>(operation).HandleAsync(input, function, cancellationToken);

    /// <summary>As <c>HandleAsync</c>, but a refusal is a value: only the function's own exception and the caller's
    /// cancellation are thrown.</summary>
    /// <typeparam name="TInput">The input that the key is made of.</typeparam>
    /// <typeparam name="TResult">The function's result.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of the key.</param>
    /// <param name="input">What the call is about; it is read before the function runs, and not again.</param>
    /// <param name="function">The function.</param>
    /// <param name="cancellationToken">Cancels the call before the function runs, and then the function.</param>
    /// <returns>The result, or the refusal.</returns>
    public ValueTask<IdempotencyResult<TResult>> TryHandleAsync<TInput, TResult>(
        string operation,
        TInput input,
        Func<TInput, CancellationToken, Task<TResult>> function,
        CancellationToken cancellationToken = default) =>
        Operation<TInput, TResult>(operation).TryHandleAsync(input, function, cancellationToken);

    private static IdempotencyOptions Configured(Action<IdempotencyOptions>? configure)
    {
        var options = new IdempotencyOptions();
        configure?.Invoke(options);
        return options;
    }

    private IdempotentOperation<TInput, TResult> Prepare<TInput, TResult>(
        string name,
        IResultCodec<TResult> codec,
        Action<OperationOptions<TInput>>? configure,
        JsonSerializerOptions? json = null)
    {
        OperationOptions<TInput> options = _options.ForOperation<TInput>();
        configure?.Invoke(options);
        var handler = new Handler(_store, options.ToCore(_options, json ?? _options.Json!));
        return new(handler.Prepare(name, options.ToCore(name), codec), options.ReplayOf<TResult>(name));
    }

    /// <summary>An operation that has a name for its key, and nothing else.</summary>
    private IdempotentOperation<Nothing, TResult> PrepareWithoutInput<TResult>(
        string name,
        IResultCodec<TResult> codec,
        Action<PolicyOptions>? configure)
    {
        OperationOptions<Nothing> options = _options.ForOperation<Nothing>();
        configure?.Invoke(options);
        options.InputJson = Nothing.Json;
        return new(new Handler(_store, options.ToCore(_options)).Prepare(name, options.ToCore(name), codec));
    }
}
