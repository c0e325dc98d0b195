// Evaluates a selection over UTF-8 text: finds the places of the wanted values, and copies the values from there. What
// is not as it should be it leaves to the evaluator, which knows what is wrong with it.
namespace Idempotency.Core

open System
open System.Buffers
open System.Buffers.Text
open System.Text.Unicode

module internal SelectionReader =
    // Each mention of such a literal would make a new array.
    let private nullText = "null"B
    let private openList = "["B
    let private closeList = "]"B
    let private openHash = "{"B
    let private closeHash = "}"B
    let private comma = ","B

    let private textAt (texts: ReadOnlyMemory<byte>[]) (place: Place) =
        texts[place.Text].Span.Slice(place.Start, place.Length)

    let private isNothing (texts: ReadOnlyMemory<byte>[]) (place: Place) =
        place.Length = 0 || (textAt texts place)[0] = 'n'B

    let rec private write
        (output: IBufferWriter<byte>)
        (texts: ReadOnlyMemory<byte>[])
        (places: Place[])
        (template: Template)
        : unit =
        match template with
        | Template.Part slot when places[slot].Length = 0 -> output.Write(ReadOnlySpan nullText)
        | Template.Part slot -> output.Write(textAt texts places[slot])
        | Template.Items(guard, _)
        | Template.Members(guard, _) when isNothing texts places[guard] -> output.Write(ReadOnlySpan nullText)
        | Template.Items(_, templates) ->
            let mutable before = openList

            for one in templates do
                output.Write(ReadOnlySpan before)
                before <- comma
                write output texts places one

            output.Write(ReadOnlySpan closeList)
        | Template.Members(_, members) ->
            let mutable before = openHash

            for struct (name, one) in members do
                output.Write(ReadOnlySpan before)
                before <- comma
                output.Write(ReadOnlySpan name)
                write output texts places one

            output.Write(ReadOnlySpan closeHash)

    /// Decodes base64 where it stands; how long that is then, or a number below zero where it is no text.
    let private decode (room: Span<byte>) (length: int) =
        let mutable decoded = 0

        if
            length >= 0
            && Base64.DecodeFromUtf8InPlace(room.Slice(0, length), &decoded) = OperationStatus.Done
            && Utf8.IsValid(Span.op_Implicit (room.Slice(0, decoded)): ReadOnlySpan<byte>)
        then
            decoded
        else
            -1

    /// Writes the text that a string holds, given with its quotes.
    let private extract (wanted: WantedText) (quoted: ReadOnlySpan<byte>) (room: Span<byte>) =
        let length = UnescapedText.write (quoted.Slice(1, quoted.Length - 2)) room
        if wanted.IsBase64 then decode room length else length

    /// Reads the text of an index, then those after it, and writes the result once all are read.
    let rec private readFrom
        (index: int)
        (selection: Selection)
        (texts: ReadOnlyMemory<byte>[])
        (places: Place[])
        (maxDepth: int)
        (output: IBufferWriter<byte>)
        : bool =
        let isRead =
            SelectionPlaces.tryNote texts[index].Span index maxDepth selection.Texts[index].Root places

        if not isRead then
            false
        elif index + 1 = texts.Length then
            write output texts places selection.Template
            true
        else
            readInner (index + 1) selection texts places output

    /// The same, for a text that stands in one before it: it is kept in a buffer until all are read.
    and private readInner index selection texts places output : bool =
        let wanted = selection.Texts[index]
        let place = places[wanted.Holder]

        if place.Length = 0 || (textAt texts place)[0] <> '"'B then
            false
        else
            let room = ArrayPool<byte>.Shared.Rent place.Length

            try
                match extract wanted (textAt texts place) (Span room) with
                | length when length >= 0 ->
                    texts[index] <- ReadOnlyMemory(room, 0, length)
                    readFrom index selection texts places Canonical.DefaultMaxDepth output
                | _ -> false
            finally
                ArrayPool<byte>.Shared.Return room

    /// Writes what the selection gives for a JSON text, nested at most so deeply; false, and nothing written, where that is
    /// for the evaluator to say.
    let tryEvaluate
        (selection: Selection)
        (json: ReadOnlyMemory<byte>)
        (maxDepth: int)
        (output: IBufferWriter<byte>)
        : bool =
        let texts: ReadOnlyMemory<byte>[] = Array.zeroCreate selection.Texts.Length
        let places: Place[] = Array.zeroCreate selection.Slots
        texts[0] <- json
        maxDepth > 0 && readFrom 0 selection texts places maxDepth output
