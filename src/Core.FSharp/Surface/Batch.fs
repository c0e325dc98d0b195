// Many calls of an operation at once, each with an ending of its own. What is here only decides which of them wait for which.
namespace Idempotency.Core

open System
open System.Collections.Generic
open System.Threading.Tasks

/// Many calls at once.
module Batch =
    /// The indexes of the items, those of the same key together, by their first. An item without a key is like no other.
    let private byKey (identities: Result<Identity, KeyProblem>[]) =
        let all = List<List<int>>()
        let known = Dictionary<string, List<int>> StringComparer.Ordinal

        let alone index =
            let first = List [ index ]
            all.Add first
            first

        for index in 0 .. identities.Length - 1 do
            match identities[index] with
            | Error _ -> alone index |> ignore
            | Ok identity ->
                match known.TryGetValue identity.Key with
                | true, same -> same.Add index
                | false, _ -> known.Add(identity.Key, alone index)

        all

    /// Handles the items with these identities, at most so many at a time (1 or more): items of one key one after the other,
    /// in their order, those of different keys started in their order. `handle` is given an item's index; should it throw,
    /// no more are started. What it gave for each item stands in the order of the items.
    let each
        (identities: Result<Identity, KeyProblem>[])
        (atMost: int)
        (handle: Func<int, ValueTask<'Ended>>)
        : Task<'Ended[]> =
        if atMost < 1 then
            raise (
                ArgumentOutOfRangeException(
                    nameof atMost,
                    atMost,
                    "At least one item must be handled at a time."
                )
            )

        let ended: 'Ended[] = Array.zeroCreate identities.Length

        let inTurn (sameKey: List<int>) =
            task {
                for index in sameKey do
                    let! one = (handle.Invoke index).ConfigureAwait false
                    ended[index] <- one
            }

        task {
            do!
                Parallel
                    .ForEachAsync(
                        byKey identities,
                        ParallelOptions(MaxDegreeOfParallelism = atMost),
                        Func<_, _, _>(fun sameKey _ -> ValueTask(inTurn sameKey: Task))
                    )
                    .ConfigureAwait
                    false

            return ended
        }
