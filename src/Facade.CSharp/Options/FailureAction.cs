// What becomes of a key whose function threw.
namespace Idempotency;

/// <summary>What becomes of a key whose function threw.</summary>
public enum FailureAction
{
    /// <summary>It is given back: the next call runs the function again.</summary>
    Release,

    /// <summary>The failure is stored, and replayed as a result would be.</summary>
    Store,

    /// <summary>It stays taken until its lease ends: nobody knows whether the function had its effect.</summary>
    Hold,
}
