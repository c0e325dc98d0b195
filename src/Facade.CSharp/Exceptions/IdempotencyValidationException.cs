// A key was used with another payload.
using Idempotency.Core;

namespace Idempotency;

/// <summary>The same key was used with another payload. Nothing was run, and the stored result is not given out.</summary>
public sealed class IdempotencyValidationException : IdempotencyException
{
    internal IdempotencyValidationException(CallInfo call)
        : base(
            $"Operation '{call.Operation}': key {call.Key} was used before with another payload. Send a new key with a new payload, or set CheckPayload = false if the rest of the input does not matter.",
            call)
    {
    }
}
