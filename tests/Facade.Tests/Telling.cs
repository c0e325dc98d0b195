// All that an exception of ours says: messages, data, and every property that is shown as text, along the whole chain. What the
// function returned or threw, a store of the tests, and System.Text.Json are others', and their words their own.
using System.Collections;
using System.Reflection;
using Idempotency;

namespace Facade.Tests;

internal static class Telling
{
    private static readonly string[] OfOthers = ["InnerException", "OwnResult", "OriginalMessage"];

    /// <summary>The texts; none where there is no exception.</summary>
    public static IEnumerable<string> Of(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (!IsOurs(error))
            {
                continue;
            }

            yield return error.Message;

            foreach (DictionaryEntry entry in error.Data)
            {
                yield return $"{entry.Key}: {entry.Value}";
            }

            foreach (PropertyInfo property in error.GetType().GetProperties())
            {
                if (property.DeclaringType != typeof(Exception) && !OfOthers.Contains(property.Name))
                {
                    yield return $"{property.Name}: {property.GetValue(error)}";
                }
            }
        }
    }

    /// <summary>Ours, or one of the framework that we throw.</summary>
    private static bool IsOurs(Exception error) =>
        error is ArgumentException or IdempotencyException
        || error.GetType().Assembly == typeof(IIdempotencyStore).Assembly
        || error.GetType().Assembly == typeof(DynamoDbStore).Assembly;
}
