// How one key is to be made, from the options of the command or from a line of a batch.
using Idempotency.Core;
using Microsoft.FSharp.Core;

namespace Idempotency.Cli;

/// <summary>The prefix is the whole text before `#`. OwnMissingRule is whether the format's own rule alone says when a
/// value is missing.</summary>
internal sealed record KeyChoice(
    KeyFormat Format,
    string Prefix,
    string? KeyPath,
    string? PayloadPath,
    HashFunction Hash,
    bool OwnMissingRule)
{
    /// <summary>Reads the two names.</summary>
    /// <param name="format">The name of a format, or null for the default.</param>
    /// <param name="hash">The name of a digest, or null for that of the format.</param>
    /// <returns>Both, or a sentence that says which name is unknown.</returns>
    public static FSharpResult<(KeyFormat Format, HashFunction Hash), string> Named(string? format, string? hash)
    {
        if (!KeyFormats.TryFind(format ?? KeyFormats.Default, out KeyFormat? known))
        {
            return FSharpResult<(KeyFormat, HashFunction), string>.NewError(
                $"'{format}' is no format of keys. Use one of: {KeyFormats.Names}");
        }

        if (hash is null)
        {
            return FSharpResult<(KeyFormat, HashFunction), string>.NewOk((known, KeyFormats.HashOf(known)));
        }

        FSharpResult<HashFunction, string> found = HashFunction.Find(hash);
        return found.IsOk
            ? FSharpResult<(KeyFormat, HashFunction), string>.NewOk((known, found.ResultValue))
            : FSharpResult<(KeyFormat, HashFunction), string>.NewError(found.ErrorValue);
    }

    /// <summary>Compiles the expressions: the one place where the core's options are made.</summary>
    public FSharpResult<EventKeys, JmesProblem> Prepare() =>
        EventKeys.Prepare(new EventKeyOptions(
            Format, Prefix, KeyPath, PayloadPath, Hash, FunctionTable.Powertools, OwnMissingRule, false));
}
