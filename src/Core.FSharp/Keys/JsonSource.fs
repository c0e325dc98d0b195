// Where the JSON text of a value comes from: it is written by System.Text.Json, or the caller has it already.
namespace Idempotency.Core

open System
open System.Text
open System.Text.Json
open System.Text.Json.Serialization.Metadata

/// Gives the JSON text of a value, which may stand in the buffer or elsewhere.
type internal ReadJson<'Input> =
    delegate of input: 'Input * scratch: KeyScratch * buffer: ByteBuffer -> ReadOnlyMemory<byte>

/// <summary>Where the JSON text of values of a type comes from. Shared between threads.</summary>
[<Sealed>]
type JsonSource<'Input> internal (read: ReadJson<'Input>) =
    static let wholeCharacters = UTF8Encoding(false, true)

    /// The JSON text of a value, valid as long as the buffer is left alone.
    member internal _.Read(input, scratch, buffer) = read.Invoke(input, scratch, buffer)

    /// <summary>The JSON text of a value, in UTF-8.</summary>
    /// <param name="input">The value.</param>
    member _.ToArray(input: 'Input) : byte[] =
        let scratch = KeyScratch.Rent()

        try
            read.Invoke(input, scratch, scratch.Whole).ToArray()
        finally
            scratch.Return()

    /// <summary>Text that the caller has, in UTF-8.</summary>
    /// <param name="text">Gives it.</param>
    static member OfText(text: Func<'Input, ReadOnlyMemory<byte>>) =
        JsonSource<'Input>(ReadJson(fun input _ _ -> text.Invoke input))

    /// <summary>Text that is written for each value. What JSON would leave out is refused, and so is half of a surrogate
    /// pair, of which it would write every one as the same character.</summary>
    /// <param name="typeInfo">How the type is written.</param>
    static member OfType(typeInfo: JsonTypeInfo<'Input>) =
        let declared = DeclaredType typeInfo

        JsonSource<'Input>(
            ReadJson(fun input scratch buffer ->
                declared.Refuse input

                match box input with
                | :? string as text -> wholeCharacters.GetByteCount text |> ignore
                | _ -> ()

                let writer = scratch.WriterInto buffer
                JsonSerializer.Serialize(writer, input, typeInfo)
                buffer.Memory)
        )

    /// The text of what a function selects.
    member internal _.After(select: Func<'Whole, 'Input>) : JsonSource<'Whole> =
        JsonSource<'Whole>(
            ReadJson(fun whole scratch buffer -> read.Invoke(select.Invoke whole, scratch, buffer))
        )
