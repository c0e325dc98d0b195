// What a caller may choose, as plain values; the defaults stand in one place. Lengths of time are milliseconds.
namespace Idempotency.Core

open System.Runtime.CompilerServices

/// What a duplicate does that meets a running call.
[<RequireQualifiedAccess; NoComparison>]
type WhileInProgress =
    /// It is refused at once, and told when to try again.
    | Reject
    /// It waits for the result, for `atMost` milliseconds in all, looking again after `first`, then twice that, and
    /// so on up to `longest` milliseconds (each shortened at random by up to a half).
    | Wait of atMost: int64<ms> * first: int64<ms> * longest: int64<ms>

/// Whether the lease is renewed while the function runs.
[<RequireQualifiedAccess; NoComparison>]
type Renewal =
    /// The lease ends when it was said to end.
    | Off
    /// The lease is renewed after each third of it, until the function has run for `longestRun` milliseconds.
    | Until of longestRun: int64<ms>

/// What becomes of a lock whose lease has ended without a result.
[<RequireQualifiedAccess; Struct; IsReadOnly; NoComparison>]
type WhenAbandoned =
    /// The next call takes it over and runs the function again.
    | RunAgain
    /// Every call is refused until a person has looked, or until the record expires.
    | Hold

/// What becomes of the lock when the function throws.
[<RequireQualifiedAccess; Struct; IsReadOnly; NoComparison>]
type OnFailure =
    /// The lock is released: the next call runs the function again.
    | Release
    /// The failure is stored and replayed, as a result would be.
    | Store
    /// The lock is kept until its lease ends: it is not known whether the function had its effect.
    | Hold

/// How a lock is given back.
[<RequireQualifiedAccess; Struct; IsReadOnly; NoComparison>]
type ReleaseBy =
    /// The record is deleted.
    | Delete
    /// The record stays as a free lock that remembers the fencing token, until it expires. Fencing tokens then grow
    /// over all owners, and delayed copies of an ended call's requests are refused.
    | Tombstone

/// Which clock reading is the fencing token.
[<RequireQualifiedAccess; Struct; IsReadOnly; NoComparison>]
type FenceFrom =
    /// The moment when the call starts the function.
    | Start
    /// The moment when the call asked for the lock. Only with `ReleaseBy.Tombstone`: released by deletion, such a
    /// token can repeat or go back; so it can after a record was swept, should a request be under way for longer than
    /// the expiry, and on a table with peers, which release by deletion.
    | Acquire

/// How hard a produced result is saved. The caller's cancellation has no part in it.
[<NoComparison>]
type Persistence =
    {
        /// How long saving may take in all, in milliseconds.
        Budget: int64<ms>
        /// How often a failed write is sent again.
        Resends: int
        /// The pause before the first of them; each later one is twice as long (each shortened at random by up to a
        /// half).
        Pause: int64<ms>
    }

/// Everything about an operation that the protocol needs to know.
[<NoComparison>]
type Policy =
    {
        /// How long a call may hold the lock without renewing it.
        Lease: int64<ms>
        /// How long a finished record answers later calls.
        Expiry: int64<ms>
        /// Published on top of the lease for clocks that disagree; its owner does not rely on it.
        SkewPad: int64<ms>
        /// Waited out before the lease of a peer without owner tokens is taken over.
        PeerPad: int64<ms>
        /// What a duplicate does that meets a running call.
        InProgress: WhileInProgress
        /// Whether the lease is renewed while the function runs.
        Renewal: Renewal
        /// What becomes of a lock whose lease has ended without a result.
        Abandoned: WhenAbandoned
        /// Whether another payload is kept from taking over an abandoned lock whose window is open.
        CheckPayloadBeforeTakeover: bool
        /// Whether a call that lost its lease stores its result after all when it finds the key free again.
        LateCompletion: bool
        /// How the lock is given back.
        Release: ReleaseBy
        /// Which clock reading is the fencing token.
        Fence: FenceFrom
        /// How hard a produced result is saved.
        Completion: Persistence
    }

