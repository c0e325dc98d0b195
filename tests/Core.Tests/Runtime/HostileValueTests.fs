// Inputs, results and options that are hard to keep apart, or to bring back as they were.
module Core.Tests.Runtime.HostileValueTests

open System
open System.Text
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Idempotency
open Idempotency.Core
open Core.Tests.Runtime.ScriptedStore
open Core.Tests.Runtime.Harness
open Core.Tests.Runtime.HostileStoreTests

[<Test>]
let ``a renewal callback that throws does not lose the result`` () : Task =
    task {
        let world = World()
        let inner: IIdempotencyStore = world.Records
        let asked = TaskCompletionSource()

        let store =
            { new IIdempotencyStore with
                member _.Acquire(r, t) = inner.Acquire(r, t)

                member _.Renew(r, t) =
                    t.Register(fun () -> failwith "a client's callback") |> ignore
                    asked.SetResult()
                    ValueTask<StoreReply>(TaskCompletionSource<StoreReply>().Task)

                member _.Complete(r, t) = inner.Complete(r, t)
                member _.Release(r, t) = inner.Release(r, t)
                member _.LateComplete(r, t) = inner.LateComplete(r, t)
                member _.Get(k, t) = inner.Get(k, t) }

        let options =
            world.Options
            |> withPolicy (fun p ->
                { p with
                    Renewal = Renewal.Until 600_000L<ms> })

        let op =
            Idempotent.operation<int, int> (Idempotent.handlerWith options store) "charge"

        let result = TaskCompletionSource<int>()
        let pending = Idempotent.run op 1 (fun _ _ -> result.Task) CancellationToken.None
        do! (world.Clock.WhenTimersSet 1).WaitAsync(seconds 20)
        world.Pass(seconds 20)
        do! asked.Task
        result.SetResult 1
        let! outcome = soon pending
        outcome |> is "Executed 1"
    }

[<Test>]
let ``two different inputs never share a key, even ill-formed texts`` () =
    let handler = Idempotent.handler (InMemoryStore())
    let operation = Idempotent.operation<string, int> handler "charge"

    match operation.Identify(String(char 0xD800, 1)), operation.Identify(String(char 0xD801, 1)) with
    | Ok a, Ok b -> Assert.That(a.Key, Is.Not.EqualTo b.Key)
    | a, b -> Assert.Pass $"%A{a} %A{b}"

