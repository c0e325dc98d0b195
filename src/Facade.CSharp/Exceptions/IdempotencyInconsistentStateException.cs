// A key changed hands too fast.
using Idempotency.Core;

namespace Idempotency;

/// <summary>The key changed hands faster than this call could take it. Nothing was run; try again.</summary>
public sealed class IdempotencyInconsistentStateException : IdempotencyException
{
    internal IdempotencyInconsistentStateException(CallInfo call)
        : base(
            $"Operation '{call.Operation}': key {call.Key} changed hands several times while this call tried to take it. Nothing was run; try again.",
            call)
    {
    }
}
