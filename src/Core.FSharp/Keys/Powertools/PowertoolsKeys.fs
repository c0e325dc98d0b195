// A key of Powertools, from an event's JSON to the digest, and what stands in a record for the payload to check.
namespace Idempotency.Core

open System
open System.Text
open System.Text.Json

/// What a key is made of.
[<NoComparison; NoEquality>]
type internal PowertoolsKey =
    {
        /// The selected value as JSON.
        Selected: string
        /// The text that was hashed, in UTF-8.
        Text: byte[]
        Digest: string
        ValidationHash: string | null
    }

/// How keys of one language are made.
[<NoComparison; NoEquality>]
type internal PowertoolsKeySource =
    {
        Language: PowertoolsLanguage
        Key: CompiledPath voption
        Payload: CompiledPath voption
        Hash: HashFunction
        /// Whether the language's own rule for missing keys is the only one.
        OwnMissingRule: bool
        /// The language's option to fail when there is no key.
        RaisesWhenMissing: bool
    }

module internal PowertoolsKeys =
    let private maxDepth (language: PowertoolsLanguage) =
        match language with
        | PowertoolsLanguage.DotNet -> Canonical.DefaultMaxDepth
        | PowertoolsLanguage.Python
        | PowertoolsLanguage.TypeScript
        | PowertoolsLanguage.Java -> DialectFunctions.maxDepth

    let private unfit fault line column =
        Error(
            KeyProblem.Unfit
                { Fault = fault
                  Line = line
                  Column = column }
        )

    /// Whether a text is JSON but for its depth.
    let private isDeep (json: ReadOnlyMemory<byte>) =
        try
            let mutable reader =
                Utf8JsonReader(json.Span, JsonReaderOptions(MaxDepth = Int32.MaxValue))

            while reader.Read() do
                ()

            true
        with :? JsonException ->
            false

    let private withDocument
        language
        (json: ReadOnlyMemory<byte>)
        (run: JsonElement -> Result<'T, KeyProblem>)
        =
        let depth = maxDepth language

        try
            use document = JsonDocument.Parse(json, JsonDocumentOptions(MaxDepth = depth))
            run document.RootElement
        with
        | :? JsonException as problem ->
            let fault =
                if isDeep json then CanonicalFault.TooDeep depth else CanonicalFault.NotJson

            unfit
                fault
                (problem.LineNumber.GetValueOrDefault() + 1L)
                (problem.BytePositionInLine.GetValueOrDefault() + 1L)
        | :? DecoderFallbackException -> unfit CanonicalFault.NotUnicode 1L 1L

    let private select (path: CompiledPath voption) (event: JsonElement) =
        match path with
        | ValueNone -> Ok(JmesValue event)
        | ValueSome compiled -> compiled.Evaluate event |> Result.mapError KeyProblem.Path

    let private digest (source: PowertoolsKeySource) (text: byte[]) =
        let hex (hash: HashFunction) = hash.Hex(ReadOnlySpan text)

        match source.Language with
        | PowertoolsLanguage.Python -> hex source.Hash
        | PowertoolsLanguage.TypeScript -> Convert.ToBase64String(source.Hash.Digest(ReadOnlySpan text))
        // The digits of a number, at least 32 of them: longer digests lose the zeros that they begin with.
        | PowertoolsLanguage.Java -> (hex source.Hash).TrimStart('0').PadLeft(32, '0')
        // On .NET 8 the option is ignored.
        | PowertoolsLanguage.DotNet -> hex HashFunction.Md5

    /// The text that is hashed. .NET cannot read half of a surrogate pair.
    let private textOf (language: PowertoolsLanguage) (tree: JsonTree) =
        if language.IsDotNet && not (JsonTree.isUnicode tree) then
            unfit CanonicalFault.NotUnicode 1L 1L
        else
            Ok(DialectText.encode (DialectText.hashed language tree))

    let private validationHash
        (source: PowertoolsKeySource)
        (event: JsonElement)
        : Result<string | null, KeyProblem> =
        match source.Payload with
        | ValueNone -> Ok null
        | ValueSome _ ->
            select source.Payload event
            |> Result.bind (JsonTree.ofValue >> textOf source.Language)
            |> Result.map (fun text -> digest source text)

    /// Whether null is hashed for the value: JSON.stringify writes it for a number that no double holds.
    let private isNull (language: PowertoolsLanguage) (tree: JsonTree) =
        match tree with
        | JsonTree.Null -> true
        | JsonTree.Number text -> language.IsTypeScript && DialectNumbers.write language text = "null"
        | JsonTree.Boolean _
        | JsonTree.Text _
        | JsonTree.Items _
        | JsonTree.Members _ -> false

    let private isKey (source: PowertoolsKeySource) (tree: JsonTree) =
        match MissingKeys.rule source.Language source.RaisesWhenMissing source.Key.IsSome tree with
        | KeyRule.Key -> source.OwnMissingRule || not (JsonTree.isMissing (isNull source.Language) tree)
        | KeyRule.Missing
        | KeyRule.Error -> false

    let private makeOf (source: PowertoolsKeySource) (event: JsonElement) (selected: JmesValue) =
        let tree = JsonTree.ofValue selected

        if not (isKey source tree) then
            Error KeyProblem.Missing
        else
            textOf source.Language tree
            |> Result.bind (fun text ->
                validationHash source event
                |> Result.map (fun validation ->
                    { Selected = JmesValue.toJson selected
                      Text = text
                      Digest = digest source text
                      ValidationHash = validation }))

    /// What the key of an event is made of; the event's JSON text is given in UTF-8.
    let make (source: PowertoolsKeySource) (json: ReadOnlyMemory<byte>) : Result<PowertoolsKey, KeyProblem> =
        withDocument source.Language json (fun event ->
            select source.Key event |> Result.bind (makeOf source event))
