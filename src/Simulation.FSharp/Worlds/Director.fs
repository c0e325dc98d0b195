// Decides what happens next in a world: which of all that is possible, each with its weight.
namespace Idempotency.Simulation

open System
open System.Collections.Generic
open Idempotency
open Idempotency.Core

/// What happens next.
[<NoComparison>]
type internal Cue =
    {
        /// How much time passes first.
        Passes: int64<ms>
        /// What happens then, at one moment, each perhaps to a call.
        Verbs: (string option * Verb) list
    }

/// Decides what happens in a performance of a world.
[<Sealed>]
type internal Director(world: World, performance: Performance) =
    let dice = Dice(uint64 world.Seed ^^^ 0x5DEECE66DUL)
    let config = world.Plan.Config
    let habits = world.Habits
    let calls = performance.Calls
    let tags = List<string>()
    let mutable now = world.Plan.Epoch
    let mutable tagged = 0

    let often = if habits.Lossy then 3 else 1

    /// The numbers of the calls of each caller.
    let lives =
        let places =
            dict (world.Plan.Calls |> List.mapi (fun index plan -> plan.Name, index))

        [| for life in world.Callers -> [| for name in life -> places[name] |] |]

    /// How many of its calls each caller has made.
    let made = Array.map (fun _ -> 0) lives

    let isOver (call: Call) =
        match call.Phase with
        | Phase.At(Step.Done _)
        | Phase.Crashed -> true
        | Phase.At _
        | Phase.Unbegun -> false

    /// The number of the call that a caller makes now, or -1.
    let currentOf caller =
        let life = lives[caller]

        while made[caller] < life.Length && isOver calls[life[made[caller]]] do
            made[caller] <- made[caller] + 1

        if made[caller] < life.Length then life[made[caller]] else -1

    let isPeer index =
        let owner = calls[index].Ticket.Owner
        owner.IsNone

    /// A copy of what is under way stays in the network.
    let copy parcel =
        tagged <- tagged + 1
        Verb.Duplicate(parcel, string tagged)

    let mayCopy () = tags.Count < 4 + lives.Length

    let one incident = [ Verb.To incident ]

    /// A copy of the pending request, where one may stay in the network, and what happens besides.
    let besideCopy (call: Call) incident =
        let isRead =
            match Call.pending call with
            | Some request -> request.IsRead
            | None -> true

        if isRead || call.Kept.IsSome || dice.Once 2 || not (mayCopy ()) then
            one incident
        else
            [ copy Parcel.Request; Verb.To incident ]

    /// What can befall a pending request.
    let pending (call: Call) isRead =
        if call.Kept.IsSome then
            [ struct (8, fun () -> one Incident.Handle)
              struct (1, fun () -> one Incident.GiveUp) ]
        else
            [ struct (12, fun () -> one Incident.Deliver)
              struct (2 * often, fun () -> one Incident.LoseReply)
              if not isRead && mayCopy () then
                  struct (2 * often, fun () -> [ copy Parcel.Request ])
              struct (2, fun () -> one Incident.Reach)
              struct (1, fun () -> one Incident.GiveUpApplied)
              struct (2, fun () -> besideCopy call Incident.GiveUp) ]

    /// What can befall a renewal.
    let renewing =
        [ struct (12, fun () -> one Incident.DeliverRenewal)
          struct (2 * often, fun () -> one Incident.LoseReply)
          struct (1 + often, fun () -> [ copy Parcel.Renewal ])
          struct (1, fun () -> one Incident.GiveUp)
          struct (1, fun () -> one Incident.GiveUpApplied) ]

    /// The function ends; a renewal that is under way is forgotten by the call, not by the network.
    let ending (call: Call) incident =
        if call.Renewal.IsSome && dice.Once 2 then
            [ copy Parcel.Renewal; Verb.To incident ]
        else
            one incident

    let running index (call: Call) =
        [ struct ((if habits.Renewing then 2 else 8), fun () -> ending call Incident.Return)
          struct ((if habits.Renewing then 1 else 2), fun () -> ending call Incident.ThrowAndRelease)
          if not (isPeer index) then
              struct (1, fun () -> ending call Incident.ThrowAndStore)
              struct (1, fun () -> ending call Incident.ThrowAndHold)
              struct (1, fun () -> one Incident.Tick)

              if call.Renewal.IsNone then
                  struct ((if habits.Renewing then 12 else 3), fun () -> one Incident.Heartbeat)
          if call.Renewal.IsSome then yield! renewing ]

    let refusing (call: Call) (enlisted: Enlisted) =
        [ if not enlisted.IsNone && call.Kept.IsNone then
              struct (1, fun () -> one Incident.RefuseEnlisted) ]

    let cancelling index (call: Call) =
        [ if not (isPeer index) then struct (1, fun () -> besideCopy call Incident.Cancel) ]

    let inState index (call: Call) (step: Step) =
        match step with
        | Step.Look _
        | Step.Peek { InHand = InHand.Nothing _ } -> pending call true @ cancelling index call
        | Step.Acquire _
        | Step.Refresh _ -> pending call false @ cancelling index call
        | Step.Complete state -> pending call false @ refusing call state.Request.Enlisted
        | Step.LateComplete state -> pending call false @ refusing call state.Request.Enlisted
        | Step.Peek { InHand = InHand.Run _ } -> pending call true
        | Step.Abandon _
        | Step.Release _ -> pending call false
        | Step.Run _ -> running index call
        | Step.Wait _ ->
            [ struct (6, fun () -> one Incident.Timer)
              struct (1, fun () -> one Incident.Deadline)
              struct (1, fun () -> one Incident.Cancel) ]
        | Step.Done _ -> []

    /// A peer whose lease is over is gone, where its host stops it. (Its fence is the end of its lease.)
    let isStopped index (call: Call) =
        habits.PeersStop
        && isPeer index
        && call.Fence.IsSome
        && call.Fence.Value < performance.ClockOf index

    let befalling index =
        let call = calls[index]

        let verbs =
            match call.Phase with
            | Phase.Unbegun -> one Incident.Begin
            | Phase.At _ when isStopped index call -> one Incident.Crash
            | Phase.At step ->
                let crash = struct (1, fun () -> besideCopy call Incident.Crash)
                (dice.Weighted(inState index call step @ [ crash ])) ()
            | Phase.Crashed -> []

        { Passes = 0L<ms>
          Verbs = verbs |> List.map (fun verb -> Some call.Name, verb) }

    let passing () =
        let often = if habits.Hasty then 3 else 1

        let length =
            dice.Weighted
                [ struct (3, 1L<ms>)
                  struct (3 * often, config.Lease / 2L)
                  struct (3 * often, config.Lease + config.SkewPad + 1L<ms>)
                  struct (2, 1000L<ms> - now % 1000L<ms>)
                  struct (1, config.Expiry + 1000L<ms>) ]

        { Passes = length; Verbs = [] }

    let at verb =
        { Passes = 0L<ms>
          Verbs = [ None, verb ] }

    let arriving () =
        let place = dice.Below tags.Count
        let tag = tags[place]
        tags.RemoveAt place
        at (Verb.Arrive tag)

    let aProcess () = (dice.OneOf world.Plan.Processes).Name

    let jumping () =
        let bound = int config.ClockBound

        let by =
            LanguagePrimitives.Int64WithMeasure<ms>(int64 (dice.Between(-bound, bound)))

        at (Verb.Jump(aProcess (), by))

    /// Something befalls one of the calls that are made now, or of something else.
    let choose (current: int[]) =
        let weightOf index =
            match calls[index].Phase with
            | Phase.Unbegun -> 4
            | Phase.At _
            | Phase.Crashed -> 16

        let weights = current |> Array.map weightOf
        let crowd = max 1 (current.Length / 3)

        let others =
            [ struct ((if habits.Hasty then 24 else 12) * crowd, passing)
              struct (2 * crowd, fun () -> at Verb.TtlSweep)
              if tags.Count > 0 then struct (2 * tags.Count, arriving)
              if not world.Plan.Processes.IsEmpty then
                  struct (1, fun () -> at (Verb.Restart(aProcess ())))

                  if config.ClockBound > 0L<ms> then struct (2, jumping) ]

        let ofOthers = others |> List.sumBy (fun (struct (weight, _)) -> weight)
        let drawn = dice.Below(Array.sum weights + ofOthers)

        if drawn < ofOthers then
            (dice.Weighted others) ()
        else
            let mutable left = drawn - ofOthers
            let mutable place = 0

            while left >= weights[place] do
                left <- left - weights[place]
                place <- place + 1

            befalling current[place]

    /// What happens next; none when nothing can any more.
    member _.Next() : Cue option =
        let current =
            [| for caller in 0 .. lives.Length - 1 do
                   let index = currentOf caller
                   if index >= 0 then index |]

        if current.Length = 0 && tags.Count = 0 then
            None
        else
            let cue = choose current
            now <- now + cue.Passes
            Some cue

    /// A copy has come into the network.
    member _.Copied(tag: string) = tags.Add tag
