// A result was produced but not saved.
using System.Diagnostics.CodeAnalysis;
using Idempotency.Core;

namespace Idempotency;

/// <summary>The function ran, but its result could not be saved: the store may or may not have it. After the lease, a later call may run the function again. What kept it from being saved is the inner exception.</summary>
public sealed class IdempotencyUnsavedResultException : IdempotencyException
{
    internal IdempotencyUnsavedResultException(CallInfo call, object? ownResult, Exception fault)
        : base(
            $"Operation '{call.Operation}': the function ran, but its result could not be saved under key {call.Key} ({Faults.TypesOf(fault)}; see the inner exception). OwnResult has it; a later call may run the function again.",
            call, fault) =>
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
