// One performance of a schedule: its calls, clocks, caches and network, which each step changes. Replays and random
// worlds both play on it, without threads and without real time.
namespace Idempotency.Simulation

open System.Collections.Generic
open Idempotency
open Idempotency.Core

/// One performance of a schedule, under a key that nothing else uses.
[<Sealed>]
type internal Performance
    (setting: Setting, bench: Bench, key: string, schedule: Schedule, attention: Attention) =
    let config = schedule.Config
    let epoch = schedule.Epoch
    let plans = Array.ofList schedule.Calls
    let keys = Array.ofList (Schedule.keys schedule)
    let keyTexts = keys |> Array.map (Schedule.keyText key)
    let keyOf = plans |> Array.map (fun plan -> Array.findIndex ((=) plan.Key) keys)
    let clocks = Clocks schedule
    let audience = Audience(schedule, attention)
    let places = Dictionary<string, int>()
    let copies = Dictionary<string, struct (int * Request)>()
    let executions = List<string>()
    let mutable now = epoch

    let store: IIdempotencyStore =
        if config.ReturnsOldOnFailure then bench.Store else UnseenStore bench.Store

    let caches =
        let known = Dictionary<string, LocalCache>()

        for plan in plans do
            plan.Cache
            |> Option.iter (fun name -> known.TryAdd(name, LocalCache 4) |> ignore)

        known

    let create (plan: CallPlan) =
        let cache: LocalCache | null =
            match plan.Cache with
            | Some name -> caches[name]
            | None -> null

        let machine = if plan.IsPeer then Powertools.machine else setting.Machine
        let ticket = Schedule.ticket schedule key (setting.Token plan.Name) plan

        { Call.create plan.Name ticket plan.Offset plan.Result cache machine with
            Enlisted =
                if plan.Enlists then
                    Enlisted [| "a write of the function's own" :> obj |]
                else
                    Enlisted.None }

    let calls = plans |> Array.map create

    do
        for index in 0 .. plans.Length - 1 do
            places[plans[index].Name] <- index

        match schedule.Initial with
        | Some record -> bench.Plant { record with Key = key }
        | None -> ()

    let clockOf index = clocks.Of(index, now)

    let read number : Record | null =
        if audience.IsThere then Wire.read bench.Store keyTexts[number] else null

    let isLate index (request: Request) =
        match config.Travel, request.Made with
        | Some travel, ValueSome made -> clockOf index - made > travel
        | _, _ -> false

    let isTooLate index incident =
        Incident.reaches incident
        && (Call.underWay calls[index] |> Option.exists (isLate index))

    let holdsLive index =
        match calls[index].Phase with
        | Phase.At(Step.Run running) -> clockOf index <= running.LeaseEnds
        | Phase.At _
        | Phase.Unbegun
        | Phase.Crashed -> false

    let tell number make =
        audience.Tell(number, read number, make)

    let befall index incident shown : Result<Seen, string> =
        let call = calls[index]
        let record = read keyOf[index]

        if isTooLate index incident then
            Error $"what {call.Name} has under way is too late"
        else
            match Incident.befall store (clockOf index) incident call with
            | Error reason -> Error reason
            | Ok(struct (next, seen, _)) ->
                calls[index] <- next

                if call.Fence.IsNone && next.Fence.IsSome then executions.Add next.Name

                if audience.IsThere then
                    audience.Befell(
                        now,
                        clockOf index,
                        { Index = index
                          Incident = incident
                          Before = call
                          After = next
                          Seen = seen
                          Record = struct (record, read keyOf[index]) }
                    )

                    audience.LookAround holdsLive

                tell keyOf[index] (Frame.ofIncident epoch now shown call next seen)
                Ok seen

    let duplicate index parcel tag : Result<Seen, string> =
        let call = calls[index]

        match parcel, Call.pending call, call.Renewal with
        | Parcel.Request, Some request, _ ->
            copies[tag] <- struct (index, request)
            tell keyOf[index] (Frame.ofIncident epoch now Incident.LeaveCopy call call Seen.Nothing)
            Ok Seen.Nothing
        | Parcel.Renewal, _, Some renewal ->
            // Its client gives it up.
            befall index Incident.GiveUp Incident.GiveUpInFlight
            |> Result.map (fun _ ->
                copies[tag] <- struct (index, Request.Renew renewal)
                Seen.Nothing)
        | Parcel.Request, None, _ -> Error $"{call.Name} is {call.StateName} and has no request pending"
        | Parcel.Renewal, _, None -> Error $"{call.Name} is {call.StateName} and has no renewal under way"

    let arrive (tag: string) : Result<Seen, string> =
        match copies.TryGetValue tag with
        | false, _ -> Error $"""there is no copy "{tag}" in the network"""
        | true, struct (sender, request) when isLate sender request ->
            Error $"""the copy "{tag}" is too late"""
        | true, struct (sender, request) ->
            let number = keyOf[sender]
            let record = read number
            copies.Remove tag |> ignore
            let reply = Wire.send bench.Store request

            if audience.IsThere then
                audience.Arrived(
                    now,
                    { Sender = sender
                      Request = request
                      Reply = reply
                      Lost = true
                      IsCopy = true
                      Before = record
                      After = read number }
                )

            tell number (Frame.ofArrival epoch now calls[sender].Name request reply)
            Ok(Seen.Answered(request, reply, true))

    let sweep () : Result<Seen, string> =
        let records = keyTexts |> Array.mapi (fun number _ -> read number)

        let removed =
            keyTexts
            |> Array.map (fun key -> bench.Sweep key (now + config.SweepAhead))
            |> Array.exists id

        for number in 0 .. keys.Length - 1 do
            match records[number], read number with
            | NonNull record, Null when audience.IsThere ->
                audience.Swept(number, now, record)
                tell number (Frame.ofEvent epoch now "the store sweeps the record away")
            | _, _ -> ()

        Ok(Seen.Swept removed)

    let tellOf name text =
        match clocks.CallsIn name with
        | index :: _ -> tell keyOf[index] (Frame.ofEvent epoch now text)
        | [] -> ()

    let restart name : Result<Seen, string> =
        for index in clocks.CallsIn name do
            match calls[index].Phase, Call.crash calls[index] with
            | Phase.At _, Ok(struct (gone, _)) ->
                calls[index] <- gone
                audience.Stopped index
            | _, Ok _
            | _, Error _ -> ()

            plans[index].Cache
            |> Option.iter (fun cache -> keyTexts |> Array.iter caches[cache].Forget)

        tellOf name $"the process {name} disappears with all its calls, and starts anew"
        Ok Seen.Nothing

    let jump name (by: int64<ms>) : Result<Seen, string> =
        clocks.Jump(name, by)
        if audience.IsThere then audience.LookAround holdsLive
        tellOf name $"the clock of {name} jumps by {Frame.seconds by}"
        Ok Seen.Nothing

    let ticketOf plan owner =
        let policy =
            { Schedule.policy config with
                InProgress = WhileInProgress.Reject }

        { Schedule.ticket
              schedule
              key
              owner
              { plan with
                  Cache = None
                  LooksFirst = false } with
            Policy = policy }

    /// What a fresh caller with the slowest clock meets at a key.
    let problemAt number =
        let own = plans |> Array.filter (fun plan -> plan.Key = keys[number])

        let plan =
            own |> Array.tryFind (fun plan -> not plan.IsPeer) |> Option.defaultValue own[0]

        let latest =
            now + config.ClockBound + config.Lease + max config.SkewPad config.PeerPad

        let machine = if plan.IsPeer then Powertools.machine else setting.Machine
        FreshCaller.problem store machine (ticketOf plan) now latest

    /// What it performs.
    member _.Schedule = schedule

    /// The calls as they are, in the order of the schedule.
    member _.Calls: IReadOnlyList<Call> = calls

    /// The call of a name, if there is one.
    member _.Find(name: string) =
        match places.TryGetValue name with
        | true, index -> Some calls[index]
        | false, _ -> None

    /// The clock of the call with this number.
    member _.ClockOf(index: int) = clockOf index

    /// The tags of the copies in the network.
    member _.Tags = copies.Keys

    /// The calls whose functions were started, in that order.
    member _.Executions = List.ofSeq executions

    /// What broke so far, where it is watched.
    member _.Violations = List.ofSeq audience.Violations

    /// What happened, where it is told.
    member _.Frames = List.ofSeq audience.Frames

    /// Plays a step. What the store did; or why the step cannot be played.
    member _.Play(step: ScheduleStep) : Result<Seen, string> =
        now <- epoch + step.At
        audience.Next()

        match step.Verb, step.Call with
        | Verb.To incident, Some name -> befall places[name] incident incident
        | Verb.Duplicate(parcel, tag), Some name -> duplicate places[name] parcel tag
        | (Verb.To _ | Verb.Duplicate _), None -> Error "the step names no call"
        | Verb.Arrive tag, _ -> arrive tag
        | Verb.TtlSweep, _ -> sweep ()
        | Verb.Restart name, _ -> restart name
        | Verb.Jump(name, by), _ -> jump name by

    /// All stop, and a fresh caller with the slowest clock comes to each key.
    member _.Finish() =
        for number in 0 .. keys.Length - 1 do
            match problemAt number with
            | Some problem ->
                audience.Stuck problem
                tell number (Frame.ofEvent epoch now problem)
            | None -> ()
