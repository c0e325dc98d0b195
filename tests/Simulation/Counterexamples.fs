// What is known to break in Powertools' own protocol, by the numbers that these races had when ours was designed (C1 to
// C10), with bounds in which the exploration finds the shortest way to each.
namespace Idempotency.Simulation

/// A race that breaks Powertools' protocol.
[<NoComparison>]
type Counterexample =
    {
        /// Its number.
        Name: string
        What: string
        Invariant: Invariant
        Bounds: Bounds
        /// How many steps the shortest way to it has.
        Steps: int
    }

module Counterexamples =
    /// Nothing but Powertools.
    let peers count : Bounds =
        let bounds = Bounds.ofCallers count

        { bounds with
            Workers = [ for worker in bounds.Workers -> { worker with IsPeer = true } ]
            Ticks = 4 }

    let private atOnce (bounds: Bounds) = { bounds with Ticks = 0 }

    let private faulty change (bounds: Bounds) =
        { bounds with
            Faults = change bounds.Faults }

    let private losing = faulty (fun faults -> { faults with LostReplies = 1 })

    let private givingUp = faulty (fun faults -> { faults with GiveUps = 1 })

    /// A lease of eight ticks in a window of one second.
    let outlived (bounds: Bounds) = { bounds with Lease = 8; Window = 1 }

    let private sweeping (bounds: Bounds) = { bounds with Sweeps = true }

    let private apart (bounds: Bounds) =
        { bounds with
            Workers = bounds.Workers |> List.mapi (fun index worker -> { worker with Offset = index }) }

    /// A payload for each worker; the first ones, so many, do not check them.
    let unlike payloads unchecked (bounds: Bounds) =
        { bounds with
            Ticks = 7
            Workers =
                List.zip bounds.Workers payloads
                |> List.mapi (fun index (worker, payload) ->
                    { worker with
                        Payloads = [ payload ]
                        Validates = index >= unchecked }) }

    let private race name what invariant bounds steps =
        { Name = name
          What = what
          Invariant = invariant
          Bounds = bounds
          Steps = steps }

    /// All of them.
    let all =
        [ race "C1" "a late success overwrites the newer owner's lock" Invariant.I3u (peers 2) 9
          race "C1" "two callers are told two different results" Invariant.I2plus (peers 2) 11
          race "C1" "a later call gets another result than one that was delivered" Invariant.I2a (peers 3) 13
          race "C2" "a late failure deletes what the newer owner wrote" Invariant.I3d (peers 2) 9
          race "C2" "a later call runs the function again" Invariant.I2b (peers 3) 13
          race "C3" "a late failure lets two functions run inside live leases" Invariant.I1 (peers 3) 11
          race
              "C4"
              "nobody is slow, and a lost reply alone deletes another's record"
              Invariant.I3d
              (peers 2 |> losing |> atOnce)
              7
          race
              "C4"
              "nobody is slow, and a lost reply alone lets two functions run inside live leases"
              Invariant.I1
              (peers 3 |> losing |> atOnce)
              9
          race
              "C4"
              "nobody is slow, and a lost reply alone lets a later call run the function again"
              Invariant.I2b
              (peers 3 |> losing |> atOnce)
              11
          race
              "C5"
              "an expiration before the lease lets two functions run inside live leases"
              Invariant.I1
              (peers 2 |> outlived)
              8
          race "C5" "a sweep of such a record does the same" Invariant.I1 (peers 2 |> outlived |> sweeping) 8
          race
              "C6"
              "clocks one tick apart let two functions run inside live leases"
              Invariant.I1
              (peers 2 |> apart)
              6
          race "C7" "a function is started on a lease that has run out" Invariant.I1s (peers 1) 5
          race "C8" "a lost reply refuses a caller by its own record" Invariant.I7 (peers 1 |> losing) 3
          race "C9" "a result that cannot be saved is lost" Invariant.I8r (peers 1 |> givingUp) 4
          race "C9" "an exception is hidden by a release that fails" Invariant.I8x (peers 1 |> givingUp) 4
          race
              "C10"
              "one who does not check payloads hands its result to those who do"
              Invariant.I4
              (peers 3 |> unlike [ 1; 2; 2 ] 1)
              11 ]

    /// The search for the shortest way to one, not begun.
    let search (threads: int) (race: Counterexample) =
        let wanted = Breach.ofInvariant race.Invariant

        Search(
            Stage(Cast.create race.Bounds Powertools.setting),
            { SearchOptions.standard System.TimeProvider.System with
                Threads = threads
                Tolerated = ~~~(wanted ||| Breach.byPeer wanted) }
        )
