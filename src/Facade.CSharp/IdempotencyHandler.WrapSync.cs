// Wrappers for synchronous functions. A lambda that could be anything else is not taken for one.
using System.Runtime.CompilerServices;

namespace Idempotency;

public sealed partial class IdempotencyHandler
{
    /// <summary>Wraps a synchronous function. With a store behind a network the wrapper blocks its thread.</summary>
    /// <typeparam name="TInput">The input that keys are made of.</typeparam>
    /// <typeparam name="TResult">The function's result.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    [OverloadResolutionPriority(-2)]
    public Func<TInput, TResult> Wrap<TInput, TResult>(
        string operation,
        Func<TInput, TResult> function,
        Action<OperationOptions<TInput>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = Operation<TInput, TResult>(operation, configure);
        var work = Adapt.From(function);
        return input => prepared.RunHere(input, work).GetValueOrThrow();
    }

    /// <summary>Wraps a synchronous function that gets the call's context. With a store behind a network the wrapper blocks its thread.</summary>
    /// <typeparam name="TInput">The input that keys are made of.</typeparam>
    /// <typeparam name="TResult">The function's result.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    [OverloadResolutionPriority(-2)]
    public Func<TInput, TResult> Wrap<TInput, TResult>(
        string operation,
        Func<TInput, IdempotencyContext, TResult> function,
        Action<OperationOptions<TInput>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = Operation<TInput, TResult>(operation, configure);
        var work = Adapt.From(function);
        return input => prepared.RunHere(input, work).GetValueOrThrow();
    }

    /// <summary>Wraps an action. With a store behind a network the wrapper blocks its thread.</summary>
    /// <typeparam name="TInput">The input that keys are made of.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    [OverloadResolutionPriority(-2)]
    public Action<TInput> Wrap<TInput>(
        string operation,
        Action<TInput> function,
        Action<OperationOptions<TInput>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = Prepare<TInput, Nothing>(operation, Nothing.Codec, configure);
        var work = Adapt.FromAction<TInput>(input => function(input));
        return input => prepared.RunHere(input, work).GetValueOrThrow();
    }

    /// <summary>Wraps an action that gets the call's context. With a store behind a network the wrapper blocks its thread.</summary>
    /// <typeparam name="TInput">The input that keys are made of.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    [OverloadResolutionPriority(-2)]
    public Action<TInput> Wrap<TInput>(
        string operation,
        Action<TInput, IdempotencyContext> function,
        Action<OperationOptions<TInput>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = Prepare<TInput, Nothing>(operation, Nothing.Codec, configure);
        var work = Adapt.FromAction(function);
        return input => prepared.RunHere(input, work).GetValueOrThrow();
    }

    /// <summary>Wraps a synchronous function without an input: the operation's name is its whole key. With a store behind a network the wrapper blocks its thread.</summary>
    /// <typeparam name="TResult">The function's result.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    [OverloadResolutionPriority(-2)]
    public Func<TResult> Wrap<TResult>(
        string operation,
        Func<TResult> function,
        Action<PolicyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = PrepareWithoutInput(operation, _core.Codec<TResult>(operation), configure);
        var work = Adapt.From<Nothing, TResult>(_ => function());
        return () => prepared.RunHere(default, work).GetValueOrThrow();
    }

    /// <summary>Wraps an action without an input: the operation's name is its whole key. With a store behind a network the wrapper blocks its thread.</summary>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    [OverloadResolutionPriority(-2)]
    public Action Wrap(
        string operation,
        Action function,
        Action<PolicyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = PrepareWithoutInput(operation, Nothing.Codec, configure);
        var work = Adapt.FromAction<Nothing>(_ => function());
        return () => prepared.RunHere(default, work).GetValueOrThrow();
    }
}
