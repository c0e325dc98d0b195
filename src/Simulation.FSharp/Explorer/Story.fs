// Tells how a breakage came about: the shortest way from the beginning to it, step by step.
namespace Idempotency.Simulation

open System

/// Looks for the move that leads to a state.
[<Sealed>]
type private Finder(wanted: byte[]) =
    /// The number of the move, or -1.
    member val Move = -1 with get, set
    /// What it breaks.
    member val Broken = 0 with get, set

    interface ITakeStates with
        member this.Take(next, move, broken) =
            if this.Move < 0 && next.AsSpan().SequenceEqual(ReadOnlySpan<byte> wanted) then
                this.Move <- move
                this.Broken <- broken

/// Takes what a known move leads to.
[<Sealed>]
type private Follower(wanted: int) =
    member val State: byte[] = [||] with get, set
    member val Broken = 0 with get, set

    interface ITakeStates with
        member this.Take(next, move, broken) =
            if move = wanted then
                this.State <- Array.copy next
                this.Broken <- broken

module Story =
    /// The frame of a move from one state to the next; none where time passes.
    let frame (stage: Stage) (layout: Layout) (state: byte[]) (next: byte[]) move broken =
        let numbers = stage.Numbers
        let tick = layout.Tick state
        let now = Cast.moment tick
        let stored = numbers.Stored(layout.Stored next)

        let author =
            if stored.Author < 0 then "" else stage.Cast.Roles[stored.Author].Call.Name

        let broken = Breach.toList broken

        match Move.ofNumber move with
        | Move.Pass -> None
        | Move.Sweep -> Some(Frame.ofEvent Cast.epoch now "the store sweeps the record away" null "" broken)
        | Move.Arrive place ->
            let copyNumber = layout.Copy(state, place) - 1
            let copy = numbers.Copy copyNumber
            let sender = stage.Cast.Roles[copy.Sender].Call.Name

            stage.Arrive(copyNumber, layout.Stored state)
            |> Option.map (fun arrival ->
                Frame.ofArrival Cast.epoch now sender copy.Request arrival.Reply stored.Record author broken)
        | Move.Befall(call, place, off) ->
            let localNumber = layout.Call(state, call)
            let local = numbers.Local localNumber
            let role = local.Role
            let cached = if role.Cache < 0 then 0 else layout.Cached(state, role.Cache)
            let incident = local.Incidents[place]

            stage.Befall(tick, off, incident, localNumber, layout.Stored state, cached)
            |> Option.map (fun outcome ->
                Frame.ofIncident
                    Cast.epoch
                    now
                    incident
                    local.Call
                    outcome.After
                    outcome.Seen
                    stored.Record
                    author
                    broken)

    let private step stage layout (successors: Successors) (state: byte[]) (next: byte[]) =
        let finder = Finder next
        successors.Expand(state, finder)
        frame stage layout state next finder.Move finder.Broken

    let private last stage layout (successors: Successors) (state: byte[]) (breakage: Breakage) =
        if breakage.Move < 0 then
            None
        else
            let follower = Follower breakage.Move
            successors.Expand(state, follower)
            frame stage layout state follower.State breakage.Move follower.Broken

    /// What a state breaks as it is belongs to the step that led to it.
    let private mark (breakage: Breakage) (frames: Frame list) =
        let isMarked =
            frames
            |> List.exists (fun frame -> List.contains breakage.Invariant frame.Broken)

        match List.rev frames with
        | final :: before when not isMarked ->
            List.rev (
                { final with
                    Broken = final.Broken @ [ breakage.Invariant ] }
                :: before
            )
        | _ -> frames

    /// The frames of the shortest run that leads to a breakage.
    let tell (search: Search) (breakage: Breakage) : Frame list =
        let stage = search.Stage
        let layout = search.Layout
        let successors = Successors(stage, layout)
        let path = search.PathTo breakage.State

        [ for state, next in List.pairwise path do
              yield! Option.toList (step stage layout successors state next)
          yield! Option.toList (last stage layout successors (List.last path) breakage) ]
        |> mark breakage
