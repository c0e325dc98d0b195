// Decides what goes wrong, and where: by a seed, or as a schedule says; and remembers it. What a seed does at a place
// depends on the place and not on what came before, but for the allowance.
namespace Idempotency.Simulation.Users

open System.Collections.Generic
open Idempotency.Core
open Idempotency.Simulation

/// Where a process can be met.
[<RequireQualifiedAccess>]
type internal Spot =
    /// An attempt begins.
    | Beginning
    /// The handler came to a step.
    | Step
    /// A request to the store.
    | Request
    /// A call downstream.
    | Call

/// Where a run's mischief comes from.
[<RequireQualifiedAccess; NoComparison>]
type internal Source =
    /// Numbers made from a seed; with seed zero, nothing goes wrong.
    | Seed of int
    | Plan of Plan

/// What goes wrong in one run. `usualLease` is that of the run in which nothing goes wrong.
[<Sealed>]
type internal Mischief(source: Source, faults: SimulationFaults, usualLease: int64<ms>) =
    let done' = List<struct (Place * Twist)>()

    let planned =
        match source with
        | Source.Seed _ -> Map.empty
        | Source.Plan plan ->
            plan.Twists
            |> List.groupBy (fun (struct (place, _)) -> struct (place.Caller, place.Attempt, place.Point))
            |> List.map (fun (place, twists) -> place, twists |> List.map (fun (struct (_, twist)) -> twist))
            |> Map.ofList

    let seed =
        match source with
        | Source.Seed number -> number
        | Source.Plan _ -> 0

    let whole = Chance(uint64 seed * 0x9E3779B97F4A7C15UL + 1UL)
    let percent = whole.OneOf [ 8; 20; 40 ]

    let skew =
        if whole.Once 2 then
            0L<ms>
        else
            min (Time.ofTimeSpan faults.ClockSkew) 86_400_000L<ms>

    let left = Dictionary<Kind, int>()

    let limit kind =
        match kind with
        | Kind.Crash -> faults.Crashes
        | Kind.Stall -> faults.Stalls
        | Kind.Delay -> faults.Delays
        | Kind.LostReply -> faults.LostReplies
        | Kind.Copy -> faults.Copies
        | Kind.FailedRequest -> faults.FailedRequests
        | Kind.FailedCall -> faults.FailedCalls
        | Kind.Resend -> faults.Resends
        | Kind.Cancellation -> faults.Cancellations

    do
        for kind in
            [ Kind.Crash
              Kind.Stall
              Kind.Delay
              Kind.LostReply
              Kind.Copy
              Kind.FailedRequest
              Kind.FailedCall
              Kind.Resend
              Kind.Cancellation ] do
            // Most runs get less than is allowed, so that one fault is also seen alone.
            left[kind] <- min (limit kind) (whole.Below(limit kind + 1))

    let take kind =
        let some = left[kind] > 0
        if some then left[kind] <- left[kind] - 1
        some

    let milliseconds (count: int) : int64<ms> =
        LanguagePrimitives.Int64WithMeasure(int64 count)

    /// A moment, some of a lease, or more than a lease.
    let length (dice: Chance) (lease: int64<ms>) =
        let share = min (int lease) 1_000_000_000

        match dice.Below 4 with
        | 0 -> milliseconds (1 + dice.Below 500)
        | 1 -> milliseconds (share / 4 + dice.Below(share / 2 + 1))
        | _ -> milliseconds (share + 1100 + dice.Below(share + 1))

    let alternatives (spot: Spot) =
        let message =
            [ struct (3, Kind.Delay, Twist.Slow)
              struct (2, Kind.Delay, Twist.SlowReply)
              struct (2, Kind.Stall, Twist.Stall)
              struct (1, Kind.Crash, (fun _ -> Twist.Crash))
              struct (1, Kind.Crash, (fun _ -> Twist.CrashSent)) ]

        let failures kind =
            [ struct (2, kind, (fun (_: int64<ms>) -> Twist.FailDone))
              struct (1, kind, (fun _ -> Twist.FailLost))
              struct (2, kind, Twist.FailLate) ]

        match spot with
        | Spot.Beginning -> []
        | Spot.Step ->
            [ struct (3, Kind.Stall, Twist.Stall)
              struct (2, Kind.Crash, (fun _ -> Twist.Crash)) ]
        | Spot.Request ->
            struct (3, Kind.LostReply, (fun _ -> Twist.LoseReply))
            :: struct (2, Kind.Copy, Twist.Copy)
            :: failures Kind.FailedRequest
            @ message
        | Spot.Call -> failures Kind.FailedCall @ message

    /// One of the things that can go wrong here, if its kind is not used up.
    let drawn (dice: Chance) spot lease =
        let choices = alternatives spot
        let total = choices |> List.sumBy (fun (struct (weight, _, _)) -> weight)

        let rec pick rest number =
            match rest with
            | struct (weight, kind, make: int64<ms> -> Twist) :: others ->
                if number < weight then
                    if take kind then [ make (length dice lease) ] else []
                else
                    pick others (number - weight)
            | [] -> []

        if dice.Below 100 < percent then pick choices (dice.Below total) else []

    /// Often in the middle of a short call.
    let soon (dice: Chance) =
        if dice.Once 2 then milliseconds (1 + dice.Below 12) else length dice usualLease

    let beginning (dice: Chance) place =
        [ if skew > 0L<ms> then Twist.Ahead(milliseconds (dice.Below(int skew + 1)))

          if dice.Once(if place.Attempt = 1 then 2 else 4) then
              Twist.Wait(length dice usualLease)

          if dice.Below 100 < percent && take Kind.Resend then Twist.Resend(soon dice)

          if dice.Below 100 < percent && take Kind.Cancellation then
              Twist.Cancel(soon dice) ]

    let fits spot twist =
        match spot, twist with
        | Spot.Beginning, (Twist.Wait _ | Twist.Ahead _ | Twist.Cancel _ | Twist.Resend _) -> true
        | Spot.Beginning, _ -> false
        | Spot.Step, (Twist.Crash | Twist.Stall _) -> true
        | Spot.Step, _ -> false
        | Spot.Request, (Twist.Wait _ | Twist.Ahead _ | Twist.Cancel _ | Twist.Resend _) -> false
        | Spot.Request, _ -> true
        | Spot.Call,
          (Twist.Wait _ | Twist.Ahead _ | Twist.Cancel _ | Twist.Resend _ | Twist.LoseReply | Twist.Copy _) ->
            false
        | Spot.Call, _ -> true

    /// What goes wrong at a place: nothing, or one thing; at a beginning it can be several.
    member _.At(place: Place, spot: Spot, lease: int64<ms>) : Twist list =
        let twists =
            match source with
            | Source.Seed 0 -> []
            | Source.Seed _ ->
                let here = place.Caller * 1_000_003 + place.Attempt * 1_009 + place.Point

                let dice =
                    Chance(uint64 seed * 0xD1B54A32D192ED03UL + uint64 here * 0x2545F4914F6CDD1DUL)

                match spot with
                | Spot.Beginning -> beginning dice place
                | Spot.Step
                | Spot.Request
                | Spot.Call -> drawn dice spot lease
            | Source.Plan _ ->
                planned
                |> Map.tryFind (struct (place.Caller, place.Attempt, place.Point))
                |> Option.defaultValue []
                |> List.filter (fits spot)

        for twist in twists do
            done'.Add(struct (place, twist))

        twists

    /// All that went wrong so far.
    member _.Done = List.ofSeq done'
