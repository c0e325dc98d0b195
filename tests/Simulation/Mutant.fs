// The protocol without one of its guards, what that must break, and within which bounds.
namespace Idempotency.Simulation

open Idempotency.Core

/// What is to be said of a guard.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type GuardVerdict =
    /// Without it the exploration finds these broken.
    | Breaks of Setting * Bounds * Invariant list
    /// Without it nothing breaks of what is promised; it spares something else. The exploration finds nothing.
    | Spares of Setting * Bounds * what: string
    /// No bounded run depends on it; this test does.
    | TestedBy of test: string

module Mutant =
    let private two = Bounds.ofCallers 2
    let private three = Bounds.ofCallers 3

    let private lost bounds =
        { bounds with
            Faults = { bounds.Faults with LostReplies = 1 } }

    let private giveUp bounds =
        { bounds with
            Faults = { bounds.Faults with GiveUps = 1 } }

    let private crash bounds =
        { bounds with
            Faults = { bounds.Faults with Crashes = 1 } }

    let private heartbeats count bounds =
        { bounds with
            Faults =
                { bounds.Faults with
                    Heartbeats = count } }

    let private each change (bounds: Bounds) =
        { bounds with
            Workers = List.mapi change bounds.Workers }

    let private clocks (offsets: int list) =
        each (fun index worker -> { worker with Offset = offsets[index] })

    let private payloads (list: int list) =
        each (fun index worker ->
            { worker with
                Validates = true
                Payloads = [ list[index] ] })

    let private ownCaches =
        each (fun _ worker ->
            { worker with
                Cache = WorkerCache.Own
                Payloads = [ 1; 1 ] })

    let private sharedCache =
        each (fun _ worker ->
            { worker with
                Cache = WorkerCache.Shared })

    let private firstIsPeer =
        each (fun index worker -> { worker with IsPeer = (index = 0) })

    let private tombstone (bounds: Bounds) =
        { bounds with
            Release = ReleaseBy.Tombstone }

    let private hold (bounds: Bounds) =
        { bounds with
            Abandoned = WhenAbandoned.Hold }

    let private wait (bounds: Bounds) = { bounds with Waits = true }

    let private anyTakeOver (bounds: Bounds) =
        { bounds with
            PayloadBeforeTakeover = false }

    let private enlist (bounds: Bounds) = { bounds with Enlists = true }

    /// A window of one second, which ends before a lease of four ticks does.
    let private shortWindow (bounds: Bounds) =
        { bounds with
            Window = 1
            Lease = 4
            Sweeps = true
            Ticks = 8 }

    let private rules broken = Setting.ruled broken
    let private machine broken = Setting.driven broken

    let private breaks setting bounds invariants =
        GuardVerdict.Breaks(setting, bounds, invariants)

    let private sparing setting bounds what =
        GuardVerdict.Spares(setting, bounds, what)

    /// A peer that completes or releases late, and one of us.
    let private besidePeer = two |> firstIsPeer

    /// What becomes of the protocol without a guard.
    let without (guard: Guard) : GuardVerdict =
        match guard with
        | Guard.AcquireWaitsForTheLease ->
            breaks (rules BrokenRules.acquireLive) two [ Invariant.I1; Invariant.I3u ]
        | Guard.AcquireWaitsForTheWindow ->
            breaks (rules BrokenRules.acquireFinished) two [ Invariant.I2a; Invariant.I2b; Invariant.I3u ]
        | Guard.AcquireIsNotForTheOwner ->
            breaks (rules BrokenRules.acquireOwn) (two |> lost |> heartbeats 1) [ Invariant.I1 ]
        | Guard.AcquireWaitsForThePeerPad ->
            breaks
                (rules BrokenRules.acquireAtOnceFromPeers)
                ({ besidePeer with
                    Pad = 1
                    PeersStop = true }
                 |> clocks [ 0; 1 ])
                [ Invariant.I1 ]
        | Guard.AcquireLeavesHeldLocks ->
            breaks (rules BrokenRules.acquireHeld) (two |> hold |> crash) [ Invariant.I3u ]
        | Guard.AcquireTakesTombstones ->
            breaks (rules BrokenRules.leaveTombstones) (two |> hold |> tombstone) [ Invariant.I6 ]
        | Guard.AcquireWritesALease ->
            breaks (rules BrokenRules.lockWithoutLease) (two |> crash) [ Invariant.I6 ]
        | Guard.AcquireWritesAnExpirationBeyondTheLease ->
            breaks (rules BrokenRules.lockExpiresEarly) (two |> shortWindow) [ Invariant.I1 ]
        | Guard.RenewNeedsTheOwner ->
            breaks (rules BrokenRules.renewByStatus) (two |> heartbeats 1) [ Invariant.I3u ]
        | Guard.RenewNeedsTheStatus ->
            breaks
                (rules BrokenRules.renewByOwner)
                (two |> lost |> heartbeats 1)
                [ Invariant.I2a; Invariant.I2b; Invariant.I2plus ]
        | Guard.RenewOnlyLengthens ->
            breaks (rules BrokenRules.renewShortens) (two |> lost |> heartbeats 2) [ Invariant.I1 ]
        | Guard.RenewMovesTheExpiration ->
            breaks (rules BrokenRules.renewLeaseOnly) (two |> shortWindow |> heartbeats 1) [ Invariant.I1 ]
        | Guard.CompleteNeedsACondition ->
            breaks
                (rules BrokenRules.completeUnconditional)
                three
                [ Invariant.I1
                  Invariant.I2a
                  Invariant.I2b
                  Invariant.I2plus
                  Invariant.I3u
                  Invariant.I9 ]
        | Guard.CompleteNeedsTheOwner -> breaks (rules BrokenRules.completeByStatus) two [ Invariant.I3u ]
        | Guard.CompleteNeedsTheStatus ->
            breaks (rules BrokenRules.completeByOwner) besidePeer [ Invariant.I3u ]
        | Guard.CompleteWritesTheHash ->
            sparing
                (rules Rules.right)
                two
                "the lock that it completes is its own and has the hash; a peer's update writes its own"
        | Guard.ReleaseNeedsACondition ->
            breaks
                (rules BrokenRules.releaseUnconditional)
                three
                [ Invariant.I1
                  Invariant.I2a
                  Invariant.I2b
                  Invariant.I2plus
                  Invariant.I3d
                  Invariant.I9 ]
        | Guard.ReleaseNeedsTheOwner -> breaks (rules BrokenRules.releaseByStatus) two [ Invariant.I3d ]
        | Guard.ReleaseNeedsTheStatus ->
            breaks (rules BrokenRules.releaseByOwner) besidePeer [ Invariant.I3d ]
        | Guard.TombstoneKeepsTheFence ->
            breaks
                (rules BrokenRules.tombstoneForgets)
                ({ tombstone three with
                    Fence = FenceFrom.Acquire })
                [ Invariant.I9 ]
        | Guard.TombstoneClearsTheOwner ->
            sparing
                (rules BrokenRules.tombstoneOwned)
                (two |> tombstone |> lost |> heartbeats 1)
                "only waiting: a delayed renewal revives the lock for a lease"
        | Guard.TombstoneClearsTheHash ->
            breaks
                (rules BrokenRules.tombstoneHashed)
                (two |> tombstone |> payloads [ 2; 1 ])
                [ Invariant.I6 ]
        | Guard.LateCompleteNeedsAFreeKey ->
            breaks (rules BrokenRules.lateCompleteUnconditional) two [ Invariant.I3u ]
        | Guard.CacheLooksAtTheWindow ->
            breaks (machine BrokenMachines.cacheForEver) (two |> ownCaches) [ Invariant.I5 ]
        | Guard.CacheLooksAtTheHash ->
            breaks
                (machine BrokenMachines.cacheForAll)
                (two |> payloads [ 1; 2 ] |> sharedCache)
                [ Invariant.I4 ]
        | Guard.LookDecidesNothing ->
            breaks (machine BlindMachines.runsOnALook) { two with LooksFirst = true } [ Invariant.I1 ]
        | Guard.LeaseCountsFromTheRequest ->
            breaks (machine BrokenMachines.leaseFromReply) two [ Invariant.I1; Invariant.I9 ]
        | Guard.StartLooksAtTheLease ->
            breaks (machine BrokenMachines.startsUnchecked) two [ Invariant.I1s; Invariant.I9 ]
        | Guard.OwnLockIsRecognised ->
            breaks (machine BrokenMachines.blindToItself) (two |> lost) [ Invariant.I7 ]
        | Guard.OwnLeaseIsLessThePad ->
            breaks
                (machine BlindMachines.trustsThePad)
                ({ two with Pad = 1 } |> clocks [ 0; 1 ] |> lost)
                [ Invariant.I1 ]
        | Guard.FailedAcquireDoesNotRun ->
            breaks (machine BlindMachines.runsOnAFault) (two |> giveUp) [ Invariant.I1 ]
        | Guard.ReplayLooksAtTheWindow -> breaks (machine BlindMachines.replaysExpired) three [ Invariant.I5 ]
        | Guard.ReplayLooksAtTheHash ->
            breaks (machine BlindMachines.replaysToAll) (two |> payloads [ 1; 2 ]) [ Invariant.I4 ]
        | Guard.TriesAreCounted ->
            GuardVerdict.TestedBy "row 07: a key that became free for the fourth time is contended"
        | Guard.RenewedLeaseCountsFromTheRequest ->
            breaks (machine BlindMachines.renewedFromReply) (two |> heartbeats 1) [ Invariant.I1 ]
        | Guard.RefusedRenewalIsNotBelieved ->
            breaks (machine BlindMachines.believesRefusedRenewals) (two |> heartbeats 1) [ Invariant.I1 ]
        | Guard.FailedRenewalIsNotBelieved ->
            breaks
                (machine BlindMachines.believesFailedRenewals)
                (two |> heartbeats 1 |> giveUp)
                [ Invariant.I1 ]
        | Guard.RenewalEndsWithTheLongestRun ->
            GuardVerdict.TestedBy "row 16: a heartbeat renews the lease until the longest run"
        | Guard.AdoptionLooksAtTheHash ->
            breaks
                (machine BlindMachines.adoptsAnything)
                (two |> payloads [ 1; 2 ] |> anyTakeOver)
                [ Invariant.I4 ]
        | Guard.StoredResultIsPreferred ->
            breaks (machine BlindMachines.prefersItsOwn) three [ Invariant.I2a; Invariant.I2plus ]
        | Guard.LostResultIsNotTheResult ->
            breaks
                (machine BrokenMachines.ownResultAfterAll)
                three
                [ Invariant.I2a; Invariant.I2plus; Invariant.I8r ]
        | Guard.LostResultIsNotStoredOverOthers ->
            breaks
                { rules BrokenRules.lateCompleteUnconditional with
                    Machine = BrokenMachines.storesOverOthers }
                two
                [ Invariant.I3u ]
        | Guard.OwnLockAfterTheRunIsNotASave ->
            breaks
                (machine BlindMachines.savedByItsLock)
                ({ besidePeer with Unseen = true } |> lost)
                [ Invariant.I8r ]
        | Guard.UnsavedResultIsReturned ->
            breaks (machine BrokenMachines.dropsUnsaved) (two |> giveUp) [ Invariant.I8r ]
        | Guard.UnsavedResultIsNotTheResult ->
            breaks
                (machine BlindMachines.unsavedIsExecuted)
                (two |> giveUp)
                [ Invariant.I2plus; Invariant.I8r ]
        | Guard.UnsavedResultIsNotRemembered ->
            breaks
                (machine BrokenMachines.cachesUnconfirmed)
                (two |> ownCaches |> giveUp)
                [ Invariant.I2a; Invariant.I2b; Invariant.I2plus ]
        | Guard.DeadlineDoesNotMakeAResult ->
            breaks (machine BlindMachines.impatient) (two |> wait) [ Invariant.I2plus; Invariant.I8r ]
        | Guard.LostLeaseDoesNotStartOver -> breaks (machine BrokenMachines.startsOver) two [ Invariant.Once ]
        | Guard.OwnExceptionReachesTheCaller ->
            breaks (machine BrokenMachines.hidesException) two [ Invariant.I8x ]
        | Guard.EnlistedWritesAreSavedOnce ->
            breaks (machine BlindMachines.savesWritesAgain) (two |> enlist |> lost) [ Invariant.I10 ]
        | Guard.EnlistedWritesGoWithALateResult ->
            breaks (machine BlindMachines.lateWithoutWrites) (two |> enlist) [ Invariant.I10 ]
        | Guard.RefusedWritesAreAFailure ->
            breaks (machine BlindMachines.overlooksRefusedWrites) (two |> enlist) [ Invariant.I8x ]
        | Guard.TokenIsNewForEachCall ->
            breaks
                { Setting.shipped with
                    Token = fun _ -> "process" }
                two
                [ Invariant.I1; Invariant.I9 ]
        | Guard.PadCoversTheSkew ->
            breaks Setting.shipped ({ three with Pad = 1 } |> clocks [ 0; 2; 0 ]) [ Invariant.I1 ]
        | Guard.FenceFromTheAcquireNeedsATombstone ->
            breaks Setting.shipped { three with Fence = FenceFrom.Acquire } [ Invariant.I9 ]

    /// What came of a guard's absence, as the exploration found it.
    let explore threads (guard: Guard) : struct (GuardVerdict * Search * Explored) voption =
        let search setting bounds wanted =
            Search(
                Stage(Cast.create bounds setting),
                { SearchOptions.standard System.TimeProvider.System with
                    Threads = threads
                    Tolerated = (if wanted = 0 then 0 else -1)
                    Wanted = wanted }
            )

        match without guard with
        | GuardVerdict.TestedBy _ -> ValueNone
        | GuardVerdict.Spares(setting, bounds, _) as verdict ->
            let search = search setting bounds 0
            ValueSome(struct (verdict, search, search.Run()))
        | GuardVerdict.Breaks(setting, bounds, invariants) as verdict ->
            let search = search setting bounds (Breach.ofList invariants)
            ValueSome(struct (verdict, search, search.Run()))