/// The defaults, and the longest lengths that are accepted.
module Defaults =
    let private seconds (n: int) : int64<ms> = int64 n * 1000L<ms>

    /// One minute.
    let lease = seconds 60
    /// One hour, as in Powertools.
    let expiry = seconds 3600
    /// One second.
    let skewPad = seconds 1
    /// One second.
    let peerPad = seconds 1
    /// Thirty seconds: how long a duplicate waits that waits at all.
    let wait = seconds 30
    /// 50 milliseconds: how long such a duplicate sleeps at first.
    let firstPause = 50L<ms>
    /// Two seconds: how long it sleeps at the most.
    let longestPause = seconds 2
    /// Fifteen minutes, the longest run of a function on AWS Lambda.
    let longestRun = seconds 900
    /// A hundred years: no length of time may be longer, so that no sum of two can overflow.
    let longest = int64 (100 * 366) * 86_400_000L<ms>

    /// How hard a result is saved: ten seconds, five more tries, 50 milliseconds before the first.
    let completion =
        { Budget = seconds 10
          Resends = 5
          Pause = 50L<ms> }

    /// The policy of an operation for which nothing was chosen.
    let policy =
        { Lease = lease
          Expiry = expiry
          SkewPad = skewPad
          PeerPad = peerPad
          InProgress = WhileInProgress.Reject
          Renewal = Renewal.Off
          Abandoned = WhenAbandoned.RunAgain
          CheckPayloadBeforeTakeover = true
          LateCompletion = true
          Release = ReleaseBy.Delete
          Fence = FenceFrom.Start
          Completion = completion }

/// The default policy, and what does not fit in one.
module Policy =
    let private longestText = "100 years"

    /// What is wrong with a policy: the option, and the remedy. Empty when nothing is.
    let problems (policy: Policy) =
        let positive (option: string) (length: int64<ms>) =
            if length <= 0L<ms> then
                [ worded $"{option} must be longer than zero, but is {length} ms" ]
            elif length > Defaults.longest then
                [ worded $"{option} must be at most {longestText}, but is {length} ms" ]
            else
                []

        let notNegative (option: string) (length: int64<ms>) =
            if length < 0L<ms> then
                [ worded $"{option} must not be negative, but is {length} ms; use zero to switch it off" ]
            elif length > Defaults.longest then
                [ worded $"{option} must be at most {longestText}, but is {length} ms" ]
            else
                []

        [ yield! positive "Lease" policy.Lease
          yield! positive "Expiry" policy.Expiry
          yield! notNegative "SkewPad" policy.SkewPad
          yield! notNegative "PeerPad" policy.PeerPad
          match policy.InProgress with
          | WhileInProgress.Reject -> ()
          | WhileInProgress.Wait(atMost, first, longest) ->
              yield! positive "WaitAtMost" atMost
              yield! positive "FirstPause" first
              yield! positive "LongestPause" longest

              if longest < first then
                  worded $"LongestPause ({longest} ms) must not be shorter than FirstPause ({first} ms)"
          match policy.Renewal with
          | Renewal.Off -> ()
          | Renewal.Until longestRun -> yield! positive "LongestRun" longestRun
          match policy.Fence, policy.Release with
          | FenceFrom.Acquire, ReleaseBy.Delete ->
              "Fence = Acquire needs Release = Tombstone: after a deletion such a token could go back"
          | FenceFrom.Acquire, ReleaseBy.Tombstone
          | FenceFrom.Start, _ -> ()
          yield! positive "CompletionBudget" policy.Completion.Budget
          yield! notNegative "CompletionPause" policy.Completion.Pause

          if policy.Completion.Resends < 0 then
              worded $"CompletionResends must not be negative, but is {policy.Completion.Resends}" ]
