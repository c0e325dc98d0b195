// What holds for all operations of a handler.
using System.Text.Json;
using Idempotency.Core;

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

    internal OperationOptions<TInput> ForOperation<TInput>()
    {
        var options = new OperationOptions<TInput>();
        CopyTo(options);
        return options;
    }

    internal IdempotencyOptions Snapshot()
    {
        var copy = new IdempotencyOptions
        {
            Json = Json,
            Scope = Scope,
            HashFunction = HashFunction,
            MaxDepth = MaxDepth,
            Functions = Functions,
            TimeProvider = TimeProvider,
        };

        CopyTo(copy);
        return copy;
    }
}
