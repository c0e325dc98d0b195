// Numbers that look random and are the same for the same seed.
namespace Idempotency.Simulation.Users

/// SplitMix64.
[<Sealed>]
type internal Chance(seed: uint64) =
    let mutable state = seed

    /// The next number, from zero to below a limit.
    member _.Below(limit: int) =
        state <- state + 0x9E3779B97F4A7C15UL
        let mixed = (state ^^^ (state >>> 30)) * 0xBF58476D1CE4E5B9UL
        let mixed = (mixed ^^^ (mixed >>> 27)) * 0x94D049BB133111EBUL
        int ((mixed ^^^ (mixed >>> 31)) % uint64 limit)

    /// One of the items.
    member this.OneOf(items: 'Item list) = items[this.Below items.Length]

    /// True once in so many throws.
    member this.Once(inSoMany: int) = this.Below inSoMany = 0
