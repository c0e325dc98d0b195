// A key that was made ahead of the call.
using Idempotency.Core;

namespace Idempotency;

/// <summary>The key of a call, made ahead of it by <c>IdempotentOperation.GetKey</c>: for a loop of retries, or where one input is
/// handed on and called with more than once. A call that is given it serialises and hashes nothing.</summary>
/// <remarks>It belongs to the operation that made it. It is not for storage: a stored key should be made again, from its input.
/// </remarks>
public readonly struct IdempotencyKey
{
    internal IdempotencyKey(object maker, Identity identity)
    {
        Maker = maker;
        Identity = identity;
    }

    internal object? Maker { get; }

    internal Identity Identity { get; }

    /// <summary>The key's text, as the store has it: the operation and a digest, never the input itself. Empty for
    /// <see langword="default"/>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Maker is null ? "" : Identity.Key;
}
