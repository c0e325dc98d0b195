// Takes out of a state what nothing later depends on, so that states that differ in nothing else are one. A test holds
// that the machine goes on in the same way with it and without it.
namespace Idempotency.Simulation

open System
open Idempotency.Core

module Settle =
    /// A lock of nobody, in the place of the one that a waiting call has met: it tells it to its caller, no more.
    let private holder: Record =
        { Key = Cast.key
          Status = Status.InProgress
          Expires = 0L<s>
          LeaseEnds = Nullable()
          Owner = OwnerToken.None
          Fingerprint = Fingerprint.None
          Payload = Payload.Absent }

    /// Sleeps count only as none or some, for a sleep can end at any time; and so can the time to wait.
    let private patience (patience: Patience) : Patience =
        let slept = patience.Sleeps > 0

        { Tries = patience.Tries
          Sleeps = if slept then 1 else 0
          Deadline = if slept then 1L<ms> else 0L<ms> }

    /// Whether the clock of an acquire, or the fencing token of a run that has ended, is written anywhere.
    let private isWritten (policy: Policy) =
        policy.Release = ReleaseBy.Tombstone || policy.Fence = FenceFrom.Acquire

    let private stamp policy (moment: int64<ms>) =
        if isWritten policy then moment else 0L<ms>

    /// When a run was first saved matters only to what it enlisted.
    let private run (run: Run) =
        match run with
        | Run.Returned(result, enlisted, _) when enlisted.IsNone -> Run.Returned(result, enlisted, 0L<ms>)
        | Run.Returned _
        | Run.Threw _ -> run

    let private inHand policy (inHand: InHand) =
        match inHand with
        | InHand.Nothing acquiredAt -> InHand.Nothing(stamp policy acquiredAt)
        | InHand.Run ran -> InHand.Run(run ran)

    let private release policy (request: ReleaseRequest) : ReleaseRequest =
        { request with
            Fence = stamp policy request.Fence }

    /// A request without what no store looks at.
    let request policy (request: Request) =
        match request with
        | Request.Release asked -> Request.Release(release policy asked)
        | Request.Acquire _
        | Request.Renew _
        | Request.Complete _
        | Request.LateComplete _
        | Request.Get _ -> request

    /// The step without what nothing later depends on.
    let step (policy: Policy) (step: Step) : Step =
        match step with
        | Step.Look state ->
            Step.Look
                { state with
                    Now = stamp policy state.Now }
        | Step.Acquire state ->
            Step.Acquire
                { state with
                    Patience = patience state.Patience }
        | Step.Refresh state ->
            Step.Refresh
                { state with
                    Patience = patience state.Patience
                    AcquiredAt = stamp policy state.AcquiredAt
                    TakeOver = false }
        | Step.Abandon state ->
            Step.Abandon
                { state with
                    Request = release policy state.Request }
        | Step.Run state ->
            Step.Run
                { state with
                    StartedAt = 0L<ms>
                    TakeOver = false
                    LeaseLost = false }
        | Step.Complete state ->
            Step.Complete
                { state with
                    Run = run state.Run
                    Patience = patience state.Patience }
        | Step.LateComplete state ->
            Step.LateComplete
                { state with
                    Run = run state.Run
                    Patience = patience state.Patience }
        | Step.Release state ->
            Step.Release
                { state with
                    Request = release policy state.Request }
        | Step.Wait state ->
            Step.Wait
                { state with
                    InHand = inHand policy state.InHand
                    Patience = patience state.Patience
                    Holder = holder
                    LeaseEnds = 0L<ms> }
        | Step.Peek state ->
            Step.Peek
                { state with
                    InHand = inHand policy state.InHand
                    Patience = patience state.Patience }
        | Step.Done _ -> step
