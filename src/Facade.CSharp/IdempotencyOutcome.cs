// Every way a call can end.
namespace Idempotency;

/// <summary>How a call ended.</summary>
public enum IdempotencyOutcome
{
    /// <summary>Nothing is known: the value of a result that was never made.</summary>
    None,

    /// <summary>The function ran, and the store confirmed its result.</summary>
    Executed,

    /// <summary>The function did not run: the result is that of the call that did.</summary>
    Replayed,

    /// <summary>The function ran but its lease was lost; the result is what the newer owner stored.</summary>
    Adopted,

    /// <summary>The input has no key, and the function ran without protection.</summary>
    Unprotected,

    /// <summary>The function ran, but its result could not be saved: <see cref="IdempotencyUnsavedResultException"/>.</summary>
    CompletedUnsaved,

    /// <summary>The function ran, but the lease was lost: <see cref="IdempotencyLeaseLostException"/>.</summary>
    LeaseLost,

    /// <summary>An earlier call's failure was replayed: <see cref="IdempotencyStoredFailureException"/>.</summary>
    FailureReplayed,

    /// <summary>The key was used with another payload: <see cref="IdempotencyValidationException"/>.</summary>
    PayloadMismatch,

    /// <summary>Another call is running: <see cref="IdempotencyAlreadyInProgressException"/>.</summary>
    InProgress,

    /// <summary>The key is held for a person: <see cref="IdempotencyAbandonedException"/>.</summary>
    Held,

    /// <summary>The key changed hands too fast: <see cref="IdempotencyInconsistentStateException"/>.</summary>
    Contended,

    /// <summary>The store failed before the run: <see cref="IdempotencyPersistenceLayerException"/>.</summary>
    PersistFailed,

    /// <summary>The input gave no key: <see cref="IdempotencyKeyException"/>.</summary>
    KeyRejected,

    /// <summary>There was no time for a lease: <see cref="IdempotencyLeaseTimeException"/>.</summary>
    LeaseRejected,

    /// <summary>The stored result cannot be read: <see cref="IdempotencyUnreadableResultException"/>.</summary>
    Unreadable,
}
