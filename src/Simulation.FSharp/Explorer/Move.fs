// What leads from one state to the next, as a number, so that it can be handed on without an allocation.
namespace Idempotency.Simulation

/// What happens between two states.
[<RequireQualifiedAccess>]
type Move =
    /// The incident at this place of the call's list befalls the call, its clock off by so many ticks.
    | Befall of call: int * place: int * off: int
    /// The copy at this place of the network reaches the store.
    | Arrive of place: int
    /// A tick passes.
    | Pass
    /// The store removes an expired record.
    | Sweep

module Move =
    let private arrivals = 0x100000
    let private pass = 0x200000
    let private sweep = 0x200001

    /// The number of a call's incident.
    let befall call place off =
        (call <<< 12) ||| (place <<< 4) ||| (off + 1)

    /// The number of a copy's arrival.
    let arrive place = arrivals ||| place

    /// The number of a tick that passes.
    let ofPass = pass

    /// The number of a sweep.
    let ofSweep = sweep

    /// The move with a number.
    let ofNumber (number: int) =
        if number = pass then Move.Pass
        elif number = sweep then Move.Sweep
        elif number &&& arrivals <> 0 then Move.Arrive(number &&& 0xFFFF)
        else Move.Befall(number >>> 12, (number >>> 4) &&& 0xFF, (number &&& 15) - 1)
