// Plays a list of incidents in one setting or another, and tells what came of it: the same race, with other rules.
namespace Idempotency.Simulation

open Idempotency.Core

/// One incident of a script.
[<NoComparison>]
type ScriptStep =
    {
        /// The tick at which it happens.
        Tick: int
        /// The number of the call.
        Call: int
        Incident: Incident
    }

/// Takes what one incident of one call leads to.
[<Sealed>]
type private Taker(isWanted: int -> bool) =
    member val State: byte[] = [||] with get, set
    member val Move = -1 with get, set
    member val Broken = 0 with get, set

    interface ITakeStates with
        member this.Take(next, move, broken) =
            if this.Move < 0 && isWanted move then
                this.State <- Array.copy next
                this.Move <- move
                this.Broken <- broken

module Script =
    let private next (successors: Successors) (state: byte[]) isWanted =
        let taker = Taker isWanted
        successors.Expand(Array.copy state, taker)
        taker

    let private pass (successors: Successors) (state: byte[]) =
        (next successors state (fun move -> move = Move.ofPass)).State

    /// The frames of a script. An incident that cannot happen, as the call has ended, is left out.
    let play (bounds: Bounds) (setting: Setting) (script: ScriptStep list) : Frame list =
        let stage = Stage(Cast.create bounds setting)
        let layout = Layout stage.Cast
        let successors = Successors(stage, layout)

        let rec until tick state =
            if layout.Tick state >= tick then state else until tick (pass successors state)

        let isOf (step: ScriptStep) (state: byte[]) move =
            match Move.ofNumber move with
            | Move.Befall(call, place, 0) when call = step.Call ->
                let local = stage.Numbers.Local(layout.Call(state, call))
                local.Incidents[place] = step.Incident
            | Move.Befall _
            | Move.Arrive _
            | Move.Pass
            | Move.Sweep -> false

        let folder (state, frames) step =
            let state = until step.Tick state
            let taken = next successors state (isOf step state)

            if taken.Move < 0 then
                state, frames
            else
                let mutable recovery = 0
                let itself = successors.Look(taken.State, &recovery)

                let frame =
                    Story.frame stage layout state taken.State taken.Move (taken.Broken ||| itself)

                taken.State, frames @ Option.toList frame

        List.fold folder (successors.First(), []) script |> snd
