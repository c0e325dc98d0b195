// Writes that a function enlists, so that they are committed in one step with its result.
module Core.Tests.Runtime.EnlistTests

open System
open System.Collections.Generic
open System.Threading
open System.Threading.Tasks
open Idempotency
open Idempotency.Core
open Core.Tests.Runtime.Harness
open Core.Tests.Runtime.ScriptedStore
open NUnit.Framework

/// The business write was refused.
type private NoFundsException() =
    inherit Exception("no funds")
    interface IEnlistedRefused

/// A store whose other table is a list: what is enlisted goes there in one step with the result. It takes texts, and
/// two of them at the most; "no funds" is refused.
type private Ledger(inner: ScriptedStore) =
    let entries = List<string>()
    let store = inner :> IIdempotencyStore

    let commit (enlisted: Enlisted) (write: unit -> ValueTask<StoreReply>) =
        ValueTask<StoreReply>(
            task {
                let writes =
                    match enlisted.Writes with
                    | null -> []
                    | known -> [ for entry in known -> $"{entry}" ]

                if List.contains "no funds" writes then raise (NoFundsException())

                match! write () with
                | StoreReply.Applied _ as applied ->
                    entries.AddRange writes
                    return applied
                | refused -> return refused
            }
        )

    member _.Entries = String.Join(" ", entries)

    interface ICommitsEnlisted with
        member _.ProblemOf(write, before) : string | null =
            if before >= 2 then
                "it takes two at the most"
            else
                match write with
                | :? string -> null
                | _ -> "it takes texts"

    interface IIdempotencyStore with
        member _.Acquire(request, token) = store.Acquire(request, token)
        member _.Renew(request, token) = store.Renew(request, token)

        member _.Complete(request, token) =
            commit request.Enlisted (fun () -> store.Complete(request, token))

        member _.Release(request, token) = store.Release(request, token)

        member _.LateComplete(request, token) =
            commit request.Enlisted (fun () -> store.LateComplete(request, token))

        member _.Get(key, token) = store.Get(key, token)

let private operationOn options (store: IIdempotencyStore) =
    Idempotent.operationBy<Order, string, int> (Idempotent.handlerWith options store) "charge" _.Id

let private charge (world: World) store body =
    Idempotent.run (operationOn world.Options store) order body CancellationToken.None

let private enlisting (entries: obj list) (context: IdempotencyContext) (_: CancellationToken) =
    task {
        for entry in entries do
            context.Enlist entry

        return 7
    }

[<Test>]
let ``what a function enlists is committed once, with its result`` () =
    task {
        let world = World()
        let ledger = Ledger world.Store

        for _ in 1..2 do
            let! outcome = charge world ledger (enlisting [ "debit"; "credit" ])
            Assert.That(Outcome.tryValue outcome, Is.EqualTo(Some 7))

        Assert.That(ledger.Entries, Is.EqualTo "debit credit")
    }

[<Test>]
let ``a function that throws commits nothing`` () =
    task {
        let world = World()
        let ledger = Ledger world.Store

        let fails (context: IdempotencyContext) (_: CancellationToken) =
            context.Enlist "debit"
            Task.FromException<int>(InvalidOperationException "boom")

        match! charge world ledger fails with
        | Outcome.FunctionFailed error -> Assert.That(error.Message, Is.EqualTo "boom")
        | other -> Assert.Fail $"{other}"

        Assert.That(ledger.Entries, Is.Empty)
    }

[<Test>]
let ``a run that lost its lease to another commits nothing`` () =
    task {
        let world = World()
        let ledger = Ledger world.Store

        let overtaken (context: IdempotencyContext) (_: CancellationToken) =
            task {
                context.Enlist "stale"
                world.Pass(TimeSpan.FromMinutes 2.0)
                let! _ = charge world ledger (enlisting [ "fresh" ])
                return 6
            }

        match! charge world ledger overtaken with
        | Outcome.Adopted 7 -> ()
        | other -> Assert.Fail $"{other}"

        Assert.That(ledger.Entries, Is.EqualTo "fresh")
    }

