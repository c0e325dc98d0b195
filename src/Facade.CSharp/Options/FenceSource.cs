// Which clock reading is the fencing token.
namespace Idempotency;

/// <summary>Which clock reading is the fencing token.</summary>
public enum FenceSource
{
    /// <summary>The moment when the call starts the function.</summary>
    Start,

    /// <summary>The moment when the call asked for the key. Only with <see cref="ReleaseBehavior.Tombstone"/>: after a deletion such a token could repeat or go back. Not on a table that Powertools shares, which releases by deletion.</summary>
    Acquire,
}
