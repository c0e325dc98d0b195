// A function that runs until the test ends it: each of its runs is handed to the test.
using System.Threading.Channels;
using Idempotency;

namespace Facade.Tests;

internal sealed class Job<TInput, TResult>
{
    private readonly Channel<Run> _started = Channel.CreateUnbounded<Run>();
    private int _runs;

    /// <summary>How often it was started.</summary>
    public int Runs => Volatile.Read(ref _runs);

    public Task<TResult> RunAsync(TInput input, IdempotencyContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _runs);
        var run = new Run(context, cancellationToken);
        _started.Writer.TryWrite(run);
        return run.Ended;
    }

    /// <summary>The next run that was started and not asked for before.</summary>
    public Task<Run> Started() => _started.Reader.ReadAsync().AsTask().Soon();

    internal sealed class Run(IdempotencyContext context, CancellationToken token)
    {
        private readonly TaskCompletionSource<TResult> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IdempotencyContext Context => context;

        public CancellationToken Token => token;

        public Task<TResult> Ended => _end.Task;

        public void Return(TResult result) => _end.SetResult(result);

        public void Throw(Exception error) => _end.SetException(error);
    }
}
