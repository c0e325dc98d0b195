// A duplicate met a running call.
using Idempotency.Core;

namespace Idempotency;

/// <summary>Another call is running under the same key. Nothing was run; <see cref="IdempotencyException.RetryAfter"/> says when its lease ends.</summary>
public sealed class IdempotencyAlreadyInProgressException : IdempotencyException
{
    internal IdempotencyAlreadyInProgressException(CallInfo call)
        : base(
            $"Operation '{call.Operation}' is running already under key {call.Key}. Try again in {Text.Of(call.RetryAfter)}, or set InProgress = Wait to wait for its result.",
            call)
    {
    }
}
