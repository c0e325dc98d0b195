// What can happen in a world, and which of it is possible at a moment, each with its weight.
namespace Idempotency.Simulation

open Idempotency
open Idempotency.Core

/// What can happen in a world.
[<RequireQualifiedAccess>]
type WorldEvent =
    /// Something befalls the call with this number.
    | To of call: int * Incident
    /// The copy with this number reaches the store; nobody sees the reply.
    | Arrive of copy: int
    /// Time passes.
    | Pass of int64<ms>
    /// The store removes expired records.
    | Sweep

module WorldEvent =
    /// How many copies the network holds at the most.
    [<Literal>]
    let private mostCopies = 4

    /// What can befall a request on its way.
    let private travelling (config: WorldConfig) mayCopy deliver =
        let often = if config.Lossy then 3 else 1

        [ struct (12, deliver)
          struct (2 * often, Incident.LoseReply)
          if mayCopy then struct (2 * often, Incident.LeaveCopy)
          struct (1, Incident.GiveUp)
          struct (1, Incident.GiveUpApplied)
          if mayCopy then struct (1, Incident.GiveUpInFlight) ]

    /// A call that has a reply on its way back can handle it, or never see it.
    let private pending config mayCopy (call: Call) =
        if call.Kept.IsSome then
            [ struct (8, Incident.Handle); struct (1, Incident.GiveUp) ]
        else
            travelling config mayCopy Incident.Deliver @ [ struct (2, Incident.Reach) ]

    let private running (config: WorldConfig) mayCopy (call: Call) =
        [ struct ((if config.Renewing then 2 else 8), Incident.Return)
          struct ((if config.Renewing then 1 else 2), Incident.ThrowAndRelease)
          struct (1, Incident.ThrowAndStore)
          struct (1, Incident.ThrowAndHold)
          struct (1, Incident.Tick)
          if call.Renewal.IsSome then
              yield! travelling config mayCopy Incident.DeliverRenewal
          else
              struct ((if config.Renewing then 12 else 3), Incident.Heartbeat) ]

    let private incidents config mayCopy (call: Call) =
        match call.Phase with
        | Phase.Unbegun -> [ struct (4, Incident.Begin) ]
        | Phase.Crashed
        | Phase.At(Step.Done _) -> []
        | Phase.At step ->
            [ match step with
              | Step.Look _
              | Step.Acquire _
              | Step.Refresh _
              | Step.Peek { InHand = InHand.Nothing _ } ->
                  yield! pending config mayCopy call
                  struct (1, Incident.Cancel)
              | Step.Peek { InHand = InHand.Run _ }
              | Step.Abandon _
              | Step.Complete _
              | Step.LateComplete _
              | Step.Release _ -> yield! pending config mayCopy call
              | Step.Run _ -> yield! running config mayCopy call
              | Step.Wait _ ->
                  struct (6, Incident.Timer)
                  struct (1, Incident.Deadline)
                  struct (1, Incident.Cancel)
              | Step.Done _ -> ()
              struct (1, Incident.Crash) ]

    let private passing (config: WorldConfig) (now: int64<ms>) =
        let length (ms: int) : int64<ms> =
            LanguagePrimitives.Int64WithMeasure(int64 ms)

        let often = if config.Hasty then 3 else 1

        [ struct (3, WorldEvent.Pass 1L<ms>)
          struct (3 * often, WorldEvent.Pass(length (config.LeaseMs / 2)))
          struct (3 * often, WorldEvent.Pass(length (config.LeaseMs + config.PadMs + 1)))
          struct (2, WorldEvent.Pass(1000L<ms> - now % 1000L<ms>))
          struct (1, WorldEvent.Pass(length (config.ExpiryMs + 1000))) ]

    /// What is possible now, the most ordinary first.
    let possible config now (calls: Call[]) copies =
        [ for index in 0 .. calls.Length - 1 do
              for struct (weight, incident) in incidents config (copies < mostCopies) calls[index] do
                  struct (weight, WorldEvent.To(index, incident))
          for copy in 0 .. copies - 1 do
              struct (2, WorldEvent.Arrive copy)
          yield! passing config now
          struct (2, WorldEvent.Sweep) ]

    /// The event that a number picks.
    let pick (events: struct (int * WorldEvent) list) (choice: int) =
        let rec go left rest =
            match rest with
            | [ struct (_, event) ] -> event
            | struct (weight, event) :: _ when left < weight -> event
            | struct (weight, _) :: others -> go (left - weight) others
            | [] -> WorldEvent.Sweep

        let total = events |> List.sumBy (fun (struct (weight, _)) -> weight)
        go (abs (choice % total)) events
