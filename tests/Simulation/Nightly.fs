// The explorations of a night: the fifty runs that the design was explored with, as a model in another language, before
// it was code. Each has the numbers that the model had, to be compared.
namespace Idempotency.Simulation

open Idempotency.Core
open Changing

module Nightly =
    let private twoCallers =
        [ run
              "2w lost replies+delayed duplicates x2, crash, give-up"
              (modelled 3221851 13553870 24 3)
              (two |> all)
          run
              "2w same, store without ALL_OLD (extra get)"
              (modelled 795089 3322939 27 3)
              (two |> all |> fun bounds -> { bounds with Unseen = true })
          run "2w same, waiting for the other's result" (modelled 866992 3672526 24 3) (two |> all |> waiting)
          run
              "2w same, waiting, no late completion"
              (modelled 805926 3439657 24 3)
              (two |> all |> waiting |> fun bounds -> { bounds with LateCompletion = false })
          run "2w same, release by tombstone" (modelled 859287 3107205 23 3) (two |> all |> tombstone)
          run
              "2w heartbeat x1, lost replies, crash, give-up"
              (modelled 4800815 21929396 25 3)
              (two |> heartbeats 1 |> lost 1 |> crash 1 |> giveUp |> ticks 6)
          run
              "2w heartbeat x2, lost replies"
              (modelled 8091832 26239873 28 3)
              (two |> heartbeats 2 |> lost 1 |> ticks 6)
          run
              "2w window < lease, TTL sweep"
              (modelled 1794083 5505676 26 5)
              (two
               |> window 1
               |> fun bounds -> { bounds with Lease = 4 }
               |> lost 1
               |> crash 1
               |> sweeping
               |> ticks 10)
          run
              "2w window 1 s, TTL sweep, crash"
              (modelled 2202536 8710290 27 3)
              (two |> window 1 |> lost 1 |> crash 1 |> sweeping |> ticks 8)
          run
              "2w x 2 calls, own caches, lost reply, give-up"
              (modelled 4511922 13672499 29 3)
              (two |> calls [ 1; 1 ] |> own |> lost 1 |> giveUp |> ticks 6)
          run
              "2w x 2 calls, one shared cache, lost reply"
              (modelled 839456 2339213 29 3)
              (two |> calls [ 1; 1 ] |> caches WorkerCache.Shared |> lost 1 |> ticks 6)
          run
              "2w x 2 calls, two payloads, validation, caches"
              (modelled 282347 798242 26 3)
              (two |> calls [ 1; 2 ] |> validating |> own)
          run
              "2w x 2 calls, two payloads, validation, waiting"
              (modelled 596151 1652023 28 3)
              (two |> calls [ 1; 2 ] |> validating |> waiting) ]

    let private skewed =
        [ for offsets, model in
              [ [ 0; 1 ], modelled 865896 3213084 26 5
                [ 1; 0 ], modelled 832407 3011825 24 5 ] do
              run
                  $"2w clocks %A{offsets} apart, pad 1, lost reply, crash, TTL"
                  model
                  (two |> clocks offsets |> pad 1 |> lost 1 |> crash 1 |> sweeping |> ticks 8)
          for offsets, model in
              [ [ 0; 2 ], modelled 3192674 10849066 25 7
                [ 2; 0 ], modelled 2092178 6842924 25 7 ] do
              run
                  $"2w clocks %A{offsets} apart, pad 2, heartbeat"
                  model
                  (two |> clocks offsets |> pad 2 |> heartbeats 1 |> crash 1)
          run
              "2w every clock reading off by -1..1, pad 2"
              (modelled 115830 812649 19 0)
              (two |> pad 2 |> fun bounds -> { bounds with Wobble = 1 }) ]

    let private threeCallers =
        [ run "3w no faults" (modelled 2111327 7323826 26 0) (three |> ticks 8)
          run "3w crash x2" (modelled 2287885 10224416 27 3) (three |> crash 2)
          run
              "3w lost reply / delayed duplicate"
              (modelled 3455855 11905545 25 3)
              (three |> lost 1 |> ticks 6)
          run
              "3w lost reply / delayed duplicate, nobody stalls, x2"
              (modelled 6755 19598 14 3)
              (three |> lost 2 |> ticks 0)
          run "3w give-up" (modelled 1601460 6508026 26 3) (three |> giveUp)
          run "3w waiting" (modelled 3835178 17083098 31 3) (three |> waiting |> crash 1)
          run "3w tombstone, crash" (modelled 2174295 8344791 25 3) (three |> tombstone |> crash 1)
          run "3w heartbeat" (modelled 1586034 5649439 25 0) (three |> heartbeats 1 |> ticks 5)
          for offsets, model in
              [ [ 0; 0; 1 ], modelled 323642 1078110 23 0
                [ 0; 1; 0 ], modelled 315300 1047195 24 0
                [ 0; 1; 1 ], modelled 346506 1158321 24 0
                [ 1; 0; 0 ], modelled 290243 953305 24 0
                [ 1; 0; 1 ], modelled 321875 1065352 24 0
                [ 1; 1; 0 ], modelled 289831 945005 24 0 ] do
              run $"3w clocks %A{offsets}, pad 1" model (three |> clocks offsets |> pad 1)
          run "3w window 1 s, TTL sweep" (modelled 1969819 6994597 29 0) (three |> window 1 |> sweeping)
          run "3w own caches, give-up" (modelled 636598 2401061 24 3) (three |> own |> giveUp |> ticks 6) ]

    let private checkedPayloads =
        [ for list in [ [ 1; 2 ]; [ 2; 1 ] ] do
              run
                  $"2w x 2 calls, payloads %A{list} checked before take-over, lost reply, caches"
                  (modelled 530716 1477244 28 3)
                  (two |> calls list |> validating |> own |> lost 1)
          run
              "2w payloads (1,2), lost reply, crash, give-up, window 1 s, TTL"
              (modelled 2147068 10055097 27 3)
              (two
               |> payloads [ 1; 2 ]
               |> lost 1
               |> crash 1
               |> giveUp
               |> window 1
               |> sweeping
               |> ticks 8)
          run
              "2w payloads (1,2), take-over allowed (Powertools rule), same faults"
              (modelled 2995032 14294356 27 3)
              (two
               |> payloads [ 1; 2 ]
               |> anyTakeOver
               |> lost 1
               |> crash 1
               |> giveUp
               |> window 1
               |> sweeping
               |> ticks 8)
          run
              "2w payloads (1,2), waiting, lost reply"
              (modelled 259853 736488 22 3)
              (two |> payloads [ 1; 2 ] |> waiting |> lost 1 |> ticks 8)
          for list, model in
              [ [ 1; 2; 1 ], modelled 192747 629858 23 0
                [ 1; 1; 2 ], modelled 266799 891615 23 0
                [ 1; 2; 2 ], modelled 161781 519548 23 0 ] do
              run $"3w payloads %A{list} checked before take-over" model (three |> payloads list)
          for list in [ [ 1; 2; 1 ]; [ 1; 1; 2 ]; [ 1; 2; 2 ] ] do
              run
                  $"3w payloads %A{list}, take-over allowed (Powertools rule)"
                  (modelled 709936 2433921 25 0)
                  (three |> payloads list |> anyTakeOver) ]

    let private fromAcquire (bounds: Bounds) =
        { tombstone bounds with
            Fence = FenceFrom.Acquire }

    let private fences =
        [ run
              "3w fence stamped in the put and stored, release by tombstone"
              (modelled 780207 2451107 27 1)
              (three |> fromAcquire |> ticks 8)
          run
              "3w fence stamped in the put, tombstone, clocks (1,0,1), pad 1"
              (modelled 166877 498821 25 2)
              (three |> fromAcquire |> clocks [ 1; 0; 1 ] |> pad 1)
          run
              "3w fence = clock at the start, tombstone, clocks (2,0,1), pad 2"
              (modelled 521747 1670113 25 3)
              (three |> tombstone |> clocks [ 2; 0; 1 ] |> pad 2 |> ticks 8)
          for list, model in
              [ [ 1; 2; 1 ], modelled 241196 738926 24 1
                [ 1; 1; 2 ], modelled 322706 1015942 24 1 ] do
              run
                  $"3w tombstone, payloads %A{list} checked before take-over"
                  model
                  (three |> tombstone |> payloads list) ]

    /// The fifty runs of the design.
    let designed: NightlyRun list =
        twoCallers @ skewed @ threeCallers @ checkedPayloads @ fences
