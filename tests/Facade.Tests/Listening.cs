// Hears all that the library tells the world: measurements, activities, log messages.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Idempotency.Core;

namespace Facade.Tests;

internal sealed record Measurement(Instrument Instrument, double Value, IReadOnlyDictionary<string, object?> Tags);

internal sealed class Listening : IDisposable
{
    private readonly ConcurrentDictionary<string, Instrument> _published = new();
    private readonly ConcurrentQueue<Measurement> _measurements = new();
    private readonly ConcurrentQueue<Activity> _activities = new();
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _traces;

    public Listening()
    {
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Telemetry.Name)
            {
                _published[instrument.Name] = instrument;
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _meters.Start();
        _traces = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _activities.Enqueue,
        };
        ActivitySource.AddActivityListener(_traces);
    }

    public LogSink Log { get; } = new();

    public IReadOnlyDictionary<string, Instrument> Published => _published;

    public IReadOnlyCollection<Measurement> Measurements => _measurements;

    public IReadOnlyCollection<Activity> Activities => _activities;

    /// <summary>The outcomes of the calls that were counted.</summary>
    public IEnumerable<object?> Outcomes =>
        from heard in Measurements
        where heard.Instrument.Name == "idempotency.calls"
        select heard.Tags["idempotency.outcome"];

    /// <summary>Every text that was told, of whatever kind.</summary>
    public IEnumerable<string> Everything =>
        Measurements.SelectMany(heard => heard.Tags.Select(tag => $"{heard.Instrument.Name}: {tag}"))
            .Concat(Activities.Select(Told))
            .Concat(Log.Entries.Select(entry => entry.Everything));

    public void Dispose()
    {
        _meters.Dispose();
        _traces.Dispose();
        Log.Dispose();
    }

    private static string Told(Activity activity) => string.Join(
        '\n',
        [
            activity.OperationName,
            activity.DisplayName,
            activity.StatusDescription,
            .. activity.TagObjects.Select(tag => tag.ToString()),
            .. activity.Baggage.Select(item => item.ToString()),
            .. activity.Events.Select(item => $"{item.Name} {string.Join(';', item.Tags)}"),
        ]);

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measurements.Enqueue(new(instrument, value, tags.ToArray().ToDictionary()));
}
