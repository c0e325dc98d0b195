// The store failed before the run.
using Idempotency.Core;

namespace Idempotency;

/// <summary>The store failed before the function was run. The key may be taken until the lease ends. The store's own exception is the inner one.</summary>
public sealed class IdempotencyPersistenceLayerException : IdempotencyException
{
    internal IdempotencyPersistenceLayerException(CallInfo call, Exception fault)
        : base(
            $"Operation '{call.Operation}': the store failed before the function was run under key {call.Key} ({Faults.TypesOf(fault)}). See the inner exception, and try again when it is back.",
            call, fault)
    {
    }
}
