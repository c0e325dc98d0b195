// How a produced result is saved: within a time of its own, and sent again when the store fails. The caller's
// cancellation has no part in it.
namespace Idempotency.Core

open System
open System.Threading
open System.Threading.Tasks
open Idempotency

module internal Saving =
    let private isFinal (reply: Result<StoreReply, exn>) =
        match reply with
        | Ok _ -> true
        | Error fault -> (box fault) :? IPermanentFault

    /// The pause before a re-send: twice as long each time, less up to a half at random.
    let private pauseBefore (effects: Effects) (policy: Persistence) resend =
        let full = policy.Pause * (1L <<< min resend 20)
        full - int64 (float full * 0.5 * effects.Jitter()) * 1L<ms>

    let private inWords (policy: Persistence) (reply: Result<StoreReply, exn>) =
        match reply with
        | Error(:? OperationCanceledException) ->
            let text =
                $"The store did not answer within the completion budget of {policy.Budget} ms."

            Error(TimeoutException text :> exn)
        | _ -> reply

    let private persist
        (effects: Effects)
        (policy: Persistence)
        (send: CancellationToken -> ValueTask<StoreReply>)
        =
        task {
            use budget = effects.Budget policy.Budget

            let sendOnce () =
                Attempt.run (fun () -> Attempt.within budget.Token (send budget.Token))

            let! first = sendOnce ()
            let mutable reply = first
            let mutable resends = 0

            while not (isFinal reply)
                  && resends < policy.Resends
                  && not budget.IsCancellationRequested do
                let! _ =
                    Attempt.run (fun () ->
                        let pause = effects.Sleep(pauseBefore effects policy resends, budget.Token)

                        ValueTask<bool>(
                            pause.ContinueWith(fun (slept: Task) -> slept.IsCompletedSuccessfully)
                        ))

                resends <- resends + 1

                if not budget.IsCancellationRequested then
                    let! next = sendOnce ()

                    match next, reply with
                    // What made the store fail says more than that the time ran out.
                    | Error(:? OperationCanceledException), Error _ -> ()
                    | _ -> reply <- next

            return reply |> inWords policy
        }

    /// Sends a request until the store answers, at most so often and so long as the policy says.
    let send
        (store: IIdempotencyStore)
        (effects: Effects)
        (policy: Persistence)
        (send: CancellationToken -> ValueTask<StoreReply>)
        : ValueTask<Result<StoreReply, exn>> =
        match store with
        | :? IAnswersAtOnce ->
            let first = Attempt.run (fun () -> send CancellationToken.None)

            if first.IsCompletedSuccessfully && isFinal first.Result then
                first
            else
                ValueTask<Result<StoreReply, exn>>(persist effects policy send)
        | _ -> ValueTask<Result<StoreReply, exn>>(persist effects policy send)

    /// Sends a request once, and waits for it no longer than the policy says.
    let sendOnce
        (store: IIdempotencyStore)
        (effects: Effects)
        (policy: Persistence)
        (send: CancellationToken -> ValueTask<StoreReply>)
        : ValueTask<Result<StoreReply, exn>> =
        match store with
        | :? IAnswersAtOnce -> Attempt.run (fun () -> send CancellationToken.None)
        | _ ->
            ValueTask<Result<StoreReply, exn>>(
                task {
                    use budget = effects.Budget policy.Budget
                    return! Attempt.run (fun () -> Attempt.within budget.Token (send budget.Token))
                }
            )
