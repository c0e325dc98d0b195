// How the tool ends. Scripts tell by it whether the event or the call of the tool is at fault.
namespace Idempotency.Cli;

internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The event gives no key, or no value, or cannot be read.</summary>
    public const int Failed = 1;

    /// <summary>The tool was called wrongly: an unknown option, or an expression that is none.</summary>
    public const int Misused = 2;
}
