// What has happened so far, as far as an invariant still depends on it: which results were delivered whose windows are
// open, what was committed with a result, and the highest fencing token.
namespace Idempotency.Simulation

open Idempotency.Core

/// What an exploration remembers of a run.
type History =
    {
        /// The results that callers have received, with the last second of each; those whose windows are open.
        Delivered: Map<int, int64<s>>
        /// Which call's writes were committed with its result, and that result's last second.
        Committed: (int * int64<s>) option
        /// The highest fencing token of all owners.
        HighestFence: int64<ms>
    }

module History =
    /// Nothing has happened.
    let empty =
        { Delivered = Map.empty
          Committed = None
          HighestFence = 0L<ms> }

    /// A number for each result that a call can make: what its function returned, or how it failed.
    let resultOf (text: string) =
        2 * (int text[2] - int 'A') + (if text[1] = 'f' then 1 else 0)

    /// The results of this set of numbers.
    let mask (history: History) =
        history.Delivered |> Map.fold (fun mask result _ -> mask ||| (1 <<< result)) 0

    /// What still counts at a moment of the fastest clock.
    let at (fastest: int64<ms>) (history: History) =
        let isOpen expires = Time.floorSeconds fastest <= expires

        { history with
            Delivered = history.Delivered |> Map.filter (fun _ expires -> isOpen expires)
            Committed = history.Committed |> Option.filter (fun (_, expires) -> isOpen expires) }

    /// A result is delivered.
    let deliver result expires (history: History) =
        let latest =
            match history.Delivered.TryFind result with
            | Some known -> max known expires
            | None -> expires

        { history with
            Delivered = history.Delivered.Add(result, latest) }

    /// The text that two equal histories have in common.
    let code (history: History) =
        let delivered =
            [ for KeyValue(result, expires) in history.Delivered -> $"{result}:{expires}" ]
            |> String.concat ","

        let committed =
            match history.Committed with
            | Some(call, expires) -> $"{call}:{expires}"
            | None -> ""

        $"{delivered};{committed};{history.HighestFence}"
