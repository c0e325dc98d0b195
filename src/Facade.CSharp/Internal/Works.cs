// Functions in the shapes in which calls are given them. Structs: a call costs no closure and no delegate besides the user's.
using Idempotency.Core;

namespace Idempotency;

internal readonly struct SyncWork<TInput, TResult>(Func<TInput, TResult> function) : IWork<TInput, TResult>
{
    public bool NeedsContext => false;

    public ValueTask<TResult> Invoke(TInput input, IdempotencyContext? context, CancellationToken cancellation) =>
        new(function(input));
}

internal readonly struct TaskWork<TInput, TResult>(Func<TInput, CancellationToken, Task<TResult>> function)
    : IWork<TInput, TResult>
{
    public bool NeedsContext => false;

    public ValueTask<TResult> Invoke(TInput input, IdempotencyContext? context, CancellationToken cancellation) =>
        new(function(input, cancellation));
}

internal readonly struct ContextTaskWork<TInput, TResult>(
    Func<TInput, IdempotencyContext, CancellationToken, Task<TResult>> function) : IWork<TInput, TResult>
{
    public bool NeedsContext => true;

    public ValueTask<TResult> Invoke(TInput input, IdempotencyContext? context, CancellationToken cancellation) =>
        new(function(input, context!, cancellation));
}

internal readonly struct PlainWork<TInput, TResult>(Func<TInput, CancellationToken, ValueTask<TResult>> function)
    : IWork<TInput, TResult>
{
    public bool NeedsContext => false;

    public ValueTask<TResult> Invoke(TInput input, IdempotencyContext? context, CancellationToken cancellation) =>
        function(input, cancellation);
}
