// A stored result does not fit.
using Idempotency.Core;

namespace Idempotency;

/// <summary>There is a stored result, but it cannot be read as the type that was asked for, as after a change of that type. The reader's own exception is the inner one.</summary>
public sealed class IdempotencyUnreadableResultException : IdempotencyException
{
    internal IdempotencyUnreadableResultException(CallInfo call, Exception fault)
        : base(
            $"Operation '{call.Operation}': the result stored under key {call.Key} cannot be read as the type asked for. Keep results readable for as long as they are stored, or give the operation a new name.",
            call, fault)
    {
    }
}
