// A call lost its lease and has no common result.
using System.Diagnostics.CodeAnalysis;
using Idempotency.Core;

namespace Idempotency;

/// <summary>The function ran, but its call lost the lease, and another result may stand, or come to stand, in the place of its own. What every later call gets is decided by the newer owner; try again to get it.</summary>
public sealed class IdempotencyLeaseLostException : IdempotencyException
{
    internal IdempotencyLeaseLostException(CallInfo call, object? ownResult)
        : base(
            $"Operation '{call.Operation}': the call lost its lease on key {call.Key} while the function ran, and another call may store another result. Ask again for the one that counts; OwnResult has this call's own. A longer Lease, or Renew = true, keeps this from happening.",
            call) =>
        OwnResult = ownResult;

    /// <summary>What this call's own function returned.</summary>
    public object? OwnResult { get; }

    /// <summary>What this call's own function returned, if it is of this type; null counts as any type that has it.</summary>
    /// <typeparam name="TResult">The function's result.</typeparam>
    /// <param name="result">The result.</param>
    /// <returns>Whether it is of that type.</returns>
    public bool TryGetOwnResult<TResult>([MaybeNullWhen(false)] out TResult result) =>
        OwnResults.TryGet(OwnResult, out result);
}
