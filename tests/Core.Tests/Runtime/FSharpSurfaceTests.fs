// The F# surface around the body: handlers, operations with keys of their own, and what outcomes say.
module Core.Tests.Runtime.FSharpSurfaceTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Idempotency
open Idempotency.Core
open Core.Tests.Runtime.Harness

let private handlerOf () = Idempotent.handler (InMemoryStore())

[<Test>]
let ``a prepared operation is protected by the key it was given`` () : Task =
    task {
        let handler = handlerOf ()
        let charge = Idempotent.operationBy<Order, string, int> handler "charge" _.Id
        let! first = protect charge order { return order.Amount }
        first |> is "Executed 5"
        let! second = protect charge order { return 0 }
        second |> is "Replayed 5"
        let! other = protect charge { order with Amount = 6 } { return 0 }
        other |> is "PayloadMismatch"
    }

[<Test>]
let ``without payload checks the key alone decides`` () : Task =
    task {
        let options =
            { Idempotent.defaults with
                Keys.CheckPayload = false }

        let handler = Idempotent.handlerWith options (InMemoryStore())
        let charge = Idempotent.operationBy<Order, string, int> handler "charge" _.Id
        let! first = protect charge order { return order.Amount }
        first |> is "Executed 5"
        let! other = protect charge { order with Amount = 6 } { return 0 }
        other |> is "Replayed 5"
    }

[<Test>]
let ``a key whose selector throws rejects the call`` () : Task =
    task {
        let handler = handlerOf ()
        let thrown = InvalidOperationException "no id"

        let charge =
            Idempotent.operationBy<Order, string, int> handler "charge" (fun _ -> raise thrown)

        match! protect charge order { return 1 } with
        | Outcome.KeyRejected(KeyProblem.Unserialisable error, info) ->
            Assert.That(error, Is.SameAs thrown)
            Assert.That(info.Key, Is.Null)
            Assert.That(info.Operation, Is.EqualTo "charge")
        | other -> other |> is "KeyRejected"
    }

[<Test>]
let ``operations, scopes and keys keep records apart`` () : Task =
    task {
        let store = InMemoryStore()

        let scoped scope =
            Idempotent.handlerWith
                { Idempotent.defaults with
                    Keys.Scope = scope }
                store

        let! a = idempotent (scoped null) "charge" 1 { return 1 }
        let! b = idempotent (scoped "shop") "charge" 1 { return 2 }
        let! c = idempotent (scoped null) "refund" 1 { return 3 }
        let! d = idempotent (scoped null) "charge" 2 { return 4 }
        let! again = idempotent (scoped "shop") "charge" 1 { return 5 }

        for nth, outcome in List.indexed [ a; b; c; d ] do
            outcome |> is $"Executed {nth + 1}"

        again |> is "Replayed 2"
    }

[<Test>]
let ``run hands over the context and the caller's token`` () : Task =
    task {
        let charge = Idempotent.operation<Order, string> (handlerOf ()) "charge"
        use giveUp = new CancellationTokenSource()

        let! outcome =
            Idempotent.run
                charge
                order
                (fun context token ->
                    task {
                        Assert.That((token = giveUp.Token), Is.True)
                        return context.Operation
                    })
                giveUp.Token

        outcome |> is "Executed charge"
    }

[<Test>]
let ``operations of one name and types are made once, and many are not remembered for ever`` () =
    let handler = handlerOf ()
    let made = Idempotent.operation<int, int> handler "charge"
    Assert.That(Idempotent.operation<int, int> handler "charge", Is.SameAs made)
    Assert.That(Idempotent.operation<int, string> handler "charge", Is.Not.SameAs made)

    for i in 1..2000 do
        Idempotent.operation<int, int> handler $"charge {i}" |> ignore

    Assert.That(Idempotent.operation<int, int> handler "charge 1500", Is.Not.Null)
    Assert.That(Idempotent.operation<int, int> handler "charge", Is.SameAs made)

[<Test>]
let ``a handler names the option that does not fit`` () =
    let handlerWithLease lease () =
        Idempotent.handlerWith
            { Idempotent.defaults with
                Policy = { Defaults.policy with Lease = lease } }
            (InMemoryStore())
        |> ignore

    Assert.That(
        messageThrownBy (handlerWithLease 0L<ms>),
        Does.Contain "Lease must be longer than zero, but is 0 ms"
    )

[<Test>]
let ``tryValue gives what every caller gets, and isReplay tells whose it was`` () =
    let info = CallInfo("charge", null, null, Nullable(), Nullable())
    let failure = StoredFailure("E", "m")
    let error = Exception()

    let expected =
        [ Outcome.Executed 1, Some 1, false
          Outcome.Replayed 1, Some 1, true
          Outcome.Adopted 1, Some 1, false
          Outcome.Unprotected 1, Some 1, false
          Outcome.CompletedUnsaved(1, error, info), None, false
          Outcome.LeaseLost(1, info), None, false
          Outcome.FunctionFailed error, None, false
          Outcome.FailureReplayed(failure, info), None, true
          Outcome.PayloadMismatch info, None, false
          Outcome.InProgress info, None, false
          Outcome.Held info, None, false
          Outcome.Contended info, None, false
          Outcome.PersistFailed(error, info), None, false
          Outcome.KeyRejected(KeyProblem.Missing, info), None, false
          Outcome.LeaseRejected(TimeSpan.Zero, info), None, false
          Outcome.Unreadable(error, info), None, false
          Outcome.Cancelled, None, false ]

    for outcome, value, isReplay in expected do
        Assert.That(Outcome.tryValue outcome, Is.EqualTo value, show outcome)
        Assert.That(Outcome.isReplay outcome, Is.EqualTo isReplay, show outcome)
