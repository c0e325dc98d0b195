// What may stand in `idempotent handler "name" input { ... }`: what may stand in `task { ... }`.
module Core.Tests.Runtime.BodyTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Idempotency
open Idempotency.Core
open Core.Tests.Runtime.Harness

let private handlerOf () = Idempotent.handler (InMemoryStore())

/// Something to dispose of.
type private AsyncResource() =
    member val Disposed = 0 with get, set

    interface IAsyncDisposable with
        member this.DisposeAsync() =
            this.Disposed <- this.Disposed + 1
            ValueTask.CompletedTask

[<Test>]
let ``the body runs once, and its result is replayed`` () : Task =
    task {
        let handler = handlerOf ()
        let mutable runs = 0

        let charge order =
            idempotent handler "charge" order {
                runs <- runs + 1
                return order.Amount + runs
            }

        let! first = charge order
        first |> is "Executed 6"
        let! second = charge order
        second |> is "Replayed 6"
        let! other = charge { order with Amount = 50 }
        other |> is "Executed 52"
    }

[<Test>]
let ``a body can wait for whatever a task can wait for`` () : Task =
    task {
        let! outcome =
            idempotent (handlerOf ()) "add" 0 {
                let! a = Task.FromResult 1
                let! b = ValueTask<int> 2
                let! c = async { return 3 }
                let! d = (Task.FromResult 4).ConfigureAwait false
                let! e = (ValueTask<int> 5).ConfigureAwait false
                do! Task.CompletedTask
                do! ValueTask.CompletedTask
                do! async { do () }
                do! Task.Yield()
                do! Task.CompletedTask.ConfigureAwait false
                do! task { do () }
                return a + b + c + d + e
            }

        outcome |> is "Executed 15"
    }

[<Test>]
let ``a body can end with another computation`` () : Task =
    task {
        let handler = handlerOf ()
        let! ofTask = idempotent handler "task" 0 { return! Task.FromResult 1 }
        let! ofValueTask = idempotent handler "valueTask" 0 { return! ValueTask<int> 2 }
        let! ofAsync = idempotent handler "async" 0 { return! async { return 3 } }
        ofTask |> is "Executed 1"
        ofValueTask |> is "Executed 2"
        ofAsync |> is "Executed 3"
    }

[<Test>]
let ``a body can branch, match and loop`` () : Task =
    task {
        let! outcome =
            idempotent (handlerOf ()) "loop" 4 {
                let mutable sum = 0

                for i in 1..4 do
                    do! Task.Yield()
                    sum <- sum + i

                for i in [ 10; 20 ] do
                    sum <- sum + i

                while sum < 50 do
                    let! step = Task.FromResult 5
                    sum <- sum + step

                if sum > 50 then do! Task.Yield()

                match! Task.FromResult(Some 100) with
                | Some more -> return sum + more
                | None -> return sum
            }

        outcome |> is "Executed 150"
    }

[<Test>]
let ``a body may end with a loop, a branch or nothing`` () : Task =
    task {
        let handler = handlerOf ()
        let mutable steps = 0

        let! loop =
            idempotent handler "for" 1 {
                for _ in 1..3 do
                    steps <- steps + 1
                    do! Task.Yield()
            }

        let! whileLoop =
            idempotent handler "while" 1 {
                while steps < 10 do
                    steps <- steps + 1
                    do! Task.Yield()
            }

        let! branch = idempotent handler "if" 1 { if steps = 10 then do! Task.Yield() }
        let! unit = idempotent handler "unit" 1 { return () }
        Assert.That(steps, Is.EqualTo 10)

        for outcome in [ loop; whileLoop; branch; unit ] do
            Assert.That(Outcome.tryValue outcome, Is.EqualTo(Some()))

        let! again = idempotent handler "for" 1 { steps <- 100 }
        Assert.That(Outcome.isReplay again, Is.True)
        Assert.That(steps, Is.EqualTo 10)
    }

[<Test>]
let ``a body can catch`` () : Task =
    task {
        let! outcome =
            idempotent (handlerOf ()) "catch" 1 {
                try
                    do! Task.Yield()
                    failwith "inside"
                    return 0
                with error ->
                    do! Task.Yield()
                    return error.Message.Length
            }

        outcome |> is "Executed 6"
    }

[<Test>]
let ``a body can clean up, when it returns and when it throws`` () : Task =
    task {
        let handler = handlerOf ()
        let mutable cleaned = 0

        let! fine =
            idempotent handler "fine" 1 {
                try
                    do! Task.Yield()
                    return 1
                finally
                    cleaned <- cleaned + 1
            }

        let! failed =
            idempotent handler "failed" 1 {
                try
                    do! Task.Yield()
                    return raise (InvalidOperationException())
                finally
                    cleaned <- cleaned + 1
            }

        fine |> is "Executed 1"
        failed |> is "FunctionFailed InvalidOperationException"
        Assert.That(cleaned, Is.EqualTo 2)
    }

[<Test>]
let ``a body can dispose of what it uses`` () : Task =
    task {
        let resource = new AsyncResource()
        let fetched = new AsyncResource()

        let! outcome =
            idempotent (handlerOf ()) "use" 1 {
                use _ = resource
                use! _ = Task.FromResult fetched
                do! Task.Yield()
                return resource.Disposed + fetched.Disposed
            }

        outcome |> is "Executed 0"
        Assert.That(resource.Disposed, Is.EqualTo 1)
        Assert.That(fetched.Disposed, Is.EqualTo 1)
    }

[<Test>]
let ``what a body throws is an outcome, before and after its first wait`` () : Task =
    task {
        let handler = handlerOf ()
        let thrown = InvalidOperationException "declined"

        let! early =
            idempotent handler "early" 1 {
                raise thrown
                return 1
            }

        let! late =
            idempotent handler "late" 1 {
                do! Task.Yield()
                raise thrown
                return 1
            }

        for outcome in [ early; late ] do
            match outcome with
            | Outcome.FunctionFailed error -> Assert.That(error, Is.SameAs thrown)
            | other -> other |> is "FunctionFailed"
    }

[<Test>]
let ``nothing of a body runs when it is replayed`` () : Task =
    task {
        let handler = handlerOf ()
        let! _ = idempotent handler "once" 1 { return 1 }

        let! again =
            idempotent handler "once" 1 {
                failwith "it ran"
                return 2
            }

        again |> is "Replayed 1"
    }
