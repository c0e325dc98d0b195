// The state table of docs/protocol.md, rows 33 and 34: how long a waiting call sleeps, and what ends its wait; then
// what a cancellation does in every state.
module Core.Tests.StateTableTestsOfWaiting

open Idempotency.Core
open Core.Tests.Given
open Core.Tests.Shown
open NUnit.Framework

let private returned = Run.Returned(payload "r1", Enlisted.None, at 900)
let private threw = Run.Threw(boom, payload "f1")

/// Asleep for the so-manieth time, until +5000 at the most, behind a lock with this lease end.
let private asleep sleeps leaseEnds hand : Waiting =
    { Ticket = waiting
      InHand = hand
      Patience =
        { Tries = 0
          Sleeps = sleeps
          Deadline = at 5_000 }
      Holder = theirs
      LeaseEnds = leaseEnds }

let private wanting = InHand.Nothing(at 0)

/// How long the call sleeps, far from any end.
let private slept sleeps jitter =
    Protocol.pause (asleep sleeps (at 4_900) wanting) (at 10) jitter

[<Test>]
let ``a pause doubles from the first to the longest`` () =
    Assert.That(
        [ for sleeps in 1..6 -> slept sleeps 0.0 ],
        Is.EqualTo<int64<ms> list> [ 50L<ms>; 100L<ms>; 200L<ms>; 400L<ms>; 400L<ms>; 400L<ms> ]
    )

[<Test>]
let ``a pause does not grow past its bound after very many sleeps`` () =
    for sleeps in [ 31; 32; 63; 64; 65; 1_000_000 ] do
        Assert.That(slept sleeps 0.0, Is.EqualTo 400L<ms>)

[<Test>]
let ``jitter takes off up to a half`` () =
    Assert.That(
        [ for jitter in [ 0.0; 0.25; 0.5; 1.0 ] -> slept 2 jitter ],
        Is.EqualTo<int64<ms> list> [ 100L<ms>; 88L<ms>; 75L<ms>; 50L<ms> ]
    )

[<Test>]
let ``a pause ends one millisecond after the lease that it waits for, when the key is free`` () =
    let pause now =
        Protocol.pause (asleep 4 (at 2_100) wanting) (at now) 0.0

    Assert.That(
        [ for now in [ 1_000; 1_701; 1_702; 2_099; 2_100; 2_101; 9_000 ] -> pause now ],
        Is.EqualTo<int64<ms> list> [ 400L<ms>; 400L<ms>; 399L<ms>; 2L<ms>; 1L<ms>; 0L<ms>; 0L<ms> ]
    )

[<Test>]
let ``a pause ends at the deadline`` () =
    let pause now =
        Protocol.pause (asleep 4 (at 20_000) wanting) (at now) 0.0

    Assert.That(
        [ for now in [ 4_600; 4_601; 4_999; 5_000; 5_001 ] -> pause now ],
        Is.EqualTo<int64<ms> list> [ 400L<ms>; 399L<ms>; 1L<ms>; 0L<ms>; 0L<ms> ]
    )

[<Test>]
let ``a call that does not wait has no pause`` () =
    let state =
        { asleep 1 (at 2_100) wanting with
            Ticket = ticket }

    Assert.That(Protocol.pause state (at 0) 0.0, Is.EqualTo 0L<ms>)

[<Test>]
let ``row 33: after its sleep the call looks`` () =
    Protocol.onTimer (asleep 1 (at 2_100) wanting) |> shows "Peeking(0) asked +0"

    Protocol.onTimer (asleep 1 (at 2_100) (InHand.Run returned))
    |> shows "Peeking(0) with r1"

[<Test>]
let ``row 33: looking keeps what is left of the patience`` () =
    match Protocol.onTimer (asleep 3 (at 2_100) wanting) with
    | Step.Peek state ->
        Assert.That((state.Patience.Sleeps, state.Patience.Deadline), Is.EqualTo((3, at 5_000)))
    | unexpected -> unexpected |> shows "Peeking(0) asked +0"

[<Test>]
let ``row 34: at its deadline a call that has not run is told who runs`` () =
    Protocol.onDeadline (asleep 1 (at 2_100) wanting)
    |> shows "Done InProgress other until +2100"

[<Test>]
let ``row 34: at its deadline a call that has run has lost its lease`` () =
    Protocol.onDeadline (asleep 1 (at 2_100) (InHand.Run returned))
    |> shows "Done LeaseLost r1"

    Protocol.onDeadline (asleep 1 (at 2_100) (InHand.Run threw))
    |> shows "Done FunctionFailed boom"

let private patience = Patience.fresh

let private acquiring =
    Step.Acquire
        { Request = { Ticket = waiting; Now = at 3 }
          Patience = patience }

let private refreshing =
    Step.Refresh
        { Request = { Ticket = waiting; Now = at 2_500 }
          Patience = patience
          AcquiredAt = at 3
          TakeOver = false }

let private peeking hand =
    Step.Peek
        { Ticket = waiting
          InHand = hand
          Patience = patience }

[<Test>]
let ``a cancelled call gives back the lock that it may have`` () =
    Protocol.onCancelled acquiring |> shows "Abandoning +3 as Cancelled"
    Protocol.onCancelled refreshing |> shows "Abandoning +3 as Cancelled"

    Protocol.onCancelled (peeking (InHand.Nothing(at 3)))
    |> shows "Abandoning +3 as Cancelled"

[<Test>]
let ``a cancelled call that waits without a lock is cancelled at once`` () =
    Protocol.onCancelled (Step.Wait(asleep 1 (at 2_100) wanting))
    |> shows "Done Cancelled"

[<Test>]
let ``a cancelled call that waits with its own result gets it with the lost lease`` () =
    Protocol.onCancelled (Step.Wait(asleep 1 (at 2_100) (InHand.Run returned)))
    |> shows "Done LeaseLost r1"

    Protocol.onCancelled (Step.Wait(asleep 1 (at 2_100) (InHand.Run threw)))
    |> shows "Done FunctionFailed boom"

[<Test>]
let ``from the start of the function on, a cancellation changes no state`` () =
    for step in
        [ Step.Run
              { Ticket = waiting
                Fence = at 5
                StartedAt = at 5
                LeaseEnds = at 2_000
                TakeOver = false
                LeaseLost = false }
          Step.Complete
              { Ticket = waiting
                Now = at 9
                Run = returned
                Patience = patience }
          Step.LateComplete
              { Ticket = waiting
                Now = at 9
                Run = returned
                Patience = patience }
          Step.Release
              { Request = { Ticket = waiting; Fence = at 5 }
                Error = boom }
          Step.Abandon
              { Request = { Ticket = waiting; Fence = at 5 }
                Because = Conclusion.Contended }
          peeking (InHand.Run returned)
          peeking (InHand.Run threw)
          Step.Done(Conclusion.Executed(payload "r1"), completed "r1") ] do
        Assert.That(Protocol.onCancelled step, Is.SameAs step)
