// From the core's outcome to the value that C# gets. The function's own exception, and the caller's cancellation, are
// thrown as they are.
using System.Runtime.ExceptionServices;
using Idempotency.Core;

namespace Idempotency;

internal static class OutcomeMapping
{
    public static IdempotencyResult<T> ToResult<T>(this Outcome<T> outcome, CancellationToken cancellation)
    {
        switch (outcome)
        {
            case Outcome<T>.Executed executed:
                return new(IdempotencyOutcome.Executed, executed.Item);
            case Outcome<T>.Replayed replayed:
                return new(IdempotencyOutcome.Replayed, replayed.Item);
            case Outcome<T>.Adopted adopted:
                return new(IdempotencyOutcome.Adopted, adopted.Item);
            case Outcome<T>.Unprotected unprotected:
                return new(IdempotencyOutcome.Unprotected, unprotected.Item);
            case Outcome<T>.FunctionFailed failed:
                ExceptionDispatchInfo.Throw(failed.Item);
                return default;
            default:
                if (outcome.IsCancelled)
                {
                    throw new OperationCanceledException(cancellation);
                }

                (IdempotencyOutcome kind, IdempotencyException refusal) = Refuse(outcome);
                return new(kind, refusal);
        }
    }

    private static (IdempotencyOutcome, IdempotencyException) Refuse<T>(Outcome<T> outcome) => outcome switch
    {
        Outcome<T>.CompletedUnsaved o =>
            (IdempotencyOutcome.CompletedUnsaved,
                new IdempotencyUnsavedResultException(o.Item3, OwnResult(o.result), o.fault)),
        Outcome<T>.LeaseLost o =>
            (IdempotencyOutcome.LeaseLost, new IdempotencyLeaseLostException(o.Item2, OwnResult(o.result))),
        Outcome<T>.FailureReplayed o =>
            (IdempotencyOutcome.FailureReplayed, new IdempotencyStoredFailureException(o.Item2, o.Item1)),
        Outcome<T>.PayloadMismatch o =>
            (IdempotencyOutcome.PayloadMismatch, new IdempotencyValidationException(o.Item)),
        Outcome<T>.InProgress o =>
            (IdempotencyOutcome.InProgress, new IdempotencyAlreadyInProgressException(o.Item)),
        Outcome<T>.Held o =>
            (IdempotencyOutcome.Held, new IdempotencyAbandonedException(o.Item)),
        Outcome<T>.Contended o =>
            (IdempotencyOutcome.Contended, new IdempotencyInconsistentStateException(o.Item)),
        Outcome<T>.PersistFailed o =>
            (IdempotencyOutcome.PersistFailed, new IdempotencyPersistenceLayerException(o.Item2, o.fault)),
        Outcome<T>.KeyRejected o =>
            (IdempotencyOutcome.KeyRejected, new IdempotencyKeyException(o.Item2, o.Item1)),
        Outcome<T>.LeaseRejected o =>
            (IdempotencyOutcome.LeaseRejected, new IdempotencyLeaseTimeException(o.Item2, o.remaining)),
        Outcome<T>.Unreadable o =>
            (IdempotencyOutcome.Unreadable, new IdempotencyUnreadableResultException(o.Item2, o.fault)),
        _ => throw new InvalidOperationException($"An outcome without a mapping: {outcome.GetType().Name}."),
    };

    /// <summary>A function without a result has none of its own.</summary>
    private static object? OwnResult<T>(T result) => typeof(T) == typeof(Nothing) ? null : result;
}
