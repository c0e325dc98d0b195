// What a call runs. A struct of it costs a call nothing: no closure, no delegate, and no context where it wants none.
namespace Idempotency.Core

open System
open System.Threading
open System.Threading.Tasks
open Idempotency

/// The function of a call, in the shape that the surface has it in.
type IWork<'Input, 'Output> =
    /// Whether it looks at the context. Null is passed to one that does not.
    abstract NeedsContext: bool

    /// Calls the function.
    abstract Invoke:
        input: 'Input * context: (IdempotencyContext | null) * cancellation: CancellationToken ->
            ValueTask<'Output>

/// A function that takes all there is.
[<Struct; NoComparison; NoEquality>]
type FullWork<'Input, 'Output>(work: Func<'Input, IdempotencyContext, CancellationToken, ValueTask<'Output>>)
    =
    interface IWork<'Input, 'Output> with
        member _.NeedsContext = true

        member _.Invoke(input, context, cancellation) =
            work.Invoke(input, nonNull context, cancellation)

/// The body of an F# expression, which takes nothing.
[<Struct; NoComparison; NoEquality>]
type internal BodyWork<'Input, 'Output>(body: Func<Task<'Output>>) =
    interface IWork<'Input, 'Output> with
        member _.NeedsContext = false
        member _.Invoke(_, _, _) = ValueTask<'Output>(body.Invoke())
