// What a program sets up once: a store, and what holds for all of its operations.
namespace Idempotency.Core

open System
open System.Collections.Concurrent
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
        /// How keys and fingerprints are made.
        Keys: KeyOptions
        /// What becomes of a call whose input gives no key.
        MissingKey: WhenKeyMissing
        /// What becomes of the lock when the function throws.
        Classify: FailureClassifier
        /// What a call sends first.
        FirstLook: FirstLook
        /// Whether functions run without any protection, and no record is read or written: for a switch that turns
        /// idempotency off, as tests may want it.
        Unprotected: bool
        /// Told what happens to calls, besides plain runs and replays; or null. It is called in the middle of a call: let it
        /// be short. What it throws is ignored.
        Observer: Action<CallEvent> | null
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

        KeyOptions.problems options.Keys |> List.iter (ArgumentException >> raise)

    // Names are few; should they be made up on the fly all the same, the memory stays bounded.
    static let mostRemembered = 1024

    let effects = Effects options.Time

    // Options as JsonSerializer takes them: without a resolver they mean reflection, where that is allowed.
    let json =
        match options.Json.TypeInfoResolver with
        | null when JsonSerializer.IsReflectionEnabledByDefault ->
            JsonSerializerOptions(options.Json, TypeInfoResolver = DefaultJsonTypeInfoResolver())
        | _ -> options.Json

    // As after the first use by JsonSerializer itself: a later change would change keys.
    do json.MakeReadOnly()
    let prepared = lazy ConcurrentDictionary<struct (string * Type * Type), obj>()

    let typeInfo (t: Type) (what: string) (operation: string) =
        try
            json.GetTypeInfo t
        with problem ->
            raise (
                ArgumentException(
                    worded
                        $"Operation '{operation}': {what} {t} cannot be written as JSON with the options given. Add it to \
                      their TypeInfoResolver, or give the operation a codec or a key selector of its own.",
                    problem
                )
            )

    /// What it was given.
    member _.Options = options

    /// Where the records are.
    member _.Store = store

    /// The JSON of a type, under the handler's options. Errors name the operation, and what the JSON is for.
    member _.Json<'T>(operation: string, what: string) : JsonSource<'T> =
        JsonSource<'T>.OfType(typeInfo typeof<'T> what operation :?> JsonTypeInfo<'T>)

    /// Results of a type as JSON, under the handler's options.
    member _.Codec<'T>(operation: string) : IResultCodec<'T> =
        if typeof<'T> = typeof<unit> then
            NoResultCodec(Unchecked.defaultof<'T>)
        else
            ResultType.refuseUnlessData<'T>()
            JsonResultCodec(typeInfo typeof<'T> "the result" operation :?> JsonTypeInfo<'T>)

    /// An operation with keys and a codec of its own.
    member this.Prepare<'Input, 'Output>
        (operation: string, keys: KeyChoice<'Input>, codec: IResultCodec<'Output>)
        : Operation<'Input, 'Output> =
        KeyText.problemOf "The operation's name" operation
        |> Option.iter (ArgumentException >> raise)

        let sources =
            { new IJsonSources with
                member _.Of<'T>(what) = this.Json<'T>(operation, what) }

        let source = KeyBinding.bind options.Keys operation sources keys

        match StoreFeature.find<ILimitsKeys> store with
        | null -> ()
        | limited ->
            let longest = KeyBinding.longestKey keys.Format source

            if longest > limited.MaxKeyBytes then
                raise (
                    ArgumentException(
                        worded
                            $"Operation '{operation}': its keys are {longest} bytes long, and the store takes {limited.MaxKeyBytes} at most. Use a shorter name, scope or prefix."
                    )
                )

        Operation<'Input, 'Output>
            { Name = operation
              Store = store
              Effects = effects
              Policy = options.Policy
              LeaseFrom = options.LeaseFrom
              Keys = source
              MissingKey = options.MissingKey
              Codec = codec
              Classify = options.Classify
              FirstLook = options.FirstLook
              Unprotected = options.Unprotected
              Observer = options.Observer }

    /// An operation whose key is the whole input. Made once for a name and its types, then remembered.
    member this.For<'Input, 'Output>(operation: string) : Operation<'Input, 'Output> =
        let id = struct (operation, typeof<'Input>, typeof<'Output>)

        match prepared.Value.TryGetValue id with
        | true, known -> known :?> Operation<'Input, 'Output>
        | false, _ ->
            let made =
                this.Prepare<'Input, 'Output>(operation, KeyChoice.whole, this.Codec<'Output> operation)

            if prepared.Value.Count < mostRemembered then prepared.Value[id] <- made

            made
