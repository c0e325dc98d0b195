// How an operation makes its keys: of its input, of what a function or an expression selects of it, or in a format of
// Powertools. Key and payload are computed once for each call.
namespace Idempotency.Core

open System

/// A part of an input, ready to be read.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type KeyPart<'Input> =
    /// All of it.
    | Whole
    /// What a function selects.
    | Of of JsonSource<'Input>
    /// What an expression selects of its JSON.
    | Path of CompiledPath

/// How an operation derives identities. What it calls is the caller's, and may throw.
[<NoComparison; NoEquality>]
type KeySource<'Input> =
    {
        /// What stands before the digest.
        Prefix: string
        /// The digest.
        Hash: HashFunction
        /// How deeply the JSON may be nested.
        MaxDepth: int
        /// The JSON of the whole input; written only where a part needs it.
        Json: JsonSource<'Input>
        /// What the key is made of.
        Key: KeyPart<'Input>
        /// What must be the same each time the key is used; nothing where that is not checked, or where the key is made
        /// of all of it anyway.
        Payload: KeyPart<'Input> voption
        /// What makes keys in a format of Powertools instead, of the whole input's JSON; or null.
        Events: EventKeys | null
    }

/// What a key source makes of an input.
module KeySource =
    /// The whole input's JSON, written once for a call.
    let private whole (source: KeySource<'Input>) (scratch: KeyScratch) (input: 'Input) =
        if scratch.Input.IsEmpty then
            scratch.Input <- source.Json.Read(input, scratch, scratch.Whole)

        scratch.Input

    let private read
        (source: KeySource<'Input>)
        (scratch: KeyScratch)
        (input: 'Input)
        (part: KeyPart<'Input>)
        : Result<ReadOnlyMemory<byte>, KeyProblem> =
        match part with
        | KeyPart.Whole -> Ok(whole source scratch input)
        | KeyPart.Of json ->
            scratch.Part.Clear()
            Ok(json.Read(input, scratch, scratch.Part))
        | KeyPart.Path path ->
            let json = whole source scratch input
            scratch.Part.Clear()

            match path.EvaluateUtf8(json, source.MaxDepth, scratch.Part) with
            | Ok() -> Ok scratch.Part.Memory
            | Error problem -> Error(KeyProblem.Path problem)

    /// The canonical form of a part, valid until this thread reads another.
    let private canonical source scratch input part =
        match read source scratch input part with
        | Error problem -> Error problem
        | Ok json ->
            match Canonical.read source.MaxDepth json.Span with
            | Ok form -> Ok form
            | Error problem -> Error(KeyProblem.Unfit problem)

    let private fingerprintOf source (scratch: KeyScratch) input =
        match source.Payload with
        | ValueNone -> Ok Fingerprint.None
        | ValueSome part ->
            match canonical source scratch input part with
            | Error problem -> Error problem
            | Ok form -> Ok(Fingerprint.OfDigest(scratch.Digest(source.Hash, form.Written)))

    let private ofParts source (scratch: KeyScratch) input =
        match canonical source scratch input source.Key with
        | Error problem -> Error problem
        | Ok form when form.IsMissing -> Error KeyProblem.Missing
        | Ok form ->
            let key = scratch.WithDigest(source.Prefix, source.Hash, form.Written)

            match fingerprintOf source scratch input with
            | Error problem -> Error problem
            | Ok fingerprint -> Ok { Key = key; Fingerprint = fingerprint }

    let private ofEvent source (events: EventKeys) scratch input =
        match events.Make(whole source scratch input) with
        | Error problem -> Error problem
        | Ok made ->
            Ok
                { Key = made.Key
                  Fingerprint = Fingerprint made.ValidationHash }

    /// The identity of a call with this input.
    let identify (source: KeySource<'Input>) (input: 'Input) : Result<Identity, KeyProblem> =
        if isNull (box input) then
            Error KeyProblem.Missing
        else
            let scratch = KeyScratch.Rent()

            try
                try
                    match source.Events with
                    | null -> ofParts source scratch input
                    | events -> ofEvent source events scratch input
                with problem ->
                    Error(KeyProblem.Unserialisable problem)
            finally
                scratch.Return()
