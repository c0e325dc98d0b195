// How a produced result is saved, and looked after: within a time of its own, and sent again when the store fails. The
// caller's cancellation has no part in it.
namespace Idempotency.Core

open System
open System.Threading
open System.Threading.Tasks
open Idempotency

module internal Saving =
    let isFinal (reply: Result<'Reply, exn>) =
        match reply with
        | Ok _ -> true
        | Error fault -> (box fault) :? IPermanentFault

    /// The pause before a re-send: twice as long each time, less up to a half at random.
    let private pauseBefore (effects: Effects) (policy: Persistence) resend =
        let full = policy.Pause * (1L <<< min resend 20)
        full - int64 (float full * 0.5 * effects.Jitter()) * 1L<ms>

    let private inWords (budget: CancellationTokenSource) (policy: Persistence) (reply: Result<'Reply, exn>) =
        match reply with
        | Error(:? OperationCanceledException) when budget.IsCancellationRequested ->
            let text =
                worded
                    $"The store did not answer within the {policy.Budget} ms that were left of the completion budget."

            Error(TimeoutException text :> exn)
        | _ -> reply

    let private sendWithin (budget: CancellationTokenSource) (send: CancellationToken -> ValueTask<'Reply>) =
        Attempt.toAwait (fun () -> Attempt.within budget.Token (send budget.Token))

    /// Until when a call may save: zero before its first write.
    let deadline (effects: Effects) (policy: Persistence) (saveBy: int64<ms>) =
        if saveBy = 0L<ms> then effects.Now + policy.Budget else saveBy

    /// What is left of the time to save, which all writes of a call share.
    let private withinBudget (effects: Effects) (policy: Persistence) (saveBy: int64<ms>) =
        let left = max 1L<ms> (deadline effects policy saveBy - effects.Now)
        if left >= policy.Budget then policy else { policy with Budget = left }

    /// `sent` is the first reply, where there is one already.
    let persist
        (effects: Effects)
        (chosen: Persistence)
        (saveBy: int64<ms>)
        (send: CancellationToken -> ValueTask<'Reply>)
        (sent: ValueTask<Result<'Reply, exn>> voption)
        : Task<Result<'Reply, exn>> =
        task {
            let policy = withinBudget effects chosen saveBy
            use budget = effects.Budget policy.Budget

            let! first =
                match sent with
                | ValueSome reply -> reply.ConfigureAwait false
                | ValueNone -> sendWithin budget send

            let mutable reply = first
            let mutable resends = 0

            while not (isFinal reply)
                  && resends < policy.Resends
                  && not budget.IsCancellationRequested do
                let pause = pauseBefore effects policy resends
                let! inTime = effects.Sleep(pause, budget.Token).ConfigureAwait false
                resends <- resends + 1

                if inTime then
                    let! next = sendWithin budget send

                    match next, reply with
                    // What made the store fail says more than that the time ran out.
                    | Error(:? OperationCanceledException), Error _ -> ()
                    | _ -> reply <- next

            return reply |> inWords budget policy
        }

    /// Reads until the store answers, at most so often and so long as the policy says.
    let look
        (effects: Effects)
        (policy: Persistence)
        saveBy
        (call: CancellationToken -> ValueTask<Record | null>)
        =
        ValueTask<_>(task = persist effects policy saveBy call ValueNone)

    /// Sends a request until the store answers, at most so often and so long as the policy says.
    let inline send
        (store: IIdempotencyStore)
        (effects: Effects)
        (policy: Persistence)
        (saveBy: int64<ms>)
        ([<InlineIfLambda>] send: CancellationToken -> ValueTask<StoreReply>)
        : ValueTask<Result<StoreReply, exn>> =
        match store with
        | :? IAnswersAtOnce ->
            let first = Attempt.run (fun () -> send CancellationToken.None)

            if first.IsCompletedSuccessfully && isFinal first.Result then
                first
            else
                ValueTask<_>(task = persist effects policy saveBy (fun limit -> send limit) (ValueSome first))
        | _ -> ValueTask<_>(task = persist effects policy saveBy (fun limit -> send limit) ValueNone)

    let private once (effects: Effects) (policy: Persistence) send : Task<Result<StoreReply, exn>> =
        task {
            use budget = effects.Budget policy.Budget
            return! sendWithin budget send
        }

    /// Sends a request once, and waits for it no longer than the policy says.
    let sendOnce (store: IIdempotencyStore) (effects: Effects) (policy: Persistence) send =
        match store with
        | :? IAnswersAtOnce -> Attempt.run (fun () -> send CancellationToken.None)
        | _ -> ValueTask<_>(task = once effects policy send)
