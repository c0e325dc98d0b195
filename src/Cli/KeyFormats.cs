// The formats of keys by the names that the tool gives them, and the digest that goes with each.
using System.Diagnostics.CodeAnalysis;
using Idempotency.Core;

namespace Idempotency.Cli;

internal static class KeyFormats
{
    public const string Default = "canonical";

    private static readonly Dictionary<string, KeyFormat> Known = new(StringComparer.Ordinal)
    {
        [Default] = KeyFormat.Canonical,
        ["powertools-python"] = KeyFormat.NewPowertools(PowertoolsLanguage.Python),
        ["powertools-typescript"] = KeyFormat.NewPowertools(PowertoolsLanguage.TypeScript),
        ["powertools-java"] = KeyFormat.NewPowertools(PowertoolsLanguage.Java),
        ["powertools-dotnet"] = KeyFormat.NewPowertools(PowertoolsLanguage.DotNet),
    };

    public static string Names => string.Join(", ", Known.Keys);

    public static bool TryFind(string name, [NotNullWhen(true)] out KeyFormat? format) =>
        Known.TryGetValue(name, out format);

    /// <summary>SHA-256 is ours, MD5 that of Powertools.</summary>
    public static HashFunction HashOf(KeyFormat format) =>
        format.IsCanonical ? HashFunction.Sha256 : HashFunction.Md5;
}
