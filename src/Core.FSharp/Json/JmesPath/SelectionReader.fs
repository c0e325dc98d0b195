// Evaluates a selection over UTF-8 text: finds the places of the wanted values, and copies the values from there. What
// is not as it should be it leaves to the evaluator, which knows what is wrong with it.
namespace Idempotency.Core

open System
open System.Buffers

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

    /// Reads the text of an index, then those after it, and writes the result once all are read. A text within a text is
    /// unescaped into a buffer that is kept until then.
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
            let holder = places[selection.Texts[index + 1].Holder]

            if holder.Length = 0 || (textAt texts holder)[0] <> '"'B then
                false
            else
                let escaped = (textAt texts holder).Slice(1, holder.Length - 2)
                let room = ArrayPool<byte>.Shared.Rent escaped.Length

                try
                    let length = UnescapedText.write escaped (Span room)

                    if length < 0 then
                        false
                    else
                        texts[index + 1] <- ReadOnlyMemory(room, 0, length)
                        readFrom (index + 1) selection texts places Canonical.DefaultMaxDepth output
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
