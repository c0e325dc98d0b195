// What has happened in a simulation's runs, counted: whoever simulates little should see that it was little.
namespace Idempotency.Simulation

open System
open System.Collections.Generic

/// <summary>What has happened in a simulation's runs. A promise that held while nothing happened is worth nothing:
/// <c>Missing</c> names what did not occur.</summary>
[<Sealed>]
type SimulationCoverage internal () =
    /// <summary>How many runs there were.</summary>
    member val Runs = 0 with get, internal set

    /// <summary>How many calls were sent, those that were sent again included.</summary>
    member val Calls = 0 with get, internal set

    /// <summary>How many calls were answered with a result.</summary>
    member val Answers = 0 with get, internal set

    /// <summary>How many of the answers were given without running the function.</summary>
    member val Replays = 0 with get, internal set

    /// <summary>How many calls were refused, or failed.</summary>
    member val Refusals = 0 with get, internal set

    /// <summary>How many callers were never answered, however often they sent.</summary>
    member val Unanswered = 0 with get, internal set

    /// <summary>How many steps and calls downstream the handlers came to.</summary>
    member val Steps = 0 with get, internal set

    /// <summary>How many locks were taken over from a process whose lease had ended.</summary>
    member val TakeOvers = 0 with get, internal set

    /// <summary>How many processes went on with a step or a call downstream after their lock had been taken over.</summary>
    member val Overtaken = 0 with get, internal set

    /// <summary>How many processes were gone in the middle.</summary>
    member val Crashes = 0 with get, internal set

    /// <summary>How many processes stood still.</summary>
    member val Stalls = 0 with get, internal set

    /// <summary>How many requests, calls and replies were delayed.</summary>
    member val Delays = 0 with get, internal set

    /// <summary>How many of the store's replies were lost after it had carried out the request.</summary>
    member val LostReplies = 0 with get, internal set

    /// <summary>How many requests reached the store once more.</summary>
    member val Copies = 0 with get, internal set

    /// <summary>How many requests to the store failed.</summary>
    member val FailedRequests = 0 with get, internal set

    /// <summary>How many calls downstream failed.</summary>
    member val FailedCalls = 0 with get, internal set

    /// <summary>How many callers sent again while their earlier call still ran.</summary>
    member val Resends = 0 with get, internal set

    /// <summary>How many calls were cancelled by their callers.</summary>
    member val Cancellations = 0 with get, internal set

    /// <summary>How many processes had a clock that was ahead.</summary>
    member val SkewedClocks = 0 with get, internal set

    member private this.All =
        [ "runs", this.Runs
          "calls", this.Calls
          "answers", this.Answers
          "replays", this.Replays
          "refusals", this.Refusals
          "callers never answered", this.Unanswered
          "steps", this.Steps
          "take-overs", this.TakeOvers
          "overtaken processes that went on", this.Overtaken
          "crashes", this.Crashes
          "stalls", this.Stalls
          "delays", this.Delays
          "lost replies", this.LostReplies
          "copies", this.Copies
          "failed requests", this.FailedRequests
          "failed calls", this.FailedCalls
          "resends", this.Resends
          "cancellations", this.Cancellations
          "skewed clocks", this.SkewedClocks ]

    /// <summary>What never occurred, by name. Refusals and callers without an answer are not missed.</summary>
    member this.Missing: IReadOnlyList<string> =
        [| for name, count in this.All do
               if count = 0 && name <> "callers never answered" && name <> "refusals" then name |]

    /// <summary>All counts on a line.</summary>
    /// <returns>The counts, those of zero left out.</returns>
    override this.ToString() =
        String.Join(
            ", ",
            [ for name, count in this.All do
                  if count > 0 then $"{count:N0} {name}" ]
        )

    member internal this.Add(other: SimulationCoverage) =
        this.Runs <- this.Runs + other.Runs
        this.Calls <- this.Calls + other.Calls
        this.Answers <- this.Answers + other.Answers
        this.Replays <- this.Replays + other.Replays
        this.Refusals <- this.Refusals + other.Refusals
        this.Unanswered <- this.Unanswered + other.Unanswered
        this.Steps <- this.Steps + other.Steps
        this.TakeOvers <- this.TakeOvers + other.TakeOvers
        this.Overtaken <- this.Overtaken + other.Overtaken
        this.Crashes <- this.Crashes + other.Crashes
        this.Stalls <- this.Stalls + other.Stalls
        this.Delays <- this.Delays + other.Delays
        this.LostReplies <- this.LostReplies + other.LostReplies
        this.Copies <- this.Copies + other.Copies
        this.FailedRequests <- this.FailedRequests + other.FailedRequests
        this.FailedCalls <- this.FailedCalls + other.FailedCalls
        this.Resends <- this.Resends + other.Resends
        this.Cancellations <- this.Cancellations + other.Cancellations
        this.SkewedClocks <- this.SkewedClocks + other.SkewedClocks
