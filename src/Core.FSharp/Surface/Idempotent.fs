// The F# surface: handlers, operations and calls as functions.
namespace Idempotency.Core

open System
open System.Threading
open System.Threading.Tasks
open Idempotency

/// What is in an outcome.
module Outcome =
    /// The result that every caller of the key gets, where this call got it too.
    let tryValue (outcome: Outcome<'T>) =
        match outcome with
        | Outcome.Executed value
        | Outcome.Replayed value
        | Outcome.Adopted value
        | Outcome.Unprotected value -> Some value
        | Outcome.CompletedUnsaved _
        | Outcome.LeaseLost _
        | Outcome.FunctionFailed _
        | Outcome.FailureReplayed _
        | Outcome.PayloadMismatch _
        | Outcome.InProgress _
        | Outcome.Held _
        | Outcome.Contended _
        | Outcome.PersistFailed _
        | Outcome.KeyRejected _
        | Outcome.LeaseRejected _
        | Outcome.Unreadable _
        | Outcome.Cancelled -> None

    /// Whether the result came from an earlier call.
    let isReplay (outcome: Outcome<'T>) =
        match outcome with
        | Outcome.Replayed _
        | Outcome.FailureReplayed _ -> true
        | Outcome.Executed _
        | Outcome.Adopted _
        | Outcome.Unprotected _
        | Outcome.CompletedUnsaved _
        | Outcome.LeaseLost _
        | Outcome.FunctionFailed _
        | Outcome.PayloadMismatch _
        | Outcome.InProgress _
        | Outcome.Held _
        | Outcome.Contended _
        | Outcome.PersistFailed _
        | Outcome.KeyRejected _
        | Outcome.LeaseRejected _
        | Outcome.Unreadable _
        | Outcome.Cancelled -> false

/// Makes handlers and operations, and calls them.
module Idempotent =
    /// What holds when nothing is chosen: `Defaults.policy`, the system's clock, F# JSON, payloads checked.
    let defaults =
        { Policy = Defaults.policy
          LeaseFrom = null
          Time = Effects.SystemTime
          Json = FSharpJson.options
          Keys = KeyOptions.defaults
          MissingKey = WhenKeyMissing.Reject
          Classify = FailureClassifier.standard
          FirstLook = FirstLook.Adaptive
          Unprotected = false
          Observer = null }

    /// A handler with the defaults.
    let handler (store: IIdempotencyStore) = Handler(store, defaults)

    /// A handler with options, as in `{ Idempotent.defaults with MissingKey = WhenKeyMissing.RunUnprotected }`.
    let handlerWith (options: HandlerOptions) (store: IIdempotencyStore) = Handler(store, options)

    /// An operation whose key is the whole input.
    let operation<'Input, 'Output> (handler: Handler) (name: string) = handler.For<'Input, 'Output> name

    /// An operation with keys of its own, as in `fun keys -> { keys with Key = Part.by _.Id; Payload = ... }`.
    let operationWith<'Input, 'Output>
        (handler: Handler)
        (name: string)
        (choose: KeyChoice<'Input> -> KeyChoice<'Input>)
        =
        handler.Prepare<'Input, 'Output>(name, choose KeyChoice.whole, handler.Codec<'Output> name)

    /// An operation whose key is what a function selects of the input. The rest of the input is the payload, and the
    /// same key with another payload is refused (`CheckPayload`).
    let operationBy<'Input, 'Key, 'Output> (handler: Handler) (name: string) (select: 'Input -> 'Key) =
        operationWith<'Input, 'Output> handler name (fun keys -> { keys with Key = Part.by select })

    /// An operation whose key is what a JMESPath expression selects of the input's JSON, such as `orderId` or
    /// `powertools_json(body).[user, cart]`. The whole input is the payload.
    let operationByPath<'Input, 'Output> (handler: Handler) (name: string) (path: string) =
        operationWith<'Input, 'Output> handler name (fun keys -> { keys with Key = Part.Path path })

    /// Calls an operation. The function gets the call's context and the caller's token.
    let run
        (operation: Operation<'Input, 'Output>)
        (input: 'Input)
        (work: IdempotencyContext -> CancellationToken -> Task<'Output>)
        (cancellation: CancellationToken)
        : Task<Outcome<'Output>> =
        let work =
            OptimizedClosures.FSharpFunc<IdempotencyContext, CancellationToken, Task<'Output>>.Adapt work

        operation
            .Run(
                input,
                (fun _ context token -> ValueTask<'Output>(work.Invoke(context, token))),
                cancellation
            )
            .AsTask()

    /// Calls an operation for many inputs, at most so many at a time (1 or more); what became of each stands in the order of
    /// the inputs, and none that fails or is refused changes anything for the others. Inputs with the same key are handled one
    /// after the other: the first runs the function and the others get its result, whatever `InProgress` says; if it fails, the
    /// next one tries again. The keys are made before any function runs. Cancelled, it starts no more functions: their outcomes
    /// are `Cancelled`.
    let runMany
        (operation: Operation<'Input, 'Output>)
        (atMost: int)
        (inputs: 'Input seq)
        (work: 'Input -> IdempotencyContext -> CancellationToken -> Task<'Output>)
        (cancellation: CancellationToken)
        : Task<Outcome<'Output>[]> =
        let items = Array.ofSeq inputs
        let identities = items |> Array.map operation.Identify

        let work =
            OptimizedClosures.FSharpFunc<'Input, IdempotencyContext, CancellationToken, Task<'Output>>.Adapt
                work

        let each =
            FullWork<'Input, 'Output>(fun input context token ->
                ValueTask<'Output>(work.Invoke(input, context, token)))

        Batch.each
            identities
            atMost
            (Func<_, _>(fun index ->
                operation.RunIdentified(identities[index], items[index], each, cancellation)))
