// Options that do not fit keep a host from starting, and not the first call from being made.
using Microsoft.Extensions.Options;

namespace Idempotency;

internal sealed class IdempotencyOptionsValidation : IValidateOptions<IdempotencyOptions>
{
    public ValidateOptionsResult Validate(string? name, IdempotencyOptions options)
    {
        try
        {
            options.Check();
            return ValidateOptionsResult.Success;
        }
        catch (Exception problem) when (problem is ArgumentException or InvalidOperationException)
        {
            return ValidateOptionsResult.Fail(
                string.IsNullOrEmpty(name) ? problem.Message : $"Handler '{name}': {problem.Message}");
        }
    }
}
