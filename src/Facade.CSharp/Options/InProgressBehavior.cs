// What a duplicate does that meets a running call.
namespace Idempotency;

/// <summary>What a duplicate does that meets a running call.</summary>
public enum InProgressBehavior
{
    /// <summary>It is refused at once, and told when to try again.</summary>
    Reject,

    /// <summary>It waits for the result, and takes the key over if the running call is cut off.</summary>
    Wait,
}
