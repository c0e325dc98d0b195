// How keys are written.
namespace Idempotency;

/// <summary>How keys are written. The four languages of AWS Lambda Powertools each make keys in a way of their own.</summary>
public enum KeyFormat
{
    /// <summary>Ours: the canonical form of the value (RFC 8785, with exact numbers), hashed.</summary>
    Canonical,

    /// <summary>As Powertools for Python.</summary>
    PowertoolsPython,

    /// <summary>As Powertools for TypeScript.</summary>
    PowertoolsTypeScript,

    /// <summary>As Powertools for Java.</summary>
    PowertoolsJava,

    /// <summary>As Powertools for .NET.</summary>
    PowertoolsDotNet,
}
