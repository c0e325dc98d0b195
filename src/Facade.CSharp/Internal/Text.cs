// Times as messages give them.
using System.Globalization;

namespace Idempotency;

internal static class Text
{
    public static string Of(TimeSpan? span) =>
        span is { } known
            ? (Math.Ceiling(known.TotalSeconds * 10) / 10).ToString("0.#", CultureInfo.InvariantCulture) + " s"
            : "a while";

    public static string Of(DateTimeOffset? moment) =>
        moment is { } known ? known.ToString("u", CultureInfo.InvariantCulture) : "its record expires";
}
