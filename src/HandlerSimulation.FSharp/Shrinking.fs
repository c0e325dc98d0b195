// Makes a schedule that breaks a promise small: fewer callers, fewer twists, shorter and rounder lengths.
namespace Idempotency.Simulation.Users

open Idempotency.Core

module internal Shrinking =
    /// So many runs, and what there is is small enough.
    [<Literal>]
    let private mostRuns = 500

    let private without (chunk: 'Item list) (items: 'Item list) =
        items |> List.filter (fun item -> not (List.contains item chunk))

    /// Shorter lengths worth trying, the shortest first: round ones, and just past a lease.
    let private shorter (lease: int64<ms>) (length: int64<ms>) =
        [ 1L<ms>
          10L<ms>
          100L<ms>
          1000L<ms>
          10_000L<ms>
          lease
          (lease / 1000L + 2L<ms>) * 1000L
          lease + lease / 2L
          length / 1000L * 1000L ]
        |> List.filter (fun candidate -> candidate > 0L<ms> && candidate < length)
        |> List.distinct
        |> List.sort

    /// The smallest schedule found that still breaks the same.
    let shrink (lease: int64<ms>) (breaks: Plan -> bool) (start: Plan) : Plan =
        let mutable runs = 0
        let mutable best = start

        let attempt candidate =
            runs <- runs + 1
            let better = runs <= mostRuns && candidate <> best && breaks candidate
            if better then best <- candidate
            better

        let dropCallers () =
            for caller in best.Callers do
                if best.Callers.Length > 1 then
                    attempt
                        { Callers = best.Callers |> without [ caller ]
                          Twists =
                            best.Twists |> List.filter (fun (struct (place, _)) -> place.Caller <> caller) }
                    |> ignore

        let rec dropTwists size =
            if size > 0 then
                for chunk in List.chunkBySize size best.Twists do
                    attempt
                        { best with
                            Twists = best.Twists |> without chunk }
                    |> ignore

                dropTwists (size / 2)

        let shorten () =
            for struct (place, twist) as whole in best.Twists do
                let mutable candidates = []

                Twist.resized
                    (fun length ->
                        candidates <- shorter lease length
                        length)
                    twist
                |> ignore

                candidates
                |> List.tryFind (fun length ->
                    let smaller = struct (place, Twist.resized (fun _ -> length) twist)

                    attempt
                        { best with
                            Twists =
                                best.Twists
                                |> List.map (fun other -> if other = whole then smaller else other) })
                |> ignore

        let mutable before = { start with Twists = [] }
        let mutable isFirst = true

        while (isFirst || before <> best) && runs < mostRuns do
            isFirst <- false
            before <- best
            dropCallers ()
            dropTwists (max 1 (best.Twists.Length / 2))
            shorten ()

        best
