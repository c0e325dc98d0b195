// What a call sends first.
namespace Idempotency;

/// <summary>What a call sends to the store first.</summary>
public enum FirstLookBehavior
{
    /// <summary>What is cheaper by the share of duplicates among the operation's last few dozen calls, beginning with
    /// <see cref="Write"/>; always that with a store in memory.</summary>
    Adaptive,

    /// <summary>The request for the lock: a first run needs no other request before it.</summary>
    Write,

    /// <summary>A consistent read: a duplicate costs a read, where a refused write would cost more.</summary>
    Read,
}
