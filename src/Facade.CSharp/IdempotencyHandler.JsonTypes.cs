// Operations whose inputs and results are written by source-generated code: what is trimmed or compiled ahead of time has no
// other, and it starts faster.
using System.Text.Json.Serialization.Metadata;

namespace Idempotency;

public sealed partial class IdempotencyHandler
{
    /// <summary>Prepares an operation whose input and result are written as their JSON types say, whatever
    /// <see cref="IdempotencyOptions.Json"/> does.</summary>
    /// <typeparam name="TInput">The input that keys are made of.</typeparam>
    /// <typeparam name="TResult">The function's result.</typeparam>
    /// <param name="name">Its name, at most 200 characters: a part of its keys.</param>
    /// <param name="inputType">How the input is written, as in <c>ShopJson.Default.Order</c>. What
    /// <see cref="OperationOptions{TInput}.KeyFrom{TKey}"/> selects is written by the same context, which must know its
    /// type.</param>
    /// <param name="resultType">How the result is written and read.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>The operation; make it once and share it.</returns>
    /// <exception cref="ArgumentException">The name or the options do not fit, or the input's JSON type is not the one that its
    /// context has.</exception>
    public IdempotentOperation<TInput, TResult> Operation<TInput, TResult>(
        string name,
        JsonTypeInfo<TInput> inputType,
        JsonTypeInfo<TResult> resultType,
        Action<OperationOptions<TInput>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(inputType);
        ArgumentNullException.ThrowIfNull(resultType);

        if (!inputType.Options.TryGetTypeInfo(typeof(TInput), out JsonTypeInfo? known) || !ReferenceEquals(known, inputType))
        {
            throw new ArgumentException(
                $"Operation '{name}': the JSON type of the input is not the one that its options have for {typeof(TInput)}. "
                    + "Take it from a JsonSerializerContext, or from JsonSerializerOptions.GetTypeInfo.",
                nameof(inputType));
        }

        return Prepare(name, new JsonResultCodec<TResult>(resultType), configure, inputType.Options);
    }

    /// <summary>Wraps an asynchronous function whose input and result are written as their JSON types say.</summary>
    /// <typeparam name="TInput">The input that keys are made of.</typeparam>
    /// <typeparam name="TResult">The function's result.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="inputType">How the input is written, as in <c>ShopJson.Default.Order</c>.</param>
    /// <param name="resultType">How the result is written and read.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    /// <exception cref="ArgumentException">The name or the options do not fit, or the input's JSON type is not the one that its
    /// context has.</exception>
    public Func<TInput, CancellationToken, Task<TResult>> Wrap<TInput, TResult>(
        string operation,
        Func<TInput, CancellationToken, Task<TResult>> function,
        JsonTypeInfo<TInput> inputType,
        JsonTypeInfo<TResult> resultType,
        Action<OperationOptions<TInput>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = Operation(operation, inputType, resultType, configure);
        var work = Adapt.From<TInput, TResult>((input, token) => function(input, token));
        return async (input, token) => (await prepared.RunAsync(input, work, token).ConfigureAwait(false)).GetValueOrThrow();
    }

    /// <summary>Wraps an asynchronous function that gets the call's context, and whose input and result are written as their JSON
    /// types say.</summary>
    /// <typeparam name="TInput">The input that keys are made of.</typeparam>
    /// <typeparam name="TResult">The function's result.</typeparam>
    /// <param name="operation">The operation's name, at most 200 characters: a part of its keys.</param>
    /// <param name="function">The function.</param>
    /// <param name="inputType">How the input is written, as in <c>ShopJson.Default.Order</c>.</param>
    /// <param name="resultType">How the result is written and read.</param>
    /// <param name="configure">Changes the options for this operation.</param>
    /// <returns>A function that may be called again and again, and throws an <see cref="IdempotencyException"/> when it has no result.</returns>
    /// <exception cref="ArgumentException">The name or the options do not fit, or the input's JSON type is not the one that its
    /// context has.</exception>
    public Func<TInput, CancellationToken, Task<TResult>> Wrap<TInput, TResult>(
        string operation,
        Func<TInput, IdempotencyContext, CancellationToken, Task<TResult>> function,
        JsonTypeInfo<TInput> inputType,
        JsonTypeInfo<TResult> resultType,
        Action<OperationOptions<TInput>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var prepared = Operation(operation, inputType, resultType, configure);
        var work = Adapt.From(function);
        return async (input, token) => (await prepared.RunAsync(input, work, token).ConfigureAwait(false)).GetValueOrThrow();
    }
}
