// How a key is given back after a failure.
namespace Idempotency;

/// <summary>How a key is given back after a failure.</summary>
public enum ReleaseBehavior
{
    /// <summary>Its record is deleted.</summary>
    Delete,

    /// <summary>Its record stays, free, and remembers the fencing token until it expires: tokens then grow over all owners of the key, and a delayed copy of an ended call's request can no longer take it.</summary>
    Tombstone,
}
