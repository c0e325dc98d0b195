// A stored failure is replayed.
using Idempotency.Core;

namespace Idempotency;

/// <summary>An earlier call's function threw, its failure was stored (<see cref="FailureAction.Store"/>), and this call
/// gets it instead of running the function again.</summary>
public sealed class IdempotencyStoredFailureException : IdempotencyException
{
    internal IdempotencyStoredFailureException(CallInfo call, StoredFailure failure)
        : base(
            $"Operation '{call.Operation}' failed before under key {call.Key}, and its failure was stored: "
                + $"{failure.ExceptionType}: {failure.Message} Send a new key to try again.",
            call)
    {
        OriginalType = failure.ExceptionType;
        OriginalMessage = failure.Message;
    }

    /// <summary>The full name of the type of the exception that was thrown.</summary>
    public string OriginalType { get; }

    /// <summary>The message of the exception that was thrown.</summary>
    public string OriginalMessage { get; }
}
