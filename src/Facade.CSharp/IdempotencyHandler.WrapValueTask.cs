// Wrappers for functions that return a value task. An async lambda, which could be either, goes to the task overloads.
using System.Runtime.CompilerServices;

namespace Idempotency;

public sealed partial class IdempotencyHandler
{
    /// <summary>Wraps an asynchronous function.</summary>
    /// <typeparam name="TInput">The input that keys are made of.</typeparam>
    /// <typeparam name="TResult">The function's result.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    [OverloadResolutionPriority(-1)]
    public Func<TInput, ValueTask<TResult>> Wrap<TInput, TResult>(
        string operation,
        Func<TInput, ValueTask<TResult>> function,
        Action<OperationOptions<TInput>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = Operation<TInput, TResult>(operation, configure);
        var work = Adapt.FromValueTask<TInput, TResult>((input, _) => function(input));
        return async input => (await prepared.RunAsync(input, work, CancellationToken.None).ConfigureAwait(false)).GetValueOrThrow();
    }

    /// <summary>Wraps an asynchronous function that can be cancelled.</summary>
    /// <typeparam name="TInput">The input that keys are made of.</typeparam>
    /// <typeparam name="TResult">The function's result.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    [OverloadResolutionPriority(-1)]
    public Func<TInput, CancellationToken, ValueTask<TResult>> Wrap<TInput, TResult>(
        string operation,
        Func<TInput, CancellationToken, ValueTask<TResult>> function,
        Action<OperationOptions<TInput>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = Operation<TInput, TResult>(operation, configure);
        var work = Adapt.FromValueTask<TInput, TResult>((input, token) => function(input, token));
        return async (input, token) => (await prepared.RunAsync(input, work, token).ConfigureAwait(false)).GetValueOrThrow();
    }

    /// <summary>Wraps an asynchronous function that gets the call's context.</summary>
    /// <typeparam name="TInput">The input that keys are made of.</typeparam>
    /// <typeparam name="TResult">The function's result.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    [OverloadResolutionPriority(-1)]
    public Func<TInput, CancellationToken, ValueTask<TResult>> Wrap<TInput, TResult>(
        string operation,
        Func<TInput, IdempotencyContext, CancellationToken, ValueTask<TResult>> function,
        Action<OperationOptions<TInput>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = Operation<TInput, TResult>(operation, configure);
        var work = Adapt.FromValueTask<TInput, TResult>((input, context, token) => function(input, context, token));
        return async (input, token) => (await prepared.RunAsync(input, work, token).ConfigureAwait(false)).GetValueOrThrow();
    }

    /// <summary>Wraps an asynchronous function without a result.</summary>
    /// <typeparam name="TInput">The input that keys are made of.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    [OverloadResolutionPriority(-1)]
    public Func<TInput, ValueTask> Wrap<TInput>(
        string operation,
        Func<TInput, ValueTask> function,
        Action<OperationOptions<TInput>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = Prepare<TInput, Nothing>(operation, Nothing.Codec, configure);
        var work = Adapt.FromValueTask<TInput>((input, _) => function(input));
        return async input => (await prepared.RunAsync(input, work, CancellationToken.None).ConfigureAwait(false)).GetValueOrThrow();
    }

    /// <summary>Wraps an asynchronous function without a result that can be cancelled.</summary>
    /// <typeparam name="TInput">The input that keys are made of.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    [OverloadResolutionPriority(-1)]
    public Func<TInput, CancellationToken, ValueTask> Wrap<TInput>(
        string operation,
        Func<TInput, CancellationToken, ValueTask> function,
        Action<OperationOptions<TInput>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = Prepare<TInput, Nothing>(operation, Nothing.Codec, configure);
        var work = Adapt.FromValueTask<TInput>((input, token) => function(input, token));
        return async (input, token) => (await prepared.RunAsync(input, work, token).ConfigureAwait(false)).GetValueOrThrow();
    }

    /// <summary>Wraps an asynchronous function without a result that gets the call's context.</summary>
    /// <typeparam name="TInput">The input that keys are made of.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    [OverloadResolutionPriority(-1)]
    public Func<TInput, CancellationToken, ValueTask> Wrap<TInput>(
        string operation,
        Func<TInput, IdempotencyContext, CancellationToken, ValueTask> function,
        Action<OperationOptions<TInput>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = Prepare<TInput, Nothing>(operation, Nothing.Codec, configure);
        var work = Adapt.FromValueTask(function);
        return async (input, token) => (await prepared.RunAsync(input, work, token).ConfigureAwait(false)).GetValueOrThrow();
    }

    /// <summary>Wraps an asynchronous function without an input: the operation's name is its whole key.</summary>
    /// <typeparam name="TResult">The function's result.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    [OverloadResolutionPriority(-1)]
    public Func<CancellationToken, ValueTask<TResult>> Wrap<TResult>(
        string operation,
        Func<CancellationToken, ValueTask<TResult>> function,
        Action<PolicyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = PrepareWithoutInput(operation, _core.Codec<TResult>(operation), configure);
        var work = Adapt.FromValueTask<Nothing, TResult>((_, token) => function(token));
        return async token => (await prepared.RunAsync(default, work, token).ConfigureAwait(false)).GetValueOrThrow();
    }

    /// <summary>Wraps an asynchronous function without input or result: the operation's name is its whole key.</summary>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    [OverloadResolutionPriority(-1)]
    public Func<CancellationToken, ValueTask> Wrap(
        string operation,
        Func<CancellationToken, ValueTask> function,
        Action<PolicyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = PrepareWithoutInput(operation, Nothing.Codec, configure);
        var work = Adapt.FromValueTask<Nothing>((_, token) => function(token));
        return async token => (await prepared.RunAsync(default, work, token).ConfigureAwait(false)).GetValueOrThrow();
    }

    /// <summary>Wraps an asynchronous function without an input that cannot be cancelled: the operation's name is its whole key.</summary>
    /// <typeparam name="TResult">The function's result.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    [OverloadResolutionPriority(-1)]
    public Func<ValueTask<TResult>> Wrap<TResult>(
        string operation,
        Func<ValueTask<TResult>> function,
        Action<PolicyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = PrepareWithoutInput(operation, _core.Codec<TResult>(operation), configure);
        var work = Adapt.FromValueTask<Nothing, TResult>((_, _) => function());
        return async () => (await prepared.RunAsync(default, work, CancellationToken.None).ConfigureAwait(false)).GetValueOrThrow();
    }

    /// <summary>Wraps an asynchronous function without input or result that cannot be cancelled: the operation's name is its whole key.</summary>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    [OverloadResolutionPriority(-1)]
    public Func<ValueTask> Wrap(
        string operation,
        Func<ValueTask> function,
        Action<PolicyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = PrepareWithoutInput(operation, Nothing.Codec, configure);
        var work = Adapt.FromValueTask<Nothing>((_, _) => function());
        return async () => (await prepared.RunAsync(default, work, CancellationToken.None).ConfigureAwait(false)).GetValueOrThrow();
    }
}
