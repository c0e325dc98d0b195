// What an exploration is bounded by: who calls, what may go wrong and how often, and for how long. Times are ticks
// of half a second, so that a record's second is two ticks.
namespace Idempotency.Simulation

open Idempotency.Core

/// The local cache of a worker.
[<RequireQualifiedAccess>]
type WorkerCache =
    | None
    | Own
    /// One cache for all workers that share.
    | Shared

/// A worker: a process that makes calls, one after the other.
type Worker =
    {
        /// The payload of each of its calls.
        Payloads: int list
        /// Whether it checks payloads.
        Validates: bool
        /// Its clock minus the slowest clock.
        Offset: int
        Cache: WorkerCache
        /// It is one of Powertools, without owner tokens.
        IsPeer: bool
    }

/// How often each kind of fault may happen in one run.
type Faults =
    {
        /// A request is applied and sent again, or a copy of it stays in the network and is applied at any later
        /// time or never.
        LostReplies: int
        /// A reply is on its way back while other things happen.
        SlowReplies: int
        /// A process disappears; what it has sent may still arrive.
        Crashes: int
        /// The client of the store reports a failure; the request may still be applied.
        GiveUps: int
        /// The caller gives up before its function was started.
        Cancellations: int
        /// Renewals that functions send.
        Heartbeats: int
    }

/// What an exploration is bounded by.
[<NoComparison>]
type Bounds =
    {
        Workers: Worker list
        Faults: Faults
        /// The last tick.
        Ticks: int
        /// The length of a lease.
        Lease: int
        /// The window, in seconds.
        Window: int
        /// What is published on top of a lease, for clocks that disagree.
        Pad: int
        /// How far each reading of a clock may be off.
        Wobble: int
        /// How long a request can be under way, counted from when it was made.
        Travel: int
        /// The store may remove records whose last second is over by the fastest clock.
        Sweeps: bool
        Waits: bool
        LooksFirst: bool
        LateCompletion: bool
        /// The store cannot say why it refuses.
        Unseen: bool
        PayloadBeforeTakeover: bool
        /// What a function that throws may ask for.
        Failures: OnFailure list
        Abandoned: WhenAbandoned
        Release: ReleaseBy
        Fence: FenceFrom
        /// Functions commit writes with their results, which the store may refuse.
        Enlists: bool
        /// Peers are stopped when their lease ends, as AWS Lambda does.
        PeersStop: bool
    }

module Bounds =
    /// One tick.
    let tick = 500L<ms>

    /// So many ticks.
    let ticks (count: int) : int64<ms> = int64 count * tick

    /// No faults at all.
    let noFaults =
        { LostReplies = 0
          SlowReplies = 0
          Crashes = 0
          GiveUps = 0
          Cancellations = 0
          Heartbeats = 0 }

    /// A worker that makes one call, of payload 1, and does not check it.
    let worker =
        { Payloads = [ 1 ]
          Validates = false
          Offset = 0
          Cache = WorkerCache.None
          IsPeer = false }

    /// So many callers, no faults, no policy but the defaults: a lease of two ticks, a window of two seconds.
    let ofCallers (count: int) : Bounds =
        { Workers = List.replicate count worker
          Faults = noFaults
          Ticks = 7
          Lease = 2
          Window = 2
          Pad = 0
          Wobble = 0
          Travel = 1_000
          Sweeps = false
          Waits = false
          LooksFirst = false
          LateCompletion = true
          Unseen = false
          PayloadBeforeTakeover = true
          Failures = [ OnFailure.Release ]
          Abandoned = WhenAbandoned.RunAgain
          Release = ReleaseBy.Delete
          Fence = FenceFrom.Start
          Enlists = false
          PeersStop = false }

    /// How many calls the workers make.
    let callCount (bounds: Bounds) =
        bounds.Workers |> List.sumBy _.Payloads.Length

    /// The most copies that the network can hold.
    let copies (bounds: Bounds) =
        let faults = bounds.Faults

        // A function that ends while its renewal is under way leaves that renewal in the network.
        faults.LostReplies
        + faults.GiveUps
        + 2 * faults.Crashes
        + faults.Cancellations
        + faults.Heartbeats

    /// The furthest that a reading of a clock is ahead of the slowest clock.
    let fastest (bounds: Bounds) =
        (bounds.Workers |> List.map _.Offset |> List.max) + bounds.Wobble

    /// The policy of every call.
    let policy (bounds: Bounds) : Policy =
        { Defaults.policy with
            Lease = ticks bounds.Lease
            Expiry = int64 bounds.Window * 1000L<ms>
            SkewPad = ticks bounds.Pad
            PeerPad = ticks bounds.Pad
            InProgress =
                if bounds.Waits then
                    WhileInProgress.Wait(Defaults.longest, Defaults.firstPause, Defaults.longestPause)
                else
                    WhileInProgress.Reject
            Renewal =
                if bounds.Faults.Heartbeats > 0 then
                    Renewal.Until Defaults.longest
                else
                    Renewal.Off
            Abandoned = bounds.Abandoned
            CheckPayloadBeforeTakeover = bounds.PayloadBeforeTakeover
            LateCompletion = bounds.LateCompletion
            Release = bounds.Release
            Fence = bounds.Fence
            // No longer than requests are under way; nothing, where that is not known.
            Completion =
                { Defaults.completion with
                    Budget = if bounds.Travel > bounds.Ticks then 0L<ms> else ticks bounds.Travel } }

    /// What makes bounds impossible to explore.
    let problems (bounds: Bounds) =
        let calls = callCount bounds

        [ if calls < 1 || calls > 4 then $"1 to 4 calls can be explored, not {calls}"
          if bounds.Ticks < 0 || bounds.Ticks > 60 then
              $"0 to 60 ticks can be explored, not {bounds.Ticks}"
          for budget in
              [ bounds.Faults.LostReplies
                bounds.Faults.SlowReplies
                bounds.Faults.Crashes
                bounds.Faults.GiveUps
                bounds.Faults.Cancellations
                bounds.Faults.Heartbeats ] do
              if budget < 0 || budget > 15 then
                  $"each kind of fault can happen 0 to 15 times, not {budget}" ]
