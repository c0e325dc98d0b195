// How a call ended, as a value.
using System.Diagnostics.CodeAnalysis;
using Idempotency.Core;

namespace Idempotency;

/// <summary>The result of a call, or the refusal in its place.</summary>
/// <typeparam name="TResult">The function's result.</typeparam>
public readonly struct IdempotencyResult<TResult> : IEquatable<IdempotencyResult<TResult>>, ICallEnding
{
    private readonly TResult? _value;

    internal IdempotencyResult(IdempotencyOutcome outcome, TResult value)
    {
        Outcome = outcome;
        _value = value;
    }

    internal IdempotencyResult(IdempotencyOutcome outcome, IdempotencyException refusal)
    {
        Outcome = outcome;
        Refusal = refusal;
    }

    /// <summary>How the call ended.</summary>
    public IdempotencyOutcome Outcome { get; }

    /// <summary>Why there is no result, as the exception that <see cref="GetValueOrThrow"/> throws; null when there is
    /// one.</summary>
    public IdempotencyException? Refusal { get; }

    /// <summary>Whether there is a result. It may be null.</summary>
    public bool HasValue => Outcome != IdempotencyOutcome.None && Refusal is null;

    /// <summary>Whether the answer came from an earlier call.</summary>
    public bool IsReplay => Outcome is IdempotencyOutcome.Replayed or IdempotencyOutcome.FailureReplayed;

    bool ICallEnding.HasResult => HasValue;

    Exception? ICallEnding.Failure => null;

    TimeSpan? ICallEnding.RetryAfter => Refusal?.RetryAfter;

    /// <summary>The result, if there is one.</summary>
    /// <param name="value">The result. It may be null when the function returned that.</param>
    /// <returns>Whether there is a result.</returns>
    public bool TryGetValue([MaybeNullWhen(false)] out TResult value)
    {
        value = _value!;
        return HasValue;
    }

    /// <summary>The result, or else the refusal, thrown.</summary>
    /// <returns>The result.</returns>
    /// <exception cref="IdempotencyException">There is no result.</exception>
    /// <exception cref="InvalidOperationException">This is <see langword="default"/>, not the result of a call.</exception>
    public TResult GetValueOrThrow()
    {
        if (Refusal is not null)
        {
            throw Refusal;
        }

        return Outcome == IdempotencyOutcome.None
            ? throw new InvalidOperationException("This result was not made by a call.")
            : _value!;
    }

    /// <summary>Goes on with the result, or with the refusal.</summary>
    /// <typeparam name="TNext">What comes of it.</typeparam>
    /// <param name="onValue">Takes the result.</param>
    /// <param name="onRefusal">Takes the refusal.</param>
    /// <returns>What the one that was called returned.</returns>
    /// <exception cref="InvalidOperationException">This is <see langword="default"/>, not the result of a call.</exception>
    public TNext Match<TNext>(Func<TResult, TNext> onValue, Func<IdempotencyException, TNext> onRefusal)
    {
        ArgumentNullException.ThrowIfNull(onValue);
        ArgumentNullException.ThrowIfNull(onRefusal);
        return Refusal is null ? onValue(GetValueOrThrow()) : onRefusal(Refusal);
    }

    /// <inheritdoc/>
    public bool Equals(IdempotencyResult<TResult> other) =>
        Outcome == other.Outcome
        && ReferenceEquals(Refusal, other.Refusal)
        && EqualityComparer<TResult?>.Default.Equals(_value, other._value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IdempotencyResult<TResult> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Outcome, Refusal, _value);

    /// <summary>Whether two results are equal.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(IdempotencyResult<TResult> left, IdempotencyResult<TResult> right) =>
        left.Equals(right);

    /// <summary>Whether two results differ.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(IdempotencyResult<TResult> left, IdempotencyResult<TResult> right) =>
        !left.Equals(right);

    /// <summary>The outcome; never the result itself.</summary>
    /// <returns>Its name.</returns>
    public override string ToString() => Outcome.ToString();
}
