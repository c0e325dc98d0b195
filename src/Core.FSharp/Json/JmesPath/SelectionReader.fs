// Evaluates a selection in one pass over UTF-8 text. It notes where the wanted values stand, and copies them from
// there; no document is built, and nothing is decoded. Of several members with one name the last counts, as it does in
// a JsonElement.
namespace Idempotency.Core

open System
open System.Buffers
open System.Text.Json

module internal SelectionReader =
    let private isNamed (reader: byref<Utf8JsonReader>) (branch: Branch) =
        if reader.ValueIsEscaped then
            try
                reader.ValueTextEquals(ReadOnlySpan branch.Utf8)
            with :? InvalidOperationException ->
                false // Half of a surrogate pair: no expression asks for such a name.
        else
            reader.ValueSpan.SequenceEqual(ReadOnlySpan branch.Utf8)

    let private find (reader: byref<Utf8JsonReader>) (branch: Branch) : Branch | null =
        let mutable found: Branch | null = null
        let mutable i = 0

        while isNull found && i < branch.Members.Count do
            if isNamed &reader branch.Members[i] then found <- branch.Members[i]

            i <- i + 1

        found

    /// Forgets what an earlier member of the same name had.
    let rec private forget (places: Span<Range>) (branch: Branch) =
        for one in branch.Members do
            if one.Slot >= 0 then places[one.Slot] <- Range()

            forget places one

    /// Notes the places of what is wanted of the value that the reader stands at the beginning of.
    let rec private note (reader: byref<Utf8JsonReader>) (places: Span<Range>) (branch: Branch) : unit =
        let start = int reader.TokenStartIndex

        if reader.TokenType = JsonTokenType.StartObject && branch.Members.Count > 0 then
            while reader.Read() && reader.TokenType = JsonTokenType.PropertyName do
                let found = find &reader branch
                reader.Read() |> ignore

                match found with
                | null -> reader.Skip()
                | wanted ->
                    forget places wanted
                    note &reader places wanted
        else
            reader.Skip()

        if branch.Slot >= 0 then
            places[branch.Slot] <- Range(Index start, Index(int reader.BytesConsumed))

    // Each mention of such a literal would make a new array.
    let private nullText = "null"B
    let private openList = "["B
    let private closeList = "]"B
    let private openHash = "{"B
    let private closeHash = "}"B
    let private comma = ","B

    /// A place that was never noted ends at 0.
    let private isMissing (place: Range) = place.End.Value = 0

    let private isNothing (json: ReadOnlySpan<byte>) (place: Range) =
        isMissing place || json[place.Start.Value] = 'n'B

    let rec private write
        (output: IBufferWriter<byte>)
        (json: ReadOnlySpan<byte>)
        (places: Range[])
        (template: Template)
        : unit =
        match template with
        | Template.Part slot ->
            let place = places[slot]

            if isMissing place then
                output.Write(ReadOnlySpan nullText)
            else
                let start = place.Start.Value
                output.Write(json.Slice(start, place.End.Value - start))
        | Template.Items(guard, _)
        | Template.Members(guard, _) when isNothing json places[guard] -> output.Write(ReadOnlySpan nullText)
        | Template.Items(_, templates) ->
            let mutable before = openList

            for one in templates do
                output.Write(ReadOnlySpan before)
                before <- comma
                write output json places one

            output.Write(ReadOnlySpan closeList)
        | Template.Members(_, members) ->
            let mutable before = openHash

            for struct (name, one) in members do
                output.Write(ReadOnlySpan before)
                before <- comma
                output.Write(ReadOnlySpan name)
                write output json places one

            output.Write(ReadOnlySpan closeHash)

    /// Writes what the selection gives for a JSON text.
    let evaluate
        (selection: Selection)
        (json: ReadOnlySpan<byte>)
        (maxDepth: int)
        (output: IBufferWriter<byte>)
        =
        let places: Range[] = Array.zeroCreate selection.Slots
        let mutable reader = Utf8JsonReader(json, JsonReaderOptions(MaxDepth = maxDepth))
        reader.Read() |> ignore
        note &reader (Span places) selection.Root
        // What follows the value must not be there; the reader throws if it is.
        reader.Read() |> ignore
        write output json places selection.Template
