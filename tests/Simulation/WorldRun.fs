// Runs a world: lets its choices pick events, plays them on the machine and the store that it is set in, and
// has the watch look at each.
namespace Idempotency.Simulation

open System
open System.Collections.Generic
open Idempotency
open Idempotency.Core

/// What a world is set in: the real thing, or a broken twin of it.
[<NoComparison; NoEquality>]
type Setting =
    {
        /// A new store, with its sweep.
        Open: unit -> struct (IIdempotencyStore * (string -> int64<ms> -> bool))
        Machine: Machine
        /// The owner token of the call with this number.
        Token: int -> string
    }

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

module Setting =
    let private memory () =
        let store = InMemoryStore()

        struct (store :> IIdempotencyStore,
                fun (_: string) (now: int64<ms>) -> store.Sweep(Time.toDateTimeOffset now) > 0)

    /// The protocol that ships on the in-memory store that ships.
    let shipped =
        { Open = memory
          Machine = Machine.shipped
          Token = fun index -> string (char (int 'A' + index)) }

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

    let leaveCopy index (call: Call) clock : Effect =
        match Call.underWay call with
        | None -> Error "nothing is under way"
        | Some request ->
            copies.Add(struct (index, request))

            if runs call then
                Call.fault clock (TimeoutException()) call
            else
                Ok(struct (call, Seen.Nothing))

    let throws index clock disposition call =
        let error: exn = InvalidOperationException "The function failed."
        watch.Threw(index, error)
        Call.throws clock error disposition call

    let befall index incident (call: Call) clock : Effect =
        match incident with
        | Incident.Begin ->
            watch.Began index
            Call.start clock call
        | Incident.Deliver -> Call.deliver visible clock call
        | Incident.DeliverRenewal -> Call.deliverRenewal visible clock call
        | Incident.Reach -> Call.reach visible call
        | Incident.Handle -> Call.handle clock call
        | Incident.LoseReply -> Call.loseReply visible call
        | Incident.LeaveCopy -> leaveCopy index call clock
        | Incident.GiveUp -> Call.fault clock (TimeoutException()) call
        | Incident.GiveUpApplied -> Call.applyAndFault visible clock (TimeoutException()) call
        | Incident.Cancel -> Call.cancel call
        | Incident.Return ->
            watch.Returned index
            Call.returns clock call
        | Incident.ThrowAndRelease -> throws index clock Disposition.Release call
        | Incident.ThrowAndHold -> throws index clock Disposition.Hold call
        | Incident.ThrowAndStore ->
            throws index clock (Disposition.Store(Payload.OfText $"\"f{call.Name}\"")) call
        | Incident.Heartbeat -> Call.heartbeat clock call
        | Incident.Tick -> Call.tick clock call
        | Incident.Timer -> Call.timer call
        | Incident.Deadline -> Call.deadline call
        | Incident.Crash -> Call.crash call

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

        match befall index incident call clock with
        | Error reason -> tell (fun () -> reason)
        | Ok(struct (next, seen)) ->
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
