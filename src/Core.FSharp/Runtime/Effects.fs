// The only file that knows the time, and the only one that makes tokens or rolls dice. Everything else is told.
namespace Idempotency.Core

open System
open System.Buffers.Text
open System.Security.Cryptography
open System.Threading
open System.Threading.Tasks

/// The time and the dice of a process.
[<Sealed>]
type Effects(time: TimeProvider) =
    /// The clock that all of it runs on.
    member _.Time = time

    /// Milliseconds since the Unix epoch.
    member _.Now: int64<ms> =
        LanguagePrimitives.Int64WithMeasure(time.GetUtcNow().ToUnixTimeMilliseconds())

    /// A token that nobody else has: 128 random bits.
    member _.NewOwner() =
        let bits = Span<byte>(Array.zeroCreate<byte> 16)
        RandomNumberGenerator.Fill bits
        OwnerToken(Base64Url.EncodeToString bits)

    /// A number from 0 to 1.
    member _.Jitter() = Random.Shared.NextDouble()

    /// Sleeps, unless the token ends first; tells whether it slept to the end.
    member _.Sleep(length: int64<ms>, cancellation: CancellationToken) : Task<bool> =
        task {
            try
                do! Task.Delay(Time.toTimeSpan length, time, cancellation).ConfigureAwait false
                return true
            with :? OperationCanceledException ->
                return false
        }

    /// A token that ends after a time.
    member _.Budget(length: int64<ms>) =
        new CancellationTokenSource(Time.toTimeSpan length, time)

    /// The process's own clock.
    static member System = Effects TimeProvider.System
