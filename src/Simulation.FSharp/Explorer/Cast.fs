// Who is on stage: the calls of an exploration with their tickets, and which of them are alike.
namespace Idempotency.Simulation

open System
open Idempotency
open Idempotency.Core

/// One call of an exploration.
[<NoComparison; NoEquality>]
type Role =
    {
        /// Its place among the calls; it is called A, B, C ... accordingly.
        Index: int
        Worker: int
        Plan: Worker
        Payload: int
        /// The call as it is before it begins.
        Call: Call
        /// The number of its local cache among the caches of the state, or -1.
        Cache: int
        /// The call that must have ended before this one can begin, or -1.
        After: int
        /// The call of a worker just like its own that must have begun before, or -1: which of two alike comes first
        /// makes no difference.
        Twin: int
    }

/// The calls of an exploration.
[<NoComparison; NoEquality>]
type Cast =
    {
        Bounds: Bounds
        Setting: Setting
        Rules: Rules
        Policy: Policy
        Roles: Role[]
        /// How many local caches there are.
        Caches: int
    }

module Cast =
    /// The key of all calls.
    [<Literal>]
    let key = "key"

    /// The moment of tick zero: the beginning of a second.
    let epoch = World.epoch

    /// The common clock at a tick.
    let moment (tick: int) = epoch + Bounds.ticks tick

    /// What an exploration's functions commit with their results.
    let enlisted = Enlisted [| "a write of the function's own" :> obj |]

    let private owner (setting: Setting) name (worker: Worker) =
        if worker.IsPeer then OwnerToken.None else OwnerToken(setting.Token name)

    let private ticket (bounds: Bounds) policy owner (worker: Worker) payload : Ticket =
        { Operation = "exploration"
          Key = key
          Owner = owner
          Fingerprint = if worker.Validates then Fingerprint $"p{payload}" else Fingerprint.None
          Lease = policy.Lease
          Policy = policy
          UsesCache = worker.Cache <> WorkerCache.None
          LooksFirst = bounds.LooksFirst && not worker.IsPeer }

    /// A ticket for a caller from outside.
    let fresh (cast: Cast) (owner: string) =
        let policy =
            { cast.Policy with
                InProgress = WhileInProgress.Reject }

        let worker =
            { cast.Bounds.Workers.Head with
                Cache = WorkerCache.None }

        // Among nothing but peers it is a peer.
        let isPeer = cast.Bounds.Workers |> List.forall _.IsPeer
        let token = if isPeer then OwnerToken.None else OwnerToken owner

        ticket cast.Bounds policy token worker worker.Payloads.Head

    let private call bounds (setting: Setting) policy index (worker: Worker) payload =
        let name = Setting.nameOf index
        let ticket = ticket bounds policy (owner setting name worker) worker payload
        let machine = if worker.IsPeer then Powertools.machine else setting.Machine
        let result = Payload.OfText $"\"r{name}\""
        let call = Call.create name ticket (Bounds.ticks worker.Offset) result null machine

        { call with
            Enlisted = if bounds.Enlists then enlisted else Enlisted.None }

    let private cacheOf (workers: Worker[]) index =
        let own =
            workers
            |> Seq.take index
            |> Seq.filter (fun worker -> worker.Cache = WorkerCache.Own)
            |> Seq.length

        let shares =
            workers |> Array.exists (fun worker -> worker.Cache = WorkerCache.Shared)

        match workers[index].Cache with
        | WorkerCache.None -> -1
        | WorkerCache.Shared -> 0
        | WorkerCache.Own -> own + (if shares then 1 else 0)

    /// The calls that the bounds ask for, in a setting.
    let create (bounds: Bounds) (setting: Setting) : Cast =
        match Bounds.problems bounds with
        | [] -> ()
        | problems -> invalidArg (nameof bounds) (String.concat "; " problems)

        let policy = Bounds.policy bounds
        let workers = Array.ofList bounds.Workers

        let firsts =
            workers |> Array.scan (fun first worker -> first + worker.Payloads.Length) 0

        let role index worker number payload =
            let plan = workers[worker]
            let isFirst = number = 0
            let hasTwin = isFirst && worker > 0 && workers[worker - 1] = plan

            { Index = index
              Worker = worker
              Plan = plan
              Payload = payload
              Call = call bounds setting policy index plan payload
              Cache = cacheOf workers worker
              After = if isFirst then -1 else index - 1
              Twin = if hasTwin then firsts[worker - 1] else -1 }

        let roles =
            [| for worker in 0 .. workers.Length - 1 do
                   for number, payload in List.indexed workers[worker].Payloads do
                       role (firsts[worker] + number) worker number payload |]

        let hasPeers = workers |> Array.exists _.IsPeer

        { Bounds = bounds
          Setting = setting
          Rules = if hasPeers then Powertools.beside setting.Rules else setting.Rules
          Policy = policy
          Roles = roles
          Caches = 1 + (roles |> Array.map _.Cache |> Array.max) }
