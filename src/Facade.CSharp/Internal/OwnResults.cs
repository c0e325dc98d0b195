// A result that an exception carries, as the type that it had.
using System.Diagnostics.CodeAnalysis;

namespace Idempotency;

internal static class OwnResults
{
    /// <summary>Null counts as any type that has it.</summary>
    public static bool TryGet<TResult>(object? carried, [MaybeNullWhen(false)] out TResult result)
    {
        if (carried is TResult own)
        {
            result = own;
            return true;
        }

        result = default;
        return carried is null && default(TResult) is null;
    }
}
