// Writes the canonical form of a JSON text in one pass over its UTF-8, without a document. The members of an object are
// written as they come, and put in order when the object ends, if they were not. The scanner does so for nearly every
// text; this reader knows what is wrong with the others, and is what the scanner is tested against.
namespace Idempotency.Core

open System
open System.Collections.Generic
open System.Runtime.CompilerServices
open System.Text
open System.Text.Json
open System.Text.Unicode

/// A member of an object under way: where its name and all of it stand in the output.
[<Struct; IsReadOnly; NoEquality; NoComparison>]
type private Member =
    {
        Name: int
        NameLength: int
        Start: int
        End: int
        /// Where its name stands in the text that is read.
        Place: int64
    }

/// An object or array under way.
[<Struct; IsReadOnly; NoEquality; NoComparison>]
type private Frame =
    {
        IsObject: bool
        /// The index of its first member, and the number of its values so far.
        First: int
        Count: int
    }

exception private UnfitAt of CanonicalFault * place: int64

/// Belongs to one thread, and is used again for the next text.
[<Sealed>]
type internal Canonicalizer() =
    [<ThreadStatic; DefaultValue>]
    static val mutable private own: Canonicalizer | null

    let output = ByteBuffer 4096
    let scanner = CanonicalScanner output
    let scratch = ByteBuffer 1024
    let members = List<Member>()
    let frames = List<Frame>()
    let mutable hasValue = false

    let byName =
        { new IComparer<Member> with
            member _.Compare(a, b) =
                MemberNames.compare
                    (ReadOnlySpan(output.Bytes, a.Name, a.NameLength))
                    (ReadOnlySpan(output.Bytes, b.Name, b.NameLength)) }

    /// What comes before a value: a comma between the items of an array.
    let beforeValue () =
        let top = frames.Count - 1

        if top >= 0 then
            let frame = frames[top]

            if not frame.IsObject then
                if frame.Count > 0 then output.Add ','B

                frames[top] <- { frame with Count = frame.Count + 1 }

    let endMember (frame: Frame) =
        if frame.Count > 0 then
            let last = members.Count - 1

            members[last] <-
                { members[last] with
                    End = output.Length }

    let writeText (reader: byref<Utf8JsonReader>) =
        output.Add '"'B

        if reader.ValueIsEscaped then
            scratch.Clear()

            let length =
                try
                    reader.CopyString(scratch.Room reader.ValueSpan.Length)
                with :? InvalidOperationException ->
                    raise (UnfitAt(CanonicalFault.NotUnicode, reader.TokenStartIndex))

            CanonicalText.writeEscaped output (scratch.Bytes.AsSpan(0, length))
        else
            // A JSON text without escapes holds nothing that would have to be escaped.
            if not (Utf8.IsValid reader.ValueSpan) then
                raise (UnfitAt(CanonicalFault.NotUnicode, reader.TokenStartIndex))

            output.Add reader.ValueSpan

        output.Add '"'B

    let writeName (reader: byref<Utf8JsonReader>) =
        let top = frames.Count - 1
        let frame = frames[top]

        if frame.Count > 0 then
            endMember frame
            output.Add ','B

        let start = output.Length
        let place = reader.TokenStartIndex
        writeText &reader

        members.Add
            { Name = start + 1
              NameLength = output.Length - start - 2
              Start = start
              End = start
              Place = place }

        output.Add ':'B
        frames[top] <- { frame with Count = frame.Count + 1 }

    /// Puts the members of the object that ends in order.
    let arrange (frame: Frame) =
        let mutable sorted = true

        for i in frame.First + 1 .. members.Count - 1 do
            sorted <- sorted && byName.Compare(members[i - 1], members[i]) < 0

        if not sorted then
            members.Sort(frame.First, frame.Count, byName)

            for i in frame.First + 1 .. members.Count - 1 do
                if byName.Compare(members[i - 1], members[i]) = 0 then
                    let place = max members[i - 1].Place members[i].Place
                    raise (UnfitAt(CanonicalFault.DuplicateMember, place))

            scratch.Clear()

            for i in frame.First .. members.Count - 1 do
                if i > frame.First then scratch.Add ','B

                scratch.Add(ReadOnlySpan(output.Bytes, members[i].Start, members[i].End - members[i].Start))

            output.Truncate(output.Length - scratch.Length)
            output.Add scratch.Written

    let endFrame (closing: byte) =
        let frame = frames[frames.Count - 1]

        if frame.IsObject then
            endMember frame
            arrange frame
            members.RemoveRange(frame.First, members.Count - frame.First)

        frames.RemoveAt(frames.Count - 1)
        output.Add closing

    let openFrame isObject (opening: byte) =
        output.Add opening

        frames.Add
            { IsObject = isObject
              First = members.Count
              Count = 0 }

    let writeValue (reader: byref<Utf8JsonReader>) =
        beforeValue ()
        // The value itself, or an item or member of it, is something.
        if frames.Count <= 1 && reader.TokenType <> JsonTokenType.Null then
            hasValue <- hasValue || frames.Count = 1 || not (CanonicalText.isBlank &reader)

        match reader.TokenType with
        | JsonTokenType.StartObject -> openFrame true '{'B
        | JsonTokenType.StartArray -> openFrame false '['B
        | JsonTokenType.String -> writeText &reader
        | JsonTokenType.Number ->
            if not (CanonicalNumber.write output reader.ValueSpan) then
                raise (UnfitAt(CanonicalFault.NumberOutOfRange, reader.TokenStartIndex))
        | _ -> output.Add reader.ValueSpan

    let clear () =
        output.Clear()
        scratch.Clear()
        members.Clear()
        frames.Clear()
        hasValue <- false

    let placeOf (json: ReadOnlySpan<byte>) (index: int64) =
        let before = json.Slice(0, int (min index (int64 json.Length)))
        let line = before.Count '\n'B
        let column = before.Length - (before.LastIndexOf '\n'B + 1)
        struct (int64 line + 1L, int64 column + 1L)

    /// Whether an object or array begins at a place.
    let opensAt (json: ReadOnlySpan<byte>) (line: int64) (column: int64) =
        let mutable rest = json

        for _ in 1L .. line do
            rest <- rest.Slice(rest.IndexOf '\n'B + 1)

        column < int64 rest.Length
        && (rest[int column] = '{'B || rest[int column] = '['B)

    /// The one of this thread.
    static member Own =
        match Canonicalizer.own with
        | null ->
            let made = Canonicalizer()
            Canonicalizer.own <- made
            made
        | known -> known

    /// The canonical form of the last text, in UTF-8; valid until the next.
    member _.Written = output.Written

    /// Whether the last text counts as no value: null, a blank text, an empty container, or one full of nulls.
    member _.IsMissing = not hasValue

    /// Takes in a text; tells what is wrong with it.
    member this.Read(json: ReadOnlySpan<byte>, maxDepth: int) : CanonicalProblem voption =
        match scanner.TryRead(json, maxDepth) with
        | ValueSome found ->
            hasValue <- found
            ValueNone
        | ValueNone -> this.ReadCarefully(json, maxDepth)

    /// The same without the scanner.
    member _.ReadCarefully(json: ReadOnlySpan<byte>, maxDepth: int) : CanonicalProblem voption =
        clear ()

        let mutable reader = Utf8JsonReader(json, JsonReaderOptions(MaxDepth = maxDepth))

        try
            while reader.Read() do
                match reader.TokenType with
                | JsonTokenType.PropertyName -> writeName &reader
                | JsonTokenType.EndObject -> endFrame '}'B
                | JsonTokenType.EndArray -> endFrame ']'B
                | _ -> writeValue &reader

            ValueNone
        with
        | UnfitAt(fault, index) ->
            let struct (line, column) = placeOf json index

            ValueSome
                { Fault = fault
                  Line = line
                  Column = column }
        | :? JsonException as problem ->
            // The exception's message quotes the text, which must not end up in a log.
            let line = problem.LineNumber.GetValueOrDefault()
            let column = problem.BytePositionInLine.GetValueOrDefault()

            ValueSome
                { Fault =
                    if reader.CurrentDepth >= maxDepth - 1 && opensAt json line column then
                        CanonicalFault.TooDeep maxDepth
                    else
                        CanonicalFault.NotJson
                  Line = line + 1L
                  Column = column + 1L }
