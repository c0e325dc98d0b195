// What holds for one operation: at first what its handler was given.
using Idempotency.Core;

namespace Idempotency;

/// <summary>The options of one operation. They start as those of its handler.</summary>
/// <typeparam name="TInput">The operation's input.</typeparam>
public sealed class OperationOptions<TInput> : PolicyOptions
{
    internal OperationOptions()
    {
    }

    internal Func<Handler, string, Func<TInput, byte[]>>? KeyWriter { get; private set; }

    internal bool UsesPaths => KeyPath is not null || PayloadPath is not null || KeyFormat != KeyFormat.Canonical;

    /// <summary>A JMESPath expression that selects the key of the input's JSON, such as <c>orderId</c> or
    /// <c>powertools_json(body).[user, cart]</c>; the names are those in the JSON. An expression that does not compile is
    /// refused when the operation is made.</summary>
    /// <value><see langword="null"/>: the key is made of the whole input, or of what <see cref="KeyFrom"/> selects.</value>
    public string? KeyPath { get; set; }

    /// <summary>A JMESPath expression that selects the payload of the input's JSON: the part that must be the same each
    /// time a key is used.</summary>
    /// <value><see langword="null"/>: all of the input; in a format of Powertools, none.</value>
    public string? PayloadPath { get; set; }

    /// <summary>How keys are written: ours, or byte for byte as a language of Powertools does, to share its table.</summary>
    /// <value><see cref="KeyFormat.Canonical"/>.</value>
    public KeyFormat KeyFormat { get; set; }

    /// <summary>The whole text before the <c>#</c> of a key, instead of scope and name. A format of Powertools needs it, for
    /// what the other side derives it from is not known here.</summary>
    /// <value><see langword="null"/>: scope and name.</value>
    public string? KeyPrefix { get; set; }

    /// <summary>Makes the key of a part of the input, such as an order's number. The whole input is then the payload: the
    /// same key with another payload is refused, unless <see cref="PolicyOptions.CheckPayload"/> is off. Without this, the
    /// key is made of the whole input.</summary>
    /// <typeparam name="TKey">What the key is made of; anything that can be written as JSON.</typeparam>
    /// <param name="selector">Selects it. Null, blank text and empty values are no key.</param>
    public void KeyFrom<TKey>(Func<TInput, TKey> selector)
    {
        ArgumentNullException.ThrowIfNull(selector);

        KeyWriter = (handler, operation) =>
        {
            Func<TKey, byte[]> write = handler.Writer<TKey>(operation, "the key");
            return input => write(selector(input));
        };
    }

    internal void ThrowIfKeyIsAmbiguous(string operation)
    {
        if (KeyWriter is not null)
        {
            throw new ArgumentException(
                $"Operation '{operation}': its key is selected by KeyFrom, and by KeyPath, PayloadPath or KeyFormat. Use "
                    + "one or the other.");
        }

        if (KeyFormat != KeyFormat.Canonical && string.IsNullOrEmpty(KeyPrefix))
        {
            throw new ArgumentException(
                $"Operation '{operation}': KeyFormat = {KeyFormat} needs KeyPrefix, the whole text before '#' in the keys "
                    + "of the other side.");
        }
    }
}
