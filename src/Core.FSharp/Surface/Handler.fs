// What a program sets up once: a store, and what holds for all of its operations.
namespace Idempotency.Core

open System
open System.Collections.Concurrent
open System.Text
open System.Text.Json
open System.Text.Json.Serialization.Metadata
open Idempotency

/// What holds for all operations of a handler.
[<NoComparison; NoEquality>]
type HandlerOptions =
    {
        /// Leases, windows, and what is done when things go wrong.
        Policy: Policy
        /// The time that is left to the host, less a margin, when the lease follows from that; or null.
        LeaseFrom: Func<TimeSpan> | null
        /// The clock.
        Time: TimeProvider
        /// How inputs and results are written as JSON.
        Json: JsonSerializerOptions
        /// What stands before every operation's name in a key, so that two systems can share a store; or null.
        Scope: string | null
        /// What becomes of a call whose input gives no key.
        MissingKey: WhenKeyMissing
        /// The digest that keys and fingerprints are made with.
        Hash: HashFunction
        /// Whether a key that is used with another payload is refused.
        CheckPayload: bool
        /// What becomes of the lock when the function throws.
        Classify: FailureClassifier
        /// What a call sends first.
        FirstLook: FirstLook
    }

/// A store with options: makes operations. Immutable, and shared between threads.
[<Sealed>]
type Handler(store: IIdempotencyStore, options: HandlerOptions) =
    do
        match Policy.problems options.Policy with
        | [] -> ()
        | problems ->
            let all = String.Join("; ", problems)
            raise (ArgumentException $"The options of the idempotency handler do not fit: {all}.")

        match options.Scope with
        | null -> ()
        | scope -> KeyText.problemOf "The scope" scope |> Option.iter (ArgumentException >> raise)

    // Names are few; should they be made up on the fly all the same, the memory stays bounded.
    static let mostRemembered = 1024

    static let wholeCharacters = UTF8Encoding(false, true)

    let effects = Effects options.Time

    // Options as JsonSerializer takes them: without a resolver they mean reflection, where that is allowed.
    let json =
        match options.Json.TypeInfoResolver with
        | null when JsonSerializer.IsReflectionEnabledByDefault ->
            JsonSerializerOptions(options.Json, TypeInfoResolver = DefaultJsonTypeInfoResolver())
        | _ -> options.Json

    // As after the first use by JsonSerializer itself: a later change would change keys.
    do json.MakeReadOnly()
    let prepared = ConcurrentDictionary<struct (string * Type * Type), obj>()

    let typeInfo (t: Type) (what: string) (operation: string) =
        try
            json.GetTypeInfo t
        with problem ->
            raise (
                ArgumentException(
                    $"Operation '{operation}': {what} {t} cannot be written as JSON with the options given. Add it to \
                      their TypeInfoResolver, or give the operation a codec or a key selector of its own.",
                    problem
                )
            )

    /// What it was given.
    member _.Options = options

    /// Where the records are.
    member _.Store = store

    /// Writes values of a type as JSON, under the handler's options.
    member _.Writer<'T>(operation: string, what: string) : Func<'T, byte[]> =
        let info = typeInfo typeof<'T> what operation :?> JsonTypeInfo<'T>

        let declared = DeclaredType info

        Func<'T, byte[]>(fun value ->
            declared.Refuse value

            // JSON would write every half of a surrogate pair as the same character.
            match box value with
            | :? string as text -> wholeCharacters.GetByteCount text |> ignore
            | _ -> ()

            JsonSerializer.SerializeToUtf8Bytes(value, info))

    /// Results of a type as JSON, under the handler's options.
    member _.Codec<'T>(operation: string) : IResultCodec<'T> =
        if typeof<'T> = typeof<unit> then
            NoResultCodec(Unchecked.defaultof<'T>)
        else
            JsonResultCodec(typeInfo typeof<'T> "the result" operation :?> JsonTypeInfo<'T>)

    /// An operation with a key, a fingerprint (or null) and a codec of its own.
    member this.Prepare<'Input, 'Output>
        (
            operation: string,
            key: Func<'Input, byte[]>,
            fingerprint: Func<'Input, byte[]> | null,
            codec: IResultCodec<'Output>
        ) =
        this.Prepare(operation, key, fingerprint, null, codec)

    /// An operation whose key and payload are selected by JMESPath expressions of the input's JSON, in any format; a
    /// prefix of null is the handler's own. Without an expression for the payload, all of the input is it.
    member this.PrepareByPath<'Input, 'Output>
        (
            operation: string,
            format: KeyFormat,
            prefix: string | null,
            keyPath: string | null,
            payloadPath: string | null,
            codec: IResultCodec<'Output>
        ) =
        let own = KeyText.prefix options.Scope operation

        let made =
            EventKeys.Prepare
                { Format = format
                  Prefix =
                    match prefix with
                    | null -> own.Substring(0, own.Length - 1)
                    | given -> given
                  KeyPath = keyPath
                  PayloadPath =
                    match payloadPath, format with
                    | null, KeyFormat.Canonical when options.CheckPayload -> "@"
                    | path, _ -> path
                  Hash = options.Hash
                  Functions = FunctionTable.Powertools
                  OwnMissingRule = false
                  RaisesWhenMissing = false }

        match made with
        | Ok events ->
            this.Prepare<'Input, 'Output>(
                operation,
                this.Writer<'Input>(operation, "the input"),
                null,
                events,
                codec
            )
        | Error problem ->
            raise (
                ArgumentException
                    $"Operation '{operation}': an expression that selects its key does not compile. {problem.Message}"
            )

    member private _.Prepare<'Input, 'Output>
        (
            operation: string,
            key: Func<'Input, byte[]>,
            fingerprint: Func<'Input, byte[]> | null,
            events: EventKeys | null,
            codec: IResultCodec<'Output>
        ) =
        KeyText.problemOf "The operation's name" operation
        |> Option.iter (ArgumentException >> raise)

        let prefix = KeyText.prefix options.Scope operation

        match StoreFeature.find<ILimitsKeys> store with
        | null -> ()
        | limited ->
            let digest = options.Hash.Digest(ReadOnlySpan()).Length * 2
            let longest = Encoding.UTF8.GetByteCount prefix + digest

            if longest > limited.MaxKeyBytes then
                raise (
                    ArgumentException
                        $"Operation '{operation}': its keys are {longest} bytes long, and the store takes {limited.MaxKeyBytes} at most. Use a shorter name or scope."
                )

        Operation<'Input, 'Output>
            { Name = operation
              Store = store
              Effects = effects
              Policy = options.Policy
              LeaseFrom = options.LeaseFrom
              Keys =
                { Prefix = prefix
                  Hash = options.Hash
                  Key = key
                  Fingerprint = fingerprint
                  Events = events }
              MissingKey = options.MissingKey
              Codec = codec
              Classify = options.Classify
              FirstLook = options.FirstLook }

    /// An operation whose key is the whole input. Made once for a name and its types, then remembered.
    member this.For<'Input, 'Output>(operation: string) : Operation<'Input, 'Output> =
        let id = struct (operation, typeof<'Input>, typeof<'Output>)

        match prepared.TryGetValue id with
        | true, known -> known :?> Operation<'Input, 'Output>
        | false, _ ->
            let writer = this.Writer<'Input>(operation, "the input")

            let made = this.Prepare(operation, writer, null, this.Codec<'Output> operation)

            if prepared.Count < mostRemembered then prepared[id] <- made

            made
