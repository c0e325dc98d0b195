// Replays a schedule over a store: drives its calls step by step and compares what it sees with what the file
// expects. No threads and no real time.
namespace Idempotency.Simulation

open System
open Idempotency
open Idempotency.Core

/// What is not as the file expects it.
[<NoComparison>]
type Difference =
    {
        /// The step, or none for what must hold at the end.
        Step: ScheduleStep option
        Text: string
    }

    override this.ToString() =
        match this.Step with
        | None -> $"at the end: {this.Text}"
        | Some step ->
            let who =
                match step.Call with
                | Some call -> $"{call} {step.VerbText}"
                | None -> step.VerbText

            $"at step {step.Number} (at {step.At}, {who}): {this.Text}"

/// What came of a schedule.
[<NoComparison>]
type Verdict =
    {
        Schedule: Schedule
        Differences: Difference list
        /// Expected fields that this program does not know.
        NotCompared: string list
    }

    /// Whether all is as expected.
    member this.IsOk = this.Differences.IsEmpty

/// What a replay knows; each step makes a new one.
[<NoComparison; NoEquality>]
type private Scene =
    {
        Calls: Map<string, Call>
        /// The copies in the network.
        Copies: Map<string, Request>
        /// The calls whose functions were started, the last one first.
        Executions: string list
    }

