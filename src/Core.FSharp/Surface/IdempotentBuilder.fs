// idempotent handler "operation" input { ... }: the body is an F# task that runs at most once for its key. The builder
// adds nothing to the task builder but the call around it.
namespace Idempotency.Core

open System
open System.Runtime.CompilerServices
open System.Threading
open System.Threading.Tasks
open FSharp.Core.CompilerServices
open FSharp.Core.CompilerServices.StateMachineHelpers
open Idempotency

/// What may stand in the body: all that may stand in `task { }`.
type IdempotentBody() =
    member inline _.Delay([<InlineIfLambda>] body: unit -> TaskCode<'All, 'T>) : TaskCode<'All, 'T> =
        task.Delay body

    // The attribute lets a body, or a loop in it, end with `do!`.
    [<DefaultValue>]
    member inline _.Zero() : TaskCode<'All, unit> = task.Zero()

    member inline _.Return(value: 'T) : TaskCode<'T, 'T> = task.Return value
    member inline _.ReturnFrom(source: Task<'T>) : TaskCode<'T, 'T> = task.ReturnFrom source
    member inline _.ReturnFrom(source: ValueTask<'T>) : TaskCode<'T, 'T> = task.ReturnFrom source
    member inline _.ReturnFrom(source: Async<'T>) : TaskCode<'T, 'T> = task.ReturnFrom source

    member inline _.Combine(first: TaskCode<'All, unit>, second: TaskCode<'All, 'T>) : TaskCode<'All, 'T> =
        task.Combine(first, second)

    member inline _.While
        ([<InlineIfLambda>] test: unit -> bool, body: TaskCode<'All, unit>)
        : TaskCode<'All, unit> =
        task.While(test, body)

    member inline _.For(items: seq<'Item>, [<InlineIfLambda>] body: 'Item -> TaskCode<'All, unit>) =
        task.For(items, body)

    member inline _.TryWith(body: TaskCode<'All, 'T>, [<InlineIfLambda>] handle: exn -> TaskCode<'All, 'T>) =
        task.TryWith(body, handle)

    member inline _.TryFinally(body: TaskCode<'All, 'T>, [<InlineIfLambda>] after: unit -> unit) =
        task.TryFinally(body, after)

    member inline _.Using
        (resource: 'Resource, [<InlineIfLambda>] body: 'Resource -> TaskCode<'All, 'T>)
        : TaskCode<'All, 'T> when 'Resource :> IAsyncDisposable =
        task.Using(resource, body)

    member inline _.Bind
        (source: Task<'Item>, [<InlineIfLambda>] next: 'Item -> TaskCode<'All, 'T>)
        : TaskCode<'All, 'T> =
        task.Bind(source, next)

    member inline _.Bind
        (source: Task, [<InlineIfLambda>] next: unit -> TaskCode<'All, 'T>)
        : TaskCode<'All, 'T> =
        task.Bind(source, next)

    member inline _.Bind
        (source: ValueTask<'Item>, [<InlineIfLambda>] next: 'Item -> TaskCode<'All, 'T>)
        : TaskCode<'All, 'T> =
        task.Bind(source, next)

    member inline _.Bind
        (source: ValueTask, [<InlineIfLambda>] next: unit -> TaskCode<'All, 'T>)
        : TaskCode<'All, 'T> =
        task.Bind(source, next)

    member inline _.Bind
        (source: Async<'Item>, [<InlineIfLambda>] next: 'Item -> TaskCode<'All, 'T>)
        : TaskCode<'All, 'T> =
        task.Bind(source, next)

/// What `task { }` takes too, where nothing above fits better: `use` of what is only disposable, and `let!` and `return!`
/// for everything that can be awaited.
[<AutoOpen>]
module IdempotentBodyExtensions =
    type IdempotentBody with

        [<Microsoft.FSharp.Core.CompilerServices.NoEagerConstraintApplication>]
        member inline _.Bind< ^Awaitable, 'Item, 'T, ^Awaiter, 'All
            when ^Awaitable: (member GetAwaiter: unit -> ^Awaiter)
            and ^Awaiter :> ICriticalNotifyCompletion
            and ^Awaiter: (member get_IsCompleted: unit -> bool)
            and ^Awaiter: (member GetResult: unit -> 'Item)>
            (source: ^Awaitable, [<InlineIfLambda>] next: 'Item -> TaskCode<'All, 'T>)
            : TaskCode<'All, 'T> =
            task.Bind(source, next)

        [<Microsoft.FSharp.Core.CompilerServices.NoEagerConstraintApplication>]
        member inline _.ReturnFrom< ^Awaitable, ^Awaiter, 'T
            when ^Awaitable: (member GetAwaiter: unit -> ^Awaiter)
            and ^Awaiter :> ICriticalNotifyCompletion
            and ^Awaiter: (member get_IsCompleted: unit -> bool)
            and ^Awaiter: (member GetResult: unit -> 'T)>
            (source: ^Awaitable)
            : TaskCode<'T, 'T> =
            task.ReturnFrom source

        member inline _.Using<'Resource, 'All, 'T when 'Resource :> IDisposable>
            (resource: 'Resource, [<InlineIfLambda>] body: 'Resource -> TaskCode<'All, 'T>)
            : TaskCode<'All, 'T> =
            task.Using(resource, body)

/// The builder of one call to an operation.
[<Sealed>]
type IdempotentBuilder<'Input, 'Output>(operation: Operation<'Input, 'Output>, input: 'Input) =
    inherit IdempotentBody()

    /// Calls the operation around a body. The compiler's way in; user code has no need of it.
    member _.Call(body: Func<Task<'Output>>) : Task<Outcome<'Output>> =
        operation.RunWork(input, BodyWork<'Input, 'Output> body, CancellationToken.None).AsTask()

    /// The body is a task that has not begun: its state machine is made where the body stands, as `task { }` makes its
    /// own, and a copy of it runs if and when the protocol says so.
    member inline this.Run(body: TaskCode<'Output, 'Output>) : Task<Outcome<'Output>> =
        if __useResumableCode then
            __stateMachine<TaskStateMachineData<'Output>, Task<Outcome<'Output>>>
                (MoveNextMethodImpl<_>(fun machine ->
                    __resumeAt machine.ResumptionPoint
                    let mutable __stack_failure: exn | null = null

                    try
                        let __stack_ended = body.Invoke(&machine)

                        if __stack_ended then machine.Data.MethodBuilder.SetResult machine.Data.Result
                    with failure ->
                        __stack_failure <- failure

                    // Outside of the handler, so that what waits for the task does not run inside it.
                    match __stack_failure with
                    | null -> ()
                    | failure -> machine.Data.MethodBuilder.SetException failure))
                (SetStateMachineMethodImpl<_>(fun machine state ->
                    machine.Data.MethodBuilder.SetStateMachine state))
                (AfterCode<_, _>(fun machine ->
                    let template = machine

                    this.Call(
                        Func<Task<'Output>>(fun () ->
                            let mutable running = template
                            running.Data.MethodBuilder <- AsyncTaskMethodBuilder<'Output>.Create()
                            running.Data.MethodBuilder.Start(&running)
                            running.Data.MethodBuilder.Task)
                    )))
        else
            this.Call(Func<Task<'Output>>(fun () -> TaskBuilder.RunDynamic body))

/// The expressions that make their body safe to retry.
[<AutoOpen>]
module IdempotentExpressions =
    /// `idempotent handler "charge-order" order { ... }`: runs the body at most once for the operation and the input.
    let idempotent (handler: Handler) (operation: string) (input: 'Input) =
        IdempotentBuilder<'Input, 'Output>(handler.For<'Input, 'Output> operation, input)

    /// `protect charge order { ... }`: the same for an operation that was prepared with a key of its own.
    let protect (operation: Operation<'Input, 'Output>) (input: 'Input) =
        IdempotentBuilder<'Input, 'Output>(operation, input)
