// A state as bytes: the tick, what is left of each budget, and the numbers of all that it consists of.
namespace Idempotency.Simulation

/// Where the parts of a state lie in its bytes.
[<Sealed>]
type Layout(cast: Cast) =
    let calls = cast.Roles.Length
    let callsAt = 8
    let cachesAt = callsAt + 3 * calls
    let copiesAt = cachesAt + 2 * cast.Caches
    let copies = Bounds.copies cast.Bounds
    // A whole number of words, so that states are compared and hashed word by word.
    let width = (copiesAt + 2 * copies + 7) / 8 * 8

    let read (state: byte[]) at =
        int state[at] ||| (int state[at + 1] <<< 8)

    let write (state: byte[]) at (number: int) =
        state[at] <- byte number
        state[at + 1] <- byte (number >>> 8)

    let place budget =
        match budget with
        | Budget.Free -> -1
        | Budget.LostReplies -> 2
        | Budget.SlowReplies -> 3
        | Budget.Crashes -> 4
        | Budget.GiveUps -> 5
        | Budget.Cancellations -> 6
        | Budget.Heartbeats -> 7

    /// The number of bytes of a state.
    member _.Width = width

    /// How many copies the network can hold.
    member _.Copies = copies

    member _.Tick(state: byte[]) = int state[0]
    member _.SetTick(state: byte[], tick: int) = state[0] <- byte tick

    /// What is left of a budget, half a byte each.
    member _.Left(state: byte[], budget) =
        let place = place budget

        if place < 0 then
            1
        else
            (int state[1 + (place - 2) / 2] >>> (4 * (place &&& 1))) &&& 15

    member _.SetLeft(state: byte[], budget, left: int) =
        let place = place budget

        if place >= 0 then
            let at = 1 + (place - 2) / 2
            let shift = 4 * (place &&& 1)
            state[at] <- byte ((int state[at] &&& ~~~(15 <<< shift)) ||| (left <<< shift))

    member _.Stored(state) = read state 4
    member _.SetStored(state, number) = write state 4 number
    member _.History(state) = read state 6
    member _.SetHistory(state, number) = write state 6 number
    member _.Call(state, index) = read state (callsAt + 3 * index)

    member _.SetCall(state, index, number) =
        write state (callsAt + 3 * index) number

    /// The results that were delivered before the call began, and whose windows are open.
    member _.Known(state: byte[], index) = int state[callsAt + 3 * index + 2]

    member _.SetKnown(state: byte[], index, mask: int) =
        state[callsAt + 3 * index + 2] <- byte mask

    member _.Cached(state, index) = read state (cachesAt + 2 * index)

    member _.SetCached(state, index, number) =
        write state (cachesAt + 2 * index) number

    /// The number of a copy in the network, from one on; zero where there is none.
    member _.Copy(state, index) = read state (copiesAt + 2 * index)

    /// Puts a copy where it belongs in their order.
    member _.AddCopy(state: byte[], number: int) =
        let mutable at = 0
        let mutable carried = number + 1

        while carried <> 0 do
            let there = read state (copiesAt + 2 * at)

            if there = 0 || there > carried then
                write state (copiesAt + 2 * at) carried
                carried <- there

            at <- at + 1

    /// Takes a copy out.
    member _.RemoveCopy(state: byte[], index: int) =
        for at in index .. copies - 2 do
            write state (copiesAt + 2 * at) (read state (copiesAt + 2 * at + 2))

        write state (copiesAt + 2 * (copies - 1)) 0
