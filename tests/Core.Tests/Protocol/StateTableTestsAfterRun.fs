// The state table of docs/protocol.md, rows 22 to 30: what becomes of a run whose end is to be stored. Completing,
// LateCompleting and Peeking with a run in hand share them; what a row says is tried in each, for a result and for a
// stored failure. The one who threw always gets the own exception.
module Core.Tests.StateTableTestsAfterRun

open Idempotency.Core
open Core.Tests.Given
open Core.Tests.Shown
open NUnit.Framework

let private returned = Run.Returned(payload "r1", Enlisted.None, at 900)
let private threw = Run.Threw(boom, payload "f1")

let private tried tries = { Patience.fresh with Tries = tries }

let private completing ticket (run: Run) tries : Completing =
    { Ticket = ticket
      Now = at 1_000
      Run = run
      Patience = tried tries }

let private lateCompleting ticket (run: Run) tries : LateCompleting =
    { Ticket = ticket
      Now = at 1_000
      Run = run
      Patience = tried tries }

let private peeking ticket run tries : Peeking =
    { Ticket = ticket
      InHand = InHand.Run run
      Patience = tried tries }

/// The three states, given what the store says of the key: the record that it has.
let private meetings =
    [ "Completing",
      fun run ticket tries now record ->
          Protocol.onCompleted (completing ticket run tries) now (Ok(StoreReply.Refused record))
      "LateCompleting",
      fun run ticket tries now record ->
          Protocol.onLateCompleted (lateCompleting ticket run tries) now (Ok(StoreReply.Refused record))
      "Peeking",
      fun run ticket tries now record -> Protocol.onPeeked (peeking ticket run tries) now (Ok record) ]

/// In each of the three states the record leads a run that ended so to this step.
let private leads run (expected: string) ticket tries now record =
    for name, meet in meetings do
        Assert.That(step (meet run ticket tries now record), Is.EqualTo expected, name)

let private leadsTo = leads returned
let private leadsThrowerTo = leads threw

let private applied = Ok(StoreReply.Applied mine)

/// What both writes lead to when they are applied.
let private confirmed ticket run =
    [ Protocol.onCompleted (completing ticket run 0) (at 1_005) applied
      Protocol.onLateCompleted (lateCompleting ticket run 1) (at 1_005) applied ]

[<Test>]
let ``row 22: a confirmed result is the caller's`` () =
    for ended in confirmed ticket returned do
        ended |> shows "Done Executed r1"

[<Test>]
let ``row 22: a confirmed failure is stored, and its thrower gets the own exception`` () =
    for ended in confirmed ticket threw do
        ended |> shows "Done FunctionFailed boom"

[<Test>]
let ``row 22: with a cache the confirmed record is remembered, as the store has it`` () =
    let caching = { ticket with UsesCache = true }

    let expected =
        { mine with
            LeaseEnds = noLease
            Expires = second 11
            Status = Status.Completed
            Payload = payload "r1" }

    for ended in confirmed caching returned do
        match ended with
        | Step.Done(Conclusion.Executed _, NonNull remembered) ->
            Assert.That<Record>(remembered, Is.EqualTo expected)
        | unexpected -> unexpected |> shows "Done Executed r1, cached"

[<Test>]
let ``row 22: with a cache a confirmed failure is remembered too`` () =
    let caching = { ticket with UsesCache = true }

    let expected =
        { mine with
            LeaseEnds = noLease
            Expires = second 11
            Status = Status.Failed
            Payload = payload "f1" }

    for ended in confirmed caching threw do
        match ended with
        | Step.Done(Conclusion.FunctionFailed _, NonNull remembered) ->
            Assert.That<Record>(remembered, Is.EqualTo expected)
        | unexpected -> unexpected |> shows "Done FunctionFailed boom, cached"

[<Test>]
let ``row 23: the own result in a finished record was stored by a write whose reply was lost`` () =
    { completed "r1" with Owner = me }
    |> leadsTo "Done Executed r1, cached" ticket 0 (at 1_005)

    completed "r1" |> leadsTo "Done Executed r1, cached" ticket 3 (at 1_005)

[<Test>]
let ``row 23: another result is adopted in the place of the own one`` () =
    completed "r2" |> leadsTo "Done Adopted r2, cached" ticket 0 (at 1_005)
    completed "null" |> leadsTo "Done Adopted null, cached" ticket 3 (at 1_005)

    { completed "r2" with Owner = me }
    |> leadsTo "Done Adopted r2, cached" ticket 0 (at 1_005)

[<Test>]
let ``row 23: a stored failure is adopted too, also one of the same bytes`` () =
    failed "no funds"
    |> leadsTo "Done Adopted failure no funds, cached" ticket 0 (at 1_005)

    failed "r1" |> leadsTo "Done Adopted failure r1, cached" ticket 0 (at 1_005)

[<Test>]
let ``row 23: one who threw keeps the own exception, whatever another stored`` () =
    completed "r2"
    |> leadsThrowerTo "Done FunctionFailed boom, cached" ticket 0 (at 1_005)

    failed "f1"
    |> leadsThrowerTo "Done FunctionFailed boom, cached" ticket 0 (at 1_005)

