// The compressing codec: what it writes comes back, what was written without it is still read, and nothing that is stored
// can make it fill the memory.
module Core.Tests.Runtime.CompressedCodecTests

open System
open System.IO
open System.Text
open FsCheck
open FsCheck.FSharp
open Idempotency
open Idempotency.Core
open NUnit.Framework

/// Bytes as they are, so that each test says what the inner codec makes.
type private Bytes() =
    interface IResultCodec<byte[]> with
        member _.Encode value = Payload value

        member _.Decode payload =
            match payload.Utf8 with
            | null -> invalidOp "no result"
            | bytes -> bytes

let private codec threshold longest : IResultCodec<byte[]> =
    CompressedCodec(Bytes(), threshold, longest)

let private encoded (codec: IResultCodec<byte[]>) (value: byte[]) : byte[] =
    let payload = codec.Encode value

    match payload.Utf8 with
    | null -> invalidOp "no bytes"
    | bytes -> bytes

let private text (length: int) =
    Encoding.UTF8.GetBytes(String('x', length))

let private isRefused (act: unit -> unit) =
    try
        act ()
        false
    with :? InvalidDataException ->
        true

/// Bytes as codecs may make them: runs of one value, the mark first, nothing.
let private anyBytes =
    Gen.oneof
        [ ArbMap.defaults |> ArbMap.generate<byte[]>
          gen {
              let! first = Gen.elements [ 0xFFuy; 0uy; 1uy; 123uy ]
              let! rest = ArbMap.defaults |> ArbMap.generate<byte[]>
              return Array.append [| first |] rest
          }
          gen {
              let! value = ArbMap.defaults |> ArbMap.generate<byte>
              let! length = Gen.choose (0, 5_000)
              return Array.create length value
          } ]
    |> Arb.fromGen

[<FsCheck.NUnit.Property(MaxTest = 500)>]
let ``what is written comes back, whatever it is`` () =
    Prop.forAll anyBytes (fun value ->
        [ 0; 1; 100 ]
        |> List.forall (fun threshold ->
            let codec = codec threshold 100_000
            codec.Decode(codec.Encode value) = value))

[<Test>]
let ``a large result gets small, and is no text`` () =
    let stored = encoded (codec 1_024 16_777_216) (text 100_000)
    Assert.That(stored.Length, Is.LessThan 1_000)
    Assert.That(Text.Unicode.Utf8.IsValid(ReadOnlySpan stored), Is.False)

[<Test>]
let ``a result below the threshold, or that does not get smaller, is stored as it is`` () =
    Assert.That((encoded (codec 1_024 10_000) (text 1_023) = text 1_023))
    let noise = Array.zeroCreate<byte> 2_000
    Random(7).NextBytes noise
    noise[0] <- 1uy
    Assert.That((encoded (codec 1_024 10_000) noise = noise))

[<Test>]
let ``a result from before is read as it is`` () =
    let codec = codec 1_024 10_000
    let before = """{"paid":10}"""
    Assert.That((codec.Decode(Payload.OfText before) = Encoding.UTF8.GetBytes before))

[<Test>]
let ``no result stays no result`` () =
    let codec: IResultCodec<int> = CompressedCodec(NoResultCodec 7)
    let payload = codec.Encode 7
    Assert.That(payload.IsAbsent)
    Assert.That(codec.Decode Payload.Absent, Is.EqualTo 7)

[<Test>]
let ``a result that is longer than allowed is neither written nor read`` () =
    let codec = codec 10 1_000
    Assert.That(isRefused (fun () -> codec.Encode(text 1_001) |> ignore))
    let bomb = encoded (CompressedCodec(Bytes(), 10, 10_000_000)) (text 10_000_000)
    Assert.That(bomb.Length, Is.LessThan 1_000)
    Assert.That(isRefused (fun () -> codec.Decode(Payload bomb) |> ignore))

[<Test>]
let ``a length that is not that of what is inside is refused`` () =
    let codec = codec 10 10_000

    for length in [ 0; 4_999; 5_001; -1; Int32.MaxValue ] do
        let stored = encoded codec (text 5_000)
        BitConverter.TryWriteBytes(stored.AsSpan 2, length) |> ignore
        Assert.That(isRefused (fun () -> codec.Decode(Payload stored) |> ignore), $"{length}")

[<Test>]
let ``what is damaged, cut off, or compressed in another way is refused`` () =
    let codec = codec 10 10_000
    let stored = encoded codec (text 5_000)

    for length in 2 .. stored.Length - 1 do
        Assert.That(
            isRefused (fun () -> codec.Decode(Payload stored[.. length - 1]) |> ignore),
            $"{length} bytes"
        )

    Assert.That(isRefused (fun () -> codec.Decode(Payload [| 0xFFuy; 9uy; 0uy |]) |> ignore))

[<TestCase(-1, 10)>]
[<TestCase(11, 10)>]
let ``a threshold outside of what is written is refused`` (threshold: int) (longest: int) =
    let refused =
        try
            codec threshold longest |> ignore
            false
        with :? ArgumentOutOfRangeException ->
            true

    Assert.That(refused)
