// Many calls of an operation at once, each with an ending of its own.
using Idempotency.Core;
using Microsoft.FSharp.Core;

namespace Idempotency;

public sealed partial class IdempotentOperation<TInput, TResult>
{
    /// <summary>Handles many items, some at a time, each as <c>TryHandleAsync</c> would: one that fails, or is refused, changes
    /// nothing for the others. Items with the same key are handled one after the other, in their order: the first runs the
    /// function and the later ones get its result, whatever <see cref="PolicyOptions.InProgress"/> says; if the first fails,
    /// the next one tries again. Items with different keys are started in their order, and end in any.</summary>
    /// <param name="inputs">The items. Their keys are made before any function runs.</param>
    /// <param name="function">The function. It gets an item and <paramref name="cancellationToken"/>.</param>
    /// <param name="maxConcurrency">How many items are handled at the same time, at the most. 1 or more.</param>
    /// <param name="cancellationToken">Cancels the functions that run, and keeps others from being started. What has ended stays
    /// as it is; this method returns all the same.</param>
    /// <returns>How each item ended, in the order of the items.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxConcurrency"/> is less than 1.</exception>
    public Task<IReadOnlyList<BatchItem<TInput, TResult>>> HandleManyAsync(
        IEnumerable<TInput> inputs,
        Func<TInput, CancellationToken, Task<TResult>> function,
        int maxConcurrency = 8,
        CancellationToken cancellationToken = default) =>
        RunManyAsync(inputs, Adapt.From(function), maxConcurrency, cancellationToken);

    /// <inheritdoc cref="HandleManyAsync(IEnumerable{TInput}, Func{TInput, CancellationToken, Task{TResult}}, int, CancellationToken)"/>
    /// <param name="inputs">The items. Their keys are made before any function runs.</param>
    /// <param name="function">The function. It also gets the context of the item's call: fencing token, lease, take-over.</param>
    /// <param name="maxConcurrency">How many items are handled at the same time, at the most. 1 or more.</param>
    /// <param name="cancellationToken">Cancels the functions that run, and keeps others from being started.</param>
    public Task<IReadOnlyList<BatchItem<TInput, TResult>>> HandleManyAsync(
        IEnumerable<TInput> inputs,
        Func<TInput, IdempotencyContext, CancellationToken, Task<TResult>> function,
        int maxConcurrency = 8,
        CancellationToken cancellationToken = default) =>
        RunManyAsync(inputs, Adapt.From(function), maxConcurrency, cancellationToken);

    private async Task<IReadOnlyList<BatchItem<TInput, TResult>>> RunManyAsync<TWork>(
        IEnumerable<TInput> inputs,
        TWork work,
        int maxConcurrency,
        CancellationToken cancellation)
        where TWork : IWork<TInput, TResult>
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrency, 1);
        TInput[] items = [.. inputs];
        FSharpResult<Identity, KeyProblem>[] identities = Array.ConvertAll(items, item => _core.Identify(item));

        return await Batch.each(
            identities,
            maxConcurrency,
            index => RunOneAsync(items[index], identities[index], work, cancellation)).ConfigureAwait(false);
    }

    private async ValueTask<BatchItem<TInput, TResult>> RunOneAsync<TWork>(
        TInput item,
        FSharpResult<Identity, KeyProblem> identity,
        TWork work,
        CancellationToken cancellation)
        where TWork : IWork<TInput, TResult>
    {
        try
        {
            Outcome<TResult> outcome =
                await _core.RunIdentified(identity, item, work, cancellation).ConfigureAwait(false);
            return new(item, Ended(outcome, identity, cancellation), null);
        }
        catch (Exception error)
        {
            return new(item, default, error);
        }
    }
}
