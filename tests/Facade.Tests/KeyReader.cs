// The key that a call has: its function notes it and fails, so that nothing is kept of the call.
using Idempotency;

namespace Facade.Tests;

internal static class KeyReader
{
    public static string KeyOf<TInput, TResult>(this IdempotentOperation<TInput, TResult> operation, TInput input)
    {
        string key = "";

        try
        {
            operation.HandleAsync(
                input,
                (_, context, _) =>
                {
                    key = context.Key;
                    throw new NotSupportedException();
                }).AsTask().GetAwaiter().GetResult();
        }
        catch (NotSupportedException)
        {
            // The key is given back.
        }

        return key;
    }
}
