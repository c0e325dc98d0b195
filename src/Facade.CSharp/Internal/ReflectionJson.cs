// JSON by reflection, where the application allows it.
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Idempotency;

internal static class ReflectionJson
{
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = Guarded)]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = Guarded)]
    public static JsonSerializerOptions Options =>
        JsonSerializer.IsReflectionEnabledByDefault
            ? JsonSerializerOptions.Default
            : throw new InvalidOperationException(
                "This application has JSON by reflection switched off, as trimmed applications do. Set "
                    + "IdempotencyOptions.Json to options with a source-generated TypeInfoResolver.");

    private const string Guarded =
        "Trimmed and ahead-of-time compiled applications have the switch off, and get the exception.";
}
