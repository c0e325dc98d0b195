// A call of somebody else's code as a value: its answer, or what it threw. Stores and the user's function are called
// through it, and nowhere else are their exceptions caught.
namespace Idempotency.Core

open System
open System.Threading
open System.Threading.Tasks

module internal Attempt =
    /// Makes a call. One that answers at once costs no task.
    let run (call: unit -> ValueTask<'T>) : ValueTask<Result<'T, exn>> =
        let waitFor (pending: ValueTask<'T>) =
            task {
                try
                    let! answer = pending.ConfigureAwait false
                    return Ok answer
                with fault ->
                    return Error fault
            }

        try
            let pending = call ()

            if pending.IsCompletedSuccessfully then
                ValueTask<Result<'T, exn>>(Ok pending.Result)
            else
                ValueTask<Result<'T, exn>>(waitFor pending)
        with fault ->
            ValueTask<Result<'T, exn>>(Error fault)

    /// Makes a call, to be awaited: what follows does not come back to the caller's context, so that a caller that blocks
    /// its context's only thread is still served.
    let toAwait (call: unit -> ValueTask<'T>) = (run call).ConfigureAwait false

    /// Stops waiting for a call when a token ends, whether or not the store listens to it.
    let within (limit: CancellationToken) (pending: ValueTask<'T>) : ValueTask<'T> =
        if pending.IsCompleted then
            pending
        else
            ValueTask<'T>(pending.AsTask().WaitAsync limit)
