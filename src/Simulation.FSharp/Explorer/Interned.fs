// Numbers for values, so that a state is a few numbers. Two values have one number if and only if their codes are
// equal; nothing is hashed away.
namespace Idempotency.Simulation

open System.Collections.Generic
open System.Threading

/// More different values than a number of two bytes can name.
exception TooManyValues of what: string

/// Gives values their numbers, from zero on. Thread-safe; reading a value by its number takes no lock.
[<Sealed>]
type Interned<'item>(what: string) =
    let gate = obj ()
    let numbers = Dictionary<string, int>()
    let mutable items: 'item[] = Array.zeroCreate 256

    let add code item =
        let number = numbers.Count

        if number > int System.UInt16.MaxValue then raise (TooManyValues what)

        if number = items.Length then
            let larger = Array.zeroCreate (2 * items.Length)
            Array.blit items 0 larger 0 number
            larger[number] <- item
            Volatile.Write(&items, larger)
        else
            items[number] <- item

        numbers.Add(code, number)
        number

    /// The number of the value that has this code; `make` makes the value if it is new.
    member _.Number(code: string, make: unit -> 'item) =
        lock gate (fun () ->
            match numbers.TryGetValue code with
            | true, number -> number
            | false, _ -> add code (make ()))

    /// The value with a number.
    member _.Item
        with get (number: int) = Volatile.Read(&items)[number]

    /// How many values there are.
    member _.Count = lock gate (fun () -> numbers.Count)
