// An input gave no key.
using Idempotency.Core;

namespace Idempotency;

/// <summary>The input has no key, or none can be made of it. Nothing was run or written.</summary>
public sealed class IdempotencyKeyException : IdempotencyException
{
    internal IdempotencyKeyException(CallInfo call, KeyProblem problem)
        : base($"Operation '{call.Operation}': {Reason(problem)}", call, (problem as KeyProblem.Unserialisable)?.Item)
    {
    }

    private static string Reason(KeyProblem problem) => problem switch
    {
        KeyProblem.Unfit unfit => $"the value {unfit.Item.Text}.",
        KeyProblem.Path path => $"the key's expression fails on this input: {path.Item.Summary}",
        KeyProblem.Unserialisable failed =>
            $"no key could be made of the input ({failed.Item.GetType().Name}). See the inner exception.",
        _ => "the input has no key: the value is null, blank or empty. Give it one, or set MissingKey = "
            + "RunUnprotected to run such calls without protection.",
    };
}
