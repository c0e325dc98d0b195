// What becomes of a call whose input gives no key.
namespace Idempotency;

/// <summary>What becomes of a call whose input gives no key.</summary>
public enum MissingKeyBehavior
{
    /// <summary>It is refused, and its function does not run.</summary>
    Reject,

    /// <summary>Its function runs without protection; no record is read or written.</summary>
    RunUnprotected,
}
