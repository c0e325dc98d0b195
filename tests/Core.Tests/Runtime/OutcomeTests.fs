// Every way a call can end, reached for real through the public surface, and what its caller is told.
module Core.Tests.Runtime.OutcomeTests

open System
open System.Threading
open System.Threading.Tasks
open Microsoft.FSharp.Reflection
open NUnit.Framework
open Idempotency
open Idempotency.Core
open Core.Tests.Runtime.ScriptedStore
open Core.Tests.Runtime.Harness

let private failing = InvalidOperationException "declined"

let private classified (answer: OnFailure) (options: HandlerOptions) =
    { options with
        Classify = FailureClassifier(fun _ _ -> answer) }

let private unprotected (options: HandlerOptions) =
    { options with
        MissingKey = WhenKeyMissing.RunUnprotected }

let private timeLeft (span: TimeSpan) (options: HandlerOptions) =
    { options with
        LeaseFrom = Func<TimeSpan>(fun () -> span) }

/// A run in whose middle its lease ends and something else happens.
let private overtakenBy (world: World) (happens: unit -> Task) value =
    world.Charge(fun _ _ ->
        task {
            world.Pass(seconds 62)
            do! happens ()
            return value
        })

let private thenIs expected (pending: Task<Outcome<int>>) : Task =
    task {
        let! outcome = soon pending
        outcome |> is expected
    }

/// How each case is reached: the outcome, and what it should be.
let private ways: Map<string, unit -> Task<Outcome<int>> * string> =
    Map
        [ "Executed", (fun () -> World().Charge(returns 1), "Executed 1")

          "Replayed",
          (fun () ->
              let world = World()

              let calls =
                  task {
                      let! _ = world.Charge(returns 1)
                      return! world.Charge(returns 2)
                  }

              calls, "Replayed 1")

          "Adopted",
          (fun () ->
              let world = World()
              overtakenBy world (fun () -> world.Rival(returns 2) |> thenIs "Executed 2") 1, "Adopted 2")

          "Unprotected",
          (fun () ->
              let world = World(faithful, unprotected)

              world.Charge({ order with Id = "" }, returns 1, CancellationToken.None), "Unprotected 1")

          "CompletedUnsaved",
          (fun () ->
              let world = World(always Ask.Complete (Act.Fault(HopelessException())))
              world.Charge(returns 1), "CompletedUnsaved 1, HopelessException")

          "LeaseLost",
          (fun () ->
              let world = World()
              let release = TaskCompletionSource<int>()

              let rival () =
                  world.Rival(fun _ _ -> release.Task) |> ignore
                  Task.CompletedTask

              overtakenBy world rival 1, "LeaseLost 1")

          "FunctionFailed",
          (fun () -> World().Charge(throws failing), "FunctionFailed InvalidOperationException")

          "FailureReplayed",
          (fun () ->
              let world = World(faithful, classified OnFailure.Store)

              let calls =
                  task {
                      let! _ = world.Charge(throws failing)
                      return! world.Charge(returns 2)
                  }

              calls, "FailureReplayed System.InvalidOperationException: declined")

          "PayloadMismatch",
          (fun () ->
              let world = World()

              let calls =
                  task {
                      let! _ = world.Charge(returns 1)
                      return! world.Charge({ order with Amount = 6 }, returns 2, CancellationToken.None)
                  }

              calls, "PayloadMismatch")

          "InProgress",
          (fun () ->
              let world = World()

              let calls =
                  task {
                      let release = TaskCompletionSource<int>()
                      let first = world.Charge(fun _ _ -> release.Task)
                      let! second = world.Charge(returns 2)
                      release.SetResult 1
                      do! first |> thenIs "Executed 1"
                      return second
                  }

              calls, "InProgress")

          "Held",
          (fun () ->
              let world =
                  World(
                      faithful,
                      withPolicy (fun p ->
                          { p with
                              Abandoned = WhenAbandoned.Hold })
                      >> classified OnFailure.Hold
                  )

              let calls =
                  task {
                      let! _ = world.Charge(throws failing)
                      world.Pass(seconds 62)
                      return! world.Charge(returns 2)
                  }

              calls, "Held")

          "Contended", (fun () -> World(always Ask.Acquire (Act.Refuse null)).Charge(returns 1), "Contended")

          "PersistFailed",
          (fun () ->
              World(always Ask.Acquire (Act.Fault transient)).Charge(returns 1), "PersistFailed IOException")

          "KeyRejected",
          (fun () ->
              World().Charge({ order with Id = " " }, returns 1, CancellationToken.None),
              "KeyRejected Missing")

          "LeaseRejected",
          (fun () ->
              let world = World(faithful, timeLeft TimeSpan.Zero)
              world.Charge(returns 1), "LeaseRejected 00:00:00")

          "Unreadable",
          (fun () ->
              let world = World()
              let handler = Idempotent.handlerWith world.Options world.Store
              let texts = Idempotent.operationBy<Order, string, string> handler "charge" _.Id

              let calls =
                  task {
                      let! _ =
                          Idempotent.run
                              texts
                              order
                              (fun _ _ -> Task.FromResult "one")
                              CancellationToken.None

                      return! world.Charge(returns 1)
                  }

              calls, "Unreadable JsonException")

          "Cancelled", (fun () -> World().Charge(order, returns 1, CancellationToken true), "Cancelled") ]

