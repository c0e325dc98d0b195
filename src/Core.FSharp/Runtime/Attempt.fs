// A call of somebody else's code as a value: its answer, or what it threw. Stores and the user's function are called
// through it, and nowhere else are their exceptions caught. What is there at once is handed on at once: no task, no closure.
namespace Idempotency.Core

open System
open System.Threading
open System.Threading.Tasks

module internal Attempt =
    let waitFor (pending: ValueTask<'T>) : Task<Result<'T, exn>> =
        task {
            try
                let! answer = pending.ConfigureAwait false
                return Ok answer
            with fault ->
                return Error fault
        }

    /// Makes a call.
    let inline run ([<InlineIfLambda>] call: unit -> ValueTask<'T>) : ValueTask<Result<'T, exn>> =
        try
            let pending: ValueTask<'T> = call ()

            if pending.IsCompletedSuccessfully then
                ValueTask<Result<'T, exn>>(result = Ok pending.Result)
            else
                ValueTask<Result<'T, exn>>(task = waitFor pending)
        with fault ->
            ValueTask<Result<'T, exn>>(result = Error fault)

    /// Makes a call, to be awaited: what follows does not come back to the caller's context, so that a caller that blocks
    /// its context's only thread is still served.
    let inline toAwait ([<InlineIfLambda>] call: unit -> ValueTask<'T>) = (run call).ConfigureAwait false

    let goOnLater (reply: ValueTask<'T>) (next: 'T -> Step) : Task<Step> =
        task {
            let! known = reply.ConfigureAwait false
            return next known
        }

    /// Goes on from a reply.
    let inline goOn (reply: ValueTask<'T>) ([<InlineIfLambda>] next: 'T -> Step) : ValueTask<Step> =
        if reply.IsCompletedSuccessfully then
            ValueTask<Step>(result = next reply.Result)
        else
            ValueTask<Step>(task = goOnLater reply (fun known -> next known))

    /// Stops waiting for a call when a token ends, whether or not the store listens to it.
    let within (limit: CancellationToken) (pending: ValueTask<'T>) : ValueTask<'T> =
        if pending.IsCompleted then
            pending
        else
            ValueTask<'T>(pending.AsTask().WaitAsync limit)
