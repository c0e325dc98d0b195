// One call, and its function while it runs, with what goes on beside it.
namespace Idempotency.Core

open System.Runtime.CompilerServices
open System.Threading
open System.Threading.Tasks
open Idempotency

/// One call, as the interpreter is given it.
[<Struct; IsReadOnly; NoComparison; NoEquality>]
type internal Call<'Input, 'Output, 'Work when 'Work :> IWork<'Input, 'Output>> =
    { Ticket: Ticket
      Input: 'Input
      Work: 'Work
      Cancellation: CancellationToken }

    member this.Invoke(context: IdempotencyContext | null) : ValueTask<'Output> =
        this.Work.Invoke(this.Input, context, this.Cancellation)

/// A function that runs, with what goes on beside it.
[<Struct; IsReadOnly; NoComparison; NoEquality>]
type internal RunUnderWay(start: Running, watch: LeaseWatch | null, context: IdempotencyContext | null) =
    /// What the function gets.
    member _.Context = context

    /// The run as it is now known.
    member _.Running =
        match watch with
        | null -> start
        | known -> known.Running

    /// The function has ended: what it enlisted.
    member _.Stop() =
        match watch with
        | null -> ()
        | known -> known.Stop()

        match context with
        | null -> Enlisted.None
        | known -> known.Close()

module internal RunUnderWay =
    /// Starts what goes on beside the function, where there is anything.
    let start
        (store: IIdempotencyStore)
        (effects: Effects)
        (commits: ICommitsEnlisted | null)
        needsContext
        (state: Running)
        =
        let ticket = state.Ticket

        if needsContext || not ticket.Policy.Renewal.IsOff then
            let watch = LeaseWatch(store, effects, state)
            watch.Start()

            let context: IdempotencyContext | null =
                if needsContext then
                    IdempotencyContext(
                        ticket.Operation,
                        ticket.Key,
                        state.Fence,
                        state.TakeOver,
                        watch,
                        commits
                    )
                else
                    null

            RunUnderWay(state, watch, context)
        else
            RunUnderWay(state, null, null)
