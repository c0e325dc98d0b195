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
        Adapt: WorldConfig -> WorldConfig
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

    /// Nothing but short leases in long windows, clocks that agree and one payload.
    let private plain (config: WorldConfig) =
        { config with
            Calls =
                [ for call in config.Calls ->
                      { call with
                          Payload = 1
                          OffsetMs = 0
                          Cache = 0 } ]
            LeaseMs = 20
            ExpiryMs = 1000
            PadMs = 0
            SweepOffsetMs = 0
            Holds = false
            LateCompletion = true
            Tombstones = false
            FenceFromAcquire = false
            Unseen = false }

    /// Calls that renew, in a network that repeats.
    let private renewing config =
        { plain config with
            Renewing = true
            Lossy = true }

    let private patient config = { plain config with Waits = false }

    let private longLease config = { plain config with LeaseMs = 2500 }

    let private cached (config: WorldConfig) =
        let config = plain config

        { config with
            Calls = [ for call in config.Calls -> { call with Cache = 1 } ] }

    let private twoPayloads (config: WorldConfig) =
        let config = plain config

        { config with
            PayloadBeforeTakeover = false
            Calls =
                config.Calls
                |> List.mapi (fun index call ->
                    { call with
                        Payload = 1 + index % 2
                        Validates = true }) }

    let private twoPayloadsCached config =
        let config = twoPayloads config

        { config with
            Calls = [ for call in config.Calls -> { call with Cache = 1 } ] }

    /// Clocks further apart than the pad.
    let private skewed pad skew (config: WorldConfig) =
        let config = plain config

        { config with
            PadMs = pad
            Calls =
                config.Calls
                |> List.mapi (fun index call ->
                    { call with
                        OffsetMs = if index % 2 = 0 then 0 else skew }) }

    let private fencedFromAcquire config =
        { plain config with
            FenceFromAcquire = true }

    let private oneToken =
        { Setting.shipped with
            Token = fun _ -> "process" }

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
          twin "no pad, clocks apart" Setting.shipped (skewed 0 8) [ Invariant.I1 ]
          twin "a pad below the skew" Setting.shipped (skewed 4 8) [ Invariant.I1 ]
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
              [ Invariant.I1 ] ]

    /// Runs worlds until the twin has broken all that it must, so many at the most: for each invariant that
    /// broke, the first world's number and what came of it.
    let broken (twin: Twin) (worlds: int) : Map<Invariant, int * WorldReport> =
        let adapt (world: World) =
            { Config = twin.Adapt world.Config
              Choices = world.Choices }

        let add found (index, report) =
            (found, report.Violations)
            ||> List.fold (fun found violation ->
                if Map.containsKey violation.Invariant found then
                    found
                else
                    found.Add(violation.Invariant, (index + 1, report)))

        let complete found =
            twin.Breaks |> List.forall (fun invariant -> Map.containsKey invariant found)

        let states =
            RandomWorlds.reports twin.Setting adapt (seq { 1..worlds })
            |> Seq.indexed
            |> Seq.scan add Map.empty
            |> Seq.cache

        states |> Seq.tryFind complete |> Option.defaultWith (fun () -> Seq.last states)
