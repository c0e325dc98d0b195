// The only file that knows the time, and the only one that makes tokens or rolls dice. Everything else is told.
namespace Idempotency.Core

open System
open System.Security.Cryptography
open System.Threading
open System.Threading.Tasks

/// The time and the dice of a process.
[<Sealed>]
type Effects(time: TimeProvider) =
    // Timers of the base library reach about 49 days. Whoever waits longer looks again then.
    let due (length: int64<ms>) =
        Time.toTimeSpan (length |> max 0L<ms> |> min (30L * 86_400_000L<ms>))

    /// The clock that all of it runs on.
    member _.Time = time

    /// Milliseconds since the Unix epoch.
    member _.Now: int64<ms> =
        LanguagePrimitives.Int64WithMeasure(time.GetUtcNow().ToUnixTimeMilliseconds())

    /// A token that nobody else has: 128 random bits.
    member _.NewOwner() =
        let bits = Span<byte>(Array.zeroCreate<byte> 16)
        RandomNumberGenerator.Fill bits
        OwnerToken(Spelling.base64Url (Span.op_Implicit bits))

    /// A number from 0 to 1.
    member _.Jitter() = Random.Shared.NextDouble()

    /// Sleeps, unless the token ends first; tells whether it slept to the end.
    member _.Sleep(length: int64<ms>, cancellation: CancellationToken) : Task<bool> =
        task {
            try
                do! Task.Delay(due length, time, cancellation).ConfigureAwait false
                return true
            with :? OperationCanceledException ->
                return false
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
