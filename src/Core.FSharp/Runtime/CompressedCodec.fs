// Makes large results small. What it writes is no UTF-8, and says so with its first byte: a store that keeps JSON as text
// keeps this as bytes, and results from before are read as they are.
namespace Idempotency

open System
open System.Buffers.Binary
open System.IO
open System.IO.Compression
open Idempotency.Core

/// <summary>Compresses, with Brotli, what another codec makes, where that is worth it. Results that were stored without
/// it stay readable; those that it has compressed can only be read with it, and not by Powertools.</summary>
/// <typeparam name="TResult">The function's result.</typeparam>
/// <param name="inner">The codec of the results.</param>
/// <param name="threshold">Results of fewer bytes are stored as they are.</param>
/// <param name="longest">The longest result, in bytes before compression, that is written or read: a record that was
/// tampered with cannot fill the memory.</param>
/// <exception cref="T:System.ArgumentOutOfRangeException">The threshold is negative, or longer than the longest result.</exception>
[<Sealed>]
type CompressedCodec<'TResult>(inner: IResultCodec<'TResult>, threshold: int, longest: int) =
    do
        if threshold < 0 || threshold > longest then
            raise (
                ArgumentOutOfRangeException(
                    nameof threshold,
                    threshold,
                    worded
                        $"CompressedCodec: the threshold must be from 0 to the longest result, {longest} bytes."
                )
            )

    // No byte of UTF-8 is 0xFF: nothing that is text begins so.
    static let mark = 0xFFuy
    static let asItIs = 0uy
    static let brotli = 1uy
    static let lengthAt = 2
    static let bodyAt = 6

    // Half way between the quickest and the smallest.
    static let quality = 5
    static let window = 22

    /// Bytes that would pass for something compressed.
    static let quoted (bytes: byte[]) =
        Payload(Array.append [| mark; asItIs |] bytes)

    static let compressed (bytes: byte[]) : byte[] | null =
        let room = Array.zeroCreate (bodyAt + bytes.Length)
        let mutable length = 0

        if
            BrotliEncoder.TryCompress(ReadOnlySpan bytes, room.AsSpan bodyAt, &length, quality, window)
            && bodyAt + length < bytes.Length
        then
            room[0] <- mark
            room[1] <- brotli
            BinaryPrimitives.WriteInt32LittleEndian(room.AsSpan lengthAt, bytes.Length)
            room[0 .. bodyAt + length - 1]
        else
            null

    let tooLong (length: int) =
        InvalidDataException(
            worded
                $"A result of {length} bytes is longer than the CompressedCodec reads and writes, which is {longest} bytes."
        )

    let decompressed (bytes: byte[]) =
        let length =
            if bytes.Length < bodyAt then
                -1
            else
                BinaryPrimitives.ReadInt32LittleEndian(ReadOnlySpan(bytes).Slice lengthAt)

        if length > longest then raise (tooLong length)

        let mutable written = 0

        if length < 0 then
            raise (InvalidDataException "The compressed result is cut off.")

        let result = Array.zeroCreate length

        if
            not (BrotliDecoder.TryDecompress(ReadOnlySpan(bytes).Slice bodyAt, result.AsSpan(), &written))
            || written <> length
        then
            raise (InvalidDataException "The compressed result is damaged.")

        Payload result

    /// <summary>Compresses results of 1 KB (1,024 bytes) and more, up to 16 MB (16,777,216 bytes) before compression.</summary>
    /// <param name="inner">The codec of the results.</param>
    new(inner) = CompressedCodec(inner, 1_024, 16_777_216)

    /// <summary>Compresses results of so many bytes and more, up to 16 MB (16,777,216 bytes) before compression.</summary>
    /// <param name="inner">The codec of the results.</param>
    /// <param name="threshold">Results of fewer bytes are stored as they are.</param>
    new(inner, threshold) = CompressedCodec(inner, threshold, 16_777_216)

    interface IResultCodec<'TResult> with
        member _.Encode value =
            let plain = inner.Encode value

            match plain.Utf8 with
            | null -> plain
            | bytes when bytes.Length > longest -> raise (tooLong bytes.Length)
            | bytes ->
                let small = if bytes.Length < threshold then null else compressed bytes

                match small with
                | NonNull shorter -> Payload shorter
                | Null when bytes.Length > 0 && bytes[0] = mark -> quoted bytes
                | Null -> plain

        member _.Decode payload =
            match payload.Utf8 with
            | null -> inner.Decode payload
            | bytes when bytes.Length < 2 || bytes[0] <> mark -> inner.Decode payload
            | bytes when bytes[1] = asItIs -> inner.Decode(Payload bytes[2..])
            | bytes when bytes[1] = brotli -> inner.Decode(decompressed bytes)
            | bytes ->
                raise (
                    InvalidDataException(
                        worded
                            $"The result was compressed in a way that is not known here ({bytes[1]}). A newer version may know it."
                    )
                )
