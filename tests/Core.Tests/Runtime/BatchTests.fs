// Many inputs at once, in F#: each ends as it would alone, duplicates run once, and no more run at a time than may.
module Core.Tests.Runtime.BatchTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Idempotency
open Idempotency.Core
open Core.Tests.Runtime.Harness

let private chargeOf () =
    Idempotent.operationBy<Order, string, int> (Idempotent.handler (InMemoryStore())) "charge" _.Id

let private numbered id = { order with Id = id }

[<Test>]
let ``each input ends as it would alone, in the order of the inputs`` () : Task =
    task {
        let charge = chargeOf ()
        let! _ = protect charge (numbered "B") { return order.Amount }

        let work input (_: IdempotencyContext) (_: CancellationToken) =
            if input.Id = "C" then raise (InvalidOperationException "declined")
            Task.FromResult input.Amount

        let inputs =
            [ numbered "A"
              numbered "B"
              numbered "C"
              numbered ""
              { numbered "B" with Amount = 6 }
              numbered "A" ]

        let! ended = Idempotent.runMany charge 3 inputs work CancellationToken.None

        let expected =
            [ "Executed 5"
              "Replayed 5"
              "FunctionFailed InvalidOperationException"
              "KeyRejected Missing"
              "PayloadMismatch"
              "Replayed 5" ]

        for outcome, wanted in Seq.zip ended expected do
            outcome |> is wanted
    }

[<TestCase(1)>]
[<TestCase(3)>]
[<TestCase(100)>]
let ``no more run at a time than may, and as many as that where there are`` (atMost: int) : Task =
    task {
        let mutable running = 0
        let mutable most = 0
        let gate = obj ()
        let open' = TaskCompletionSource()
        let expected = min atMost 8

        let work _ _ _ =
            task {
                lock gate (fun () ->
                    running <- running + 1
                    most <- max most running

                    if running = expected then open'.TrySetResult() |> ignore)

                do! open'.Task
                do! Task.Yield()
                lock gate (fun () -> running <- running - 1)
                return 1
            }

        let inputs = [ for n in 1..8 -> numbered (string n) ]

        let! ended =
            soon (Idempotent.runMany (chargeOf ()) atMost inputs work CancellationToken.None)

        Assert.That(most, Is.EqualTo expected)
        Assert.That(ended, Has.Exactly(8).Matches<Outcome<int>>(fun one -> one.IsExecuted))
    }

[<Test>]
let ``inputs of one key take turns: one that fails leaves its turn to the next`` () : Task =
    task {
        let mutable runs = 0

        let work _ _ _ =
            task {
                do! Task.Yield()

                if Interlocked.Increment &runs = 1 then failwith "declined"

                return runs
            }

        let! ended =
            Idempotent.runMany (chargeOf ()) 8 (Seq.replicate 3 (numbered "A")) work CancellationToken.None

        for outcome, wanted in Seq.zip ended [ "FunctionFailed Exception"; "Executed 2"; "Replayed 2" ] do
            outcome |> is wanted
    }

[<Test>]
let ``a cancellation keeps the rest from being started`` () : Task =
    task {
        use cancellation = new CancellationTokenSource()

        let work input _ _ =
            cancellation.Cancel()
            Task.FromResult input.Amount

        let! ended =
            Idempotent.runMany
                (chargeOf ())
                1
                [ numbered "A"; numbered "B"; numbered "A" ]
                work
                cancellation.Token

        for outcome, wanted in Seq.zip ended [ "Executed 5"; "Cancelled"; "Cancelled" ] do
            outcome |> is wanted
    }

[<Test>]
let ``none at a time is refused before anything runs`` () =
    let work _ _ _ =
        Task.FromException<int>(AssertionException "It ran.")

    let call () =
        Idempotent.runMany (chargeOf ()) 0 [ order ] work CancellationToken.None
        |> ignore

    Assert.That(
        Action call,
        Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("atMost")
    )

[<Test>]
let ``what LeaseFrom throws ends the batch`` () : Task =
    task {
        let broken =
            Idempotent.handlerWith
                { Idempotent.defaults with
                    LeaseFrom = Func<TimeSpan>(fun () -> raise (TimeZoneNotFoundException())) }
                (InMemoryStore())

        let charge = Idempotent.operationBy<Order, string, int> broken "charge" _.Id
        let work _ _ _ = Task.FromResult 1

        try
            let! _ = Idempotent.runMany charge 2 [ order ] work CancellationToken.None
            Assert.Fail "It ended well."
        with :? TimeZoneNotFoundException ->
            ()
    }
