// One simulated process: it makes one attempt of one caller, may stand still, and may be gone for good. What it waits for
// comes to it only while it lives and moves.
namespace Idempotency.Simulation.Users

open System
open System.Threading
open System.Threading.Tasks
open Idempotency.Core
open Idempotency.Simulation

[<Sealed>]
type internal Life(clockwork: Clockwork, caller: int, attempt: int, ahead: int64<ms>) =
    let mutable movesAgain = 0L<ms>
    let mutable point = 0

    member _.Clockwork = clockwork

    member val Name = Place.processName caller attempt

    member _.Caller = caller

    member _.Attempt = attempt

    /// What its clock shows.
    member _.Clock = Clockwork.Epoch + clockwork.Now + ahead

    /// It is gone, and nothing wakes it up.
    member val IsGone = false with get, set

    /// Its call has ended.
    member val HasEnded = false with get, set

    /// The token of its lock; empty before it asked for one.
    member val Owner = "" with get, set

    /// Its lease, once it is known.
    member val Lease = 0L<ms> with get, set

    /// Its lock was given to it.
    member val HasHeld = false with get, set

    /// Its lock was taken over by another.
    member val IsOvertaken = false with get, set

    /// What is told of it when it crashes.
    member val OnCrash: unit -> unit = ignore with get, set

    /// The next place that it comes to.
    member _.NextPlace() =
        point <- point + 1

        { Caller = caller
          Attempt = attempt
          Point = point }

    /// Something that befalls it later, when it moves.
    member this.After(length: int64<ms>, what: unit -> unit) =
        clockwork.After(length, fun () -> this.Meet what)

    member private this.Meet(what: unit -> unit) =
        if not this.IsGone then
            if movesAgain > clockwork.Now then
                clockwork.After(movesAgain - clockwork.Now, fun () -> this.Meet what)
            else
                what ()

    /// Stands still for so long.
    member _.Freeze(length: int64<ms>) =
        movesAgain <- max movesAgain (clockwork.Now + length)

    /// Is gone.
    member this.Crash() =
        if not this.IsGone then
            this.IsGone <- true
            clockwork.Coverage.Crashes <- clockwork.Coverage.Crashes + 1

            if not this.HasEnded then this.OnCrash()

/// A timer of a process.
[<Sealed>]
type private LifeTimer(life: Life, callback: TimerCallback, state: obj | null) =
    let context = ExecutionContext.Capture()
    let mutable version = 0

    let ring () =
        match context with
        | null -> callback.Invoke state
        | captured -> ExecutionContext.Run(captured, (fun _ -> callback.Invoke state), null)

    let rec set (version': int) (due: TimeSpan) (period: TimeSpan) =
        life.After(
            Time.ofTimeSpan due,
            fun () ->
                if Volatile.Read &version = version' then
                    if period > TimeSpan.Zero then set version' period period
                    ring ()
        )

    interface ITimer with
        member _.Change(due, period) =
            life.Clockwork.Check()
            let version' = Interlocked.Increment &version
            if due >= TimeSpan.Zero then set version' due period
            true

        member _.Dispose() =
            Interlocked.Increment &version |> ignore

        member _.DisposeAsync() =
            Interlocked.Increment &version |> ignore
            ValueTask.CompletedTask

/// The clock of a process: virtual time, off by the process's skew; its timers stand still with the process.
[<Sealed>]
type internal LifeTime(life: Life) =
    inherit TimeProvider()

    override _.GetUtcNow() =
        DateTimeOffset.FromUnixTimeMilliseconds(int64 life.Clock)

    override _.GetTimestamp() =
        int64 life.Clockwork.Now * TimeSpan.TicksPerMillisecond

    override _.TimestampFrequency = TimeSpan.TicksPerSecond

    override _.LocalTimeZone = TimeZoneInfo.Utc

    override _.CreateTimer(callback, state, dueTime, period) =
        let timer: ITimer = new LifeTimer(life, callback, state)
        timer.Change(dueTime, period) |> ignore
        timer

    /// Waits, unless the token ends first; tells whether it waited to the end.
    member this.Sleep(length: TimeSpan, cancellation: CancellationToken) : Task<bool> =
        task {
            let ended = TaskCompletionSource<bool>()

            use _ =
                this.CreateTimer(
                    (fun _ -> ended.TrySetResult true |> ignore),
                    null,
                    length,
                    Timeout.InfiniteTimeSpan
                )

            use _ =
                cancellation.UnsafeRegister((fun _ -> ended.TrySetResult false |> ignore), null)

            return! ended.Task
        }

    interface IRepeatableTime with
        member _.Jitter() = life.Clockwork.Jitter()

        member _.NewToken() = life.Clockwork.NewToken()

        member this.Sleep(length, cancellation) = this.Sleep(length, cancellation)

        member _.Apart(work) = life.After(0L<ms>, work.Invoke)