[<Test>]
let ``row 24: a free key gets the result after all, with a new clock`` () =
    nothing |> leadsTo "LateCompleting(1) r1 at +1005" ticket 0 (at 1_005)
    theirs |> leadsTo "LateCompleting(2) r1 at +2101" ticket 1 (at 2_101)
    tombstone (at 3) |> leadsTo "LateCompleting(3) r1 at +1005" ticket 2 (at 1_005)
    completed "r0" |> leadsTo "LateCompleting(1) r1 at +11000" ticket 0 (at 11_000)

    nothing
    |> leadsThrowerTo "LateCompleting(1) boom as f1 at +1005" ticket 0 (at 1_005)

[<Test>]
let ``row 24: the own dead lock is free for the own result`` () =
    mine |> leadsTo "LateCompleting(1) r1 at +2101" ticket 0 (at 2_101)

[<Test>]
let ``row 25: a key that became free for the fourth time is lost`` () =
    nothing |> leadsTo "Done LeaseLost r1" ticket 3 (at 1_005)
    nothing |> leadsThrowerTo "Done FunctionFailed boom" ticket 3 (at 1_005)

[<Test>]
let ``row 25: without late completion a free key is a lost lease`` () =
    let strict = ticket |> under (fun p -> { p with LateCompletion = false })
    nothing |> leadsTo "Done LeaseLost r1" strict 0 (at 1_005)
    mine |> leadsTo "Done LeaseLost r1" strict 0 (at 2_101)
    nothing |> leadsThrowerTo "Done FunctionFailed boom" strict 0 (at 1_005)

[<Test>]
let ``row 26: the own live lock is completed`` () =
    mine |> leadsTo "Completing(1) r1 at +1005" ticket 0 (at 1_005)
    mine |> leadsTo "Completing(3) r1 at +2100" ticket 2 (at 2_100)
    mine |> leadsThrowerTo "Completing(1) boom as f1 at +1005" ticket 0 (at 1_005)

[<Test>]
let ``row 26: so is the own dead lock where abandoned locks are held`` () =
    mine |> leadsTo "Completing(1) r1 at +2101" holding 0 (at 2_101)

[<Test>]
let ``row 27: a key of another payload is a lost lease`` () =
    theirs |> ofHash otherHash |> leadsTo "Done LeaseLost r1" waiting 0 (at 1_005)

    completed "r2"
    |> ofHash otherHash
    |> leadsTo "Done LeaseLost r1" waiting 0 (at 1_005)

    completed "r1"
    |> ofHash noHash
    |> leadsTo "Done LeaseLost r1" ticket 0 (at 1_005)

    completed "r2"
    |> ofHash otherHash
    |> leadsThrowerTo "Done FunctionFailed boom" ticket 0 (at 1_005)

[<Test>]
let ``row 27, held: a lock that is held for a person is a lost lease`` () =
    theirs |> leadsTo "Done LeaseLost r1" holding 0 (at 2_101)
    theirs |> leadsThrowerTo "Done FunctionFailed boom" holding 0 (at 2_101)

[<Test>]
let ``row 28: a call that waits waits for the newer owner's result`` () =
    theirs
    |> leadsTo "Waiting(0) with r1 for other to +2100, sleep 1, deadline +6005" waiting 0 (at 1_005)

    theirs
    |> leadsTo "Waiting(0) with r1 for other to +2100, sleep 1, deadline +6005" waiting 3 (at 1_005)

[<Test>]
let ``row 28: one who threw does not wait for a result that is not needed`` () =
    theirs |> leadsThrowerTo "Done FunctionFailed boom" waiting 0 (at 1_005)

[<Test>]
let ``row 29: a call that does not wait has lost its lease, and gets its own result with that`` () =
    theirs |> leadsTo "Done LeaseLost r1" ticket 0 (at 1_005)
    peers |> leadsTo "Done LeaseLost r1" ticket 0 (at 2_150)
    theirs |> leadsThrowerTo "Done FunctionFailed boom" ticket 0 (at 1_005)

[<Test>]
let ``row 30: a result that could not be saved reaches the caller, and is not remembered`` () =
    let caching = { ticket with UsesCache = true }

    for call in [ ticket; caching ] do
        let expected = "Done CompletedUnsaved r1: store down"

        Protocol.onCompleted (completing call returned 0) (at 1_005) (Error down)
        |> shows expected

        Protocol.onLateCompleted (lateCompleting call returned 1) (at 1_005) (Error down)
        |> shows expected

        Protocol.onPeeked (peeking call returned 0) (at 1_005) (Error down)
        |> shows expected

[<Test>]
let ``row 30: the store's failure never takes the place of the function's`` () =
    for ended in
        [ Protocol.onCompleted (completing ticket threw 0) (at 1_005) (Error down)
          Protocol.onLateCompleted (lateCompleting ticket threw 1) (at 1_005) (Error down)
          Protocol.onPeeked (peeking ticket threw 0) (at 1_005) (Error down) ] do
        match ended with
        | Step.Done(Conclusion.FunctionFailed error, null) -> Assert.That(error, Is.SameAs boom)
        | unexpected -> unexpected |> shows "Done FunctionFailed boom"

[<Test>]
let ``rows 23 to 29: where the store cannot say why it refused, the call looks`` () =
    let unseen = Ok StoreReply.RefusedUnseen

    Protocol.onCompleted (completing ticket returned 2) (at 1_005) unseen
    |> shows "Peeking(2) with r1"

    Protocol.onLateCompleted (lateCompleting ticket returned 2) (at 1_005) unseen
    |> shows "Peeking(2) with r1"

    Protocol.onCompleted (completing ticket threw 2) (at 1_005) unseen
    |> shows "Peeking(2) with boom as f1"
