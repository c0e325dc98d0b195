// What most fixtures start from: an empty store, and a clock that stands still until the test moves it.
using Idempotency;
using Idempotency.Store.Conformance;
using NUnit.Framework;

[assembly: FixtureLifeCycle(LifeCycle.InstancePerTestCase)]

namespace Facade.Tests;

public abstract class OnManualTime
{
    /// <summary>The shortest time that the library tells apart.</summary>
    internal static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(1);
    internal static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    internal ManualTime Time { get; } = new();

    internal InMemoryStore Store { get; } = new();

    internal IdempotencyHandler Handler(
        Action<IdempotencyOptions>? configure = null,
        IIdempotencyStore? store = null) =>
        new(store ?? Store, options =>
        {
            options.TimeProvider = Time;
            configure?.Invoke(options);
        });

    /// <summary>Lets time pass, a step at a time, until the task has ended; only while so many timers are set, so that
    /// the code under test has come to where it waits for the clock.</summary>
    internal async Task<T> Finish<T>(Task<T> task, TimeSpan step, int timers = 1)
    {
        for (int steps = 0; !task.IsCompleted; steps++)
        {
            Assert.That(steps, Is.LessThan(10_000), "The task does not end, however much time passes.");
            await Task.WhenAny(task, Time.WhenTimersSet(timers)).Soon();

            if (!task.IsCompleted)
            {
                Time.Advance(step);
            }
        }

        return await task;
    }
}
