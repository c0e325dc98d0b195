// Which items a slice takes, by the rules of Python, which the specification took over.
namespace Idempotency.Core

open System.Collections.Generic

module internal Slicing =
    /// Puts an end of a slice into the range of the array.
    let private clamp length (backwards: bool) (index: int) =
        let least = if backwards then -1 else 0
        let greatest = if backwards then length - 1 else length
        let fromStart = if index < 0 then int64 index + int64 length else int64 index
        int (max (int64 least) (min (int64 greatest) fromStart))

    /// The items of an array, in one pass over it.
    let apply (slice: Slice) (array: JmesValue) : JmesValue =
        let length = JmesArray.count array
        let backwards = slice.Step < 0

        let start =
            match slice.Start with
            | ValueSome index -> clamp length backwards index
            | ValueNone -> if backwards then length - 1 else 0

        let stop =
            match slice.Stop with
            | ValueSome index -> clamp length backwards index
            | ValueNone -> if backwards then -1 else length

        let stride = abs (int64 slice.Step)

        let distance =
            if backwards then int64 start - int64 stop else int64 stop - int64 start

        let count = if distance <= 0L then 0L else (distance - 1L) / stride + 1L
        let taken = List<JmesValue>(int count)
        // Always from the least index upwards.
        let mutable next =
            if backwards then int64 start - (count - 1L) * stride else int64 start

        let mutable index = 0L

        if count > 0L then
            for item in JmesItems array do
                if index = next && int64 taken.Count < count then
                    taken.Add item
                    next <- next + stride

                index <- index + 1L

        if backwards then taken.Reverse()

        JmesValue.OfItems taken
