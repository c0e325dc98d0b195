// Keys apart from calls: to look at one, or to make it once for several calls.
using System.Diagnostics.CodeAnalysis;
using Idempotency.Core;
using Microsoft.FSharp.Core;

namespace Idempotency;

public sealed partial class IdempotentOperation<TInput, TResult>
{
    /// <summary>The key that a call with this input has, without making the call: to find its record, or to log it. It holds a
    /// digest, never the input itself.</summary>
    /// <param name="input">The input.</param>
    /// <param name="key">The key's text, as the store has it.</param>
    /// <returns>Whether the input has a key.</returns>
    public bool TryGetKey(TInput input, [NotNullWhen(true)] out string? key)
    {
        var identity = _core.Identify(input);
        key = identity.IsOk ? identity.ResultValue.Key : null;
        return identity.IsOk;
    }

    /// <summary>Makes the key of calls with this input ahead of them, and the digest of its payload where that is checked.</summary>
    /// <param name="input">The input. What is changed in it later changes nothing.</param>
    /// <returns>The key, for calls of this operation.</returns>
    /// <exception cref="IdempotencyKeyException">The input has no key, whatever <c>MissingKey</c> says.</exception>
    public IdempotencyKey GetKey(TInput input)
    {
        var identity = _core.Identify(input);

        return identity.IsOk
            ? new(this, identity.ResultValue)
            : throw new IdempotencyKeyException(new CallInfo(Name, null, null, null, null), identity.ErrorValue);
    }

    /// <summary>Runs the function, or gives back what an earlier call's run left, under a key that was made before.</summary>
    /// <param name="key">The key, from <see cref="GetKey"/> of this operation.</param>
    /// <param name="input">What the function gets. Its key is not made again: it must be what <paramref name="key"/> was made
    /// of.</param>
    /// <param name="function">The function. It gets the input and <paramref name="cancellationToken"/>.</param>
    /// <param name="cancellationToken">Cancels the call before the function runs, and then the function. A result that
    /// the function has produced is saved all the same.</param>
    /// <returns>The result.</returns>
    /// <exception cref="IdempotencyException">There is no result; each reason has a type of its own.</exception>
    /// <exception cref="ArgumentException">Another operation made the key, or nobody did.</exception>
    public async ValueTask<TResult> HandleAsync(
        IdempotencyKey key,
        TInput input,
        Func<TInput, CancellationToken, Task<TResult>> function,
        CancellationToken cancellationToken = default) =>
        (await TryHandleAsync(key, input, function, cancellationToken).ConfigureAwait(false)).GetValueOrThrow();

    /// <summary>As <c>HandleAsync</c> with a key that was made before, but a refusal is a value. Only the function's own exception
    /// and the caller's cancellation are thrown.</summary>
    /// <param name="key">The key, from <see cref="GetKey"/> of this operation.</param>
    /// <param name="input">What the function gets.</param>
    /// <param name="function">The function. It gets the input and <paramref name="cancellationToken"/>.</param>
    /// <param name="cancellationToken">Cancels the call before the function runs, and then the function.</param>
    /// <returns>The result, or the refusal.</returns>
    /// <exception cref="ArgumentException">Another operation made the key, or nobody did.</exception>
    public async ValueTask<IdempotencyResult<TResult>> TryHandleAsync(
        IdempotencyKey key,
        TInput input,
        Func<TInput, CancellationToken, Task<TResult>> function,
        CancellationToken cancellationToken = default)
    {
        if (!ReferenceEquals(key.Maker, this))
        {
            throw new ArgumentException(
                $"Operation '{Name}': the key was not made by this operation. Make it with this operation's GetKey.",
                nameof(key));
        }

        var identified = FSharpResult<Identity, KeyProblem>.NewOk(key.Identity);
        Outcome<TResult> outcome = await _core
            .RunIdentified(identified, input, Adapt.From(function), cancellationToken)
            .ConfigureAwait(false);
        return Ended(outcome, identified, cancellationToken);
    }
}
