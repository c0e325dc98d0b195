// What every outcome says of itself to code that does not know its type.
module Core.Tests.CallEndingTests

open System
open Idempotency.Core
open NUnit.Framework

let private later = TimeSpan.FromSeconds 5.
let private call = CallInfo("work", "work#1", null, Nullable(), Nullable later)
let private fault = TimeoutException() :> exn

let private refusals: Outcome<int> list =
    [ Outcome.CompletedUnsaved(1, fault, call)
      Outcome.LeaseLost(1, call)
      Outcome.PayloadMismatch call
      Outcome.InProgress call
      Outcome.Held call
      Outcome.Contended call
      Outcome.PersistFailed(fault, call)
      Outcome.KeyRejected(KeyProblem.Missing, call)
      Outcome.LeaseRejected(TimeSpan.Zero, call)
      Outcome.Unreadable(fault, call) ]

[<Test>]
let ``an outcome with a result has one, and no failure`` () =
    for outcome: Outcome<int> in
        [ Outcome.Executed 1
          Outcome.Replayed 1
          Outcome.Adopted 1
          Outcome.Unprotected 1 ] do
        let ending: ICallEnding = outcome
        Assert.That(ending.HasResult, string outcome)
        Assert.That(ending.Failure, Is.Null)
        Assert.That(ending.RetryAfter, Is.EqualTo(Nullable()))

[<Test>]
let ``a refusal has no result, and says when to try again`` () =
    for outcome in refusals do
        let ending: ICallEnding = outcome
        Assert.That(ending.HasResult, Is.False, string outcome)
        Assert.That(ending.Failure, Is.Null, string outcome)
        Assert.That(ending.RetryAfter, Is.EqualTo(Nullable later), string outcome)

[<Test>]
let ``the function's own failure is told`` () =
    let ending: ICallEnding = Outcome<int>.FunctionFailed fault
    Assert.That(ending.HasResult, Is.False)
    Assert.That(ending.Failure, Is.SameAs fault)

[<Test>]
let ``a call that its caller gave up has neither result nor failure`` () =
    let ending: ICallEnding = Outcome<int>.Cancelled
    Assert.That(ending.HasResult, Is.False)
    Assert.That(ending.Failure, Is.Null)
