// Counts how calls end, from the library's own metrics; with OpenTelemetry, AddMeter("Idempotency") is all there is to write.
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace WebApi;

public sealed class CallCounts : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _counts = new();
    private readonly MeterListener _listener = new();

    public CallCounts()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "Idempotency", Name: "idempotency.calls" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>(Count);
        _listener.Start();
    }

    /// <summary>How many calls have ended, by operation and outcome: <c>pay replayed</c>.</summary>
    public IReadOnlyDictionary<string, long> All => new SortedDictionary<string, long>(_counts);

    public void Dispose() => _listener.Dispose();

    private void Count(
        Instrument instrument,
        long calls,
        ReadOnlySpan<KeyValuePair<string, object?>> tags,
        object? state)
    {
        object? operation = null, outcome = null;

        foreach (KeyValuePair<string, object?> tag in tags)
        {
            operation = tag.Key == "idempotency.operation" ? tag.Value : operation;
            outcome = tag.Key == "idempotency.outcome" ? tag.Value : outcome;
        }

        _counts.AddOrUpdate($"{operation} {outcome}", calls, (_, known) => known + calls);
    }
}
