// The clock that other tests rely on: which timers fire, in which order, and what they see.
namespace Store.Tests

open System
open System.Threading
open System.Threading.Tasks
open Idempotency.Store.Conformance
open NUnit.Framework
open Requests

[<TestFixture>]
type ManualTimeTests() =
    let seconds (n: int) = TimeSpan.FromSeconds(float n)
    let infinite = Timeout.InfiniteTimeSpan

    /// A timer that notes its name, and what the clock shows, when it fires.
    let noting (time: ManualTime) (notes: ResizeArray<string>) (name: string) due period =
        let start = time.UtcNow

        let note (_: obj | null) =
            notes.Add $"{name} at {(time.UtcNow - start).TotalSeconds}"

        time.CreateTimer(note, null, due, period)

    let notes = ResizeArray<string>()

    let noted (expected: string list) =
        Assert.That(String.Join("; ", notes), Is.EqualTo<string>(String.Join("; ", expected)))

    [<SetUp>]
    member _.Clear() = notes.Clear()

    [<Test>]
    member _.``it stands still until it is moved``() =
        let start = DateTimeOffset(2031, 2, 3, 4, 5, 6, TimeSpan.FromHours 2.)
        let time = ManualTime start
        Assert.That(time.GetUtcNow(), Is.EqualTo start)
        Assert.That(time.GetUtcNow().Offset, Is.EqualTo TimeSpan.Zero)
        let stamp = time.GetTimestamp()
        time.Advance(seconds 3)
        Assert.That(time.UtcNow, Is.EqualTo(start + seconds 3))
        Assert.That(time.GetElapsedTime stamp, Is.EqualTo(seconds 3))

    [<Test>]
    member _.``timers fire in the order of their moments, and then of their making, each at its own moment``
        ()
        =
        let time = ManualTime()
        use _ = noting time notes "late" (seconds 5) infinite
        use _ = noting time notes "early" (seconds 2) infinite
        use _ = noting time notes "early too" (seconds 2) infinite
        time.Advance(seconds 1)
        Assert.That(notes, Is.Empty)
        time.Advance(seconds 9)
        noted [ "early at 2"; "early too at 2"; "late at 5" ]
        Assert.That(time.TimerCount, Is.Zero)

    [<Test>]
    member _.``a timer fires at the very moment it is due``() =
        let time = ManualTime()
        use _ = noting time notes "timer" (seconds 2) infinite
        time.Advance(seconds 2 - TimeSpan.FromTicks 1L)
        Assert.That(notes, Is.Empty)
        time.Advance(TimeSpan.FromTicks 1L)
        noted [ "timer at 2" ]

    [<Test>]
    member _.``a periodic timer fires for every period that passes, until it is disposed of``() =
        let time = ManualTime()
        let timer = noting time notes "tick" (seconds 1) (seconds 2)
        time.Advance(seconds 6)
        noted [ "tick at 1"; "tick at 3"; "tick at 5" ]
        timer.Dispose()
        time.Advance(seconds 6)
        Assert.That(notes, Has.Count.EqualTo 3)
        Assert.That(timer.Change(seconds 1, infinite), Is.False)
        Assert.That(time.TimerCount, Is.Zero)

    [<Test>]
    member _.``a timer can be set anew and unset``() =
        let time = ManualTime()
        use timer = noting time notes "timer" (seconds 1) infinite
        Assert.That(timer.Change(seconds 4, infinite))
        time.Advance(seconds 3)
        Assert.That(notes, Is.Empty)
        timer.Change(infinite, infinite) |> ignore
        time.Advance(seconds 3)
        Assert.That(notes, Is.Empty)
        timer.Change(seconds 1, infinite) |> ignore
        time.Advance(seconds 1)
        noted [ "timer at 7" ]

    [<Test>]
    member _.``a timer that a callback sets fires in the same advance``() =
        let time = ManualTime()
        let timers = ResizeArray<ITimer>()

        let chain (_: obj | null) =
            timers.Add(noting time notes "second" (seconds 1) infinite)

        timers.Add(time.CreateTimer(chain, null, seconds 1, infinite))
        time.Advance(seconds 5)
        noted [ "second at 1" ]

    [<Test>]
    member _.``setting the clock fires nothing, and moves no timer``() =
        let time = ManualTime()
        let start = time.UtcNow
        use _ = time.CreateTimer((fun _ -> notes.Add "fired"), null, seconds 5, infinite)
        time.UtcNow <- start + seconds 100
        Assert.That(notes, Is.Empty)
        time.UtcNow <- start - seconds 100
        time.Advance(seconds 4)
        Assert.That(notes, Is.Empty)
        time.Advance(seconds 1)
        noted [ "fired" ]
        Assert.That(time.UtcNow, Is.EqualTo(start - seconds 95))

    [<Test>]
    member _.``time does not pass backwards``() =
        let time = ManualTime()

        thrownBy<ArgumentOutOfRangeException>(fun () -> time.Advance(seconds -1))
        |> ignore

        thrownBy<ArgumentOutOfRangeException>(fun () ->
            time.CreateTimer(ignore, null, seconds -2, infinite) |> ignore)
        |> ignore

    [<Test>]
    member _.``a delay, a wait and a cancellation follow it``() =
        task {
            let time = ManualTime()
            let delay = Task.Delay(seconds 2, time)
            let never = TaskCompletionSource()
            let wait = never.Task.WaitAsync(seconds 3, time)
            use cancellation = new CancellationTokenSource(seconds 4, time)
            time.Advance(seconds 1)
            Assert.That(delay.IsCompleted, Is.False)
            time.Advance(seconds 1)
            do! delay
            Assert.That(wait.IsCompleted, Is.False)
            time.Advance(seconds 1)
            thrownBy<TimeoutException>(fun () -> wait.GetAwaiter().GetResult()) |> ignore
            Assert.That(cancellation.IsCancellationRequested, Is.False)
            time.Advance(seconds 1)
            Assert.That(cancellation.IsCancellationRequested)
        }

    [<Test>]
    member _.``a delay that is cancelled leaves no timer``() =
        let time = ManualTime()
        use cancellation = new CancellationTokenSource()
        let delay = Task.Delay(seconds 2, time, cancellation.Token)
        Assert.That(time.TimerCount, Is.EqualTo 1)
        cancellation.Cancel()
        Assert.That(delay.IsCanceled)
        Assert.That(time.TimerCount, Is.Zero)

    [<Test>]
    member _.``a timer that is due at once fires without being waited for``() =
        task {
            let time = ManualTime()
            let fired = TaskCompletionSource()

            use _ =
                time.CreateTimer((fun _ -> fired.SetResult()), null, TimeSpan.Zero, infinite)

            do! fired.Task.WaitAsync(seconds 30)
        }

    [<Test>]
    member _.``a test can wait until the code under test waits for the clock``() =
        task {
            let time = ManualTime()
            let ready = time.WhenTimersSet 2
            Assert.That(ready.IsCompleted, Is.False)

            let sleepers =
                [| for n in 1..2 -> Task.Run(Func<Task>(fun () -> Task.Delay(seconds n, time))) |]

            do! ready.WaitAsync(seconds 30)
            time.Advance(seconds 2)
            do! Task.WhenAll(sleepers).WaitAsync(seconds 30)
            do! time.WhenTimersSet 0
        }

    [<Test>]
    member _.``callbacks see the execution context of the timer's maker``() =
        let time = ManualTime()
        let local = AsyncLocal<string>()
        local.Value <- "maker"

        use _ =
            time.CreateTimer((fun _ -> notes.Add $"{local.Value}"), null, seconds 1, infinite)

        local.Value <- "mover"
        time.Advance(seconds 1)
        noted [ "maker" ]

    [<Test>]
    member _.``it may be moved and read from many threads``() =
        let time = ManualTime()
        let start = time.UtcNow
        let mutable fired = 0

        use _ =
            time.CreateTimer((fun _ -> Interlocked.Increment &fired |> ignore), null, seconds 1, seconds 1)

        let move () =
            for _ in 1..100 do
                time.Advance(seconds 1)

                use short =
                    time.CreateTimer(
                        (fun _ -> Interlocked.Increment &fired |> ignore),
                        null,
                        seconds 1,
                        infinite
                    )

                short.Change(seconds 1000, infinite) |> ignore

        Task.WaitAll [| for _ in 1..8 -> Task.Run move |]
        Assert.That(time.UtcNow, Is.EqualTo(start + seconds 800))
        Assert.That(fired, Is.GreaterThanOrEqualTo 800)
