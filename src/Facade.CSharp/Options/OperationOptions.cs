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
}
