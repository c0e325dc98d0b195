// What the in-memory store holds and how it lets go: a million live records, and a minute at full speed of records that expire
// after ten seconds.
using System.Diagnostics;
using System.Globalization;
using Idempotency;

namespace Benchmarks.Quick;

internal static class Memory
{
    private const int Live = 1_000_000;
    private static readonly string Result = new('r', 98);
    private static readonly Task<string> Done = Task.FromResult(Result);
    private static readonly Func<int, CancellationToken, Task<string>> Answer = (_, _) => Done;

    public static void Print(TimeSpan soak)
    {
        Hold();
        Soak(soak);
    }

    private static void Hold()
    {
        long before = Settled();
        var store = new InMemoryStore(2 * Live);
        var operation = new IdempotencyHandler(store).Operation<int, string>("hold");
        Fill(operation, 0, Live);
        long bytes = Settled() - before;
        Print($"{store.Count:N0} live records with results of 100 bytes: {bytes / 1e6:N0} MB, {(double)bytes / Live:N0} bytes each");
        GC.KeepAlive(operation);
    }

    private static void Soak(TimeSpan length)
    {
        var store = new InMemoryStore(50 * Live);
        var operation = new IdempotencyHandler(store)
            .Operation<int, string>("soak", options =>
            {
                options.Expiry = TimeSpan.FromSeconds(10);
                options.Lease = TimeSpan.FromSeconds(5);
            });

        var clock = Stopwatch.StartNew();
        TimeSpan pausedBefore = GC.GetTotalPauseDuration();

        for (int calls = 0, tenth = 1; tenth <= 10; tenth++)
        {
            double longest = 0;
            int over = 0;

            for (int first = calls; clock.Elapsed < length * tenth / 10; calls++)
            {
                long start = Stopwatch.GetTimestamp();
                Fill(operation, calls, 1);
                double took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                longest = Math.Max(longest, took);
                over += took > 5 ? 1 : 0;
            }

            using var process = Process.GetCurrentProcess();
            Print(
                $"""
                after {clock.Elapsed.TotalSeconds:N0} s: {calls:N0} calls, {store.Count:N0} records, working set {process.WorkingSet64 / 1e6:N0} MB,
                  longest call {longest:N1} ms, {over} over 5 ms, paused by the collector {(GC.GetTotalPauseDuration() - pausedBefore).TotalMilliseconds:N0} ms
                """);
            pausedBefore = GC.GetTotalPauseDuration();
        }
    }

    private static void Fill(IdempotentOperation<int, string> operation, int first, int count)
    {
        for (int i = first; i < first + count; i++)
        {
            var ended = operation.TryHandleAsync(i, Answer);

            if (!ended.IsCompletedSuccessfully || !ended.Result.HasValue)
            {
                throw new InvalidOperationException("The call did not end at once.");
            }
        }
    }

    private static long Settled() => GC.GetTotalMemory(true);

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
