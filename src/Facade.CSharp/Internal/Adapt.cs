// Every shape of delegate as a work that the core calls.
using Idempotency.Core;

namespace Idempotency;

internal static class Adapt
{
    public static SyncWork<TInput, TResult> From<TInput, TResult>(Func<TInput, TResult> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        ThrowIfAwaitable<TResult>();
        return new(function);
    }

    public static FullWork<TInput, TResult> From<TInput, TResult>(Func<TInput, IdempotencyContext, TResult> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        ThrowIfAwaitable<TResult>();
        return new((input, context, _) => new(function(input, context)));
    }

    public static TaskWork<TInput, TResult> From<TInput, TResult>(Func<TInput, CancellationToken, Task<TResult>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new(function);
    }

    public static ContextTaskWork<TInput, TResult> From<TInput, TResult>(
        Func<TInput, IdempotencyContext, CancellationToken, Task<TResult>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new(function);
    }

    public static PlainWork<TInput, TResult> FromValueTask<TInput, TResult>(
        Func<TInput, CancellationToken, ValueTask<TResult>> function) => new(function);

    public static FullWork<TInput, TResult> FromValueTask<TInput, TResult>(
        Func<TInput, IdempotencyContext, CancellationToken, ValueTask<TResult>> function) => new(function);

    public static PlainWork<TInput, Nothing> FromAction<TInput>(Action<TInput> action) =>
        new((input, _) =>
        {
            action(input);
            return default;
        });

    public static FullWork<TInput, Nothing> FromAction<TInput>(Action<TInput, IdempotencyContext> action) =>
        new((input, context, _) =>
        {
            action(input, context);
            return default;
        });

    public static PlainWork<TInput, Nothing> FromTask<TInput>(Func<TInput, CancellationToken, Task> function) =>
        new(async (input, token) =>
        {
            await function(input, token).ConfigureAwait(false);
            return default;
        });

    public static FullWork<TInput, Nothing> FromTask<TInput>(
        Func<TInput, IdempotencyContext, CancellationToken, Task> function) =>
        new(async (input, context, token) =>
        {
            await function(input, context, token).ConfigureAwait(false);
            return default;
        });

    public static PlainWork<TInput, Nothing> FromValueTask<TInput>(Func<TInput, CancellationToken, ValueTask> function) =>
        new(async (input, token) =>
        {
            await function(input, token).ConfigureAwait(false);
            return default;
        });

    public static FullWork<TInput, Nothing> FromValueTask<TInput>(
        Func<TInput, IdempotencyContext, CancellationToken, ValueTask> function) =>
        new(async (input, context, token) =>
        {
            await function(input, context, token).ConfigureAwait(false);
            return default;
        });

    /// <summary>A task is not a result: it would be stored instead of what it comes to.</summary>
    private static void ThrowIfAwaitable<TResult>()
    {
        Type type = typeof(TResult);

        if (type == typeof(Task) || type == typeof(ValueTask)
            || (type.IsGenericType
                && (type.GetGenericTypeDefinition() == typeof(Task<>)
                    || type.GetGenericTypeDefinition() == typeof(ValueTask<>))))
        {
            throw new ArgumentException(
                "A function that returns a task must be passed to an asynchronous overload, so that its result is stored "
                    + "and not the task: let it take the input or a CancellationToken, as that overload does.");
        }
    }
}
