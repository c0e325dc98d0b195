// How an operation makes its keys: of a value that a function selects, or of its input's JSON by expressions.
namespace Idempotency.Core

open System

/// How an operation derives identities. The functions give JSON text in UTF-8; they are the caller's, and may throw.
[<NoComparison; NoEquality>]
type KeySource<'Input> =
    {
        /// What stands before the digest.
        Prefix: string
        /// The digest.
        Hash: HashFunction
        /// The value that the key is made of; with `Events`, the whole input.
        Key: Func<'Input, byte[]>
        /// The value that the fingerprint is made of, or null when the payload is not checked: because that was
        /// switched off, or because the key is made of all of it anyway. Not used with `Events`.
        Fingerprint: Func<'Input, byte[]> | null
        /// What makes the key of the input's JSON, where expressions or a format of Powertools were chosen; or null.
        Events: EventKeys | null
    }

module KeySource =
    let private canonical (json: byte[]) =
        Canonical.read Canonical.DefaultMaxDepth (ReadOnlySpan json)

    let private digestOf (source: KeySource<'Input>) (value: Canonicalizer) =
        KeyText.digest source.Hash value.Written

    let private digest source (json: byte[]) =
        canonical json |> Result.map (digestOf source)

    /// Nothing when the value counts as missing.
    let private keyDigest source (json: byte[]) =
        canonical json
        |> Result.map (fun value -> if value.IsMissing then ValueNone else ValueSome(digestOf source value))

    let private fingerprintOf (source: KeySource<'Input>) input =
        match source.Fingerprint with
        | null -> Ok Fingerprint.None
        | select -> digest source (select.Invoke input) |> Result.map Fingerprint

    let private ofSelected (source: KeySource<'Input>) input =
        match keyDigest source (source.Key.Invoke input) with
        | Error problem -> Error(KeyProblem.Unfit problem)
        | Ok ValueNone -> Error KeyProblem.Missing
        | Ok(ValueSome digest) ->
            match fingerprintOf source input with
            | Error problem -> Error(KeyProblem.Unfit problem)
            | Ok fingerprint ->
                Ok
                    { Key = source.Prefix + digest
                      Fingerprint = fingerprint }

    let private ofEvent (events: EventKeys) (json: byte[]) =
        events.Make(ReadOnlyMemory json)
        |> Result.map (fun made ->
            { Key = made.Key
              Fingerprint = Fingerprint made.ValidationHash })

    /// The identity of a call with this input.
    let identify (source: KeySource<'Input>) (input: 'Input) : Result<Identity, KeyProblem> =
        try
            match source.Events with
            | _ when isNull (box input) -> Error KeyProblem.Missing
            | null -> ofSelected source input
            | events -> ofEvent events (source.Key.Invoke input)
        with problem ->
            Error(KeyProblem.Unserialisable problem)
