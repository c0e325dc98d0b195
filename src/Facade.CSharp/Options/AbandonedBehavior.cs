// What becomes of a key whose lease ended without a result.
namespace Idempotency;

/// <summary>What becomes of a key whose lease ended without a result.</summary>
public enum AbandonedBehavior
{
    /// <summary>The next call takes it over and runs the function again.</summary>
    RunAgain,

    /// <summary>Every call is refused until a person has looked, or until the record expires.</summary>
    Hold,
}
