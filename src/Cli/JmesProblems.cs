// Why an expression has no value, as a message.
using Idempotency.Core;

namespace Idempotency.Cli;

internal static class JmesProblems
{
    /// <summary>The expression is shown, with the place, when it is the expression that is at fault.</summary>
    public static string Message(JmesProblem problem) =>
        problem.Kind.IsInvalidDocument ? $"{problem.Reason}." : problem.Message;
}
