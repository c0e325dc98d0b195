// Holds the place of the facade until its first file is here.
namespace Idempotency;

/// <summary>Stands for the facade.</summary>
public static class Placeholder
{
    /// <summary>The name of the library, as the core gives it.</summary>
    public static string Name => Core.Placeholder.name;
}
