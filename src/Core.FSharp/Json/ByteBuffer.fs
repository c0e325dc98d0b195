// A buffer of bytes that grows and is used again. Nothing is given back or cleared: it belongs to one thread.
namespace Idempotency.Core

open System
open System.Buffers

[<Sealed>]
type internal ByteBuffer(capacity: int) =
    /// A buffer that has once held more than this is not kept.
    let keptAtMost = 256 * 1024

    let mutable bytes: byte[] = Array.zeroCreate capacity
    let mutable length = 0

    let grow count =
        if bytes.Length - length < count then
            Array.Resize(&bytes, max (bytes.Length * 2) (length + count))

    member _.Length = length
    member _.Written = ReadOnlySpan(bytes, 0, length)
    member _.Memory = ReadOnlyMemory(bytes, 0, length)
    member _.Bytes = bytes

    member _.Clear() =
        length <- 0

        if bytes.Length > keptAtMost then bytes <- Array.zeroCreate capacity

    /// Room for so many bytes more.
    member _.Room(count: int) : Span<byte> =
        grow count
        Span(bytes, length, bytes.Length - length)

    member _.Advance(count: int) = length <- length + count

    member this.Add(b: byte) =
        this.Room(1)[0] <- b
        length <- length + 1

    member this.Add(text: ReadOnlySpan<byte>) =
        text.CopyTo(this.Room text.Length)
        length <- length + text.Length

    /// Takes what another buffer has, and gives what it had itself.
    member _.Exchange(other: ByteBuffer) =
        let mine = struct (bytes, length)
        let struct (theirs, theirLength) = other.Given mine
        bytes <- theirs
        length <- theirLength

    member private _.Given(struct (given, givenLength): struct (byte[] * int)) =
        let mine = struct (bytes, length)
        bytes <- given
        length <- givenLength
        mine

    /// Forgets what was written after a place.
    member _.Truncate(place: int) = length <- place

    interface IBufferWriter<byte> with
        member _.Advance count = length <- length + count
        member this.GetSpan hint = this.Room(max 1 hint)

        member _.GetMemory hint =
            grow (max 1 hint)
            Memory(bytes, length, bytes.Length - length)