module Replay =
    let private lost = Incident.unanswered

    let private without scene (call: Call) : Result<struct (Scene * Seen), string> =
        Ok(
            struct ({ scene with
                        Calls = scene.Calls.Add(call.Name, call) },
                    Seen.Nothing)
        )

    /// Puts the call back, and notes whether its function was started.
    let private after (scene: Scene) (before: Call) (effect: Effect) : Result<struct (Scene * Seen), string> =
        effect
        |> Result.map (fun (struct (call, seen)) ->
            let started = before.Fence.IsNone && call.Fence.IsSome

            struct ({ scene with
                        Calls = scene.Calls.Add(call.Name, call)
                        Executions = if started then call.Name :: scene.Executions else scene.Executions },
                    seen))

    let private duplicate scene (call: Call) parcel tag =
        let add request =
            { scene with
                Copies = scene.Copies.Add(tag, request) }

        match parcel, Call.pending call, call.Renewal with
        | Parcel.Request, Some request, _ -> without (add request) call
        | Parcel.Renewal, _, Some renewal ->
            Call.fault 0L<ms> lost call
            |> Result.map (fun (struct (call, _)) -> call)
            |> Result.bind (without (add (Request.Renew renewal)))
        | Parcel.Request, None, _ -> Error $"{call.Name} is {call.StateName} and has no request pending"
        | Parcel.Renewal, _, None -> Error $"{call.Name} is {call.StateName} and has no renewal under way"

    let private arrive store scene tag =
        match scene.Copies.TryFind tag with
        | None -> Error $"""there is no copy "{tag}" in the network"""
        | Some request ->
            let reply = Wire.send store request

            Ok(
                struct ({ scene with
                            Copies = scene.Copies.Remove tag },
                        Seen.Answered(request, reply, true))
            )

    let private play (bench: Bench) store key (schedule: Schedule) (scene: Scene) (step: ScheduleStep) =
        let common = schedule.Epoch + step.At

        let befall happens =
            match step.Call with
            | None -> Error "the step names no call"
            | Some name ->
                let call = scene.Calls[name]
                happens (common + call.Offset) call |> after scene call

        match step.Verb with
        | Verb.Begin -> befall Call.start
        | Verb.Deliver -> befall (Call.deliver store)
        | Verb.DeliverRenew -> befall (Call.deliverRenewal store)
        | Verb.ApplyAndLoseReply -> befall (fun _ call -> Call.loseReply store call)
        | Verb.Fault -> befall (fun now call -> Call.fault now lost call)
        | Verb.ApplyAndFault -> befall (fun now call -> Call.applyAndFault store now lost call)
        | Verb.Return -> befall Call.returns
        | Verb.Throw -> befall (fun now call -> Call.throws now Disposition.Release call)
        | Verb.Heartbeat -> befall Call.heartbeat
        | Verb.Timer -> befall (fun _ call -> Call.timer call)
        | Verb.Deadline -> befall (fun _ call -> Call.deadline call)
        | Verb.Crash -> befall (fun _ call -> Call.crash call)
        | Verb.Duplicate(parcel, tag) ->
            match step.Call with
            | Some name -> duplicate scene scene.Calls[name] parcel tag
            | None -> Error "the step names no call"
        | Verb.Arrive tag -> arrive store scene tag
        | Verb.TtlSweep -> Ok(struct (scene, Seen.Swept(bench.Sweep key common)))

    let private compareStep (call: Call option) seen (expected: Expected) =
        let fields =
            match call with
            | None -> Map.empty
            | Some call ->
                Map
                    [ "state", Comparison.quoted call.StateName
                      "leaseLostSignalled", (if call.LeaseLost then "true" else "false") ]

        [ for KeyValue(name, value) in expected ->
              name,
              (if name = "store" then
                   Comparison.store seen value
               else
                   Comparison.field fields name value) ]

    let private compareFields what fields (expected: Expected) =
        [ for KeyValue(name, value) in expected -> $"{what} {name}", Comparison.field fields name value ]

    let private same what expected seen =
        what,
        (if expected = seen then
             Comparison.Same
         else
             Comparison.Differs($"{what} {expected}", seen))

    let private compareEnd schedule (scene: Scene) (record: Record | null) =
        let expect = schedule.Expect
        let names calls = String.concat ", " calls

        [ for KeyValue(name, expected) in expect.Outcomes do
              match scene.Calls.TryFind name with
              | Some call -> yield! compareFields $"outcome of {name}:" (Findings.outcome call) expected
              | None -> same $"outcome of {name}" "of a call" "no such call"
          match expect.Executions with
          | Some expected -> same "executions" (names expected) (names (List.rev scene.Executions))
          | None -> ()
          for KeyValue(name, expected) in expect.Fences do
              let seen =
                  match scene.Calls.TryFind name with
                  | Some { Fence = ValueSome fence } -> string (fence - schedule.Epoch)
                  | Some _
                  | None -> "none"

              same $"fence of {name}" (string expected) seen
          match expect.FinalRecord, record with
          | None, _
          | Some None, Null -> ()
          | Some None, NonNull left ->
              same "final record" "none" $"%A{Findings.recordFields schedule.Epoch left}"
          | Some(Some _), Null -> same "final record" "one" "none"
          | Some(Some expected), NonNull left ->
              yield! compareFields "final record:" (Findings.recordFields schedule.Epoch left) expected ]

    let private difference step (compared: string * Comparison) =
        match compared with
        | _, Comparison.Differs(expected, seen) ->
            Some
                { Step = step
                  Text = $"expected {expected}, saw {seen}" }
        | _, Comparison.Same
        | _, Comparison.NotCompared -> None

    let private notCompared (compared: (string * Comparison) list) =
        [ for name, comparison in compared do
              if comparison = Comparison.NotCompared then name ]

    let private call schedule key (caches: Map<string, LocalCache>) (plan: CallPlan) =
        let cache: LocalCache | null =
            match plan.Cache with
            | Some name -> caches[name]
            | None -> null

        plan.Name,
        Call.create
            plan.Name
            (Schedule.ticket schedule key plan)
            plan.Offset
            plan.Result
            cache
            Machine.shipped

    /// Replays a schedule under a key that nothing else uses. A step that cannot be played ends it.
    let run (bench: Bench) (key: string) (schedule: Schedule) : Verdict =
        let store: IIdempotencyStore =
            if schedule.Config.ReturnsOldOnFailure then
                bench.Store
            else
                UnseenStore bench.Store

        let caches =
            Map [ for name in schedule.Calls |> List.choose _.Cache -> name, LocalCache 16 ]

        match schedule.Initial with
        | Some record -> bench.Plant { record with Key = key }
        | None -> ()

        let rec go scene differences unknown steps =
            match steps with
            | [] ->
                let compared = compareEnd schedule scene (Wire.read bench.Store key)
                differences @ List.choose (difference None) compared, unknown @ notCompared compared
            | step :: rest ->
                let played =
                    try
                        play bench store key schedule scene step
                    with fault ->
                        Error $"the store or the protocol threw {fault.GetType().Name}: {fault.Message}"

                match played with
                | Error reason -> differences @ [ { Step = Some step; Text = reason } ], unknown
                | Ok(struct (next, seen)) ->
                    let call = step.Call |> Option.bind next.Calls.TryFind
                    let compared = compareStep call seen step.Expect

                    go
                        next
                        (differences @ List.choose (difference (Some step)) compared)
                        (unknown @ notCompared compared)
                        rest

        let start =
            { Calls = Map(schedule.Calls |> List.map (call schedule key caches))
              Copies = Map.empty
              Executions = [] }

        let differences, unknown = go start [] [] schedule.Steps

        { Schedule = schedule
          Differences = differences
          NotCompared = List.distinct unknown }
