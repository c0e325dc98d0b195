// JSON by reflection, where the application allows it.
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Idempotency;

internal static class ReflectionJson
{
    /// <summary>Where reflection is switched off, as in trimmed applications, options that know no type: an operation that needs
    /// one is refused, and says what to do.</summary>
    public static JsonSerializerOptions Options =>
        JsonSerializer.IsReflectionEnabledByDefault ? Defaults.Options : Nothing.Options;

    private static class Nothing
    {
        internal static readonly JsonSerializerOptions Options =
            new() { TypeInfoResolver = JsonTypeInfoResolver.Combine() };
    }

    private static class Defaults
    {
        /// <summary>With fields: a tuple has nothing else, and two of them must not look the same.</summary>
        [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = Guarded)]
        [UnconditionalSuppressMessage("AOT", "IL3050", Justification = Guarded)]
        internal static readonly JsonSerializerOptions Options =
            new() { IncludeFields = true, TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
    }

    private const string Guarded =
        "Trimmed and ahead-of-time compiled applications have the switch off, and do not come here.";
}
