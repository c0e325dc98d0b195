// Schedules of concurrent calls, as values: what happens in which order, and what must come of it. The schema is
// described in the header of tests/Core.Tests/data/schedules.json; what random worlds need beyond it, in
// docs/explored.md.
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
    /// Something befalls the step's call.
    | To of Incident
    /// A copy of what is under way stays in the network.
    | Duplicate of Parcel * tag: string
    | Arrive of tag: string
    /// The store removes the records whose time is over.
    | TtlSweep
    /// A process disappears with all its calls and what it remembered; it can be called again.
    | Restart of processName: string
    /// The clock of a process is set forward, or back.
    | Jump of processName: string * by: int64<ms>

    /// The verb as a file has it.
    member this.Name =
        match this with
        | To Incident.Begin -> "begin"
        | To Incident.Deliver -> "deliver"
        | To Incident.Reach -> "reach"
        | To Incident.Handle -> "handle"
        | To Incident.LoseReply -> "applyAndLoseReply"
        | To Incident.GiveUp -> "fault"
        | To Incident.GiveUpApplied -> "applyAndFault"
        | To Incident.Cancel -> "cancel"
        | To Incident.Return -> "return"
        | To Incident.ThrowAndRelease -> "throw"
        | To Incident.ThrowAndHold -> "throwHold"
        | To Incident.ThrowAndStore -> "throwStore"
        | To Incident.RefuseEnlisted -> "refuseEnlisted"
        | To Incident.Heartbeat -> "heartbeat"
        | To Incident.DeliverRenewal -> "deliverRenew"
        | To Incident.Tick -> "tick"
        | To Incident.Timer -> "timer"
        | To Incident.Deadline -> "deadline"
        | To Incident.Crash -> "crash"
        // A file says these two with a `duplicate` of its own.
        | To Incident.LeaveCopy -> "duplicate"
        | To Incident.GiveUpInFlight -> "fault"
        | Duplicate _ -> "duplicate"
        | Arrive _ -> "arrive"
        | TtlSweep -> "ttlSweep"
        | Restart _ -> "restart"
        | Jump _ -> "jump"

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
        /// The call that it befalls, if it is one; an arrival may name it.
        Call: string option
        Verb: Verb
        Expect: Expected
    }

/// The options of a schedule.
[<NoComparison>]
type ScheduleConfig =
    {
        Lease: int64<ms>
        Expiry: int64<ms>
        SkewPad: int64<ms>
        PeerPad: int64<ms>
        PayloadValidation: bool
        PayloadBeforeTakeover: bool
        Wait: bool
        LateComplete: bool
        Release: ReleaseBy
        ReturnsOldOnFailure: bool
        /// Abandoned keys are held for a person.
        Hold: bool
        Fence: FenceFrom
        /// The clocks of processes are kept between the common clock and this much more.
        ClockBound: int64<ms>
        /// The clock of the sweep minus the common one.
        SweepAhead: int64<ms>
        /// How long a request can be under way, by its sender's clock, before it is too late to be carried out; none:
        /// for ever. It is the time that a call has for saving, too.
        Travel: int64<ms> option
    }

/// A process, in which calls run.
[<NoComparison>]
type ProcessPlan =
    {
        Name: string
        /// Its clock minus the common one, at the beginning.
        Offset: int64<ms>
        /// How much faster its clock runs than the common one, in millionths.
        Drift: int
    }

/// A call as the file describes it.
[<NoComparison>]
type CallPlan =
    {
        Name: string
        Result: Payload
        Payload: Fingerprint
        /// The name of its local cache, if it has one.
        Cache: string option
        /// Its clock minus that of its process, or the common one where it has none.
        Offset: int64<ms>
        /// The name of its key; none: the schedule's own.
        Key: string option
        /// The name of its process, if it has one.
        Process: string option
        /// It checks payloads, where the schedule's calls do.
        Validates: bool
        /// It is one of Powertools, without an owner token.
        IsPeer: bool
        /// It reads the record before it asks for the lock.
        LooksFirst: bool
        /// Its function enlists a write, to be committed with the result.
        Enlists: bool
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
        /// The invariants that must be broken, and no others; none: nobody watches them.
        Breaks: Invariant list option
    }

/// One schedule.
[<NoComparison>]
type Schedule =
    {
        Id: string
        Title: string
        /// The moment that its times count from.
        Epoch: int64<ms>
        /// What its calls are set in: the protocol that ships, where it is empty, or a broken twin of this name.
        Setting: string
        Config: ScheduleConfig
        Processes: ProcessPlan list
        Calls: CallPlan list
        /// The record at the beginning, but for its key.
        Initial: Record option
        Steps: ScheduleStep list
        Expect: Aftermath
    }

module Schedule =
    /// No fields.
    let nothing: Expected = Map.empty

    /// Nothing is compared.
    let unjudged =
        { Outcomes = Map.empty
          Executions = None
          Fences = Map.empty
          FinalRecord = None
          Breaks = None }

    /// The options of a schedule that says nothing else.
    let defaults =
        { Lease = 1000L<ms>
          Expiry = 60_000L<ms>
          SkewPad = 0L<ms>
          PeerPad = 0L<ms>
          PayloadValidation = false
          PayloadBeforeTakeover = true
          Wait = false
          LateComplete = true
          Release = ReleaseBy.Delete
          ReturnsOldOnFailure = true
          Hold = false
          Fence = FenceFrom.Start
          ClockBound = 0L<ms>
          SweepAhead = 0L<ms>
          Travel = None }

    /// A call of which nothing else is said. What it returns is called "r" and its name.
    let plan name : CallPlan =
        { Name = name
          Result = Payload.OfText $"\"r{name}\""
          Payload = Fingerprint.None
          Cache = None
          Offset = 0L<ms>
          Key = None
          Process = None
          Validates = true
          IsPeer = false
          LooksFirst = false
          Enlists = false }

    /// A step that expects nothing.
    let step number at call verb =
        { Number = number
          At = at
          Call = call
          Verb = verb
          Expect = nothing }

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
            Abandoned = if config.Hold then WhenAbandoned.Hold else WhenAbandoned.RunAgain
            CheckPayloadBeforeTakeover = config.PayloadBeforeTakeover
            LateCompletion = config.LateComplete
            Release = config.Release
            Fence = config.Fence
            Completion =
                { Defaults.completion with
                    Budget = config.Travel |> Option.defaultValue Defaults.completion.Budget } }

    /// The text of the key with this name, in a run under the given key.
    let keyText (key: string) (name: string option) =
        match name with
        | Some name -> $"{key}/{name}"
        | None -> key

    /// The ticket of a call, with this owner token.
    let ticket (schedule: Schedule) (key: string) (owner: string) (plan: CallPlan) : Ticket =
        let checks = schedule.Config.PayloadValidation && plan.Validates

        { Operation = "schedule"
          Key = keyText key plan.Key
          Owner = if plan.IsPeer then OwnerToken.None else OwnerToken owner
          Fingerprint = if checks then plan.Payload else Fingerprint.None
          Lease = schedule.Config.Lease
          Policy = policy schedule.Config
          UsesCache = plan.Cache.IsSome
          LooksFirst = plan.LooksFirst && not plan.IsPeer }

    /// The names of the keys that it has calls for.
    let keys (schedule: Schedule) =
        schedule.Calls |> List.map _.Key |> List.distinct

    /// Whether Powertools has a part in it.
    let hasPeers (schedule: Schedule) = schedule.Calls |> List.exists _.IsPeer
