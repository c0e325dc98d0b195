// What holds for all operations of a handler.
using System.Text.Json;
using Idempotency.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Idempotency;

/// <summary>The options of an <see cref="IdempotencyHandler"/>. Read once, when the handler is made.</summary>
public sealed class IdempotencyOptions : PolicyOptions
{
    /// <summary>How inputs and results are written as JSON. An application that is trimmed or compiled ahead of time sets
    /// options with a source-generated resolver here.</summary>
    /// <value><see langword="null"/>: the defaults of System.Text.Json, by reflection, and public fields too. What JSON does
    /// not show of an input makes no difference to its key.</value>
    public JsonSerializerOptions? Json { get; set; }

    /// <summary>What stands before every operation's name in a key, so that two systems can share a store. It ends up in
    /// the key as it is.</summary>
    /// <value><see langword="null"/>: nothing. At most 200 characters.</value>
    public string? Scope { get; set; }

    /// <summary>The hash function that keys and fingerprints are made with: MD5, SHA-1, SHA-256, SHA-384 or SHA-512. An
    /// unknown name is refused when the handler is made.</summary>
    /// <value><c>SHA-256</c>.</value>
    public string HashFunction { get; set; } = Core.HashFunction.Sha256.Name;

    /// <summary>How deeply an input's JSON may be nested. For what is written by <see cref="Json"/>, its own
    /// <c>MaxDepth</c> holds too.</summary>
    /// <value>64. From 1 to 1,000.</value>
    public int MaxDepth { get; set; } = Canonical.DefaultMaxDepth;

    /// <summary>The functions that JMESPath expressions may call. Add your own with <c>FunctionTable.Powertools.With</c>.</summary>
    /// <value><see cref="FunctionTable.Powertools"/>: those of the language, <c>powertools_json</c>,
    /// <c>powertools_base64</c> and <c>powertools_base64_gzip</c>.</value>
    public FunctionTable Functions { get; set; } = FunctionTable.Powertools;

    /// <summary>The clock.</summary>
    /// <value><see cref="System.TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = Effects.SystemTime;

    /// <summary>Where refusals, take-overs, lost leases, unsaved results, runs without protection and faults of the store are
    /// logged, under the category <c>Idempotency</c>. Inputs, results and their like are never logged.</summary>
    /// <value><see langword="null"/>: nowhere; from <c>AddIdempotency</c>, that of the container.</value>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>Whether a store's own exceptions are logged whole, and not by their types alone. Their messages are the store's:
    /// one that quotes what it was given brings keys or results into the log.</summary>
    /// <value><see langword="false"/>.</value>
    public bool LogStoreExceptions { get; set; }

    /// <summary>The name of an environment variable that switches idempotency off when it is <c>true</c>, <c>1</c>,
    /// <c>yes</c> or <c>on</c>: functions then run without protection, each time they are called, and a warning says so once.
    /// Read once, when the handler is made. Powertools' is <c>POWERTOOLS_IDEMPOTENCY_DISABLED</c>.</summary>
    /// <value><see langword="null"/>: nothing switches it off.</value>
    public string? DisabledBy { get; set; }

    /// <summary>Sets the options that a section of a configuration has. Each setting has the name of its property; times are
    /// written <c>[days.]hours:minutes:seconds</c>, choices by name.</summary>
    /// <param name="section">The section, as in <c>configuration.GetSection("Idempotency")</c>. What it does not have is left as it
    /// is.</param>
    /// <exception cref="ArgumentException">A setting is unknown, or its value does not fit; the message names all such.</exception>
    public void Read(IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        Settings.Read(section, this);
    }

    /// <summary>What happens to calls goes here.</summary>
    internal Action<CallEvent>? Observer { get; private set; }

    /// <summary>Whether <see cref="DisabledBy"/> says so.</summary>
    internal bool IsOff { get; private set; }

    internal OperationOptions<TInput> ForOperation<TInput>()
    {
        var options = new OperationOptions<TInput>();
        CopyTo(options);
        return options;
    }

    internal IdempotencyOptions Snapshot()
    {
        ArgumentNullException.ThrowIfNull(TimeProvider);

        var copy = new IdempotencyOptions
        {
            Json = Json,
            Scope = Scope,
            HashFunction = HashFunction,
            MaxDepth = MaxDepth,
            Functions = Functions,
            TimeProvider = TimeProvider,
            LoggerFactory = LoggerFactory,
            LogStoreExceptions = LogStoreExceptions,
            DisabledBy = DisabledBy,
            IsOff = DisablingSwitch.IsSet(DisabledBy),
        };

        CopyTo(copy);
        return copy;
    }

    /// <summary>Throws what the making of a handler would throw.</summary>
    internal void Check()
    {
        IdempotencyOptions copy = Snapshot();
        copy.Json ??= ReflectionJson.Options;
        _ = new Handler(new InMemoryStore(), copy.ToCore(copy));
    }

    /// <summary>Opens the log; says at once if there is no protection.</summary>
    internal void OpenLog()
    {
        if (LoggerFactory is null)
        {
            return;
        }

        var log = new CallLog(LoggerFactory.CreateLogger(CallLog.Category), LogStoreExceptions);
        Observer = log.Tell;

        if (IsOff)
        {
            log.SwitchedOff(DisabledBy!);
        }
    }
}
