// What may go wrong in a simulation of a user's handler: how often at the most in one run.
namespace Idempotency.Simulation

open System

/// <summary>What may go wrong in a run of a simulation, each kind at most so many times. How many it really is, and where,
/// the run's seed decides. Zero rules a kind out.</summary>
[<Sealed>]
type SimulationFaults() =
    let mutable clockSkew = TimeSpan.FromSeconds 1.

    let notNegative (name: string) (count: int) =
        if count < 0 then
            raise (
                ArgumentOutOfRangeException(name, count, $"{name} must not be negative; zero rules it out.")
            )

        count

    let mutable crashes = 2
    let mutable stalls = 2
    let mutable delays = 4
    let mutable lostReplies = 2
    let mutable copies = 1
    let mutable failedRequests = 1
    let mutable failedCalls = 1
    let mutable resends = 1
    let mutable cancellations = 1

    /// <summary>A process is gone, at any point; its caller sends again.</summary>
    /// <value>2. Not negative.</value>
    member _.Crashes
        with get () = crashes
        and set count = crashes <- notNegative "Crashes" count

    /// <summary>A process stands still, its timers too, for a moment or past its lease, and then goes on.</summary>
    /// <value>2. Not negative.</value>
    member _.Stalls
        with get () = stalls
        and set count = stalls <- notNegative "Stalls" count

    /// <summary>A request to the store or downstream, or its reply, is under way for a moment or past the lease.</summary>
    /// <value>4. Not negative.</value>
    member _.Delays
        with get () = delays
        and set count = delays <- notNegative "Delays" count

    /// <summary>The store carries a request out, its reply is lost, and the store's client sends the request again.</summary>
    /// <value>2. Not negative.</value>
    member _.LostReplies
        with get () = lostReplies
        and set count = lostReplies <- notNegative "LostReplies" count

    /// <summary>A request to the store arrives once more, later.</summary>
    /// <value>1. Not negative.</value>
    member _.Copies
        with get () = copies
        and set count = copies <- notNegative "Copies" count

    /// <summary>A request to the store fails: carried out or not, or carried out later.</summary>
    /// <value>1. Not negative.</value>
    member _.FailedRequests
        with get () = failedRequests
        and set count = failedRequests <- notNegative "FailedRequests" count

    /// <summary>A call of <c>CallAsync</c> fails: its effect took place or not, or takes place later.</summary>
    /// <value>1. Not negative.</value>
    member _.FailedCalls
        with get () = failedCalls
        and set count = failedCalls <- notNegative "FailedCalls" count

    /// <summary>A caller gives up waiting and sends again, while the process that it called goes on.</summary>
    /// <value>1. Not negative.</value>
    member _.Resends
        with get () = resends
        and set count = resends <- notNegative "Resends" count

    /// <summary>A caller cancels its call, and sends again.</summary>
    /// <value>1. Not negative.</value>
    member _.Cancellations
        with get () = cancellations
        and set count = cancellations <- notNegative "Cancellations" count

    /// <summary>How far the clocks of two processes may be apart. Beyond the <c>SkewPad</c> of the handler's options, nobody
    /// promises anything.</summary>
    /// <value>One second. Not negative; zero for clocks that agree.</value>
    member _.ClockSkew
        with get () = clockSkew
        and set (skew: TimeSpan) =
            if skew < TimeSpan.Zero then
                raise (ArgumentOutOfRangeException("ClockSkew", skew, "ClockSkew must not be negative."))

            clockSkew <- skew
