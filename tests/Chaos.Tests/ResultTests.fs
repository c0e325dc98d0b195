// The rules of results and answers, each on a history that keeps it and on one that breaks it.
module Chaos.Tests.ResultTests

open Chaos
open Chaos.Tests.Telling
open NUnit.Framework

let private good =
    executes 0L None "ra" a @ (b |> replays 100L (finished 0L 45L "ra" a) "ra")

let private hour = 3_600_000L

[<Test>]
let ``a run and its replay break nothing`` () = keepsAll good

[<Test>]
let ``two results in one window are found`` () =
    // b did not see what a had saved.
    executes 0L None "ra" a @ executes 200L None "rb" b |> breaks "one result"

[<Test>]
let ``another result after the window is none of them`` () =
    let late = hour + 2_000L

    executes 0L None "ra" a @ executes late (Some(finished 0L 45L "ra" a)) "rb" b
    |> keepsAll

[<Test>]
let ``a result that nobody saved is found`` () =
    executes 0L None "ra" a @ (b |> replays 100L (finished 0L 45L "rx" a) "rx")
    |> breaks "result saved"

[<Test>]
let ``a result of another payload is found`` () =
    good
    |> List.map (fun line ->
        match line.Event with
        | Event.Begun("b", key, profile, _) ->
            { line with
                Event = Event.Begun("b", key, profile, 2) }
        | _ -> line)
    |> breaks "own payload"

[<Test>]
let ``a replay after the window is found`` () =
    executes 0L None "ra" a
    @ (b |> replays (hour + 2_000L) (finished 0L 45L "ra" a) "ra")
    |> breaks "in its window"

let private audit = caller Verdict.Auditor

[<Test>]
let ``an acknowledged result that the last call does not get is found`` () =
    let lost = [ audit |> begun 1_000L 1; audit |> ends 1_010L "InProgress" None ]

    good @ lost |> breaks "result kept"
    good @ (audit |> executes 1_000L None "rx") |> breaks "result kept"
    good @ [ audit |> begun 1_000L 1 ] |> breaks "result kept"

[<Test>]
let ``the last call gets what was acknowledged`` () =
    good @ (audit |> replays 1_000L (finished 0L 45L "ra" a) "ra") |> keepsAll

[<Test>]
let ``a call that is never answered is found`` () =
    good @ [ c |> begun 300L 1; line "c" 400L (Event.Stuck "c") ]
    |> breaks "answered"

[<Test>]
let ``a call that is answered very late is found, unless its process was stalled as long`` () =
    let late = good @ [ c |> begun 300L 1; c |> ends 100_000L "InProgress" None ]

    late |> breaks "answered"
    line "chaos" 300L (Event.Stalled("c", 90_000)) :: late |> keepsAll

[<Test>]
let ``a call of a process that was killed needs no answer`` () =
    good @ [ c |> begun 300L 1 ] |> keepsAll

[<TestCase("Unreadable")>]
[<TestCase("Executed")>]
let ``an answer that cannot be is found`` outcome =
    [ c |> begun 0L 1; c |> ends 10L outcome None ] |> breaks "possible answers"
