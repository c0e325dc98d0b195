// The state table of docs/protocol.md, rows 13 to 21 and 31 to 32: while the function runs, how it ends, and how a
// lock is given back.
module Core.Tests.StateTableTestsOfRuns

open Idempotency.Core
open Core.Tests.Given
open Core.Tests.Shown
open NUnit.Framework

/// Started at +5 on a lease that is trusted to +2000.
let private started ticket : Running =
    { Ticket = ticket
      Fence = at 5
      StartedAt = at 5
      LeaseEnds = at 2_000
      TakeOver = false
      LeaseLost = false }

let private renewing =
    ticket
    |> under (fun p ->
        { p with
            Renewal = Renewal.Until 9_000L<ms> })

/// What a renewal that was asked for at this moment leads to.
let private renewed asked now reply =
    Protocol.onRenewed (started renewing) { Ticket = renewing; Now = at asked } (at now) reply

[<Test>]
let ``row 13: the function's result is completed, with the clock of its return`` () =
    Protocol.onReturned (started ticket) (at 900) (payload "r1") Enlisted.None
    |> shows "Completing(0) r1 at +900"

    Protocol.onReturned (started ticket) (at 900) Payload.Absent Enlisted.None
    |> shows "Completing(0) (absent) at +900"

[<Test>]
let ``row 13: a result is completed though the lease is over or said to be lost`` () =
    Protocol.onReturned { started ticket with LeaseLost = true } afterWindow (payload "r1") Enlisted.None
    |> shows "Completing(0) r1 at +11000"

[<Test>]
let ``row 14: a failure that is to be released gives the lock back, with the run's fence`` () =
    Protocol.onThrew (started ticket) (at 900) boom Disposition.Release
    |> shows "Releasing +5 after boom"

[<Test>]
let ``row 15: a failure that is to be held ends the call, and its lock ends with its lease`` () =
    Protocol.onThrew (started ticket) (at 900) boom Disposition.Hold
    |> shows "Done FunctionFailed boom"

[<Test>]
let ``row 13, failures: a failure that is to be stored is completed as a result is`` () =
    Protocol.onThrew (started ticket) (at 900) boom (Disposition.Store(payload "f1"))
    |> shows "Completing(0) boom as f1 at +900"

[<Test>]
let ``row 16: a heartbeat renews the lease until the longest run`` () =
    let asked now =
        match Protocol.onHeartbeat (started renewing) (at now) with
        | ValueSome request -> moment request.Now
        | ValueNone -> "nothing"

    Assert.That(
        [ asked 6; asked 700; asked 5_000; asked 9_004; asked 9_005; asked 9_006 ],
        Is.EqualTo<string list> [ "+6"; "+700"; "+5000"; "+9004"; "nothing"; "nothing" ]
    )

[<Test>]
let ``row 16: without renewal a heartbeat asks for nothing`` () =
    Assert.That((Protocol.onHeartbeat (started ticket) (at 700) = ValueNone), Is.True)

[<Test>]
let ``row 17: an applied renewal counts the lease from its own clock`` () =
    renewed 700 900 (Ok(StoreReply.Applied mine))
    |> runs "Running fence +5 trusted to +2700"

[<Test>]
let ``row 18: a refused renewal that meets the own lock trusts it a skew pad less than it says`` () =
    let reply = Ok(StoreReply.Refused(mine |> endingAt (at 5_100)))
    renewed 700 900 reply |> runs "Running fence +5 trusted to +5000"

[<Test>]
let ``row 19: a refused renewal that meets anything else tells the function that its lease is lost`` () =
    for record in
        [ nothing
          theirs
          peers
          completed "r2"
          { completed "r2" with Owner = me }
          theirs |> ofHash otherHash
          tombstone (at 5) ] do
        renewed 700 900 (Ok(StoreReply.Refused record))
        |> runs "Running fence +5 trusted to +2000, lease lost"

[<Test>]
let ``row 19: an abandoned lock in the place of the own one is a lost lease too`` () =
    let held =
        { started renewing with
            Ticket = holding }

    Protocol.onRenewed held { Ticket = holding; Now = at 700 } afterLease (Ok(StoreReply.Refused theirs))
    |> runs "Running fence +5 trusted to +2000, lease lost"

[<Test>]
let ``row 20: a renewal that fails changes nothing`` () =
    renewed 700 900 (Error down) |> runs "Running fence +5 trusted to +2000"

[<Test>]
let ``row 19: a refusal that the store cannot explain is a lost lease, for all that is known`` () =
    renewed 700 900 (Ok StoreReply.RefusedUnseen)
    |> runs "Running fence +5 trusted to +2000, lease lost"

[<Test>]
let ``row 21: the own clock tells the function when its lease is over`` () =
    let tick now =
        Protocol.onTick (started ticket) (at now)

    tick 1_999 |> runs "Running fence +5 trusted to +2000"
    tick 2_000 |> runs "Running fence +5 trusted to +2000"
    tick 2_001 |> runs "Running fence +5 trusted to +2000, lease lost"

[<Test>]
let ``row 21: what the function was told is not taken back`` () =
    let told =
        { started renewing with
            LeaseLost = true }

    Protocol.onTick told (at 6)
    |> runs "Running fence +5 trusted to +2000, lease lost"

    Protocol.onRenewed told { Ticket = renewing; Now = at 700 } (at 900) (Ok(StoreReply.Applied mine))
    |> runs "Running fence +5 trusted to +2700, lease lost"

[<Test>]
let ``row 31: whatever became of the release, the caller gets the function's own exception`` () =
    let releasing: Releasing =
        { Request = { Ticket = ticket; Fence = at 5 }
          Error = boom }

    for reply in
        [ Ok(StoreReply.Applied mine)
          Ok(StoreReply.Refused theirs)
          Ok(StoreReply.Refused nothing)
          Ok StoreReply.RefusedUnseen
          Error down ] do
        match Protocol.onReleased releasing reply with
        | Step.Done(Conclusion.FunctionFailed error, null) -> Assert.That(error, Is.SameAs boom)
        | unexpected -> unexpected |> shows "Done FunctionFailed boom"

[<Test>]
let ``row 32: whatever became of the lock that was given back, the call ends as it had to`` () =
    for because in [ Conclusion.Contended; Conclusion.Cancelled ] do
        let abandoning: Abandoning =
            { Request = { Ticket = ticket; Fence = at 0 }
              Because = because }

        for reply in
            [ Ok(StoreReply.Applied mine)
              Ok(StoreReply.Refused theirs)
              Ok(StoreReply.Refused nothing)
              Ok StoreReply.RefusedUnseen
              Error down ] do
            Protocol.onAbandoned abandoning reply |> shows $"Done {conclusion because}"
