// What all refusals have in common.
using Idempotency.Core;

namespace Idempotency;

/// <summary>A call that got no result, for a reason of the library's. The function's own exceptions are never wrapped
/// in it, nor replaced by it.</summary>
public abstract class IdempotencyException : Exception, ICallEnding
{
    private protected IdempotencyException(string message, CallInfo call, Exception? inner = null)
        : base(message, inner)
    {
        Operation = call.Operation;
        Key = call.Key;
        Owner = call.Owner;
        ExpiresAt = call.ExpiresAt;
        RetryAfter = call.RetryAfter;
    }

    /// <summary>The name of the operation.</summary>
    public string Operation { get; }

    /// <summary>The key's text: the operation and a digest, never the input itself. Null when the input gave none.</summary>
    public string? Key { get; }

    /// <summary>The owner token of the call that holds or held the key, where it is known.</summary>
    public string? Owner { get; }

    /// <summary>When the record of the key expires, where it is known.</summary>
    public DateTimeOffset? ExpiresAt { get; }

    /// <summary>How long to wait before another try makes sense, where it is known.</summary>
    public TimeSpan? RetryAfter { get; }

    bool ICallEnding.HasResult => false;

    Exception? ICallEnding.Failure => null;
}
