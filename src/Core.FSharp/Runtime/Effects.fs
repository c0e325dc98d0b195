// The only file that knows the time, and the only one that makes tokens or rolls dice. Everything else is told.
namespace Idempotency.Core

open System
open System.Threading
open System.Threading.Tasks

/// <summary>A clock that has dice of its own, and decides when that is done which is otherwise left to the thread pool: the
/// clock of a simulation, whose runs can be repeated.</summary>
type IRepeatableTime =
    /// <summary>A number from 0 to 1.</summary>
    abstract Jitter: unit -> float

    /// <summary>The text of a token that nobody else has who uses the same store.</summary>
    abstract NewToken: unit -> string

    /// <summary>Waits, and tells whether it waited to the end. What follows runs where time is made to pass, also when
    /// the token ends first: after <c>Task.Delay</c> it would then run on the thread pool.</summary>
    /// <param name="length">How long.</param>
    /// <param name="cancellation">Ends it early.</param>
    abstract Sleep: length: TimeSpan * cancellation: CancellationToken -> Task<bool>

    /// <summary>Does something apart from the caller, soon.</summary>
    /// <param name="work">What to do. It throws nothing.</param>
    abstract Apart: work: Action -> unit

/// The time and the dice of a process.
[<Sealed>]
type Effects(time: TimeProvider) =
    let repeatable: IRepeatableTime | null =
        match box time with
        | :? IRepeatableTime as own -> own
        | _ -> null

    // Timers of the base library reach about 49 days. Whoever waits longer looks again then.
    let due (length: int64<ms>) =
        Time.toTimeSpan (length |> max 0L<ms> |> min (30L * 86_400_000L<ms>))

    /// The clock that all of it runs on.
    member _.Time = time

    /// Milliseconds since the Unix epoch.
    member _.Now: int64<ms> =
        LanguagePrimitives.Int64WithMeasure(time.GetUtcNow().ToUnixTimeMilliseconds())

    /// A token that nobody else has: 122 random bits. They come from the operating system each time: a process that keeps
    /// some in advance would hand out the same ones twice after it was copied, as a snapshot is.
    member _.NewOwner() =
        match repeatable with
        | null -> OwnerToken.OfBytes(Guid.NewGuid().ToByteArray())
        | own -> OwnerToken(own.NewToken())

    /// A number from 0 to 1.
    member _.Jitter() =
        match repeatable with
        | null -> Random.Shared.NextDouble()
        | own -> own.Jitter()

    /// Ends a token apart from the caller: what somebody registered on it may run long, or throw.
    member internal _.EndApart(source: CancellationTokenSource) =
        match repeatable with
        | null ->
            source.CancelAsync().ContinueWith(fun (told: Task) -> told.Exception |> ignore)
            |> ignore
        | own ->
            own.Apart(fun () ->
                try
                    source.Cancel()
                with _ ->
                    ())

    /// Sleeps, unless the token ends first; tells whether it slept to the end.
    member _.Sleep(length: int64<ms>, cancellation: CancellationToken) : Task<bool> =
        task {
            match repeatable with
            | null ->
                try
                    do! Task.Delay(due length, time, cancellation).ConfigureAwait false
                    return true
                with :? OperationCanceledException ->
                    return false
            | own -> return! own.Sleep(due length, cancellation)
        }

    /// Calls back once, after a time or after 30 days.
    member _.Timer(length: int64<ms>, callBack: unit -> unit) =
        time.CreateTimer((fun _ -> callBack ()), null, due length, Timeout.InfiniteTimeSpan)

    /// Sets a timer anew.
    member _.Reset(timer: ITimer, length: int64<ms>) =
        timer.Change(due length, Timeout.InfiniteTimeSpan) |> ignore

    /// Stops waiting for a call after a time or with a token, whether or not the call listens. A call that has ended
    /// already costs no timer.
    member _.Within
        (length: int64<ms>, cancellation: CancellationToken, pending: ValueTask<'T>)
        : ValueTask<'T> =
        if pending.IsCompleted then
            pending
        else
            ValueTask<'T>(pending.AsTask().WaitAsync(due length, time, cancellation))

    /// A token that ends after a time.
    member _.Budget(length: int64<ms>) =
        new CancellationTokenSource(due length, time)

    /// The process's own clock.
    static member SystemTime = TimeProvider.System
