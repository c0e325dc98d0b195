// The rules of what is committed with a result, each on books that keep it and on books that break it.
module Chaos.Tests.BookTests

open Chaos
open Chaos.Books
open Chaos.Tests.Telling
open NUnit.Framework

let private transferring name =
    { caller name with
        Profile = "transfer" }

let private a = transferring "a"
let private b = transferring "b"

let private history =
    executes 0L None "ra" a @ (b |> replays 100L (finished 0L 45L "ra" a) "ra")

let private books =
    { Counted = Map [ "ra", 1L ]
      Moved = Map [ "ra", ("x", "y", 7L) ]
      Balances = Map [ "x", -7L; "y", 7L ] }

let private breaks rule books lines =
    Assert.That(brokenIn books lines, Does.Contain rule)

[<Test>]
let ``a transfer that is counted once breaks nothing`` () =
    Assert.That(brokenIn books history, Is.Empty)

[<Test>]
let ``an acknowledged transfer that is not counted is found`` () =
    breaks "counted once" Books.none history

[<Test>]
let ``a transfer that is counted twice is found`` () =
    history
    |> breaks
        "counted once"
        { books with
            Counted = Map [ "ra", 2L ]
            Balances = Map [ "x", -14L; "y", 14L ] }

[<Test>]
let ``a transfer of a run that was never saved is found`` () =
    let abandoned = [ a |> begun 0L 1; yield! a |> claims 0L None; a |> starts 0L "ra" ]

    abandoned |> breaks "counted with a result" books

[<Test>]
let ``two runs that are counted in one window are found, also if one was never acknowledged`` () =
    let unsaved =
        executes 600L None "rb" b
        |> List.map (fun line ->
            match line.Event with
            | Event.Ended(call, _, result) ->
                { line with
                    Event = Event.Ended(call, "CompletedUnsaved", result) }
            | _ -> line)

    executes 0L None "ra" a @ unsaved
    |> breaks
        "counted in one window once"
        { Counted = Map [ "ra", 1L; "rb", 1L ]
          Moved = Map [ "ra", ("x", "y", 7L); "rb", ("x", "y", 3L) ]
          Balances = Map [ "x", -10L; "y", 10L ] }

[<Test>]
let ``money that appears from nowhere is found`` () =
    history
    |> breaks
        "conservation"
        { books with
            Balances = Map [ "x", -7L; "y", 8L ] }

[<Test>]
let ``half a transfer is found, also if the sum is right`` () =
    history
    |> breaks
        "conservation"
        { books with
            Balances = Map [ "x", -7L; "z", 7L ] }
