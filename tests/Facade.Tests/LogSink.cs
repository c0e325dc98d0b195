// A logger factory that keeps what it is told.
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Facade.Tests;

internal sealed record LogEntry(string Category, LogLevel Level, EventId Id, string Message, string Everything);

internal sealed class LogSink : ILoggerFactory
{
    private readonly ConcurrentQueue<LogEntry> _entries = new();

    public IReadOnlyList<LogEntry> Entries => [.. _entries];

    /// <summary>The entries of an event.</summary>
    public IEnumerable<LogEntry> Of(string name) => Entries.Where(entry => entry.Id.Name == name);

    public IEnumerable<string?> Names => Entries.Select(entry => entry.Id.Name);

    public ILogger CreateLogger(string categoryName) => new Sink(this, categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private sealed class Sink(LogSink all, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            string message = formatter(state, exception);
            string values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(';', pairs) : "";
            all._entries.Enqueue(new(category, logLevel, eventId, message, $"{message}\n{values}\n{exception}"));
        }
    }
}
