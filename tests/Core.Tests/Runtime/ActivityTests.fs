// Each call as an activity; and nobody who listens, to whatever, can change how a call ends.
module Core.Tests.Runtime.ActivityTests

open System
open System.Diagnostics
open System.Diagnostics.Metrics
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Idempotency
open Idempotency.Core
open Core.Tests.Runtime.Harness
open Core.Tests.Runtime.Listening
open Core.Tests.Runtime.ScriptedStore

let private failure = InvalidOperationException "no"

[<Test>]
let ``an activity tells how its call ended, and that it is a replay`` () : Task =
    task {
        let world = World()
        use traced = new Activities()
        let! _ = world.Charge(returns 1)
        let! _ = world.Charge(returns 1)
        let! _ = world.Charge({ order with Amount = 6 }, returns 3, CancellationToken.None)

        let! _ =
            world.Charge({ order with Id = "B" }, throws failure, CancellationToken.None)

        let stalled = RunningCall(World())
        let! _ = stalled.Context
        let! _ = stalled.Finish()

        traced.Of "charge"
        |> lines
            [ "call outcome=executed: Unset"
              "call outcome=replayed replay=True: Unset"
              "call outcome=payload_mismatch error.type=payload_mismatch: Error"
              "call outcome=function_failed error.type=System.InvalidOperationException: Error"
              "call outcome=executed: Unset" ]

        for activity in traced.Ended do
            Assert.That(activity.DisplayName, Is.EqualTo "idempotency charge")
            Assert.That(activity.StatusDescription, Is.Null)
    }

[<Test>]
let ``an activity tells of a take-over and of a lost lease`` () : Task =
    task {
        let world = World()
        use traced = new Activities()
        let stalled = RunningCall world
        let! _ = stalled.Context
        world.Pass(seconds 70)
        let! _ = world.Charge(returns 2)
        let! _ = stalled.Finish()

        traced.Of "charge"
        |> lines
            [ "call take_over=True outcome=executed: Unset"
              "call lease_lost=True outcome=adopted: Unset" ]
    }

[<Test>]
let ``the function runs within the activity, and the caller's own is left as it was`` () : Task =
    task {
        let world = World()
        use traced = new Activities()
        use caller = (new Activity "caller").Start()
        let inside = TaskCompletionSource<Activity | null>()
        let go = TaskCompletionSource<int>()

        let pending =
            world.Charge(fun _ _ ->
                inside.SetResult Activity.Current
                go.Task)

        let! seen = inside.Task
        Assert.That(Activity.Current, Is.SameAs caller)
        go.SetResult 1
        let! _ = soon pending
        Assert.That(Activity.Current, Is.SameAs caller)
        Assert.That([ seen ], Is.EqualTo<(Activity | null) list> [ traced.Ended.Head ])
        Assert.That(traced.Ended.Head.Parent, Is.SameAs caller)
    }

exception private ListenerFailed

let private fail () = raise ListenerFailed

[<Test>]
let ``nobody who listens can change how a call ends`` () : Task =
    task {
        let world =
            World(
                faithful,
                fun options ->
                    { options with
                        Observer = Action<CallEvent>(fun _ -> fail ()) }
            )

        use meters = new MeterListener()

        meters.InstrumentPublished <-
            fun instrument listener ->
                if instrument.Meter.Name = Telemetry.Name then
                    listener.EnableMeasurementEvents instrument

        meters.SetMeasurementEventCallback<int64>(fun _ _ _ _ -> fail ())
        meters.SetMeasurementEventCallback<float>(fun _ _ _ _ -> fail ())
        meters.Start()

        use activities =
            new ActivityListener(
                ShouldListenTo = (fun source -> source.Name = Telemetry.Name),
                Sample = SampleActivity(fun _ -> ActivitySamplingResult.AllData),
                ActivityStarted = (fun _ -> fail ()),
                ActivityStopped = (fun _ -> fail ())
            )

        ActivitySource.AddActivityListener activities
        let before = Activity.Current
        let! first = world.Charge(returns 1)
        first |> is "Executed 1"
        let! second = world.Charge(returns 2)
        second |> is "Replayed 1"

        let! third =
            world.Charge({ order with Amount = 6 }, returns 3, CancellationToken.None)

        third |> is "PayloadMismatch"

        let! fourth =
            world.Charge({ order with Id = "B" }, throws failure, CancellationToken.None)

        fourth |> is "FunctionFailed InvalidOperationException"
        Assert.That([ Activity.Current ], Is.EqualTo<(Activity | null) list> [ before ])
    }

[<Test>]
let ``a watched function's exception is the very one it threw`` () : Task =
    task {
        let events = Events()
        let world = World(faithful, events.Observe)

        let sudden _ _ : Task<int> = raise failure

        let late _ _ =
            task {
                do! Task.Yield()
                return raise failure
            }

        for body in [ sudden; late ] do
            match! world.Charge body with
            | Outcome.FunctionFailed error -> Assert.That(error, Is.SameAs failure)
            | other -> other |> is "FunctionFailed"
    }

/// What a call allocates on this thread, in bytes, once it is warm.
let private bytesOf (call: unit -> unit) =
    let measure () =
        let before = GC.GetAllocatedBytesForCurrentThread()

        for _ in 1..100 do
            call ()

        GC.GetAllocatedBytesForCurrentThread() - before

    List.min [ for _ in 1..20 -> measure () ]

[<Test>]
let ``while nobody listens nothing is allocated for telemetry`` () =
    let store: IIdempotencyStore = InMemoryStore()
    let codec: IResultCodec<int> = Idempotent.handler(store).Codec<int> "charge"
    let telemetry = OperationTelemetry("charge", null, TimeProvider.System, true)
    let observedStore = Observed.store telemetry store
    let observedCodec: IResultCodec<int> = ObservedCodec(codec, telemetry)

    let get (store: IIdempotencyStore) () =
        store.Get("k", CancellationToken.None) |> ignore

    let encode (codec: IResultCodec<int>) () = codec.Encode 1 |> ignore

    Assert.That(bytesOf (fun () -> telemetry.IsIdle |> ignore), Is.Zero)
    Assert.That(telemetry.IsIdle, Is.True)
    Assert.That(bytesOf (get observedStore), Is.EqualTo(bytesOf (get store)))
    Assert.That(bytesOf (encode observedCodec), Is.EqualTo(bytesOf (encode codec)))
