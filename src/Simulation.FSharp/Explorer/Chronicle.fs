// The invariants that depend on what has happened before: which results were delivered, what was committed, which
// fencing tokens were given. They are kept in the state, as the number of its history.
namespace Idempotency.Simulation

open Idempotency.Core

/// Writes the history of states, and says what breaks by it. For one thread.
[<Sealed>]
type Chronicle(cast: Cast, numbers: Numbers, layout: Layout, lookup: Lookup) =
    let bounds = cast.Bounds
    let roles = cast.Roles
    let fastest = Bounds.fastest bounds

    let changed history kind value change =
        lookup.Changed(history, kind, value, change)

    let growsStrictly =
        bounds.Fence = FenceFrom.Acquire
        && bounds.Release = ReleaseBy.Tombstone
        && not bounds.Sweeps

    let moment tick = Cast.moment (tick + fastest)

    let at tick history =
        changed history -1 (int64 tick) (fun known -> History.at (moment tick) known)

    let isOpen tick (expires: int64<s>) =
        Time.floorSeconds (moment tick) <= expires

    /// I10: a call that has its own result confirmed has had its writes committed.
    let withoutWrites history call result =
        not (roles[call].Call.Enlisted.IsNone)
        && result = 2 * call
        && not ((numbers.History history).Committed.ContainsKey call)

    /// I2 and I10: the caller of a call receives a result.
    member _.Receive(state: byte[], tick: int, call: int, result: int, expires: int64<s>) =
        if not (isOpen tick expires) then
            0
        else
            let history = layout.History state
            let uncommitted = withoutWrites history call result
            let bit = 1 <<< result
            let struct (_, delivered) = at tick history

            let struct (after, _) =
                changed history result (int64 expires) (History.deliver result expires)

            layout.SetHistory(state, after)

            (if delivered &&& ~~~bit <> 0 then Breach.ofInvariant Invariant.I2plus else 0)
            ||| (if layout.Known(state, call) &&& ~~~bit <> 0 then
                     Breach.ofInvariant Invariant.I2a
                 else
                     0)
            ||| (if uncommitted then Breach.ofInvariant Invariant.I10 else 0)

    /// I10: writes are committed with a result. That no copy of a request lives longer than the window of what it
    /// writes is for the transport to see to.
    member _.Commit(state: byte[], tick: int, call: int, request: int, isCopy: bool, expires: int64<s>) =
        if isCopy && not (isOpen tick expires) then
            0
        else
            let history = layout.History state

            let may =
                numbers.History history
                |> History.at (moment tick)
                |> History.mayCommit call request isCopy

            let value = int64 expires * 65536L + int64 request

            let struct (after, _) =
                changed history (16 + call) value (History.commit call request expires)

            layout.SetHistory(state, after)
            if may then 0 else Breach.ofInvariant Invariant.I10

    /// I2b and I9: a function is started with a fencing token.
    member _.Start(state: byte[], call: int, fence: int64<ms>) =
        let history = layout.History state
        let highest = (numbers.History history).HighestFence
        let mutable goesBack = growsStrictly && highest >= fence

        for other in 0 .. roles.Length - 1 do
            if other <> call && not roles[other].Plan.IsPeer then
                match (numbers.Local(layout.Call(state, other))).Fence with
                | ValueSome earlier when earlier >= fence -> goesBack <- true
                | ValueSome _
                | ValueNone -> ()

        if growsStrictly then
            let struct (after, _) =
                changed history 32 (int64 fence) (fun known ->
                    { known with
                        HighestFence = max fence known.HighestFence })

            layout.SetHistory(state, after)

        (if layout.Known(state, call) <> 0 then Breach.ofInvariant Invariant.I2b else 0)
        ||| (if goesBack && not roles[call].Plan.IsPeer then
                 Breach.ofInvariant Invariant.I9
             else
                 0)

    /// The set of results that were delivered and whose windows are open at a tick.
    member _.Open(state: byte[], tick: int) =
        let struct (_, delivered) = at tick (layout.History state)
        delivered

    /// A tick begins: what is over is forgotten.
    member _.Tick(state: byte[], tick: int) =
        let struct (history, delivered) = at tick (layout.History state)
        layout.SetHistory(state, history)

        for call in 0 .. roles.Length - 1 do
            layout.SetKnown(state, call, layout.Known(state, call) &&& delivered)
