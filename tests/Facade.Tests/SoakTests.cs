// Many threads, few keys, real time: one run for each key, and the same result for everyone.
using System.Collections.Concurrent;
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

[NonParallelizable]
public class SoakTests
{
    private const int Callers = 64;
    private const int CallsOfEach = 10_000;
    private const int Keys = 100;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly int[] _runs = new int[Keys];
    private readonly int[] _arrivals = new int[Keys];
    private readonly ManualResetEventSlim[] _met =
        [.. Enumerable.Range(0, Keys).Select(_ => new ManualResetEventSlim())];
    private readonly ConcurrentDictionary<(int Key, string Result), int> _answers = new();
    private readonly IdempotencyHandler _handler = new(new InMemoryStore());

    [TearDown]
    public void DisposeOfTheEvents()
    {
        foreach (ManualResetEventSlim met in _met)
        {
            met.Dispose();
        }
    }

    [Test]
    [Description("64 threads make 10,000 calls each on 100 keys, and wait for one another.")]
    public async Task Everyone_waits_and_gets_the_result_of_the_one_run()
    {
        Func<int, string> call = _handler.Wrap<int, string>("soak", Run, options =>
        {
            options.InProgress = InProgressBehavior.Wait;
            options.FirstPause = TimeSpan.FromMilliseconds(1);
        });

        await FromAllThreads(CallsOfEach, (key, _) =>
        {
            Arrive(key);
            return call(key);
        });

        EveryKeyRanOnceAndGaveOneAnswer();
    }

    [Test]
    [Description("64 threads make 10,000 calls each on 100 keys, and try again when they are refused.")]
    public async Task Everyone_tries_again_and_gets_the_result_of_the_one_run()
    {
        IdempotentOperation<int, string> operation = _handler.Operation<int, string>("soak");
        var others = new ConcurrentDictionary<IdempotencyOutcome, int>();

        await FromAllThreads(CallsOfEach, (key, token) =>
        {
            while (true)
            {
                token.ThrowIfCancellationRequested();
                IdempotencyResult<string> result = operation.TryHandle(key, Run);

                if (result.TryGetValue(out string? value))
                {
                    return value;
                }

                others.AddOrUpdate(result.Outcome, 1, (_, count) => count + 1);
                _met[key].Set();
                Thread.Yield();
            }
        });

        EveryKeyRanOnceAndGaveOneAnswer();
        Assert.That(others.Keys, Is.EqualTo(new[] { IdempotencyOutcome.InProgress }));
        Assert.That(others[IdempotencyOutcome.InProgress], Is.GreaterThanOrEqualTo(Keys));
    }

    [Test]
    [Description("64 callers make 1,000 asynchronous calls each on 100 keys, and wait for one another.")]
    public async Task Asynchronous_callers_wait_and_get_the_result_of_the_one_run()
    {
        Func<int, CancellationToken, Task<string>> call = _handler.Wrap<int, string>(
            "soak",
            async (key, token) =>
            {
                await Task.Delay(1, token);
                return Run(key);
            },
            options =>
            {
                options.InProgress = InProgressBehavior.Wait;
                options.FirstPause = TimeSpan.FromMilliseconds(1);
            });

        await FromAllThreads(CallsOfEach / 10, (key, token) =>
        {
            Arrive(key);
            return call(key, token).GetAwaiter().GetResult();
        });

        EveryKeyRanOnceAndGaveOneAnswer();
    }

    /// <summary>Ends only when another caller has come to the key: it is met while it runs.</summary>
    private string Run(int key)
    {
        int run = Interlocked.Increment(ref _runs[key]);
        _met[key].Wait(Limit);
        return $"{key}-{run}";
    }

    private void Arrive(int key)
    {
        if (Interlocked.Increment(ref _arrivals[key]) == 2)
        {
            _met[key].Set();
        }
    }

    private async Task FromAllThreads(int callsOfEach, Func<int, CancellationToken, string> call)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var start = new Barrier(Callers);
        Task[] callers =
        [
            .. Enumerable.Range(0, Callers).Select(caller => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait(limit.Token);
                    var seen = new HashSet<(int, string)>();

                    for (int i = 0; i < callsOfEach; i++)
                    {
                        // All callers come by each key in turn, and then each goes its own way round.
                        int key = i < Keys ? i : (i * ((2 * caller) + 1)) % Keys;
                        seen.Add((key, call(key, limit.Token)));
                        limit.Token.ThrowIfCancellationRequested();
                    }

                    foreach ((int, string) answer in seen)
                    {
                        _answers.AddOrUpdate(answer, 1, (_, count) => count + 1);
                    }
                },
                limit.Token,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)),
        ];

        await Task.WhenAll(callers).WaitAsync(Limit);
    }

    private void EveryKeyRanOnceAndGaveOneAnswer()
    {
        IEnumerable<KeyValuePair<(int, string), int>> expected =
            Enumerable.Range(0, Keys).Select(key => KeyValuePair.Create((key, $"{key}-1"), Callers));

        Assert.Multiple(() =>
        {
            Assert.That(_runs, Is.All.EqualTo(1), "each key runs once");
            Assert.That(_answers, Is.EquivalentTo(expected), "every caller got the same answer for each key");
        });
    }
}
