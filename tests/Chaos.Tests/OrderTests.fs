// The search for an order of the requests: what trouble on the way explains, and what nothing explains.
module Chaos.Tests.OrderTests

open Chaos
open Chaos.Tests.Telling
open NUnit.Framework

let private fault = Heard.Fault "DynamoDbUnavailableException"

let private troubled (lines: Line list) =
    lines @ [ line "chaos" 0L (Event.Troubled "owner of a") ]

[<Test>]
let ``a write that failed may have been applied`` () =
    let asked = a |> request Asking.Acquire 0L

    [ a |> begun 0L 1
      yield! asked |> exchange 0L 800L fault
      b |> begun 100L 1
      yield! b |> isRefused 100L (lock 0L a) ]
    |> keepsAll

[<Test>]
let ``a write of a process that was killed may be applied`` () =
    [ a |> begun 0L 1
      line "a" 0L (Event.Asked(a |> request Asking.Acquire 0L))
      b |> begun 100L 1
      yield! b |> isRefused 100L (lock 0L a) ]
    |> keepsAll

[<Test>]
let ``requests at the same time may have any order`` () =
    [ a |> begun 0L 1
      yield! a |> request Asking.Acquire 0L |> exchange 0L 50L (Heard.Applied None)
      b |> begun 1L 1
      yield! b |> request Asking.Get 1L |> exchange 1L 50L (Heard.Found None)
      c |> begun 1L 1
      yield! c |> request Asking.Get 1L |> exchange 1L 50L (Heard.Found(Some(lock 0L a))) ]
    |> keepsAll

[<Test>]
let ``a record that nobody wrote is found`` () =
    [ b |> begun 100L 1; yield! b |> isRefused 100L (lock 0L a) ]
    |> breaks "linearizable"

[<Test>]
let ``a read that is older than what was confirmed before is found`` () =
    [ a |> begun 0L 1
      yield! a |> claims 0L None
      b |> begun 100L 1
      yield! b |> request Asking.Get 100L |> exchange 100L 105L (Heard.Found None) ]
    |> breaks "linearizable"

[<Test>]
let ``two acquires of a free key that are both applied are found`` () =
    [ a |> begun 0L 1
      yield! a |> claims 0L None
      b |> begun 1L 1
      yield! b |> claims 1L None ]
    |> breaks "linearizable"

[<Test>]
let ``a refusal without a reason is found`` () =
    let gone =
        { lock 0L a with
            LeaseEnds = Some(epoch - 1L) }

    [ a |> begun 0L 1
      yield! a |> claims 0L None
      b |> begun 500L 1
      yield! b |> isRefused 500L (lock 0L a) ]
    |> breaks "linearizable"

    [ b |> begun 500L 1; yield! b |> isRefused 500L gone ] |> breaks "linearizable"

[<Test>]
let ``a completion by an owner that was overtaken is found`` () =
    let overtaken = b |> claims 500L (Some(lock 0L a))

    [ a |> begun 0L 1
      yield! a |> claims 0L None
      b |> begun 500L 1
      yield! overtaken
      yield! a |> saves 600L "ra" ]
    |> breaks "linearizable"

[<Test>]
let ``a release by an owner that was overtaken is found`` () =
    [ a |> begun 0L 1
      yield! a |> claims 0L None
      b |> begun 500L 1
      yield! b |> claims 500L (Some(lock 0L a))
      yield! a |> request Asking.Release 600L |> exchange 600L 605L (Heard.Applied None) ]
    |> breaks "linearizable"

[<Test>]
let ``a record that goes before it expires is found, one that goes after is not`` () =
    let gone at =
        executes 0L None "ra" a
        @ [ b |> begun at 1
            yield! b |> request Asking.Get at |> exchange at (at + 5L) (Heard.Found None) ]

    gone 1_000L |> breaks "linearizable"
    gone 3_599_900L |> breaks "linearizable"
    // The engine deletes from the beginning of the last second on.
    gone 3_600_400L |> keepsAll
    gone 3_700_000L |> keepsAll

[<Test>]
let ``an own record in the refusal is explained by a lost reply, and by nothing else`` () =
    let again = [ a |> begun 0L 1; yield! a |> isRefused 0L (lock 0L a) ]

    again |> breaks "linearizable"
    again |> troubled |> keepsAll
