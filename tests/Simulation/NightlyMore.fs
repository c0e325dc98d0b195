// The explorations of what the machine has and the model had not, and of fleets with Powertools among them.
namespace Idempotency.Simulation

open Idempotency.Core
open Changing

module NightlyMore =
    let private looking (bounds: Bounds) = { bounds with LooksFirst = true }

    let private holding (bounds: Bounds) =
        { bounds with
            Abandoned = WhenAbandoned.Hold }

    let private enlisting (bounds: Bounds) = { bounds with Enlists = true }

    let private failing failures (bounds: Bounds) =
        { bounds with
            Failures = OnFailure.Release :: failures }

    let private slow = faults (fun faults -> { faults with SlowReplies = 1 })
    let private cancelling = faults (fun faults -> { faults with Cancellations = 1 })

    /// The runs of what the machine has that the model had not.
    let added: NightlyRun list =
        [ run "2w looking first, lost replies x2, crash, give-up" None (two |> looking |> all)
          run "3w looking first, lost reply" None (three |> looking |> lost 1 |> ticks 6)
          run
              "2w x 2 calls, looking first, own caches, lost reply"
              None
              (two |> looking |> calls [ 1; 1 ] |> own |> lost 1 |> ticks 6)
          run
              "2w failures stored, lost replies x2, crash, give-up"
              None
              (two |> failing [ OnFailure.Store ] |> all)
          run
              "2w failures stored, waiting, lost replies x2"
              None
              (two |> failing [ OnFailure.Store ] |> waiting |> lost 2)
          run
              "2w failures held, lost replies x2, crash, give-up"
              None
              (two |> failing [ OnFailure.Hold ] |> all)
          run
              "2w abandoned keys held, lost replies x2, crash, give-up, TTL"
              None
              (two |> holding |> all |> sweeping)
          run "3w abandoned keys held, tombstone, crash x2" None (three |> holding |> tombstone |> crash 2)
          run
              "2w writes committed with results, lost replies x2, crash, give-up"
              None
              (two |> enlisting |> all)
          run
              "2w writes committed with results, waiting, lost replies x2"
              None
              (two |> enlisting |> waiting |> lost 2)
          run
              "2w writes committed with results, window 1 s, requests under way for 1 tick, TTL, lost reply, crash"
              None
              (two
               |> fun bounds -> { bounds with Travel = 1 }
               |> enlisting
               |> window 1
               |> lost 1
               |> crash 1
               |> sweeping
               |> ticks 8)
          run
              "2w writes committed with results, window 2 s, requests under way for 2 ticks, TTL, lost replies x2"
              None
              (two
               |> fun bounds -> { bounds with Travel = 2 }
               |> enlisting
               |> lost 2
               |> sweeping
               |> ticks 9)
          run
              "2w writes committed with results, clocks (1,0), pad 1, TTL, lost reply"
              None
              (two |> enlisting |> clocks [ 1; 0 ] |> pad 1 |> lost 1 |> sweeping |> ticks 8)
          run "3w writes committed with results, lost reply" None (three |> enlisting |> lost 1 |> ticks 6)
          run
              "2w slow replies, lost reply, crash, cancellation"
              None
              (two |> slow |> lost 1 |> crash 1 |> cancelling)
          run "2w slow replies, heartbeat, give-up" None (two |> slow |> heartbeats 1 |> giveUp |> ticks 6)
          run "2w cancellation, waiting, lost replies x2" None (two |> cancelling |> waiting |> lost 2) ]

    let private mixed peers stops bounds =
        bounds
        |> each (fun index worker -> { worker with IsPeer = index < peers })
        |> fun bounds -> { bounds with PeersStop = stops }

    /// What peers do to each other, and to us.
    let theirs = Invariant.All |> Breach.ofList |> Breach.byPeer

    /// What their unconditional writes break, whoever notices it.
    let unpreventable =
        Breach.ofList [ Invariant.I1; Invariant.I2a; Invariant.I2b; Invariant.I2plus; Invariant.I9 ]

    let private beside name tolerated bounds =
        { run name None bounds with
            Tolerated = tolerated }

    /// The runs with Powertools on the same table.
    let mixedFleets: NightlyRun list =
        [ beside "1 of 2 is Powertools, stopped with its lease" theirs (two |> mixed 1 true |> pad 0)
          beside "1 of 3 is Powertools, stopped with its lease" theirs (three |> mixed 1 true)
          beside "2 of 3 are Powertools, stopped with their leases" theirs (three |> mixed 2 true)
          beside
              "1 of 2 is Powertools, own caches, stopped with its lease"
              theirs
              (two |> calls [ 1; 1 ] |> own |> mixed 1 true)
          beside
              "1 of 3 is Powertools, payloads (1,2,1), stopped with its lease"
              theirs
              (three |> payloads [ 1; 2; 1 ] |> mixed 1 true)
          beside
              "1 of 2 is Powertools, crash, give-up, stopped with its lease"
              (theirs ||| unpreventable)
              (two |> crash 1 |> giveUp |> mixed 1 true)
          beside
              "1 of 2 is Powertools and may outlive its lease"
              (theirs ||| unpreventable)
              (two |> mixed 1 false)
          beside
              "1 of 3 is Powertools and may outlive its lease"
              (theirs ||| unpreventable)
              (three |> mixed 1 false)
          beside
              "2 of 3 are Powertools and may outlive their leases"
              (theirs ||| unpreventable)
              (three |> mixed 2 false)
          beside
              "1 of 2 is Powertools, lost replies x2, crash, give-up"
              (theirs ||| unpreventable)
              (two |> all |> mixed 1 false) ]

    /// All of them.
    let runs = Nightly.designed @ added @ mixedFleets
