// What a thread needs again for each key that it makes, so that a key costs no more memory than its own text.
namespace Idempotency.Core

open System
open System.Security.Cryptography
open System.Text.Encodings.Web
open System.Text.Json

/// Belongs to one call at a time: a selector or a converter may make a key of its own, with another scratch.
[<Sealed>]
type internal KeyScratch() =
    [<ThreadStatic; DefaultValue>]
    static val mutable private kept: KeyScratch | null

    // What is written is read again at once, by our own reader: no character needs an escape for safety.
    static let options =
        JsonWriterOptions(Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true)

    let whole = ByteBuffer 1024
    let part = ByteBuffer 256
    let digest: byte[] = Array.zeroCreate SHA512.HashSizeInBytes
    let mutable text: char[] = Array.zeroCreate 256
    let writer = new Utf8JsonWriter(whole, options)
    let mutable input = ReadOnlyMemory<byte>.Empty

    /// The one of this thread, or a new one while that is in use.
    static member Rent() =
        match KeyScratch.kept with
        | null -> KeyScratch()
        | known ->
            KeyScratch.kept <- null
            known

    /// Gives it back.
    member this.Return() =
        whole.Clear()
        part.Clear()
        input <- ReadOnlyMemory<byte>.Empty
        KeyScratch.kept <- this

    /// The whole input's text, once it is known; empty before.
    member _.Input
        with get () = input
        and set (text: ReadOnlyMemory<byte>) = input <- text

    /// Room for the whole input.
    member _.Whole = whole

    /// Room for a part of it.
    member _.Part = part

    /// A writer into one of its buffers; valid until the next is asked for.
    member _.WriterInto(buffer: ByteBuffer) =
        writer.Reset buffer
        writer

    /// The digest of some bytes.
    member _.Digest(hash: HashFunction, bytes: ReadOnlySpan<byte>) : byte[] =
        let length = hash.Digest(bytes, Span digest)
        digest.AsSpan(0, length).ToArray()

    /// A text, and after it the digest of some bytes in lower-case hexadecimal.
    member _.WithDigest(prefix: string, hash: HashFunction, bytes: ReadOnlySpan<byte>) : string =
        let length = hash.Digest(bytes, Span digest)
        let total = prefix.Length + length * 2

        if text.Length < total then text <- Array.zeroCreate total

        prefix.CopyTo(Span text)

        Spelling.writeHex (ReadOnlySpan(digest, 0, length)) (text.AsSpan prefix.Length)

        String(text, 0, total)