let private echo (value: 'T) =
    let op = Idempotent.operation<int, 'T> (Idempotent.handler (InMemoryStore())) "echo"

    let call value =
        (Idempotent.run op 1 (fun _ _ -> Task.FromResult value) CancellationToken.None).Result

    let first = call value

    match first, call Unchecked.defaultof<'T> with
    | Outcome.Executed a, Outcome.Replayed b -> Assert.That((a = b), Is.True, $"%A{a} became %A{b}")
    | a, b -> Assert.Fail $"{show a}, {show b}: %A{b}"

type Named = { Name: string | null }

type Loose = { Text: string }

[<Test>]
let ``a null text in a record comes back`` () =
    echo { Text = Unchecked.defaultof<string> }

[<Test>]
let ``an annotated null text in a record comes back`` () = echo { Name = null }

[<Test>]
let ``a list with nones comes back`` () = echo [ Some 1; None ]

[<Test>]
let ``Result of units comes back`` () = echo (Ok(): Result<unit, string>)

[<Test>]
let ``minus zero comes back`` () =
    let op =
        Idempotent.operation<int, float> (Idempotent.handler (InMemoryStore())) "echo"

    let call value =
        (Idempotent.run op 1 (fun _ _ -> Task.FromResult value) CancellationToken.None).Result

    call -0.0 |> ignore

    match call 1.0 with
    | Outcome.Replayed v ->
        Assert.That(BitConverter.DoubleToInt64Bits v, Is.EqualTo(BitConverter.DoubleToInt64Bits -0.0))
    | o -> Assert.Fail(show o)

[<Test>]
let ``a list of units comes back`` () = echo [ (); () ]

[<Test>]
let ``a unit in a record comes back`` () = echo {| A = (); B = 1 |}

[<Test>]
let ``an IEnumerable comes back`` () =
    let op =
        Idempotent.operation<int, seq<int>> (Idempotent.handler (InMemoryStore())) "echo"

    let call value =
        (Idempotent.run op 1 (fun _ _ -> Task.FromResult value) CancellationToken.None).Result

    call (
        seq {
            1
            2
        }
    )
    |> show
    |> ignore

    match call Seq.empty with
    | Outcome.Replayed v -> Assert.That(Seq.toList v = [ 1; 2 ], Is.True)
    | o -> Assert.Fail(show o)

[<Test>]
let ``a fault that the store calls a cancellation is not said to be the budget's`` () : Task =
    task {
        let world =
            World(
                always Ask.Complete (Act.Fault(TaskCanceledException "the client's own time-out")),
                saving 10_000L<ms> 2 0L<ms>
            )

        let! outcome = soon (world.Charge(returns 1))
        outcome |> is "CompletedUnsaved 1, TaskCanceledException"
    }

[<Test>]
let ``an acquire that hangs ends with the caller's token`` () : Task =
    task {
        let world = World(always Ask.Acquire Act.Hang)
        use giveUp = new CancellationTokenSource()
        let pending = world.Charge(order, returns 1, giveUp.Token)
        giveUp.Cancel()
        let! outcome = soon pending
        outcome |> is "Cancelled"
    }

[<Test>]
let ``a call that ran and adopted a failure keeps its own result`` () : Task =
    task {
        let world = World(faithful, storing)

        let! outcome =
            soon (
                world.Charge(fun _ _ ->
                    task {
                        world.Pass(seconds 62)
                        let! rival = world.Rival(throws failing)
                        rival |> is "FunctionFailed InvalidOperationException"
                        return 1
                    })
            )

        Assert.That(Outcome.isReplay outcome, Is.False, $"this call ran its function; it got {show outcome}")
    }

[<Test>]
let ``names that no UTF-8 can hold are refused`` () =
    Assert.That(KeyText.problemOf "It" ("a" + String(char 0xD800, 1)), Is.Not.EqualTo(None: string option))

[<Test>]
let ``plain JsonSerializerOptions are enough`` () : Task =
    task {
        let handler =
            Idempotent.handlerWith
                { Idempotent.defaults with
                    Json = System.Text.Json.JsonSerializerOptions System.Text.Json.JsonSerializerDefaults.Web }
                (InMemoryStore())

        let! outcome = idempotent handler "charge" order { return 1 }
        outcome |> is "Executed 1"
    }

[<Test>]
let ``options that change after an operation was made change nothing`` () =
    let json =
        System.Text.Json.JsonSerializerOptions(
            TypeInfoResolver = System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver()
        )

    let handler =
        Idempotent.handlerWith { Idempotent.defaults with Json = json } (InMemoryStore())

    let made = Idempotent.operation<Order, int> handler "charge"

    let refused =
        try
            json.PropertyNamingPolicy <- System.Text.Json.JsonNamingPolicy.CamelCase
            false
        with _ ->
            true

    let key = Encoding.UTF8.GetString(made.Spec.Keys.Json.ToArray order)
    Assert.That(refused || key.Contains "\"Id\"", Is.True, key)

[<AbstractClass>]
type Payment(amount: int) =
    member _.Amount = amount

type CardPayment(amount: int, number: string) =
    inherit Payment(amount)
    member _.Number = number

[<Test>]
let ``a derived input of which JSON would leave something out makes no key`` () : Task =
    task {
        let handler = Idempotent.handler (InMemoryStore())
        let input: Payment = CardPayment(5, "4242")

        match! idempotent handler "charge" input { return 1 } with
        | Outcome.KeyRejected(KeyProblem.Unserialisable problem, _) ->
            Assert.That(problem.Message, Does.Contain "JsonDerivedType")
        | other -> Assert.Fail $"%A{other}"
    }

[<Test>]
let ``a result type that JSON cannot bring back is refused when the operation is made`` () =
    let made () =
        Idempotent.operation<int, Payment> (Idempotent.handler (InMemoryStore())) "pay"
        |> ignore

    Assert.That(Action made, Throws.ArgumentException.With.Message.Contains "JsonDerivedType")
