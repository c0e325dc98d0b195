// Everything about an operation that is decided before its first call, and the way into a call: input, then key and
// fingerprint, then ticket, then protocol.
namespace Idempotency.Core

open System
open System.Threading
open System.Threading.Tasks
open Idempotency

/// What becomes of a call whose input gives no key.
[<RequireQualifiedAccess; Struct; NoComparison>]
type WhenKeyMissing =
    /// It is refused, and its function does not run.
    | Reject
    /// Its function runs without protection; no record is read or written.
    | RunUnprotected

/// What an operation is made of.
[<NoComparison; NoEquality>]
type OperationSpec<'Input, 'Output> =
    {
        /// The name, as errors and telemetry give it.
        Name: string
        /// Where the records are.
        Store: IIdempotencyStore
        /// The clock and the dice.
        Effects: Effects
        /// What was chosen.
        Policy: Policy
        /// The time that is left to the host, when the lease follows from that; asked once a call. Or null.
        LeaseFrom: Func<TimeSpan> | null
        /// How keys and fingerprints are made.
        Keys: KeySource<'Input>
        /// What becomes of a call whose input gives no key.
        MissingKey: WhenKeyMissing
        /// How results are kept.
        Codec: IResultCodec<'Output>
        /// What becomes of the lock when the function throws.
        Classify: FailureClassifier
        /// What a call sends first.
        FirstLook: FirstLook
        /// Whether functions run without any protection, and no record is read or written.
        Unprotected: bool
        /// Told what happens to calls, besides plain runs and replays; or null. What it throws is ignored.
        Observer: Action<CallEvent> | null
    }

