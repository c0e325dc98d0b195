// The state table of docs/protocol.md, rows 35 to 39: the look before the acquire, and writes that are refused with the
// result that they were to be committed with.
module Core.Tests.StateTableTestsOfLooking

open Idempotency.Core
open Core.Tests.Given
open Core.Tests.Shown
open Core.Tests.Meetings
open NUnit.Framework

let private looker = { ticket with LooksFirst = true }

let private looking call : Looking = { Ticket = call; Now = at 0 }

let private found (record: Record | null) : Result<Record | null, exn> = Ok record

[<Test>]
let ``row 35: a call that looks first begins with a get`` () =
    Protocol.start looker (at 7) nothing |> shows "Looking at +7"

    Protocol.start looker (at 11_000) (completed "r1") |> shows "Looking at +11000"

[<Test>]
let ``row 35: what is remembered answers a call that would look first`` () =
    Protocol.start looker (at 0) (completed "r1") |> shows "Done Replayed r1"

[<Test>]
let ``row 36: a look that finds an answer ends the call`` () =
    let look record call =
        Protocol.onLooked (looking call) (at 5) (found record)

    look (completed "r1") looker |> shows "Done Replayed r1, cached"

    look (failed "no funds") looker
    |> shows "Done Replayed failure no funds, cached"

    look (completed "r1" |> ofHash otherHash) looker
    |> shows "Done PayloadMismatch other hash"

    look theirs looker |> shows "Done InProgress other until +2100"

    look theirs { waiting with LooksFirst = true }
    |> shows "Waiting(0) asked +0 for other to +2100, sleep 1, deadline +5005"

[<Test>]
let ``row 36: an abandoned lock that is held ends a look too`` () =
    Protocol.onLooked (looking { holding with LooksFirst = true }) afterLease (found theirs)
    |> shows "Done Held other until +10999"

[<Test>]
let ``row 37: a key that looks free is asked for with a new clock and all tries`` () =
    for record in [ Ok null; found (completed "r1"); found mine ] do
        Protocol.onLooked (looking looker) (at 11_000) record
        |> shows "Acquiring(0) at +11000"

    Protocol.onLooked (looking looker) afterLease (found theirs)
    |> shows "Acquiring(0) at +2200"

[<Test>]
let ``row 37: a look that fails leaves the word to the acquire`` () =
    Protocol.onLooked (looking looker) (at 5) (Error down)
    |> shows "Acquiring(0) at +5"

[<Test>]
let ``a call that is cancelled while it looks has nothing to give back`` () =
    Protocol.onCancelled (Step.Look(looking looker)) |> shows "Done Cancelled"

let private refused record = Ok(StoreReply.Refused record)

let private withWrites = Enlisted([| obj () |])

let private running call : Running =
    { Ticket = call
      Fence = at 5
      StartedAt = at 5
      LeaseEnds = at 2_000
      TakeOver = false
      LeaseLost = false }

let private committing call : Completing =
    match Protocol.onReturned (running call) (at 900) (payload "r1") withWrites with
    | Step.Complete state -> state
    | other -> invalidOp (step other)

[<Test>]
let ``row 13: what the function enlisted goes with its result`` () =
    let state = committing ticket
    Assert.That(state.Request.Enlisted, Is.EqualTo withWrites)

    match Protocol.onCompleted state (at 2_200) (refused nothing) with
    | Step.LateComplete late -> Assert.That(late.Request.Enlisted, Is.EqualTo withWrites)
    | other -> Assert.Fail(step other)

    match Protocol.onCompleted state (at 950) (refused mine) with
    | Step.Complete again -> Assert.That(again.Request.Enlisted, Is.EqualTo withWrites)
    | other -> Assert.Fail(step other)

[<Test>]
let ``row 38: a refusal of what was enlisted is the function's failure`` () =
    let after = Protocol.onEnlistedRefused (committing ticket) (at 950) boom

    after Disposition.Release |> shows "Releasing +900 after boom"
    after Disposition.Hold |> shows "Done FunctionFailed boom"

    after (Disposition.Store(payload "account"))
    |> shows "Completing(0) boom as account at +950"

[<Test>]
let ``row 38: a failure that is stored instead takes no writes with it`` () =
    match
        Protocol.onEnlistedRefused (committing ticket) (at 950) boom (Disposition.Store(payload "account"))
    with
    | Step.Complete state -> Assert.That(state.Request.Enlisted, Is.EqualTo Enlisted.None)
    | other -> Assert.Fail(step other)

[<Test>]
let ``row 39: where the lock was lost before there is nothing to give back`` () =
    match Protocol.onCompleted (committing ticket) (at 2_200) (refused nothing) with
    | Step.LateComplete late -> Protocol.onLateEnlistedRefused late boom |> shows "Done FunctionFailed boom"
    | other -> Assert.Fail(step other)

/// A save that was applied stands in the store until the end of its window: ten seconds after 900 ms, less the pad and
/// the second that saving may take.
let private surely = at 9_899

let private perhaps = at 9_900

let private late (run: Completing) : LateCompleting =
    { Ticket = ticket
      Now = at 2_000
      Run = run.Run
      Patience = run.Patience }

let private peeking (run: Completing) : Peeking =
    { Ticket = ticket
      InHand = InHand.Run run.Run
      Patience = run.Patience }

/// What a run with writes does when it finds its key free, in each state that saves it.
let private savedAgain now =
    let run = committing ticket

    [ Protocol.onCompleted run now (refused nothing)
      Protocol.onLateCompleted (late run) now (refused nothing)
      Protocol.onPeeked (peeking run) now (Ok nothing) ]
    |> List.map _.StateName

[<Test>]
let ``row 24: what was enlisted is saved again as long as a save that was applied is there to stop it`` () =
    Assert.That(savedAgain surely, Is.All.EqualTo "LateCompleting")

[<Test>]
let ``row 25: what was enlisted is not saved again when nobody can tell whether it was committed`` () =
    Assert.That(savedAgain perhaps, Is.All.EqualTo "Done")

    Protocol.onCompleted (committing ticket) perhaps (refused nothing)
    |> shows "Done LeaseLost r1"

[<Test>]
let ``row 25: nor under an own lock that came to life`` () =
    let revived =
        { mine with
            LeaseEnds = System.Nullable(at 60_000)
            Expires = second 60 }

    Protocol.onCompleted (committing ticket) (at 950) (refused revived)
    |> shows "Completing(1) r1 with writes at +950"

    Protocol.onCompleted (committing ticket) perhaps (refused revived)
    |> shows "Done LeaseLost r1"

[<Test>]
let ``row 24: a run without writes is saved again at any time`` () =
    match Protocol.onReturned (running ticket) (at 900) (payload "r1") Enlisted.None with
    | Step.Complete state ->
        Assert.That(
            (Protocol.onCompleted state perhaps (refused nothing)).StateName,
            Is.EqualTo "LateCompleting"
        )
    | other -> Assert.Fail(step other)
