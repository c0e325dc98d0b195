// From an input to a key and a fingerprint, once per call. The key's text is [scope/]operation#digest, in which each
// different (scope, operation, value) has a different text.
namespace Idempotency.Core

open System
open System.Security.Cryptography
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

module KeyText =
    /// The longest name of an operation or a scope, in characters.
    [<Literal>]
    let MaxNameLength = 200

    /// What is wrong with the name of an operation or a scope, if anything.
    let problemOf (what: string) (name: string) =
        if String.IsNullOrWhiteSpace name then
            Some $"{what} must not be empty: it names the key, so that two functions never share a record"
        elif name.Length > MaxNameLength then
            Some $"{what} must be at most {MaxNameLength} characters long, but has {name.Length}"
        elif String.exists Char.IsControl name then
            Some $"{what} must not contain control characters"
        elif name.EnumerateRunes() |> Seq.exists (fun rune -> rune = Rune.ReplacementChar) then
            Some
                $"{what} must be well-formed Unicode, but has half of a surrogate pair (or U+FFFD, which stands for one)"
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
    let digest (canonical: ReadOnlySpan<byte>) =
        let hash = Span<byte>(Array.zeroCreate<byte> SHA256.HashSizeInBytes)
        SHA256.HashData(canonical, hash) |> ignore
        Convert.ToHexStringLower hash

/// How an operation derives identities. The functions give JSON text in UTF-8; they are the caller's, and may throw.
[<NoComparison; NoEquality>]
type KeySource<'Input> =
    {
        /// What stands before the digest.
        Prefix: string
        /// The value that the key is made of.
        Key: Func<'Input, byte[]>
        /// The value that the fingerprint is made of, or null when the payload is not checked: because that was
        /// switched off, or because the key is made of all of it anyway.
        Fingerprint: Func<'Input, byte[]> | null
    }

module KeySource =
    let private canonical (json: byte[]) =
        Canonical.read Canonical.DefaultMaxDepth (ReadOnlySpan json)

    let private digest (json: byte[]) =
        canonical json |> Result.map (fun value -> KeyText.digest value.Written)

    /// Nothing when the value counts as missing.
    let private keyDigest (json: byte[]) =
        canonical json
        |> Result.map (fun value ->
            if value.IsMissing then ValueNone else ValueSome(KeyText.digest value.Written))

    let private fingerprintOf (source: KeySource<'Input>) input =
        match source.Fingerprint with
        | null -> Ok Fingerprint.None
        | select -> digest (select.Invoke input) |> Result.map Fingerprint

    /// The identity of a call with this input.
    let identify (source: KeySource<'Input>) (input: 'Input) : Result<Identity, KeyProblem> =
        try
            match (if isNull (box input) then Ok ValueNone else keyDigest (source.Key.Invoke input)) with
            | Error problem -> Error(KeyProblem.Unfit problem)
            | Ok ValueNone -> Error KeyProblem.Missing
            | Ok(ValueSome digest) ->
                match fingerprintOf source input with
                | Error problem -> Error(KeyProblem.Unfit problem)
                | Ok fingerprint ->
                    Ok
                        { Key = source.Prefix + digest
                          Fingerprint = fingerprint }
        with problem ->
            Error(KeyProblem.Unserialisable problem)
