// Runs a world: lets its choices pick events, plays them on the machine and the store that it is set in, and
// has the watch look at each.
namespace Idempotency.Simulation

open System
open System.Collections.Generic
open Idempotency
open Idempotency.Core

/// What came of a world.
[<NoComparison>]
type WorldReport =
    {
        World: World
        Violations: Violation list
        /// The states that its calls were in, and the kinds of their conclusions.
        Reached: Set<string>
        /// What happened, a line an event; asked for, the world runs once more.
        Trace: Lazy<string list>
    }

    override this.ToString() =
        String.Join(
            Environment.NewLine,
            [ $"%A{this.World.Config}"
              yield! this.Trace.Value
              for violation in this.Violations do
                  string violation ]
        )

/// A world while it runs.
[<Sealed>]
type private Universe(setting: Setting, world: World, traces: bool) =
    let key = "key"
    let config = world.Config
    let policy = World.policy config
    let struct (store, sweep) = setting.Open()

    let visible: IIdempotencyStore = if config.Unseen then UnseenStore store else store

    let caches = Array.init 3 (fun _ -> LocalCache 4)
    let watch = Watch config
    let trace = ResizeArray<string>()
    let copies = ResizeArray<struct (int * Request)>()
    let reached = HashSet<string>()
    let mutable now = World.epoch

    let ticket owner (plan: WorldCall) policy : Ticket =
        { Operation = "world"
          Key = key
          Owner = OwnerToken owner
          Fingerprint = if plan.Validates then Fingerprint $"p{plan.Payload}" else Fingerprint.None
          Lease = policy.Lease
          Policy = policy
          UsesCache = plan.Cache > 0
          LooksFirst = false }

    let create index (plan: WorldCall) =
        let name = string (char (int 'A' + index))
        let offset = LanguagePrimitives.Int64WithMeasure<ms>(int64 plan.OffsetMs)

        let cache: LocalCache | null = if plan.Cache > 0 then caches[plan.Cache] else null

        let ticket = ticket (setting.Token index) plan policy
        Call.create name ticket offset (Payload.OfText $"\"r{name}\"") cache setting.Machine

    let calls = config.Calls |> List.mapi create |> Array.ofList

    let tell (text: unit -> string) =
        if traces then trace.Add $"at {now - World.epoch}: {text ()}"

    let runs (call: Call) =
        match call.Phase with
        | Phase.At(Step.Run _) -> true
        | Phase.At _
        | Phase.Unbegun
        | Phase.Crashed -> false

    let holdsLive (call: Call) =
        match call.Phase with
        | Phase.At(Step.Run running) -> now + call.Offset <= running.LeaseEnds
        | Phase.At _
        | Phase.Unbegun
        | Phase.Crashed -> false

    let indices condition =
        [ for index in 0 .. calls.Length - 1 do
              if condition calls[index] then index ]

    /// Tells the watch what it cannot see in the store.
    let foretell index incident =
        match incident with
        | Incident.Begin -> watch.Began index
        | Incident.Return -> watch.Returned index
        | Incident.ThrowAndRelease
        | Incident.ThrowAndHold
        | Incident.ThrowAndStore
        | Incident.RefuseEnlisted -> watch.Threw(index, calls[index].Failure)
        | Incident.Deliver
        | Incident.DeliverRenewal
        | Incident.Reach
        | Incident.Handle
        | Incident.LoseReply
        | Incident.LeaveCopy
        | Incident.GiveUp
        | Incident.GiveUpApplied
        | Incident.GiveUpInFlight
        | Incident.Cancel
        | Incident.Heartbeat
        | Incident.Tick
        | Incident.Timer
        | Incident.Deadline
        | Incident.Crash -> ()

    let wasAbandoning (call: Call) =
        match call.Phase with
        | Phase.At(Step.Abandon _) -> true
        | Phase.At _
        | Phase.Unbegun
        | Phase.Crashed -> false

    /// Notes that a call started its function or ended.
    let note index (was: Call) (call: Call) clock =
        match call.Phase with
        | Phase.At(Step.Run running) when not (runs was) ->
            watch.Started(index, now, clock, running, indices runs)
        | Phase.At(Step.Done(conclusion, _)) -> watch.Ended(index, now, clock, conclusion, wasAbandoning was)
        | Phase.At _
        | Phase.Unbegun
        | Phase.Crashed -> ()

    let happen index incident =
        let call = calls[index]
        let clock = now + call.Offset
        let before = Wire.read store key

        foretell index incident

        match Incident.befall visible clock incident call with
        | Error reason -> tell (fun () -> reason)
        | Ok(struct (next, seen, left)) ->
            for request in left do
                copies.Add(struct (index, request))

            calls[index] <- next
            reached.Add(Findings.kind next) |> ignore

            match seen with
            | Seen.Answered(request, reply, lost) ->
                watch.Sent(index, request, reply, lost, before, Wire.read store key)
            | Seen.Nothing
            | Seen.NotApplied _
            | Seen.Swept _ -> ()

            note index call next clock

            tell (fun () ->
                let store =
                    match seen with
                    | Seen.Nothing -> ""
                    | _ -> $", {Comparison.storeText seen}"

                $"{call.Name} %A{incident}: {next.StateName}{store}")

    let arrive copy =
        let struct (sender, request) = copies[copy]
        copies.RemoveAt copy
        let before = Wire.read store key
        let reply = Wire.send store request
        watch.Sent(sender, request, reply, true, before, Wire.read store key)
        let seen = Seen.Answered(request, reply, true)
        tell (fun () -> $"a copy from {calls[sender].Name} arrives, {Comparison.storeText seen}")

    let play event =
        watch.Next()

        match event with
        | WorldEvent.To(index, incident) -> happen index incident
        | WorldEvent.Arrive copy -> arrive copy
        | WorldEvent.Pass length -> now <- now + length
        | WorldEvent.Sweep ->
            if sweep key (now + LanguagePrimitives.Int64WithMeasure<ms>(int64 config.SweepOffsetMs)) then
                watch.Swept()
                tell (fun () -> "the sweep removes the record")

        watch.Executing(indices holdsLive)

    let isOver (call: Call) =
        match call.Phase with
        | Phase.At(Step.Done _)
        | Phase.Crashed -> true
        | Phase.At _
        | Phase.Unbegun -> false

    /// Everything stops, and a fresh caller comes with the slowest clock.
    let finish () =
        let skew = LanguagePrimitives.Int64WithMeasure<ms>(int64 (World.skew config))

        let fresh owner =
            let policy =
                { policy with
                    InProgress = WhileInProgress.Reject }

            ticket owner { config.Calls.Head with Cache = 0 } policy

        FreshCaller.problem visible setting.Machine fresh now (now + skew + policy.Lease + policy.SkewPad)
        |> Option.iter watch.Stuck

    /// Runs the world to its end.
    member _.Run() =
        let rec go choices =
            match choices with
            | [] -> ()
            | _ when copies.Count = 0 && Array.forall isOver calls -> ()
            | choice :: rest ->
                WorldEvent.pick (WorldEvent.possible config now calls copies.Count) choice
                |> play

                go rest

        go world.Choices
        finish ()
        List.ofSeq watch.Violations

    /// The states and conclusions that were reached.
    member _.Reached = Set.ofSeq reached

    /// What happened.
    member _.Trace = List.ofSeq trace

module WorldRun =
    /// Runs a world in a setting.
    let run (setting: Setting) (world: World) : WorldReport =
        let universe = Universe(setting, world, false)
        let violations = universe.Run()

        { World = world
          Violations = violations
          Reached = universe.Reached
          Trace =
            lazy
                (let again = Universe(setting, world, true)
                 again.Run() |> ignore
                 again.Trace) }
