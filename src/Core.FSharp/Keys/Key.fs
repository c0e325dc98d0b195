// From an input to a key and a fingerprint, once per call. The key's text is [scope/]operation#digest, in which each
// different (scope, operation, value) has a different text.
namespace Idempotency.Core

open System
open System.Text

/// Why a call has no key.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type KeyProblem =
    /// There is no value: it is null, absent, an empty or blank text, an empty container, or one full of nulls.
    | Missing
    /// The value has no canonical form.
    | Unfit of CanonicalProblem
    /// The expression that selects it fails on this input.
    | Path of JmesProblem
    /// The input cannot be written as JSON, or the selector threw.
    | Unserialisable of exn

/// What a call is known by: the key's text, and the digest of its payload.
[<Struct; NoComparison>]
type Identity =
    { Key: string
      Fingerprint: Fingerprint }

/// The text of a key, and the bounds of its parts.
module KeyText =
    /// The longest name of an operation or a scope, in characters.
    [<Literal>]
    let MaxNameLength = 200

    /// Whether a text has half of a surrogate pair, or what stands for one.
    let private isBroken (text: string) =
        let mutable runes = text.EnumerateRunes()
        let mutable found = false

        while not found && runes.MoveNext() do
            found <- runes.Current.Value = Rune.ReplacementChar.Value

        found

    /// What is wrong with the name of an operation or a scope, if anything.
    let problemOf (what: string) (name: string) =
        if String.IsNullOrWhiteSpace name then
            Some $"{what} must not be empty: it names the key, so that two functions never share a record"
        elif name.Length > MaxNameLength then
            Some(worded $"{what} must be at most {MaxNameLength} characters long, but has {name.Length}")
        elif String.exists Char.IsControl name then
            Some $"{what} must not contain control characters"
        elif isBroken name then
            Some
                $"{what} must be well-formed Unicode, but has half of a surrogate pair (or U+FFFD, which stands for one)"
        else
            None

    /// What is wrong with a prefix that was given whole, if anything. It may be empty: Powertools for TypeScript writes
    /// such keys where its function has no name.
    let problemOfPrefix (prefix: string) =
        if String.exists Char.IsControl prefix then
            Some "its KeyPrefix must not contain control characters"
        elif isBroken prefix then
            Some
                "its KeyPrefix must be well-formed Unicode, but has half of a surrogate pair (or U+FFFD, which stands for one)"
        else
            None

    let private escape (name: string) =
        name.Replace("%", "%25").Replace("#", "%23").Replace("/", "%2F")

    /// The part of the key before the digest. The three characters that separate, or escape, are escaped.
    let prefix (scope: string | null) (operation: string) =
        match scope with
        | null -> $"{escape operation}#"
        | known -> $"{escape known}/{escape operation}#"

    /// The digest of a value's canonical form, as text.
    let digest (hash: HashFunction) (canonical: ReadOnlySpan<byte>) = hash.Hex canonical
