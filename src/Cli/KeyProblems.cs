// Why there is no key, as a sentence.
using Idempotency.Core;

namespace Idempotency.Cli;

internal static class KeyProblems
{
    public static string Message(KeyProblem problem) => problem switch
    {
        { IsMissing: true } =>
            "There is no key: the selected value is missing. It is null, absent, empty, or holds nothing but nulls.",
        KeyProblem.Unfit unfit => $"There is no key: the value {unfit.Item.Text}.",
        KeyProblem.Path path => $"There is no key: {JmesProblems.Message(path.Item)}",
        KeyProblem.Unserialisable failed => $"There is no key: {failed.Item.Message}",
        _ => $"There is no key: {problem}",
    };
}
