// Broken twins of the protocol: each lacks one guard, and each must be caught. They show that no invariant is
// checked in vain, and what each guard is for (docs/protocol.md, "What each guard is for").
namespace Idempotency.Simulation

open Idempotency
open Idempotency.Core

/// A protocol with one guard removed.
[<NoComparison; NoEquality>]
type Twin =
    {
        Name: string
        Setting: Setting
        /// Brings the worlds near the guard that is missing.
        Adapt: World -> World
        /// The invariants that worlds must break for want of it.
        Breaks: Invariant list
    }

module Twins =
    let private ruled = Setting.ruled
    let private driven = Setting.driven

    let private twin name setting adapt breaks =
        { Name = name
          Setting = setting
          Adapt = adapt
          Breaks = breaks }

    let private config change (world: World) : World =
        { world with
            Plan =
                { world.Plan with
                    Config = change world.Plan.Config } }

    let private calls change (world: World) : World =
        { world with
            Plan =
                { world.Plan with
                    Calls = List.mapi change world.Plan.Calls } }

    let private habits change (world: World) : World =
        { world with
            Habits = change world.Habits }

    /// All processes have the common clock.
    let private onOneClock (world: World) : World =
        { world with
            Plan =
                { world.Plan with
                    Processes =
                        [ for plan in world.Plan.Processes -> { plan with Offset = 0L<ms>; Drift = 0 } ] } }

    /// Nothing but short leases in long windows, clocks that agree and one payload.
    let private plain (world: World) : World =
        world
        |> onOneClock
        |> config (fun config ->
            { Schedule.defaults with
                Lease = 20L<ms>
                Expiry = 1000L<ms>
                Wait = config.Wait
                PayloadBeforeTakeover = config.PayloadBeforeTakeover })
        |> calls (fun _ call ->
            { Schedule.plan call.Name with
                Key = call.Key
                Process = call.Process })

    /// Calls that renew, in a network that repeats.
    let private renewing world =
        plain world
        |> habits (fun habits ->
            { habits with
                Renewing = true
                Lossy = true })

    let private patient world =
        plain world |> config (fun config -> { config with Wait = false })

    let private longLease world =
        plain world |> config (fun config -> { config with Lease = 2500L<ms> })

    let private sharing =
        calls (fun _ (call: CallPlan) -> { call with Cache = Some "all" })

    let private cached world = plain world |> sharing

    let private twoPayloads world =
        plain world
        |> config (fun config ->
            { config with
                PayloadValidation = true
                PayloadBeforeTakeover = false })
        |> calls (fun index call ->
            { call with
                Payload = Fingerprint $"p{1 + index % 2}" })

    let private twoPayloadsCached world = twoPayloads world |> sharing

    /// Clocks further apart than the pad.
    let private skewed (pad: int64<ms>) (skew: int64<ms>) world =
        plain world
        |> config (fun config ->
            { config with
                SkewPad = pad
                PeerPad = pad
                ClockBound = skew })
        |> calls (fun index call ->
            { call with
                Offset = if index % 2 = 0 then 0L<ms> else skew })

    /// Clocks that jump, but no further apart than this.
    let private jumping (pad: int64<ms>) (bound: int64<ms>) world =
        plain world
        |> config (fun config ->
            { config with
                SkewPad = pad
                PeerPad = pad
                ClockBound = bound })

    /// Every other clock is faster by a second in two thousand, and leases are long.
    let private drifting world =
        plain world
        |> config (fun config ->
            { config with
                Lease = 60_000L<ms>
                Expiry = 3_600_000L<ms>
                ClockBound = 10_000L<ms> })
        |> fun world ->
            { world with
                Plan =
                    { world.Plan with
                        Processes =
                            world.Plan.Processes
                            |> List.mapi (fun index plan -> { plan with Drift = index % 2 * 500 }) } }

    let private fencedFromAcquire world =
        plain world
        |> config (fun config ->
            { config with
                Fence = FenceFrom.Acquire })

    let private peersOnly world =
        plain world |> calls (fun _ call -> { call with IsPeer = true })

    let private oneToken =
        { Setting.shipped with
            Token = fun _ -> "process" }

    let private oneRecord =
        { Setting.shipped with
            Open =
                fun () ->
                    let store = BlindStore()
                    struct (store, store.Sweep) }

    /// All of them.
    let all =
        [ twin
              "Complete without a condition"
              (ruled BrokenRules.completeUnconditional)
              plain
              [ Invariant.I3u; Invariant.I2plus; Invariant.I2a ]
          twin
              "Complete by status, without the owner"
              (ruled BrokenRules.completeByStatus)
              plain
              [ Invariant.I3u ]
          twin
              "Release without a condition"
              (ruled BrokenRules.releaseUnconditional)
              plain
              [ Invariant.I3d; Invariant.I1; Invariant.I2a; Invariant.I2b; Invariant.I2plus ]
          twin "own lock not recognised" (driven BrokenMachines.blindToItself) plain [ Invariant.I7 ]
          twin "own lock acquired again" (ruled BrokenRules.acquireOwn) renewing [ Invariant.I1 ]
          twin "renewals may shorten" (ruled BrokenRules.renewShortens) renewing [ Invariant.I1 ]
          twin
              "renewals without the status"
              (ruled BrokenRules.renewByOwner)
              renewing
              [ Invariant.I2a; Invariant.I2b; Invariant.I2plus ]
          twin
              "locks that expire before their lease, and a sweep"
              (ruled BrokenRules.lockExpiresEarly)
              longLease
              [ Invariant.I1 ]
          twin
              "locks freed by their window"
              (ruled BrokenRules.windowFreesLock)
              longLease
              [ Invariant.I1; Invariant.I3u ]
          twin "lease counted from the reply" (driven BrokenMachines.leaseFromReply) plain [ Invariant.I1 ]
          twin
              "started without a look at the lease"
              (driven BrokenMachines.startsUnchecked)
              plain
              [ Invariant.I1s ]
          twin
              "own result after a lost lease"
              (driven BrokenMachines.ownResultAfterAll)
              patient
              [ Invariant.I8r; Invariant.I2plus; Invariant.I2a ]
          twin
              "late completion over others"
              { ruled BrokenRules.lateCompleteUnconditional with
                  Machine = BrokenMachines.storesOverOthers }
              patient
              [ Invariant.I3u ]
          twin
              "adopted without comparing the hash"
              (driven BrokenMachines.blindToPayload)
              twoPayloads
              [ Invariant.I4 ]
          twin
              "cached without comparing the hash"
              (driven BrokenMachines.cacheForAll)
              twoPayloadsCached
              [ Invariant.I4 ]
          twin "cached without a window" (driven BrokenMachines.cacheForEver) cached [ Invariant.I5 ]
          twin
              "unconfirmed results cached"
              (driven BrokenMachines.cachesUnconfirmed)
              cached
              [ Invariant.I2plus; Invariant.I2a; Invariant.I8r ]
          twin "no pad, clocks apart" Setting.shipped (skewed 0L<ms> 8L<ms>) [ Invariant.I1 ]
          twin "a pad below the skew" Setting.shipped (skewed 4L<ms> 8L<ms>) [ Invariant.I1 ]
          twin
              "clocks that jump further than the pad"
              Setting.shipped
              (jumping 4L<ms> 8L<ms>)
              [ Invariant.I1 ]
          twin "clocks that drift, and no pad" Setting.shipped drifting [ Invariant.I1 ]
          twin "one record for all keys" oneRecord plain [ Invariant.I8r ]
          twin "an owner token for each process" oneToken plain [ Invariant.I1; Invariant.I3u ]
          twin "fence from the acquire, released by delete" Setting.shipped fencedFromAcquire [ Invariant.I9 ]
          twin "locks without a lease" (ruled BrokenRules.lockWithoutLease) plain [ Invariant.I6 ]
          twin
              "the exception hidden by the release"
              (driven BrokenMachines.hidesException)
              plain
              [ Invariant.I8x ]
          twin "the unsaved result dropped" (driven BrokenMachines.dropsUnsaved) plain [ Invariant.I8r ]
          twin "started over after a lost lease" (driven BrokenMachines.startsOver) patient [ Invariant.Once ]
          twin
              "renewals believed whatever their reply"
              (driven BrokenMachines.believesRenewals)
              plain
              [ Invariant.I1 ]
          twin
              "Powertools"
              Setting.shipped
              peersOnly
              [ Invariant.I1
                Invariant.I3u
                Invariant.I3d
                Invariant.I2plus
                Invariant.I7
                Invariant.I8r ] ]

    /// Brings a world near what a twin lacks, and gives its schedule the twin's name.
    let adapt (twin: Twin) (world: World) : World =
        let world = twin.Adapt world

        { world with
            Plan = { world.Plan with Setting = twin.Name } }

    /// Runs worlds until the twin has broken all that it must, so many at the most: for each invariant that
    /// broke, the first world's number and what came of it.
    let broken (twin: Twin) (worlds: int) : Map<Invariant, int * WorldReport> =
        let add found (index, report: WorldReport) =
            (found, report.Violations)
            ||> List.fold (fun found violation ->
                if Map.containsKey violation.Invariant found then
                    found
                else
                    found.Add(violation.Invariant, (index + 1, report)))

        let complete found =
            twin.Breaks |> List.forall (fun invariant -> Map.containsKey invariant found)

        let states =
            RandomWorlds.reports twin.Setting (adapt twin) (seq { 1..worlds })
            |> Seq.indexed
            |> Seq.scan add Map.empty
            |> Seq.cache

        states |> Seq.tryFind complete |> Option.defaultWith (fun () -> Seq.last states)
