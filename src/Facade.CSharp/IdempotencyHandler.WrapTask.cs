// Wrappers for functions that return a task.

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
    public Func<TInput, Task<TResult>> Wrap<TInput, TResult>(
        string operation,
        Func<TInput, Task<TResult>> function,
        Action<OperationOptions<TInput>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = Operation<TInput, TResult>(operation, configure);
        var work = Adapt.From<TInput, TResult>((input, _) => function(input));
        return async input => (await prepared.RunAsync(input, work, CancellationToken.None).ConfigureAwait(false)).GetValueOrThrow();
    }

    /// <summary>Wraps an asynchronous function that can be cancelled.</summary>
    /// <typeparam name="TInput">The input that keys are made of.</typeparam>
    /// <typeparam name="TResult">The function's result.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    public Func<TInput, CancellationToken, Task<TResult>> Wrap<TInput, TResult>(
        string operation,
        Func<TInput, CancellationToken, Task<TResult>> function,
        Action<OperationOptions<TInput>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = Operation<TInput, TResult>(operation, configure);
        var work = Adapt.From<TInput, TResult>((input, token) => function(input, token));
        return async (input, token) => (await prepared.RunAsync(input, work, token).ConfigureAwait(false)).GetValueOrThrow();
    }

    /// <summary>Wraps an asynchronous function that gets the call's context.</summary>
    /// <typeparam name="TInput">The input that keys are made of.</typeparam>
    /// <typeparam name="TResult">The function's result.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    public Func<TInput, CancellationToken, Task<TResult>> Wrap<TInput, TResult>(
        string operation,
        Func<TInput, IdempotencyContext, CancellationToken, Task<TResult>> function,
        Action<OperationOptions<TInput>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = Operation<TInput, TResult>(operation, configure);
        var work = Adapt.From(function);
        return async (input, token) => (await prepared.RunAsync(input, work, token).ConfigureAwait(false)).GetValueOrThrow();
    }

    /// <summary>Wraps an asynchronous function without a result.</summary>
    /// <typeparam name="TInput">The input that keys are made of.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    public Func<TInput, Task> Wrap<TInput>(
        string operation,
        Func<TInput, Task> function,
        Action<OperationOptions<TInput>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = Prepare<TInput, Nothing>(operation, Nothing.Codec, configure);
        var work = Adapt.FromTask<TInput>((input, _) => function(input));
        return async input => (await prepared.RunAsync(input, work, CancellationToken.None).ConfigureAwait(false)).GetValueOrThrow();
    }

    /// <summary>Wraps an asynchronous function without a result that can be cancelled.</summary>
    /// <typeparam name="TInput">The input that keys are made of.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    public Func<TInput, CancellationToken, Task> Wrap<TInput>(
        string operation,
        Func<TInput, CancellationToken, Task> function,
        Action<OperationOptions<TInput>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = Prepare<TInput, Nothing>(operation, Nothing.Codec, configure);
        var work = Adapt.FromTask<TInput>((input, token) => function(input, token));
        return async (input, token) => (await prepared.RunAsync(input, work, token).ConfigureAwait(false)).GetValueOrThrow();
    }

    /// <summary>Wraps an asynchronous function without a result that gets the call's context.</summary>
    /// <typeparam name="TInput">The input that keys are made of.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    public Func<TInput, CancellationToken, Task> Wrap<TInput>(
        string operation,
        Func<TInput, IdempotencyContext, CancellationToken, Task> function,
        Action<OperationOptions<TInput>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = Prepare<TInput, Nothing>(operation, Nothing.Codec, configure);
        var work = Adapt.FromTask(function);
        return async (input, token) => (await prepared.RunAsync(input, work, token).ConfigureAwait(false)).GetValueOrThrow();
    }

    /// <summary>Wraps an asynchronous function without an input: the operation's name is its whole key.</summary>
    /// <typeparam name="TResult">The function's result.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    public Func<CancellationToken, Task<TResult>> Wrap<TResult>(
        string operation,
        Func<CancellationToken, Task<TResult>> function,
        Action<PolicyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = PrepareWithoutInput(operation, _core.Codec<TResult>(operation), configure);
        var work = Adapt.From<Nothing, TResult>((_, token) => function(token));
        return async token => (await prepared.RunAsync(default, work, token).ConfigureAwait(false)).GetValueOrThrow();
    }

    /// <summary>Wraps an asynchronous function without input or result: the operation's name is its whole key.</summary>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    public Func<CancellationToken, Task> Wrap(
        string operation,
        Func<CancellationToken, Task> function,
        Action<PolicyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = PrepareWithoutInput(operation, Nothing.Codec, configure);
        var work = Adapt.FromTask<Nothing>((_, token) => function(token));
        return async token => (await prepared.RunAsync(default, work, token).ConfigureAwait(false)).GetValueOrThrow();
    }

    /// <summary>Wraps an asynchronous function without an input that cannot be cancelled: the operation's name is its whole key.</summary>
    /// <typeparam name="TResult">The function's result.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    public Func<Task<TResult>> Wrap<TResult>(
        string operation,
        Func<Task<TResult>> function,
        Action<PolicyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = PrepareWithoutInput(operation, _core.Codec<TResult>(operation), configure);
        var work = Adapt.From<Nothing, TResult>((_, _) => function());
        return async () => (await prepared.RunAsync(default, work, CancellationToken.None).ConfigureAwait(false)).GetValueOrThrow();
    }

    /// <summary>Wraps an asynchronous function without input or result that cannot be cancelled: the operation's name is its whole key.</summary>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    public Func<Task> Wrap(
        string operation,
        Func<Task> function,
        Action<PolicyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = PrepareWithoutInput(operation, Nothing.Codec, configure);
        var work = Adapt.FromTask<Nothing>((_, _) => function());
        return async () => (await prepared.RunAsync(default, work, CancellationToken.None).ConfigureAwait(false)).GetValueOrThrow();
    }
}
