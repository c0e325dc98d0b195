// A key is held for a person.
using Idempotency.Core;

namespace Idempotency;

/// <summary>A call was cut off under the same key, and the policy is to hold the key until a person has looked, or until the record expires.</summary>
public sealed class IdempotencyAbandonedException : IdempotencyException
{
    internal IdempotencyAbandonedException(CallInfo call)
        : base(
            $"Operation '{call.Operation}': a call under key {call.Key} was cut off, and nobody knows whether it had its effect. The key is held until {Text.Of(call.ExpiresAt)}; look, then remove its record from the store (InMemoryStore.Remove), or set Abandoned = RunAgain.",
            call)
    {
    }
}
