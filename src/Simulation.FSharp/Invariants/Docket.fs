// What is on record about a performance: its calls with what is known of each, the ledgers of its keys, and what broke.
namespace Idempotency.Simulation

open System
open System.Collections.Generic
open Idempotency.Core

/// What is known of a call.
[<Sealed>]
type internal Witness(plan: CallPlan, key: int) =
    member _.Plan = plan
    member _.Name = plan.Name
    /// The number of its key.
    member _.Key = key
    /// The number of the event in which it began.
    member val BeganAt = Int32.MaxValue with get, set
    member val Started = false with get, set
    member val Fence = Int64.MinValue * 1L<ms> with get, set
    member val Ran = HowItRan.Never with get, set
    /// The record that the store last refused it for was its own lock.
    member val MetItself = false with get, set

/// The record of one performance.
[<Sealed>]
type internal Docket(schedule: Schedule) =
    let config = schedule.Config
    let keys = Schedule.keys schedule

    let isOpen now expires =
        Time.floorSeconds (now + config.ClockBound) <= expires

    let ledgers = [| for _ in keys -> Ledger isOpen |]

    let witnesses =
        [| for plan in schedule.Calls -> Witness(plan, List.findIndex ((=) plan.Key) keys) |]

    /// Peers are not judged, unless they are alone.
    let excusesPeers = schedule.Calls |> List.exists (fun plan -> not plan.IsPeer)
    let makers = Dictionary<string, Witness>()
    let violations = List<Violation>()

    do
        for witness in witnesses do
            makers.TryAdd(Comparison.payload witness.Plan.Result, witness) |> ignore
            makers.TryAdd($"\"f{witness.Name}\"", witness) |> ignore

        match schedule.Initial with
        | Some record -> ledgers[0].Windows[ Comparison.payload record.Payload ] <- record.Expires
        | None -> ()

    /// What a peer's unguarded write breaks, whoever notices it.
    let comesOfPeers invariant =
        match invariant with
        | Invariant.I1
        | Invariant.I2a
        | Invariant.I2b
        | Invariant.I2plus
        | Invariant.I4
        | Invariant.I9
        | Invariant.I10 -> true
        | Invariant.I1s
        | Invariant.I3u
        | Invariant.I3d
        | Invariant.I5
        | Invariant.I6
        | Invariant.I7
        | Invariant.I8x
        | Invariant.I8r
        | Invariant.Once -> false

    member _.Witness(index: int) = witnesses[index]
    member _.Witnesses = witnesses

    /// The ledger of a key, by the key's number.
    member _.LedgerOfKey(key: int) = ledgers[key]

    /// The ledger of a call's key.
    member _.Ledger(index: int) = ledgers[witnesses[index].Key]

    /// Whether even the fastest clock takes a window for open.
    member _.IsOpen(now: int64<ms>, expires: int64<s>) = isOpen now expires

    /// The call that makes a result, if one does.
    member _.MakerOf(text: string) =
        match makers.TryGetValue text with
        | true, maker -> ValueSome maker
        | false, _ -> ValueNone

    /// Whether a call is a peer, of which nothing is expected.
    member _.IsExcused(index: int) =
        excusesPeers && witnesses[index].Plan.IsPeer

    /// Something broke.
    member _.Add(invariant: Invariant, text: string) =
        if not (violations.Exists(fun known -> known.Invariant = invariant)) then
            violations.Add { Invariant = invariant; Text = text }

    /// Something broke at a call.
    member this.Report(index: int, invariant: Invariant, text: string) =
        let couldBePrevented = not ((this.Ledger index).IsSpoilt && comesOfPeers invariant)

        if not (this.IsExcused index) && couldBePrevented then this.Add(invariant, text)

    /// What broke so far, each invariant once.
    member _.Violations = violations
