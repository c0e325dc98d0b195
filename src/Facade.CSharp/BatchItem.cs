// How one item of a batch ended.
namespace Idempotency;

/// <summary>One item of a batch, and how its call ended.</summary>
/// <typeparam name="TInput">The operation's input.</typeparam>
/// <typeparam name="TResult">The function's result.</typeparam>
public sealed class BatchItem<TInput, TResult>
{
    internal BatchItem(TInput input, IdempotencyResult<TResult> result, Exception? error)
    {
        Input = input;
        Result = result;
        Error = error;
    }

    /// <summary>The item, as it was given.</summary>
    public TInput Input { get; }

    /// <summary>The result, or the refusal in its place. <see cref="IdempotencyOutcome.None"/> where <see cref="Error"/> is
    /// not null.</summary>
    public IdempotencyResult<TResult> Result { get; }

    /// <summary>What the function threw, or an <see cref="OperationCanceledException"/> for an item that the cancellation kept
    /// from being started; null otherwise.</summary>
    public Exception? Error { get; }

    /// <summary>Whether there is a result. An item without one may be sent again.</summary>
    public bool Succeeded => Error is null && Result.HasValue;

    /// <summary>Why there is no result: <see cref="Error"/>, or else the refusal; null when there is one.</summary>
    public Exception? Failure => Error ?? Result.Refusal;
}
