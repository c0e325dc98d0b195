// JSON by reflection, where the application allows it.
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Idempotency;

internal static class ReflectionJson
{
    public static JsonSerializerOptions Options =>
        JsonSerializer.IsReflectionEnabledByDefault
            ? Defaults.Options
            : throw new InvalidOperationException(
                "This application has JSON by reflection switched off, as trimmed applications do. Set "
                    + "IdempotencyOptions.Json to options with a source-generated TypeInfoResolver.");

    private static class Defaults
    {
        /// <summary>With fields: a tuple has nothing else, and two of them must not look the same.</summary>
        [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = Guarded)]
        [UnconditionalSuppressMessage("AOT", "IL3050", Justification = Guarded)]
        internal static readonly JsonSerializerOptions Options =
            new() { IncludeFields = true, TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
    }

    private const string Guarded =
        "Trimmed and ahead-of-time compiled applications have the switch off, and get the exception.";
}
