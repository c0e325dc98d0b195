// Every shape of delegate as the one that the core calls. Made once for a wrapper, so that a call costs no closure.
namespace Idempotency;

internal static class Adapt
{
    public static Func<TInput, IdempotencyContext, CancellationToken, ValueTask<TResult>> From<TInput, TResult>(
        Func<TInput, TResult> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        ThrowIfAwaitable<TResult>();
        return (input, _, _) => new(function(input));
    }

    public static Func<TInput, IdempotencyContext, CancellationToken, ValueTask<TResult>> From<TInput, TResult>(
        Func<TInput, IdempotencyContext, TResult> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        ThrowIfAwaitable<TResult>();
        return (input, context, _) => new(function(input, context));
    }

    public static Func<TInput, IdempotencyContext, CancellationToken, ValueTask<TResult>> From<TInput, TResult>(
        Func<TInput, CancellationToken, Task<TResult>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return (input, _, token) => new(function(input, token));
    }

    public static Func<TInput, IdempotencyContext, CancellationToken, ValueTask<TResult>> From<TInput, TResult>(
        Func<TInput, IdempotencyContext, CancellationToken, Task<TResult>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return (input, context, token) => new(function(input, context, token));
    }

    public static Func<TInput, IdempotencyContext, CancellationToken, ValueTask<TResult>> FromValueTask<TInput, TResult>(
        Func<TInput, IdempotencyContext, CancellationToken, ValueTask<TResult>> function) => function;

    public static Func<TInput, IdempotencyContext, CancellationToken, ValueTask<Nothing>> FromAction<TInput>(
        Action<TInput, IdempotencyContext> action) =>
        (input, context, _) =>
        {
            action(input, context);
            return default;
        };

    public static Func<TInput, IdempotencyContext, CancellationToken, ValueTask<Nothing>> FromTask<TInput>(
        Func<TInput, IdempotencyContext, CancellationToken, Task> function) =>
        async (input, context, token) =>
        {
            await function(input, context, token).ConfigureAwait(false);
            return default;
        };

    public static Func<TInput, IdempotencyContext, CancellationToken, ValueTask<Nothing>> FromValueTask<TInput>(
        Func<TInput, IdempotencyContext, CancellationToken, ValueTask> function) =>
        async (input, context, token) =>
        {
            await function(input, context, token).ConfigureAwait(false);
            return default;
        };

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
