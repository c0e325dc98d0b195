// There is no time for a lease.
using Idempotency.Core;

namespace Idempotency;

/// <summary>The host has no time left for a lease. Nothing was run or written.</summary>
public sealed class IdempotencyLeaseTimeException : IdempotencyException
{
    internal IdempotencyLeaseTimeException(CallInfo call, TimeSpan remaining)
        : base(
            $"Operation '{call.Operation}': no time is left for a lease ({remaining.TotalMilliseconds} ms after the safety margin). Give the host more time, or LeaseFrom a smaller margin.",
            call)
    {
    }
}
