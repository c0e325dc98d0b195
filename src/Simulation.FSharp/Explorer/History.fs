// What has happened so far, as far as an invariant still depends on it: which results were delivered whose windows are
// open, what was committed with a result, and the highest fencing token.
namespace Idempotency.Simulation

open Idempotency.Core

/// What an exploration remembers of a run.
type History =
    {
        /// The results that callers have received, with the last second of each; those whose windows are open.
        Delivered: Map<int, int64<s>>
        /// The calls whose writes were committed: by which request, and the last second of its result while that is
        /// not over.
        Committed: Map<int, int * int64<s> option>
        /// The highest fencing token of all owners.
        HighestFence: int64<ms>
    }

module History =
    /// Nothing has happened.
    let empty =
        { Delivered = Map.empty
          Committed = Map.empty
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
            Committed =
                history.Committed
                |> Map.map (fun _ (request, expires) -> request, expires |> Option.filter isOpen) }

    /// A result is delivered.
    let deliver result expires (history: History) =
        let latest =
            match history.Delivered.TryFind result with
            | Some known -> max known expires
            | None -> expires

        { history with
            Delivered = history.Delivered.Add(result, latest) }

    /// A call's writes are committed by the request with this number, with a result that lasts to this second.
    let commit call request expires (history: History) =
        { history with
            Committed = history.Committed.Add(call, (request, Some expires)) }

    /// I10: whether a call's writes may be committed by a request: only if no other call's were in the window of its
    /// result, and the call's own by no other request at all. That a late copy of an earlier request commits once more
    /// is for the transport to prevent: no copy may live as long as a window.
    let mayCommit call request isCopy (history: History) =
        history.Committed
        |> Map.forall (fun other (earlier, expires) ->
            Option.isNone expires && (other <> call || isCopy || earlier = request))

    /// The text that two equal histories have in common.
    let code (history: History) =
        let delivered =
            [ for KeyValue(result, expires) in history.Delivered -> $"{result}:{expires}" ]
            |> String.concat ","

        let committed =
            [ for KeyValue(call, (request, expires)) in history.Committed -> $"{call}:{request}:{expires}" ]
            |> String.concat ","

        $"{delivered};{committed};{history.HighestFence}"
