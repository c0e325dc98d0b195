// Numbers that look random and are the same for the same seed.
namespace Idempotency.Simulation

/// Numbers that look random and are the same for the same seed (SplitMix64).
[<Sealed>]
type Dice(seed: uint64) =
    let mutable state = seed

    /// The next number, from zero to below a limit.
    member _.Below(limit: int) =
        state <- state + 0x9E3779B97F4A7C15UL
        let mixed = (state ^^^ (state >>> 30)) * 0xBF58476D1CE4E5B9UL
        let mixed = (mixed ^^^ (mixed >>> 27)) * 0x94D049BB133111EBUL
        int ((mixed ^^^ (mixed >>> 31)) % uint64 limit)

    /// A number from one to another, both of them among what may come.
    member this.Between(least: int, most: int) = least + this.Below(most - least + 1)

    /// One of the items.
    member this.OneOf(items: 'item list) = items[this.Below items.Length]

    /// One of the items, each as often as its weight says.
    member this.Weighted(items: struct (int * 'item) list) =
        let rec go left rest =
            match rest with
            | [ struct (_, item) ] -> item
            | struct (weight, item) :: _ when left < weight -> item
            | struct (weight, _) :: others -> go (left - weight) others
            | [] -> invalidArg (nameof items) "There must be something to choose."

        go (this.Below(items |> List.sumBy (fun (struct (weight, _)) -> weight))) items

    /// True once in so many throws.
    member this.Once(inSoMany: int) = this.Below inSoMany = 0