/// An operation that is ready to be called. Immutable, and shared between threads.
[<Sealed>]
type Operation<'Input, 'Output>(spec: OperationSpec<'Input, 'Output>) =
    do
        match Policy.problems spec.Policy with
        | [] -> ()
        | problems ->
            let all = String.Join("; ", problems)
            raise (ArgumentException(worded $"The options of operation '{spec.Name}' do not fit: {all}."))

    /// Null unless the first request goes by it.
    let share: ReplayShare | null =
        match spec.FirstLook, spec.Store with
        | FirstLook.Adaptive, (:? IAnswersAtOnce)
        | FirstLook.Write, _
        | FirstLook.Read, _ -> null
        | FirstLook.Adaptive, _ -> ReplayShare()

    let looksAtOnce =
        match spec.Store with
        | :? IAnswersAtOnce -> not spec.FirstLook.IsWrite
        | _ -> false

    let looksFirst () =
        match share with
        | null -> spec.FirstLook.IsRead && not looksAtOnce
        | known -> known.ReadsFirst

    let telemetry =
        OperationTelemetry(spec.Name, spec.Observer, spec.Effects.Time, not spec.Unprotected)

    let interpreter =
        Interpreter<'Input, 'Output>(
            Observed.store telemetry spec.Store,
            spec.Effects,
            ObservedCodec(spec.Codec, telemetry),
            spec.Classify,
            share,
            looksAtOnce
        )

    let infoWithoutKey = CallInfo(spec.Name, null, null, Nullable(), Nullable())

    let ended outcome =
        ValueTask<Outcome<'Output>>(result = outcome)

    let unprotected (input: 'Input) (work: 'Work :> IWork<'Input, 'Output>) cancellation =
        task {
            let context = IdempotencyContext(spec.Name, "", 0L<ms>, false, null, null)
            let! result = Attempt.toAwait (fun () -> work.Invoke(input, context, cancellation))

            return
                match result with
                | Ok value -> Outcome.Unprotected value
                | Error error -> Outcome.FunctionFailed error
        }

    /// The time left, where the lease follows from that.
    let remaining () =
        match spec.LeaseFrom with
        | null -> Nullable()
        | left -> Nullable(left.Invoke())

    let ticketOf (identity: Identity) (remaining: Nullable<TimeSpan>) =
        { Operation = spec.Name
          Key = identity.Key
          Owner = spec.Effects.NewOwner()
          Fingerprint = identity.Fingerprint
          Lease =
            if remaining.HasValue then
                min (Time.ofTimeSpan remaining.Value) Defaults.longest
            else
                spec.Policy.Lease
          Policy = spec.Policy
          UsesCache = interpreter.UsesCache
          LooksFirst = looksFirst () }

    /// What it is made of.
    member _.Spec = spec

    /// The key and the fingerprint of a call with this input, without making the call.
    member _.Identify(input: 'Input) : Result<Identity, KeyProblem> = KeySource.identify spec.Keys input

    member private _.RunProtected<'Work when 'Work :> IWork<'Input, 'Output>>
        (identified: Result<Identity, KeyProblem>, input: 'Input, work: 'Work, cancellation: CancellationToken) : ValueTask<
            Outcome<'Output>
                                                                                                                   >
        =
        match identified, spec.MissingKey with
        | Error KeyProblem.Missing, WhenKeyMissing.RunUnprotected ->
            ValueTask<Outcome<'Output>>(task = unprotected input work cancellation)
        | Error problem, _ -> ended (Outcome.KeyRejected(problem, infoWithoutKey))
        | Ok identity, _ ->
            match
                (try
                    Ok(remaining ())
                 with failure ->
                     Error failure)
            with
            | Error failure -> ValueTask.FromException<Outcome<'Output>> failure
            | Ok left when left.HasValue && left.Value <= TimeSpan.Zero ->
                let info = CallInfo(spec.Name, identity.Key, null, Nullable(), Nullable())
                ended (Outcome.LeaseRejected(left.Value, info))
            | Ok left ->
                match interpreter.Recalled(spec.Name, identity) with
                | ValueSome outcome -> ended outcome
                | ValueNone ->
                    interpreter.Run
                        { Ticket = ticketOf identity left
                          Input = input
                          Work = work
                          Cancellation = cancellation }

    member private this.RunUnwatched<'Work when 'Work :> IWork<'Input, 'Output>>
        (input: 'Input, work: 'Work, cancellation: CancellationToken)
        : ValueTask<Outcome<'Output>> =
        if cancellation.IsCancellationRequested then
            ended Outcome.Cancelled
        elif spec.Unprotected then
            ValueTask<Outcome<'Output>>(task = unprotected input work cancellation)
        else
            this.RunProtected(KeySource.identify spec.Keys input, input, work, cancellation)

    member private this.RunIdentifiedUnwatched<'Work when 'Work :> IWork<'Input, 'Output>>
        (identified: Result<Identity, KeyProblem>, input: 'Input, work: 'Work, cancellation: CancellationToken) : ValueTask<
            Outcome<'Output>
                                                                                                                   >
        =
        if cancellation.IsCancellationRequested || spec.Unprotected then
            this.RunUnwatched(input, work, cancellation)
        else
            this.RunProtected(identified, input, work, cancellation)

    /// Runs one call.
    member this.RunWork<'Work when 'Work :> IWork<'Input, 'Output>>
        (input: 'Input, work: 'Work, cancellation: CancellationToken)
        : ValueTask<Outcome<'Output>> =
        if telemetry.IsIdle then
            this.RunUnwatched(input, work, cancellation)
        else
            WatchedCall.run telemetry spec.Effects work (fun watched ->
                this.RunUnwatched(input, watched, cancellation))

    /// Runs one call whose key and fingerprint were made before, from the input as it was then.
    member this.RunIdentified<'Work when 'Work :> IWork<'Input, 'Output>>
        (identified: Result<Identity, KeyProblem>, input: 'Input, work: 'Work, cancellation: CancellationToken) : ValueTask<
            Outcome<'Output>
                                                                                                                   >
        =
        if telemetry.IsIdle then
            this.RunIdentifiedUnwatched(identified, input, work, cancellation)
        else
            WatchedCall.run telemetry spec.Effects work (fun watched ->
                this.RunIdentifiedUnwatched(identified, input, watched, cancellation))

    /// Runs one call. The function gets the input, the call's context and the caller's token.
    member this.Run
        (
            input: 'Input,
            work: Func<'Input, IdempotencyContext, CancellationToken, ValueTask<'Output>>,
            cancellation: CancellationToken
        ) : ValueTask<Outcome<'Output>> =
        this.RunWork(input, FullWork<'Input, 'Output> work, cancellation)
