// A test that waits for what never comes must fail, not hang.
namespace Facade.Tests;

internal static class SoonExtensions
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The same task, given up after a time that no test needs.</summary>
    public static Task Soon(this Task task) => task.WaitAsync(Limit);

    /// <inheritdoc cref="Soon(Task)"/>
    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Limit);

    /// <summary>Ends with the token, or fails.</summary>
    public static async Task Soon(this CancellationToken token)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = token.Register(ended.SetResult);
        await ended.Task.Soon();
    }
}
