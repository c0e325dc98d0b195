// The rules of runs and fencing tokens, each on a history that keeps it and on one that breaks it.
module Chaos.Tests.RunTests

open Chaos
open Chaos.Tests.Telling
open NUnit.Framework

/// a asks at 0, and is never heard of again.
let private abandoned =
    [ a |> begun 0L 1; yield! a |> claims 0L None; a |> starts 0L "ra" ]

/// A run that is told that it takes over.
let private takesOver at replaced run caller =
    caller
    |> executes at replaced run
    |> List.map (fun line ->
        match line.Event with
        | Event.Started(call, run, fence, _, lease) ->
            { line with
                Event = Event.Started(call, run, fence, true, lease) }
        | _ -> line)

[<Test>]
let ``a take-over after the lease breaks nothing`` () =
    abandoned @ (b |> takesOver 500L (Some(lock 0L a)) "rb") |> keepsAll

[<Test>]
let ``a take-over before the lease has passed is found`` () =
    let early = abandoned @ (b |> takesOver 300L (Some(lock 0L a)) "rb")
    early |> breaks "runs explained"
    early |> breaks "leases apart"
    early |> breaks "linearizable"

[<Test>]
let ``a take-over of a key that is held is found`` () =
    abandoned @ (b |> takesOver 500L (Some(lock 0L a)) "rb")
    |> List.map (fun line ->
        match line.Event with
        | Event.Begun(call, key, _, variant) ->
            { line with
                Event = Event.Begun(call, key, "hold", variant) }
        | _ -> line)
    |> breaks "runs explained"

[<Test>]
let ``a run after a failure that gave the key back is explained`` () =
    let failed =
        [ a |> begun 0L 1
          yield! a |> claims 0L None
          a |> starts 0L "ra"
          a |> throws 0L 30L
          yield! a |> request Asking.Release 30L |> exchange 30L 35L (Heard.Applied None)
          a |> ends 36L "FunctionFailed" None ]

    failed @ executes 50L None "rb" b |> keepsAll

[<Test>]
let ``a request from before a take-over that arrives after it is explained by the one that took over`` () =
    let between =
        [ b |> begun 500L 1
          yield! b |> claims 500L (Some(lock 0L a))
          b
          |> starts 500L "rb"
          |> fun line ->
              match line.Event with
              | Event.Started(call, run, fence, _, lease) ->
                  { line with
                      Event = Event.Started(call, run, fence, true, lease) }
              | _ -> line
          b |> throws 500L 530L
          yield! b |> request Asking.Release 530L |> exchange 530L 535L (Heard.Applied None)
          b |> ends 536L "FunctionFailed" None ]

    abandoned
    @ between
    @ [ c |> begun 100L 1
        yield! c |> request Asking.Acquire 100L |> exchange 100L 890L (Heard.Applied None)
        yield! c |> request Asking.Renew 900L |> exchange 900L 905L (Heard.Applied None)
        c |> starts 900L "rc" ]
    |> keepsAll

[<Test>]
let ``a run after a result is found`` () =
    executes 0L None "ra" a @ executes 600L None "rb" b |> breaks "runs explained"

[<Test>]
let ``two runs of one call are found`` () =
    abandoned @ [ a |> starts 20L "rx" ] |> breaks "one run for a call"

[<Test>]
let ``a run whose call had not asked for the key is found`` () =
    [ a |> begun 0L 1; a |> starts 0L "ra" ] |> breaks "claimed"

[<Test>]
let ``a renewal that is confirmed lengthens the lease`` () =
    let renewed =
        a |> request Asking.Renew 300L |> exchange 300L 305L (Heard.Applied None)

    let longer =
        { lock 0L a with
            LeaseEnds = (lock 300L a).LeaseEnds }

    abandoned @ renewed @ (b |> takesOver 500L (Some longer) "rb")
    |> breaks "runs explained"

    abandoned @ renewed @ (b |> takesOver 800L (Some longer) "rb") |> keepsAll

let private withFence fence (lines: Line list) =
    lines
    |> List.map (fun line ->
        match line.Event with
        | Event.Started("b", run, _, takeOver, lease) ->
            { line with
                Event = Event.Started("b", run, fence, takeOver, lease) }
        | _ -> line)

[<Test>]
let ``a fencing token that is not above that of the owner before is found`` () =
    for fence in [ epoch + 5L; epoch ] do
        abandoned @ (b |> takesOver 500L (Some(lock 0L a)) "rb")
        |> withFence fence
        |> breaks "fences grow"

[<Test>]
let ``an owner whose reply was lost may start after the one who took over from it`` () =
    let policy = (Profile.find a.Profile).Policy
    let trusted at = epoch + at + int64 policy.Lease

    [ a |> begun 0L 1
      yield! a |> request Asking.Acquire 0L |> exchange 0L 600L (Heard.Applied None)
      b |> begun 500L 1
      yield! b |> claims 500L (Some(lock 0L a))
      line "b" 505L (Event.Started("b", "rb", epoch + 505L, true, trusted 500L))
      b |> throws 500L 540L
      yield! b |> request Asking.Release 540L |> exchange 540L 545L (Heard.Applied None)
      b |> ends 546L "FunctionFailed" None
      yield! a |> request Asking.Renew 600L |> exchange 600L 605L (Heard.Applied None)
      a |> starts 600L "ra"
      a |> returns 600L 640L
      yield! a |> saves 640L "ra"
      a |> ends 646L "Executed" (Some "ra") ]
    |> keepsAll

[<Test>]
let ``a take-over that is not told is found`` () =
    abandoned @ (b |> executes 500L (Some(lock 0L a)) "rb")
    |> breaks "take-over told"

[<Test>]
let ``a live run that the register refuses is found, one that lost its lease is not`` () =
    let fenced at =
        line "a" at (Event.Fenced("a", false, epoch + 400L))

    abandoned @ [ fenced 100L ] |> breaks "live runs accepted"
    abandoned @ [ fenced 450L ] |> keepsAll
