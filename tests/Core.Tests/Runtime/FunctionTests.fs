// What the function and the code around it may do: throw, return what cannot be kept, change its input, ask its
// context. Nothing of it is thrown at the caller, and nothing takes the place of the function's own exception.
module Core.Tests.Runtime.FunctionTests

open System
open System.Text.Json
open System.Text.Json.Serialization
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Idempotency
open Idempotency.Core
open Core.Tests.Runtime.ScriptedStore
open Core.Tests.Runtime.Harness

let private failing = InvalidOperationException "declined"

let private classified (classify: exn -> bool -> OnFailure) (options: HandlerOptions) =
    { options with
        Classify = FailureClassifier(fun error cancelled -> classify error cancelled) }

/// An operation on a world's store whose results pass through these two functions.
let private withCodec (world: World) (encode: int -> Payload) (decode: Payload -> int) =
    let handler = Idempotent.handlerWith world.Options world.Store

    handler.Prepare<Order, int>(
        "charge",
        KeyChoice.whole,
        { new IResultCodec<int> with
            member _.Encode value = encode value
            member _.Decode payload = decode payload }
    )

let private run operation body =
    soon (Idempotent.run operation order body CancellationToken.None)

[<Test>]
let ``a result that cannot be kept is still the caller's, and nothing is written`` () : Task =
    task {
        let world = World()
        let operation = withCodec world (fun _ -> raise (FormatException())) (fun _ -> 0)
        let! outcome = run operation (returns 1)
        outcome |> is "CompletedUnsaved 1, FormatException"
        Assert.That(world.Store.Log, Is.EqualTo "Acquire")
        let! next = run operation (returns 2)
        next |> is "InProgress"
    }

[<Test>]
let ``a replay that cannot be read says why, and the function does not run again`` () : Task =
    task {
        let world = World()

        let operation =
            withCodec world (fun _ -> Payload.OfText "1") (fun _ -> raise (FormatException()))

        let! first = run operation (returns 1)
        first |> is "Executed 1"
        let! second = run operation (returns 2)
        second |> is "Unreadable FormatException"
    }

[<Test>]
let ``the first caller gets its own object, not a copy`` () : Task =
    task {
        let world = World()
        let operation = withCodec world (fun _ -> Payload.OfText "7") (fun _ -> 7)
        let! first = run operation (returns 1)
        first |> is "Executed 1"
        let! second = run operation (returns 2)
        second |> is "Replayed 7"
    }

[<Test>]
let ``a function may fail before it has given a task, or give none`` () : Task =
    task {
        let world = World()
        let! thrown = soon (world.Charge(fun _ _ -> raise failing))
        thrown |> is "FunctionFailed InvalidOperationException"
        let! absent = soon (world.Charge(fun _ _ -> Unchecked.defaultof<Task<int>>))
        absent |> is "FunctionFailed ArgumentNullException"
        Assert.That(world.Records.Count, Is.Zero)
    }

[<Test>]
let ``a classifier that throws does not take the place of the function's exception`` () : Task =
    task {
        let world = World(faithful, classified (fun _ _ -> failwith "what is this?"))

        match! soon (world.Charge(throws failing)) with
        | Outcome.FunctionFailed error -> Assert.That(error, Is.SameAs failing)
        | other -> other |> is "FunctionFailed"

        Assert.That(
            world.Records.Count,
            Is.EqualTo 1,
            "nobody knows what it would have said: the key is held"
        )
    }

[<Test>]
let ``the classifier sees the function's own exception, and whether the caller had given up`` () : Task =
    task {
        let mutable seen = []

        let world =
            World(
                faithful,
                classified (fun error cancelled ->
                    seen <- (error, cancelled) :: seen
                    OnFailure.Release)
            )

        use giveUp = new CancellationTokenSource()
        let! _ = soon (world.Charge(order, throws failing, giveUp.Token))

        let! _ =
            soon (
                world.Charge(
                    order,
                    (fun _ _ ->
                        giveUp.Cancel()
                        raise failing),
                    giveUp.Token
                )
            )

        Assert.That((seen = [ failing, true; failing, false ]), Is.True)
    }

[<Test>]
let ``a failure that holds its key keeps it until the lease ends`` () : Task =
    task {
        let world = World(faithful, classified (fun _ _ -> OnFailure.Hold))
        let! first = soon (world.Charge(throws failing))
        first |> is "FunctionFailed InvalidOperationException"
        let! second = soon (world.Charge(returns 2))
        second |> is "InProgress"
        world.Pass(ms 61_001)
        let! third = soon (world.Charge(returns 3))
        third |> is "Executed 3"
    }

