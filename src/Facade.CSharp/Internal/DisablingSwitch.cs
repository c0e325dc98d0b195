// The environment variable that switches idempotency off, where the options name one.
namespace Idempotency;

internal static class DisablingSwitch
{
    /// <summary>Whether a variable is set to one of the words that Powertools for Python and TypeScript take for yes.</summary>
    /// <exception cref="ArgumentException">It is set to something that means neither yes nor no.</exception>
    public static bool IsSet(string? variable)
    {
        if (variable is null)
        {
            return false;
        }

        string? text = variable.Length == 0 ? null : Environment.GetEnvironmentVariable(variable);

        return text?.Trim().ToUpperInvariant() switch
        {
            null or "" or "0" or "N" or "NO" or "F" or "FALSE" or "OFF" => false,
            "1" or "Y" or "YES" or "T" or "TRUE" or "ON" => true,
            _ => throw new ArgumentException(
                $"DisabledBy: the environment variable {variable} means neither yes nor no. Set it to true or false."),
        };
    }
}
