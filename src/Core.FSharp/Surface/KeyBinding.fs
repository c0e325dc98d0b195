// Binds what was chosen about an operation's keys to a handler's options: expressions are compiled, contradictions are
// refused, before the first call.
namespace Idempotency.Core

open System
open System.Text
open Idempotency

/// How the operations of a handler make keys and fingerprints.
[<NoComparison; NoEquality>]
type KeyOptions =
    {
        /// What stands before every operation's name in a key, so that two systems can share a store; or null.
        Scope: string | null
        /// The digest that keys and fingerprints are made with.
        Hash: HashFunction
        /// Whether a key that is used with another payload is refused.
        CheckPayload: bool
        /// How deeply an input's JSON may be nested, from 1 to 1,000.
        MaxDepth: int
        /// The functions that expressions may call.
        Functions: FunctionTable
    }

/// The options of keys, and their bounds.
module KeyOptions =
    /// The deepest nesting that may be allowed.
    [<Literal>]
    let DeepestMaxDepth = 1000

    /// SHA-256, no scope, payloads checked, 64 levels, the functions of the language and of Powertools.
    let defaults =
        { Scope = null
          Hash = HashFunction.Sha256
          CheckPayload = true
          MaxDepth = Canonical.DefaultMaxDepth
          Functions = FunctionTable.Powertools }

    /// What is wrong with options: the option, and the remedy. Empty when nothing is.
    let problems (options: KeyOptions) =
        [ match options.Scope with
          | null -> ()
          | scope -> yield! KeyText.problemOf "The scope" scope |> Option.toList

          if options.MaxDepth < 1 || options.MaxDepth > DeepestMaxDepth then
              worded $"MaxDepth must be from 1 to {DeepestMaxDepth}, but is {options.MaxDepth}" ]

module internal KeyBinding =
    let private refuse operation problem =
        raise (ArgumentException(worded $"Operation '{operation}': {problem}"))

    let private compiled operation (result: Result<'Compiled, JmesProblem>) =
        match result with
        | Ok known -> known
        | Error problem -> refuse operation $"an expression for its keys does not compile. {problem.Message}"

    let private compile operation (options: KeyOptions) (path: string) =
        JmesPath.compile path options.Functions |> compiled operation

    let private prefixOf operation (options: KeyOptions) (choice: KeyChoice<'Input>) =
        match choice.Prefix, choice.Format with
        | NonNull prefix, _ ->
            KeyText.problemOfPrefix prefix
            |> Option.iter (fun problem -> refuse operation $"{problem}.")

            prefix + "#"
        | Null, KeyFormat.Canonical -> KeyText.prefix options.Scope operation
        | Null, KeyFormat.Powertools _ ->
            refuse
                operation
                "a format of Powertools needs KeyPrefix, the whole text before '#' in the keys of the other side."

    let private part operation options (sources: IJsonSources) what (choice: Part<'Input>) =
        match choice with
        | Part.Whole -> KeyPart.Whole
        | Part.Selected selector -> KeyPart.Of(selector.Bind(sources, what))
        | Part.Path path -> KeyPart.Path(compile operation options path)

    /// The expression that stands for a part of an event, of which a format of Powertools knows no other.
    let private pathOf operation (choice: Part<'Input>) : string | null =
        match choice with
        | Part.Whole -> null
        | Part.Path path -> path
        | Part.Selected _ ->
            refuse
                operation
                "its key or payload is selected by a function, and its format is one of Powertools, which knows expressions only. Use KeyPath and PayloadPath."

    let private events
        operation
        (options: KeyOptions)
        (prefix: string)
        (choice: KeyChoice<'Input>)
        : EventKeys | null =
        match choice.Format with
        | KeyFormat.Canonical -> null
        | KeyFormat.Powertools _ ->
            EventKeys.Prepare
                { Format = choice.Format
                  Prefix = prefix.Substring(0, prefix.Length - 1)
                  KeyPath = pathOf operation choice.Key
                  PayloadPath =
                    match choice.Payload with
                    | ValueNone -> null
                    | ValueSome Part.Whole -> "@"
                    | ValueSome payload -> pathOf operation payload
                  Hash = options.Hash
                  Functions = options.Functions
                  OwnMissingRule = choice.FormatDecidesMissing
                  RaisesWhenMissing = false }
            |> compiled operation

    /// What an operation's keys are made with.
    let bind (options: KeyOptions) operation (sources: IJsonSources) (choice: KeyChoice<'Input>) =
        if choice.Payload.IsSome && not options.CheckPayload then
            refuse
                operation
                "its payload is selected, but CheckPayload is off. Set CheckPayload = true, or select no payload."

        if choice.FormatDecidesMissing && choice.Format.IsCanonical then
            refuse
                operation
                "FormatDecidesMissing is for a format of Powertools, but its format is Canonical. Choose the format, or leave it out."

        let prefix = prefixOf operation options choice
        let key = part operation options sources "the key" choice.Key

        let payload =
            match choice.Payload, key with
            | ValueSome payload, _ -> ValueSome(part operation options sources "the payload" payload)
            | ValueNone, KeyPart.Whole -> ValueNone
            | ValueNone, (KeyPart.Of _ | KeyPart.Path _) when options.CheckPayload -> ValueSome KeyPart.Whole
            | ValueNone, (KeyPart.Of _ | KeyPart.Path _) -> ValueNone

        { Prefix = prefix
          Hash = options.Hash
          MaxDepth = options.MaxDepth
          Json =
            match choice.Json, key, payload with
            | NonNull text, _, _ -> JsonSource<'Input>.OfText text
            // An input that nobody looks at as a whole need not be one that JSON can show.
            | Null, KeyPart.Of _, (ValueNone | ValueSome(KeyPart.Of _)) ->
                JsonSource<'Input>.OfText(fun _ -> ReadOnlyMemory.Empty)
            | Null, _, _ -> sources.Of<'Input> "the input"
          Key = key
          Payload = payload
          Events = events operation options prefix choice }

    /// How long the keys are at the most, in bytes of UTF-8.
    let longestKey (format: KeyFormat) (source: KeySource<'Input>) =
        let digest =
            match format with
            | KeyFormat.Powertools PowertoolsLanguage.TypeScript -> (source.Hash.Length + 2) / 3 * 4
            | KeyFormat.Powertools PowertoolsLanguage.DotNet -> HashFunction.Md5.Length * 2
            | KeyFormat.Powertools PowertoolsLanguage.Java -> max 32 (source.Hash.Length * 2)
            | KeyFormat.Powertools PowertoolsLanguage.Python
            | KeyFormat.Canonical -> source.Hash.Length * 2

        Encoding.UTF8.GetByteCount source.Prefix + digest
