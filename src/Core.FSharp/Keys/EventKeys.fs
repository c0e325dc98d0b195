// Keys from the JSON text of an event, in any format: the part that is selected, its text, the digest, the key. What
// the four languages of Powertools do is in the files before this one.
namespace Idempotency.Core

open System
open System.Text
open Idempotency

/// How keys are written.
[<RequireQualifiedAccess; NoComparison>]
type KeyFormat =
    /// The canonical form of the selected value (RFC 8785, with exact numbers), hashed.
    | Canonical
    /// Byte for byte as a language of Powertools does.
    | Powertools of PowertoolsLanguage

/// What keys are made with.
[<NoComparison; NoEquality>]
type EventKeyOptions =
    {
        /// How keys are written.
        Format: KeyFormat
        /// The whole text before `#`.
        Prefix: string
        /// The JMESPath expression that selects the key's value, or null for the whole event.
        KeyPath: string | null
        /// The JMESPath expression that selects the payload to check, or null for none.
        PayloadPath: string | null
        /// The digest. .NET's format always uses MD5, whatever this says, as Powertools does on .NET 8.
        Hash: HashFunction
        /// The functions that the expressions may call.
        Functions: FunctionTable
        /// Which values count as missing in a format of Powertools. False: those that the language skips, and those
        /// that this library calls missing too, such as null, which .NET would make one key of for all events. True:
        /// those that the language skips, and no others. The canonical format does not look at it.
        OwnMissingRule: bool
        /// Whether the language's option to fail when there is no key is set (raise_on_no_idempotency_key and its
        /// likes). With it TypeScript and .NET count more values as missing. The canonical format does not look at it.
        RaisesWhenMissing: bool
    }

/// A key, and what it was made of.
[<NoComparison>]
type EventKey =
    {
        /// The key's text: prefix, `#`, digest.
        Key: string
        /// The selected value as JSON.
        Selected: string
        /// The text that was hashed.
        Text: string
        /// The digest of that text, as the format writes it.
        Digest: string
        /// The digest of the payload; null when none is checked.
        ValidationHash: string | null
    }

/// Makes keys of events. Immutable, and shared between threads.
[<Sealed>]
type EventKeys private (options: EventKeyOptions, key: CompiledPath voption, payload: CompiledPath voption) =
    let select (path: CompiledPath voption) (json: ReadOnlyMemory<byte>) =
        match path with
        | ValueNone -> Ok json
        | ValueSome compiled ->
            let output = ByteBuffer 256

            compiled.EvaluateUtf8(json, Canonical.DefaultMaxDepth, output)
            |> Result.mapError KeyProblem.Path
            |> Result.map (fun () -> ReadOnlyMemory(output.Written.ToArray()))

    let canonical (json: ReadOnlyMemory<byte>) =
        Canonical.read Canonical.DefaultMaxDepth json.Span
        |> Result.mapError KeyProblem.Unfit

    let digest (text: ReadOnlySpan<byte>) = KeyText.digest options.Hash text

    let payloadOf (json: ReadOnlyMemory<byte>) : Result<string | null, KeyProblem> =
        match payload with
        | ValueNone -> Ok null
        | ValueSome _ ->
            select payload json
            |> Result.bind canonical
            |> Result.map (fun value -> digest value.Written)

    let make (json: ReadOnlyMemory<byte>) (selected: ReadOnlyMemory<byte>) (text: byte[]) =
        payloadOf json
        |> Result.map (fun validation ->
            let digest = digest (ReadOnlySpan text)

            { Key = $"{options.Prefix}#{digest}"
              Selected = Encoding.UTF8.GetString selected.Span
              Text = Encoding.UTF8.GetString text
              Digest = digest
              ValidationHash = validation })

    let makePowertools language (json: ReadOnlyMemory<byte>) =
        let source: PowertoolsKeySource =
            { Language = language
              Key = key
              Payload = payload
              Hash = options.Hash
              OwnMissingRule = options.OwnMissingRule
              RaisesWhenMissing = options.RaisesWhenMissing }

        PowertoolsKeys.make source json
        |> Result.map (fun made ->
            { Key = $"{options.Prefix}#{made.Digest}"
              Selected = made.Selected
              Text = Encoding.UTF8.GetString made.Text
              Digest = made.Digest
              ValidationHash = made.ValidationHash })

    let makeCanonical (json: ReadOnlyMemory<byte>) =
        select key json
        |> Result.bind (fun selected ->
            canonical selected
            |> Result.bind (fun value ->
                if value.IsMissing then
                    Error KeyProblem.Missing
                else
                    make json selected (value.Written.ToArray())))

    /// The key of an event, whose JSON text is given in UTF-8.
    member _.Make(json: ReadOnlyMemory<byte>) : Result<EventKey, KeyProblem> =
        match options.Format with
        | KeyFormat.Canonical -> makeCanonical json
        | KeyFormat.Powertools language -> makePowertools language json

    /// Compiles the expressions.
    static member Prepare(options: EventKeyOptions) : Result<EventKeys, JmesProblem> =
        let compileKey, compilePayload =
            match options.Format with
            | KeyFormat.Canonical ->
                let compile text = JmesPath.compile text options.Functions
                compile, compile
            | KeyFormat.Powertools language ->
                PowertoolsPath.compileKey language options.Functions,
                PowertoolsPath.compilePayload language options.Functions

        let optional (compile: string -> Result<CompiledPath, JmesProblem>) (path: string | null) =
            match path with
            | null
            | "" -> Ok ValueNone
            | text -> compile text |> Result.map ValueSome

        optional compileKey options.KeyPath
        |> Result.bind (fun key ->
            optional compilePayload options.PayloadPath
            |> Result.map (fun payload -> EventKeys(options, key, payload)))
