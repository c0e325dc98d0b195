// The moves that the machine makes from more than one row: each gives the next step, and none of them decides which
// row applies.
namespace Idempotency.Core

module internal Moves =
    /// How often the acquiring side, and the late completion, try again.
    [<Literal>]
    let private tryLimit = 3

    let mayTry (patience: Patience) = patience.Tries < tryLimit

    let again (patience: Patience) =
        { patience with
            Tries = patience.Tries + 1 }

    let finish conclusion = Step.Done(conclusion, null)

    let acquire ticket now patience =
        Step.Acquire
            { Request = { Ticket = ticket; Now = now }
              Patience = patience }

    let peek ticket inHand patience =
        Step.Peek
            { Ticket = ticket
              InHand = inHand
              Patience = patience }

    let abandon ticket acquiredAt because =
        Step.Abandon
            { Request = { Ticket = ticket; Fence = acquiredAt }
              Because = because }

    /// START: the call has the lock, and runs the function if it still trusts its lease.
    let startRun ticket now (patience: Patience) acquiredAt trustedUntil takeOver =
        if now <= trustedUntil then
            Step.Run
                { Ticket = ticket
                  Fence =
                    match ticket.Policy.Fence with
                    | FenceFrom.Start -> now
                    | FenceFrom.Acquire -> acquiredAt
                  StartedAt = now
                  LeaseEnds = trustedUntil
                  TakeOver = takeOver
                  LeaseLost = false }
        elif mayTry patience then
            Step.Refresh
                { Request = { Ticket = ticket; Now = now }
                  Patience = again patience
                  AcquiredAt = acquiredAt
                  TakeOver = takeOver }
        else
            abandon ticket acquiredAt Conclusion.Contended

    /// Whether the function may have been started under a lock that was taken over.
    let mayHaveRun (replaced: Record | null) =
        match replaced with
        | null -> false
        | lock -> lock.IsInProgress && lock.Owner <> OwnerToken.Released

    let wait ticket now inHand (patience: Patience) holder leaseEnds atMost =
        Step.Wait
            { Ticket = ticket
              InHand = inHand
              Patience =
                { Tries = 0
                  Sleeps = patience.Sleeps + 1
                  Deadline = if patience.Sleeps = 0 then now + atMost else patience.Deadline }
              Holder = holder
              LeaseEnds = leaseEnds }

    let complete ticket now (run: Run) patience =
        Step.Complete
            { Ticket = ticket
              Now = now
              Run = run
              Patience = patience }

    /// Whether a run whose save was refused may be saved by another request. What it enlisted must not be committed
    /// twice: a save that was applied and not answered, or that is still to be, stands in the store until its window
    /// ends. So the next one must have come, by every clock, before the window of the first can end.
    let maySaveAgain (ticket: Ticket) now (run: Run) =
        match run with
        | Run.Returned(_, enlisted, savedFrom) ->
            let policy = ticket.Policy
            let settled = now + policy.SkewPad + policy.Completion.Budget

            enlisted.IsNone
            || Time.floorSeconds settled <= Time.floorSeconds (savedFrom + policy.Expiry)
        | Run.Threw _ -> true
