// The clock of tests: it stands still until a test moves it, and fires the timers that it passes, in order.
// It knows nothing of stores.
namespace Idempotency.Store.Conformance

open System
open System.Collections.Generic
open System.Threading
open System.Threading.Tasks

/// A timer, as its agenda has it. Moments are ticks since the clock was made; changed only by the agenda.
[<Sealed; AllowNullLiteral>]
type private Alarm(callback: TimerCallback, state: obj | null) =
    let context = ExecutionContext.Capture()

    member val Due = 0L with get, set
    member val Period = 0L with get, set
    /// Of two timers that are due at the same moment, the one that was set first fires first.
    member val Turn = 0L with get, set
    /// It has been disposed of.
    member val Ended = false with get, set

    member _.Ring() =
        match context with
        | null -> callback.Invoke state
        | captured -> ExecutionContext.Run(captured, (fun _ -> callback.Invoke state), null)

/// The alarms that are set, and how much time has passed. Callbacks run outside its lock.
[<Sealed>]
type private Agenda() =
    let gate = obj ()

    let alarms =
        SortedSet<Alarm>(
            Comparer<Alarm>.Create(fun a b -> compare struct (a.Due, a.Turn) struct (b.Due, b.Turn))
        )

    let waiters = List<struct (int * TaskCompletionSource)>()
    let mutable elapsed = 0L
    // Where the latest `Advance` goes: two of them at the same time add up.
    let mutable horizon = 0L
    let mutable turn = 0L

    let set (alarm: Alarm) due =
        turn <- turn + 1L
        alarm.Due <- due
        alarm.Turn <- turn
        alarms.Add alarm |> ignore

    let wake () =
        for struct (count, waiter) in waiters do
            if alarms.Count >= count then waiter.TrySetResult() |> ignore

        waiters.RemoveAll(fun (struct (_, waiter)) -> waiter.Task.IsCompleted) |> ignore

    /// The next alarm that is due by then; null, and the clock stands there, when there is none.
    let next until =
        lock gate (fun () ->
            match alarms.Min with
            | null ->
                elapsed <- max elapsed until
                null
            | first when first.Due > until ->
                elapsed <- max elapsed until
                null
            | first ->
                alarms.Remove first |> ignore
                elapsed <- max elapsed first.Due
                if first.Period > 0L then set first (first.Due + first.Period)
                first)

    let run until =
        let mutable alarm = next until

        while not (isNull alarm) do
            alarm.Ring()
            alarm <- next until

    member _.Elapsed = lock gate (fun () -> elapsed)

    member _.Count = lock gate (fun () -> alarms.Count)

    member _.Advance(by: int64) =
        run (
            lock gate (fun () ->
                horizon <- horizon + by
                horizon)
        )

    member _.Set(alarm: Alarm, dueIn: int64, period: int64) =
        let isSet =
            lock gate (fun () ->
                alarms.Remove alarm |> ignore
                alarm.Period <- period

                if dueIn >= 0L && not alarm.Ended then
                    set alarm (elapsed + dueIn)
                    wake ()

                not alarm.Ended)

        if isSet && dueIn = 0L then
            ThreadPool.QueueUserWorkItem(fun _ -> run (lock gate (fun () -> elapsed)))
            |> ignore

        isSet

    member _.End(alarm: Alarm) =
        lock gate (fun () ->
            alarm.Ended <- true
            alarms.Remove alarm |> ignore)

    member _.WhenSet(count: int) =
        lock gate (fun () ->
            let waiter = TaskCompletionSource TaskCreationOptions.RunContinuationsAsynchronously
            waiters.Add(struct (count, waiter))
            wake ()
            waiter.Task)

[<Sealed>]
type private ManualTimer(agenda: Agenda, alarm: Alarm) =
    let ticks (name: string) (span: TimeSpan) =
        if span = Timeout.InfiniteTimeSpan then -1L
        elif span < TimeSpan.Zero then raise (ArgumentOutOfRangeException name)
        else span.Ticks

    interface ITimer with
        member _.Change(dueTime, period) =
            agenda.Set(alarm, ticks (nameof dueTime) dueTime, ticks (nameof period) period)

        member _.Dispose() = agenda.End alarm

        member _.DisposeAsync() =
            agenda.End alarm
            ValueTask.CompletedTask

/// <summary>A clock that a test moves by hand. Works wherever a <see cref="T:System.TimeProvider"/> is taken:
/// timers, <c>Task.Delay</c>, <c>Task.WaitAsync</c>, <c>CancellationTokenSource</c>. Thread-safe.</summary>
/// <remarks>
/// As in a real machine, timers and timestamps follow the time that passes, not the clock on the wall: <c>Advance</c>
/// moves both and fires the timers that are due on the way; setting <c>UtcNow</c> puts the clock right, as a time
/// server would, forwards or back, and fires nothing. Callbacks run on the thread that calls <c>Advance</c>; those of
/// a timer that is due at once (zero) run on the thread pool.
/// </remarks>
/// <param name="start">What the clock shows at first.</param>
[<Sealed>]
type ManualTime(start: DateTimeOffset) =
    inherit TimeProvider()

    let agenda = Agenda()
    let gate = obj ()
    let mutable origin = start.ToUniversalTime()

    /// <summary>A clock that shows the beginning of the year 2030 at first.</summary>
    new() = ManualTime(DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero))

    /// <summary>What the clock shows. Setting it fires no timer.</summary>
    /// <value>A moment in UTC.</value>
    member _.UtcNow
        with get () = lock gate (fun () -> origin.AddTicks agenda.Elapsed)
        and set (value: DateTimeOffset) =
            lock gate (fun () -> origin <- value.ToUniversalTime().AddTicks(-agenda.Elapsed))

    /// <summary>How many timers are set and have not fired for the last time.</summary>
    member _.TimerCount = agenda.Count

    /// <summary>Lets time pass, and fires the timers that become due, each at its own moment, before returning.
    /// </summary>
    /// <param name="by">How much time passes; zero or more.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">The time is negative. To put the clock back, set
    /// <c>UtcNow</c>.</exception>
    member _.Advance(by: TimeSpan) =
        if by < TimeSpan.Zero then
            raise (
                ArgumentOutOfRangeException(
                    nameof by,
                    by,
                    "Time does not pass backwards. To put the clock back, set UtcNow."
                )
            )

        agenda.Advance by.Ticks

    /// <summary>Waits, without sleeping, until so many timers are set: the code under test has then come to the
    /// point where it waits for the clock.</summary>
    /// <param name="count">How many timers, 1 or more.</param>
    /// <returns>A task that completes as soon as at least so many timers are set.</returns>
    member _.WhenTimersSet(count: int) : Task = agenda.WhenSet count

    override this.GetUtcNow() = this.UtcNow

    override _.GetTimestamp() = agenda.Elapsed

    override _.TimestampFrequency = TimeSpan.TicksPerSecond

    override _.LocalTimeZone = TimeZoneInfo.Utc

    override _.CreateTimer(callback, state, dueTime, period) =
        let timer: ITimer = new ManualTimer(agenda, Alarm(callback, state))
        timer.Change(dueTime, period) |> ignore
        timer
