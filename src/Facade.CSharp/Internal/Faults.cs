// Exceptions of others as messages of ours give them: by type. Their messages may quote what they were given.
namespace Idempotency;

internal static class Faults
{
    /// <summary>The types of an exception and of those behind it.</summary>
    public static string TypesOf(Exception? fault)
    {
        if (fault is null)
        {
            return "no exception";
        }

        string own = fault.GetType().Name;
        return fault.InnerException is { } inner ? $"{own}, caused by {TypesOf(inner)}" : own;
    }
}
