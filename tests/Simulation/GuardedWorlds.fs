// Guards switched off in random worlds: the same settings as in the exploration, with as many calls, keys and hours as the
// worlds have.
namespace Idempotency.Simulation

open Idempotency.Core

module GuardedWorlds =
    /// Brings a world near what the bounds of an exploration are about.
    let adapt (bounds: Bounds) (world: World) : World =
        let policy = Bounds.policy bounds
        let workers = Array.ofList bounds.Workers

        let call index (plan: CallPlan) =
            let worker = workers[index % workers.Length]

            { Schedule.plan plan.Name with
                Key = plan.Key
                Process = plan.Process
                Payload = Fingerprint $"p{worker.Payloads.Head}"
                Validates = worker.Validates
                Offset = Bounds.ticks worker.Offset
                Cache =
                    match worker.Cache with
                    | WorkerCache.None -> None
                    | WorkerCache.Own -> plan.Process
                    | WorkerCache.Shared -> Some "all"
                IsPeer = worker.IsPeer
                LooksFirst = bounds.LooksFirst
                Enlists = bounds.Enlists }

        { world with
            Plan =
                { world.Plan with
                    Config =
                        { Schedule.defaults with
                            Lease = policy.Lease
                            Expiry = policy.Expiry
                            SkewPad = policy.SkewPad
                            PeerPad = policy.PeerPad
                            PayloadValidation = workers |> Array.exists _.Validates
                            PayloadBeforeTakeover = bounds.PayloadBeforeTakeover
                            Wait = bounds.Waits
                            LateComplete = bounds.LateCompletion
                            Release = bounds.Release
                            ReturnsOldOnFailure = not bounds.Unseen
                            Hold = (bounds.Abandoned = WhenAbandoned.Hold)
                            Fence = bounds.Fence
                            Travel = if bounds.Enlists then Some(policy.Expiry / 8L) else None
                            ClockBound = Bounds.ticks (Bounds.fastest bounds) }
                    Processes =
                        [ for plan in world.Plan.Processes -> { plan with Offset = 0L<ms>; Drift = 0 } ]
                    Calls = List.mapi call world.Plan.Calls }
            Habits =
                { world.Habits with
                    Renewing = bounds.Faults.Heartbeats > 0
                    Lossy = bounds.Faults.LostReplies > 0
                    PeersStop = bounds.PeersStop } }

    /// What random worlds can say of a guard: the twin without it, and the invariants of which it must break one. None
    /// for a guard that only spares something, or that is tested elsewhere.
    let twin (guard: Guard) : Twin option =
        match Mutant.without guard with
        | GuardVerdict.Breaks(setting, bounds, invariants) ->
            Some
                { Name = Guard.text guard
                  Setting = setting
                  Adapt = adapt bounds
                  Breaks = invariants }
        | GuardVerdict.Spares _
        | GuardVerdict.TestedBy _ -> None

    /// Of all guards.
    let all = Guard.all |> List.choose twin

module Settings =
    /// The setting of a schedule's name for it: the protocol that ships, or a broken twin.
    let find (name: string) : Setting option =
        if name = "" then
            Some Setting.shipped
        else
            Twins.all @ GuardedWorlds.all
            |> List.tryFind (fun twin -> twin.Name = name)
            |> Option.map _.Setting
