// Schedules of concurrent calls on one key, as values: what happens in which order, and what must come of it.
// The schema is described in the header of tests/Core.Tests/data/schedules.json.
namespace Idempotency.Simulation

open Idempotency.Core

/// What is copied into the network.
[<RequireQualifiedAccess>]
type Parcel =
    | Request
    | Renewal

/// What happens in a step.
[<RequireQualifiedAccess>]
type Verb =
    | Begin
    | Deliver
    | ApplyAndLoseReply
    | Duplicate of Parcel * tag: string
    | Arrive of tag: string
    | Fault
    | ApplyAndFault
    | Return
    | Throw
    | Heartbeat
    | DeliverRenew
    | Timer
    | Deadline
    | Crash
    | TtlSweep

/// The text of a JSON value: results, and whatever a file expects.
type Json = string

/// What a file expects of some object, field by field; a field that is not there is not compared.
type Expected = Map<string, Json>

/// One step.
[<NoComparison>]
type ScheduleStep =
    {
        Number: int
        /// Milliseconds after the schedule's epoch.
        At: int64<ms>
        /// The call that it befalls; none for a sweep, perhaps none for an arrival.
        Call: string option
        Verb: Verb
        /// The verb as the file has it.
        VerbText: string
        Expect: Expected
    }

/// The options of a schedule.
[<NoComparison>]
type ScheduleConfig =
    { Lease: int64<ms>
      Expiry: int64<ms>
      SkewPad: int64<ms>
      PeerPad: int64<ms>
      PayloadValidation: bool
      PayloadBeforeTakeover: bool
      Wait: bool
      LateComplete: bool
      Release: ReleaseBy
      ReturnsOldOnFailure: bool }

/// A call as the file describes it.
[<NoComparison>]
type CallPlan =
    {
        Name: string
        Result: Payload
        Payload: Fingerprint
        /// The name of its local cache, if it has one.
        Cache: string option
        Offset: int64<ms>
    }

/// What a schedule must come to.
[<NoComparison>]
type Aftermath =
    {
        /// For each call, the fields of its outcome.
        Outcomes: Map<string, Expected>
        Executions: string list option
        Fences: Map<string, int64<ms>>
        /// None: not compared. Some None: there must be no record.
        FinalRecord: Expected option option
    }

/// One schedule.
[<NoComparison>]
type Schedule =
    {
        Id: string
        Title: string
        /// The moment that its times count from.
        Epoch: int64<ms>
        Config: ScheduleConfig
        Calls: CallPlan list
        /// The record at the beginning, but for its key.
        Initial: Record option
        Steps: ScheduleStep list
        Expect: Aftermath
    }

module Schedule =
    /// The policy of the schedule's operation. Nobody stops waiting, or renewing, unless the schedule says
    /// so.
    let policy (config: ScheduleConfig) : Policy =
        { Defaults.policy with
            Lease = config.Lease
            Expiry = config.Expiry
            SkewPad = config.SkewPad
            PeerPad = config.PeerPad
            InProgress =
                if config.Wait then
                    WhileInProgress.Wait(Defaults.longest, Defaults.firstPause, Defaults.longestPause)
                else
                    WhileInProgress.Reject
            Renewal = Renewal.Until Defaults.longest
            CheckPayloadBeforeTakeover = config.PayloadBeforeTakeover
            LateCompletion = config.LateComplete
            Release = config.Release }

    /// The ticket of a call, whose name is its owner token.
    let ticket (schedule: Schedule) (key: string) (plan: CallPlan) : Ticket =
        { Operation = "schedule"
          Key = key
          Owner = OwnerToken plan.Name
          Fingerprint = if schedule.Config.PayloadValidation then plan.Payload else Fingerprint.None
          Lease = schedule.Config.Lease
          Policy = policy schedule.Config
          UsesCache = plan.Cache.IsSome
          LooksFirst = false }