[<Test>]
let ``a stored failure is replayed as long as a result would be`` () : Task =
    task {
        let world = World(faithful, classified (fun _ _ -> OnFailure.Store))
        let! _ = soon (world.Charge(throws failing))
        world.Pass(seconds 3600)
        let! second = soon (world.Charge(returns 2))
        second |> is "FailureReplayed System.InvalidOperationException: declined"
        world.Pass(seconds 1)
        let! third = soon (world.Charge(returns 3))
        third |> is "Executed 3"
    }

[<Test>]
let ``the function's exception comes through although a newer owner has finished`` () : Task =
    task {
        let world = World()

        let! outcome =
            soon (
                world.Charge(fun _ _ ->
                    task {
                        world.Pass(seconds 62)
                        let! rival = world.Rival(returns 2)
                        rival |> is "Executed 2"
                        return raise failing
                    })
            )

        outcome |> is "FunctionFailed InvalidOperationException"
        let! next = soon (world.Charge(returns 3))
        next |> is "Replayed 2"
    }

/// An input that the function can change.
type Basket() =
    member val Items: string array = [||] with get, set

[<Test>]
let ``a function that changes its input does not change its key`` () : Task =
    task {
        let world = World()
        let handler = Idempotent.handlerWith world.Options world.Store

        let operation =
            Idempotent.operationBy<Basket, string array, int> handler "order" _.Items

        let basket = Basket(Items = [| "tea" |])

        let! first =
            Idempotent.run
                operation
                basket
                (fun _ _ ->
                    basket.Items[0] <- "coffee"
                    Task.FromResult 1)
                CancellationToken.None

        first |> is "Executed 1"

        let! again =
            Idempotent.run operation (Basket(Items = [| "tea" |])) (returns 2) CancellationToken.None

        again |> is "Replayed 1"
        let! changed = Idempotent.run operation basket (returns 3) CancellationToken.None
        changed |> is "Executed 3"
    }

[<Test>]
let ``the way of writing JSON cannot be changed once an operation was called`` () : Task =
    task {
        let json =
            JsonSerializerOptions(TypeInfoResolver = Metadata.DefaultJsonTypeInfoResolver())

        let handler =
            Idempotent.handlerWith { Idempotent.defaults with Json = json } (InMemoryStore())

        let! outcome = idempotent handler "charge" order { return 1 }
        outcome |> is "Executed 1"
        Assert.That(json.IsReadOnly, Is.True)
    }

[<Test>]
let ``the context knows the call`` () : Task =
    task {
        let world = World(faithful, (fun options -> { options with Keys.Scope = "shop" }))
        let began = world.Clock.UtcNow

        let! outcome =
            soon (
                world.Charge(fun context token ->
                    Assert.That(context.Operation, Is.EqualTo "charge")
                    Assert.That(context.Key, Does.Match "^shop/charge#[0-9a-f]{64}$")
                    Assert.That(context.FencingToken, Is.EqualTo(began.ToUnixTimeMilliseconds()))
                    Assert.That(context.LeaseEnds, Is.EqualTo(began + seconds 60))
                    Assert.That(context.IsTakeOver, Is.False)
                    Assert.That(context.LeaseLost.IsCancellationRequested, Is.False)
                    Assert.That(token.CanBeCanceled, Is.False)
                    Task.FromResult 1)
            )

        outcome |> is "Executed 1"
    }

[<Test>]
let ``a call without protection has an empty context`` () : Task =
    task {
        let unprotected (options: HandlerOptions) =
            { options with
                MissingKey = WhenKeyMissing.RunUnprotected }

        let world = World(faithful, unprotected)

        let! outcome =
            world.Charge(
                { order with Id = "" },
                (fun context _ ->
                    Assert.That(context.Operation, Is.EqualTo "charge")
                    Assert.That(context.Key, Is.Empty)
                    Assert.That(context.FencingToken, Is.Zero)
                    Assert.That(context.LeaseEnds, Is.EqualTo DateTimeOffset.MaxValue)
                    Assert.That(context.IsTakeOver, Is.False)
                    Assert.That(context.LeaseLost.CanBeCanceled, Is.False)
                    Task.FromResult 1),
                CancellationToken.None
            )

        outcome |> is "Unprotected 1"
    }

[<Test>]
let ``fencing tokens grow from owner to owner, and a take-over knows that it is one`` () : Task =
    task {
        let world = World(faithful, classified (fun _ _ -> OnFailure.Hold))
        let mutable seen = []

        for _ in 1..5 do
            let! _ =
                soon (
                    world.Charge(fun context _ ->
                        seen <- (context.FencingToken, context.IsTakeOver) :: seen
                        raise failing)
                )

            world.Pass(ms 61_001)

        let tokens = seen |> List.rev |> List.map fst
        Assert.That(tokens, Is.Ordered.Ascending.And.Unique)
        Assert.That((seen |> List.rev |> List.map snd) = [ false; true; true; true; true ], Is.True)
    }
