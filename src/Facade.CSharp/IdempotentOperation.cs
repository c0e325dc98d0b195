// One operation, ready to be called.
using Idempotency.Core;
using Microsoft.FSharp.Core;

namespace Idempotency;

/// <summary>An operation with its options: made once by <see cref="IdempotencyHandler.Operation{TInput, TResult}(string,
/// Action{OperationOptions{TInput}})"/>, called from any thread.</summary>
/// <typeparam name="TInput">The input that keys are made of.</typeparam>
/// <typeparam name="TResult">The function's result.</typeparam>
public sealed partial class IdempotentOperation<TInput, TResult>
{
    private readonly Operation<TInput, TResult> _core;
    private readonly Func<TResult, string, TResult>? _onReplay;

    internal IdempotentOperation(
        Operation<TInput, TResult> core,
        Func<TResult, string, TResult>? onReplay = null)
    {
        _core = core;
        _onReplay = onReplay;
    }

    /// <summary>The name of the operation.</summary>
    public string Name => _core.Spec.Name;

    /// <summary>Runs the function, or gives back what an earlier call's run left.</summary>
    /// <param name="input">What the call is about; it is read before the function runs, and not again.</param>
    /// <param name="function">The function. It gets the input and <paramref name="cancellationToken"/>.</param>
    /// <param name="cancellationToken">Cancels the call before the function runs, and then the function. A result that
    /// the function has produced is saved all the same.</param>
    /// <returns>The result.</returns>
    /// <exception cref="IdempotencyException">There is no result; each reason has a type of its own.</exception>
    public async ValueTask<TResult> HandleAsync(
        TInput input,
        Func<TInput, CancellationToken, Task<TResult>> function,
        CancellationToken cancellationToken = default) =>
        (await RunAsync(input, Adapt.From(function), cancellationToken).ConfigureAwait(false)).GetValueOrThrow();

    /// <inheritdoc cref="HandleAsync(TInput, Func{TInput, CancellationToken, Task{TResult}}, CancellationToken)"/>
    /// <param name="input">What the call is about; it is read before the function runs, and not again.</param>
    /// <param name="function">The function. It also gets the call's context: fencing token, lease, take-over.</param>
    /// <param name="cancellationToken">Cancels the call before the function runs, and then the function.</param>
    public async ValueTask<TResult> HandleAsync(
        TInput input,
        Func<TInput, IdempotencyContext, CancellationToken, Task<TResult>> function,
        CancellationToken cancellationToken = default) =>
        (await RunAsync(input, Adapt.From(function), cancellationToken).ConfigureAwait(false)).GetValueOrThrow();

    /// <summary>Runs the function, or gives back what an earlier call's run left; a refusal is a value. Only the
    /// function's own exception and the caller's cancellation are thrown.</summary>
    /// <param name="input">What the call is about; it is read before the function runs, and not again.</param>
    /// <param name="function">The function. It gets the input and <paramref name="cancellationToken"/>.</param>
    /// <param name="cancellationToken">Cancels the call before the function runs, and then the function.</param>
    /// <returns>The result, or the refusal.</returns>
    public ValueTask<IdempotencyResult<TResult>> TryHandleAsync(
        TInput input,
        Func<TInput, CancellationToken, Task<TResult>> function,
        CancellationToken cancellationToken = default) =>
        RunAsync(input, Adapt.From(function), cancellationToken);

    /// <inheritdoc cref="TryHandleAsync(TInput, Func{TInput, CancellationToken, Task{TResult}}, CancellationToken)"/>
    /// <param name="input">What the call is about; it is read before the function runs, and not again.</param>
    /// <param name="function">The function. It also gets the call's context: fencing token, lease, take-over.</param>
    /// <param name="cancellationToken">Cancels the call before the function runs, and then the function.</param>
    public ValueTask<IdempotencyResult<TResult>> TryHandleAsync(
        TInput input,
        Func<TInput, IdempotencyContext, CancellationToken, Task<TResult>> function,
        CancellationToken cancellationToken = default) =>
        RunAsync(input, Adapt.From(function), cancellationToken);

    /// <summary>Runs a synchronous function, or gives back what an earlier call's run left. With a store that answers at
    /// once, as the in-memory store does, the thread only ever works; with a store behind a network, and while it waits for
    /// a running duplicate, it blocks: prefer <c>HandleAsync</c> there.</summary>
    /// <param name="input">What the call is about; it is read before the function runs, and not again.</param>
    /// <param name="function">The function.</param>
    /// <returns>The result.</returns>
    /// <exception cref="IdempotencyException">There is no result; each reason has a type of its own.</exception>
    public TResult Handle(TInput input, Func<TInput, TResult> function) =>
        RunHere(input, Adapt.From(function)).GetValueOrThrow();

    /// <summary>As <see cref="Handle"/>, but a refusal is a value.</summary>
    /// <param name="input">What the call is about; it is read before the function runs, and not again.</param>
    /// <param name="function">The function.</param>
    /// <returns>The result, or the refusal.</returns>
    public IdempotencyResult<TResult> TryHandle(TInput input, Func<TInput, TResult> function) =>
        RunHere(input, Adapt.From(function));

    internal async ValueTask<IdempotencyResult<TResult>> RunAsync<TWork>(TInput input, TWork work, CancellationToken cancellation)
        where TWork : IWork<TInput, TResult>
    {
        if (_onReplay is not null)
        {
            var identified = _core.Identify(input);
            return Ended(
                await _core.RunIdentified(identified, input, work, cancellation).ConfigureAwait(false),
                identified,
                cancellation);
        }

        Outcome<TResult> outcome = await _core.RunWork(input, work, cancellation).ConfigureAwait(false);
        return outcome.ToResult(cancellation);
    }

    internal IdempotencyResult<TResult> RunHere<TWork>(TInput input, TWork work)
        where TWork : IWork<TInput, TResult>
    {
        // A store that came back to this thread's context would wait for this thread, which waits for the store.
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);

        try
        {
            ValueTask<IdempotencyResult<TResult>> pending = RunAsync(input, work, CancellationToken.None);
            return pending.IsCompleted ? pending.Result : pending.AsTask().GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>What the caller gets, where what hears of replays may change it.</summary>
    private IdempotencyResult<TResult> Ended(
        Outcome<TResult> outcome,
        FSharpResult<Identity, KeyProblem> identified,
        CancellationToken cancellation)
    {
        IdempotencyResult<TResult> result = outcome.ToResult(cancellation);

        return _onReplay is not null && result.Outcome == IdempotencyOutcome.Replayed && result.TryGetValue(out TResult? stored)
            ? new(IdempotencyOutcome.Replayed, _onReplay(stored, identified.ResultValue.Key))
            : result;
    }
}
