// How scripts are drawn: every policy, records near every boundary, and mostly such moves as keep a call going.
module Core.Tests.ScriptGenerators

open Idempotency.Core
open Core.Tests.Given
open Core.Tests.Scripts
open FsCheck
open FsCheck.FSharp

let private flag = Gen.elements [ true; false ]

let private policies =
    gen {
        let! inProgress = Gen.elements [ WhileInProgress.Reject; patient ]
        let! renewal = Gen.elements [ Renewal.Off; Renewal.Until 4_000L<ms> ]

        let! abandoned =
            Gen.elements [ WhenAbandoned.RunAgain; WhenAbandoned.RunAgain; WhenAbandoned.Hold ]

        let! check = flag
        let! late = Gen.elements [ true; true; false ]

        let! release, fence =
            Gen.elements
                [ ReleaseBy.Delete, FenceFrom.Start
                  ReleaseBy.Tombstone, FenceFrom.Start
                  ReleaseBy.Tombstone, FenceFrom.Acquire ]

        return
            { policy with
                InProgress = inProgress
                Renewal = renewal
                Abandoned = abandoned
                CheckPayloadBeforeTakeover = check
                LateCompletion = late
                Release = release
                Fence = fence }
    }

let private tickets =
    gen {
        let! policy = policies
        let! usesCache = flag
        let! looksFirst = flag
        let! fingerprint = Gen.elements [ hash; hash; hash; noHash ]

        return
            { ticket with
                Policy = policy
                UsesCache = usesCache
                LooksFirst = looksFirst
                Fingerprint = fingerprint }
    }

/// Zero, a little, or about a lease, to each side of it.
let private distance =
    Gen.oneof
        [ Gen.elements [ -101; -51; -50; -1; 0; 1; 100; 101 ]
          Gen.choose (-3_000, 3_000) ]

let private shape =
    gen {
        let! status =
            Gen.elements [ Status.InProgress; Status.InProgress; Status.Completed; Status.Failed ]

        let! owner = Gen.elements [ me; me; other; other; nobody; released ]
        let! lease = Gen.frequency [ 9, Gen.map Some distance; 1, Gen.constant None ]
        let! expires = Gen.frequency [ 3, Gen.constant 5; 1, Gen.choose (-1, 1) ]
        let! digest = Gen.elements [ hash; hash; hash; hash; noHash; otherHash ]
        let! result = Gen.elements [ "r1"; "r2"; "null" ]

        return
            { Status = status
              Owner = owner
              LeaseIn = lease
              ExpiresIn = expires
              Hash = digest
              Result = result }
    }

let private perhaps generator =
    Gen.frequency [ 3, Gen.map Some generator; 1, Gen.constant None ]

let private answer =
    Gen.frequency
        [ 4, Gen.map Applies (perhaps shape)
          8, Gen.map Refuses (perhaps shape)
          2, Gen.constant RefusesUnseen
          1, Gen.constant RefusesEnlisted
          1, Gen.constant Fails ]

let private ending =
    Gen.frequency
        [ 3, Gen.map Returns (Gen.elements [ "r1"; "r2" ])
          1,
          Gen.map
              Throws
              (Gen.elements [ Disposition.Release; Disposition.Hold; Disposition.Store(payload "f1") ]) ]

let private move =
    gen {
        let! elapsed =
            Gen.frequency
                [ 2, Gen.constant 0
                  4, Gen.choose (1, 100)
                  2, Gen.choose (1_900, 2_200)
                  1, Gen.choose (0, 12_000) ]

        let! answer = answer
        let! ending = ending
        let! renews = flag
        let! cancels = Gen.frequency [ 1, Gen.constant true; 19, Gen.constant false ]
        let! jitter = Gen.elements [ 0.0; 0.3; 1.0 ]

        return
            { Elapsed = elapsed
              Answer = answer
              End = ending
              Renews = renews
              Cancels = cancels
              Jitter = jitter }
    }

let private script =
    gen {
        let! ticket = tickets
        let! cached = Gen.frequency [ 8, Gen.constant None; 1, Gen.map Some shape ]
        let! length = Gen.choose (0, 30)
        let! moves = Gen.listOfLength length move

        return
            { Ticket = ticket
              Cached = cached
              Moves = moves }
    }

/// Every beginning of a script is a script.
let private beginnings script =
    seq {
        for length in 0 .. script.Moves.Length - 1 ->
            { script with
                Moves = List.truncate length script.Moves }
    }

/// The same scripts each time.
let sample: Script array =
    Gen.sampleWithSeed (Rnd(20_260_101UL, 1UL)) 50 6_000 script

/// Tells FsCheck how to make a script.
type Scripts =
    static member Script() : Arbitrary<Script> = Arb.fromGenShrink (script, beginnings)