let private cases = ways |> Map.keys |> List.ofSeq

[<TestCaseSource(nameof cases)>]
let ``an outcome can be reached`` (case: string) : Task =
    let outcome, expected = ways[case]()
    outcome |> thenIs expected

[<Test>]
let ``every case of Outcome is reached here`` () =
    let all = FSharpType.GetUnionCases typeof<Outcome<int>> |> Array.map _.Name
    Assert.That(cases, Is.EquivalentTo all)

[<Test>]
let ``a duplicate is told who holds the key, until when, and when to try again`` () : Task =
    task {
        let world = World()
        let release = TaskCompletionSource<int>()
        let first = world.Charge(fun _ _ -> release.Task)
        world.Pass(seconds 10)

        match! world.Charge(returns 2) with
        | Outcome.InProgress info ->
            Assert.That(info.Operation, Is.EqualTo "charge")
            Assert.That(info.Key, Does.StartWith "charge#")
            Assert.That(info.Owner, Has.Length.EqualTo 22)

            Assert.That(
                info.RetryAfter,
                Is.EqualTo(Nullable(seconds 51 + ms 1)),
                "the first moment after the lease and its pad, less what has passed"
            )

            Assert.That(info.ExpiresAt, Is.EqualTo(Nullable(world.Clock.UtcNow + seconds 3590)))
        | other -> other |> is "InProgress"

        release.SetResult 1
        do! first |> thenIs "Executed 1"
    }

[<Test>]
let ``a held key says when its record expires`` () : Task =
    task {
        let outcome, _ = ways["Held"]()

        match! outcome with
        | Outcome.Held info -> Assert.That(info.RetryAfter, Is.EqualTo(Nullable(seconds 3539)))
        | other -> other |> is "Held"
    }

[<Test>]
let ``nothing is run or written for a call without a key or without time`` () : Task =
    task {
        let world = World(faithful, timeLeft (seconds -1))
        let! late = world.Charge(returns 1)
        late |> is "LeaseRejected -00:00:01"

        let! keyless =
            world.Charge({ order with Id = "" }, returns 1, CancellationToken.None)

        keyless |> is "KeyRejected Missing"
        Assert.That(world.Runs, Is.Zero)
        Assert.That(world.Store.Asks, Is.Empty)
    }

[<Test>]
let ``calls without a key never share a record`` () : Task =
    task {
        let world = World(faithful, unprotected)

        for value in 1..3 do
            let! outcome =
                world.Charge({ order with Id = "" }, returns value, CancellationToken.None)

            outcome |> is $"Unprotected {value}"

        let! failed =
            world.Charge({ order with Id = "" }, throws failing, CancellationToken.None)

        failed |> is "FunctionFailed InvalidOperationException"
        Assert.That(world.Store.Asks, Is.Empty)
    }

[<Test>]
let ``a lease that follows from the time left is as long as that`` () : Task =
    task {
        let world = World(faithful, timeLeft (seconds 7))
        let mutable leaseEnds = DateTimeOffset.MinValue

        let! outcome =
            world.Charge(fun context _ ->
                leaseEnds <- context.LeaseEnds
                Task.FromResult 1)

        outcome |> is "Executed 1"
        Assert.That(leaseEnds, Is.EqualTo(world.Clock.UtcNow + seconds 7))
    }