[<Test>]
let ``a late completion commits them too, when nobody else has run`` () =
    task {
        let world = World()
        let ledger = Ledger world.Store

        let late (context: IdempotencyContext) (_: CancellationToken) =
            task {
                context.Enlist "debit"
                world.Pass(TimeSpan.FromMinutes 2.0)
                // Another call takes over, fails, and gives the key back.
                let! _ = charge world ledger (throws (InvalidOperationException "boom"))
                return 7
            }

        match! charge world ledger late with
        | Outcome.Executed 7 -> ()
        | other -> Assert.Fail $"{other}"

        Assert.That(world.Store.Log, Does.EndWith "Complete LateComplete")
        Assert.That(ledger.Entries, Is.EqualTo "debit")
    }

[<Test>]
let ``a refusal of what was enlisted is the function's own failure, and frees the key`` () =
    task {
        let world = World()
        let ledger = Ledger world.Store

        match! charge world ledger (enlisting [ "debit"; "no funds" ]) with
        | Outcome.FunctionFailed(:? NoFundsException) -> ()
        | other -> Assert.Fail $"{other}"

        Assert.That(world.Store.Log, Is.EqualTo "Acquire Release")

        match! charge world ledger (enlisting [ "debit" ]) with
        | Outcome.Executed 7 -> ()
        | other -> Assert.Fail $"{other}"

        Assert.That(ledger.Entries, Is.EqualTo "debit")
    }

[<Test>]
let ``the classifier decides about such a refusal as about any failure`` () =
    task {
        for answer, log in [ OnFailure.Hold, "Acquire"; OnFailure.Store, "Acquire Complete" ] do
            let classify (options: HandlerOptions) =
                { options with
                    Classify = FailureClassifier(fun _ _ -> answer) }

            let world = World(faithful, classify)
            let ledger = Ledger world.Store
            let! _ = charge world ledger (enlisting [ "no funds" ])
            Assert.That(world.Store.Log, Is.EqualTo log)
    }

[<Test>]
let ``a cache before the store does not hide that it commits`` () =
    task {
        let world = World()
        let ledger = Ledger world.Store
        let! outcome = charge world (CachedStore ledger) (enlisting [ "debit" ])
        Assert.That(Outcome.tryValue outcome, Is.EqualTo(Some 7))
        Assert.That(ledger.Entries, Is.EqualTo "debit")
    }

let private refusalOf (world: World) store body =
    task {
        match! charge world store body with
        | Outcome.FunctionFailed(:? InvalidOperationException as error) -> return error.Message
        | other -> return $"{other}"
    }

[<Test>]
let ``what cannot be committed is refused when it is enlisted`` () =
    task {
        let world = World()
        let ledger = Ledger world.Store

        let! wrong = refusalOf world ledger (enlisting [ 5 ])
        Assert.That(wrong, Does.Contain "'charge'")
        Assert.That(wrong, Does.Contain "it takes texts")

        let! many = refusalOf world ledger (enlisting [ "a"; "b"; "c" ])
        Assert.That(many, Does.Contain "two at the most")

        let! plain = refusalOf world world.Store (enlisting [ "a" ])
        Assert.That(plain, Does.Contain "no transactions")
    }

[<Test>]
let ``nothing can be enlisted after the function has ended, or without protection`` () =
    task {
        let world = World()
        let ledger = Ledger world.Store
        let mutable kept: IdempotencyContext option = None

        let keeps (context: IdempotencyContext) (_: CancellationToken) =
            kept <- Some context
            Task.FromResult 7

        let! _ = charge world ledger keeps

        let late =
            try
                kept.Value.Enlist "a"
                ""
            with :? InvalidOperationException as error ->
                error.Message

        Assert.That(late, Does.Contain "has ended")

        let options =
            { world.Options with
                MissingKey = WhenKeyMissing.RunUnprotected }

        match!
            Idempotent.run
                (operationOn options ledger)
                { order with Id = "" }
                (enlisting [ "a" ])
                CancellationToken.None
        with
        | Outcome.FunctionFailed error -> Assert.That(error.Message, Does.Contain "without protection")
        | other -> Assert.Fail $"{other}"
    }
