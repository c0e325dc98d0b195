// What holds for one operation: at first what its handler was given.
using Idempotency.Core;
using Microsoft.FSharp.Core;

namespace Idempotency;

/// <summary>The options of one operation. They start as those of its handler.</summary>
/// <typeparam name="TInput">The operation's input.</typeparam>
public sealed class OperationOptions<TInput> : PolicyOptions
{
    internal OperationOptions()
    {
    }

    private Part<TInput>? _key;
    private Part<TInput>? _payload;
    private Delegate? _onReplay;

    /// <summary>A JMESPath expression that selects the key of the input's JSON, such as <c>orderId</c> or
    /// <c>powertools_json(body).[user, cart]</c>; the names are those in the JSON. An expression that does not compile is
    /// refused when the operation is made.</summary>
    /// <value><see langword="null"/>: the key is made of the whole input, or of what <see cref="KeyFrom"/> selects.</value>
    public string? KeyPath { get; set; }

    /// <summary>A JMESPath expression that selects the payload of the input's JSON: the part that must be the same each
    /// time a key is used.</summary>
    /// <value><see langword="null"/>: all of the input, or what <see cref="PayloadFrom"/> selects; in a format of
    /// Powertools, nothing.</value>
    public string? PayloadPath { get; set; }

    /// <summary>How keys are written: ours, or byte for byte as a language of Powertools does, to share its table.</summary>
    /// <value><see cref="KeyFormat.Canonical"/>.</value>
    public KeyFormat KeyFormat { get; set; }

    /// <summary>The whole text before the <c>#</c> of a key, instead of scope and name. A format of Powertools needs it, for
    /// what the other side derives it from is not known here.</summary>
    /// <value><see langword="null"/>: scope and name.</value>
    public string? KeyPrefix { get; set; }

    /// <summary>Whether a <see cref="KeyFormat"/> of Powertools alone says what is no key. Some of them make one record of all
    /// inputs that have none: those then get each other's results.</summary>
    /// <value><see langword="false"/>: what is no key in the canonical format is none in any.</value>
    public bool FormatDecidesMissing { get; set; }

    /// <summary>The input's JSON text in UTF-8, where the caller has it already, so that it need not be written to make the
    /// key. It must be that of this very input.</summary>
    /// <value><see langword="null"/>: it is written as <see cref="IdempotencyOptions.Json"/> says.</value>
    public Func<TInput, ReadOnlyMemory<byte>>? InputJson { get; set; }

    /// <summary>Makes the key of a part of the input, such as an order's number. The whole input is then the payload: the
    /// same key with another payload is refused, unless <see cref="PolicyOptions.CheckPayload"/> is off. Without this, the
    /// key is made of the whole input.</summary>
    /// <typeparam name="TKey">What the key is made of; anything that can be written as JSON.</typeparam>
    /// <param name="selector">Selects it. Null, blank text and empty values are no key.</param>
    public void KeyFrom<TKey>(Func<TInput, TKey> selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        _key = Part<TInput>.NewSelected(new Selector<TInput, TKey>(selector));
    }

    /// <summary>Selects the payload: the part of the input that must be the same each time a key is used.</summary>
    /// <typeparam name="TPayload">What it is; anything that can be written as JSON.</typeparam>
    /// <param name="selector">Selects it.</param>
    public void PayloadFrom<TPayload>(Func<TInput, TPayload> selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        _payload = Part<TInput>.NewSelected(new Selector<TInput, TPayload>(selector));
    }

    /// <summary>Changes what a replay gives to its caller, as to say in the answer that it is one. What is stored stays as it
    /// is, and the call that runs the function gets its result unchanged. What it throws reaches the caller as it is.</summary>
    /// <typeparam name="TResult">The operation's result, this very type.</typeparam>
    /// <param name="change">Gets the stored result and the key's text; what it returns is the result of the replay.</param>
    public void OnReplay<TResult>(Func<TResult, string, TResult> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        _onReplay = change;
    }

    internal Func<TResult, string, TResult>? ReplayOf<TResult>(string operation) =>
        _onReplay is null
            ? null
            : _onReplay as Func<TResult, string, TResult> ?? throw new ArgumentException(
                $"Operation '{operation}': OnReplay must take and return the operation's own result, {typeof(TResult)}.");

    internal KeyChoice<TInput> ToCore(string operation)
    {
        Part<TInput>? payload = One(operation, _payload, nameof(PayloadFrom), PayloadPath, nameof(PayloadPath));

        return new(
            KeyFormat.ToCore(),
            KeyPrefix,
            InputJson,
            One(operation, _key, nameof(KeyFrom), KeyPath, nameof(KeyPath)) ?? Part<TInput>.Whole,
            payload is null
                ? FSharpValueOption<Part<TInput>>.None
                : FSharpValueOption<Part<TInput>>.NewValueSome(payload),
            FormatDecidesMissing);
    }

    private static Part<TInput>? One(
        string operation,
        Part<TInput>? function,
        string functionName,
        string? path,
        string pathName) =>
        (function, path) switch
        {
            (not null, not null) => throw new ArgumentException(
                $"Operation '{operation}': {functionName} and {pathName} both say what to select. Use one or the other."),
            (null, not null) => Part<TInput>.NewPath(path),
            _ => function,
        };
}
