// The members of the objects under way, and how they are put in order: nearly always they were written so already, and
// where not, they are copied once, each of them from where it stands.
namespace Idempotency.Core

open System

/// A member of an object under way: where its name and all of it stand in the form.
[<Struct; NoEquality; NoComparison>]
type private Entry =
    {
        /// The place of the quote before its name, with which the member begins.
        Start: int
        /// The name's length between the quotes.
        NameLength: int
        /// Whether the name may have escapes.
        IsEscaped: bool
        /// Known when the object ends and its members are not in order.
        mutable End: int
    }

/// Those of an outer object come before those of an inner one.
[<Sealed>]
type internal MembersUnderWay(form: FormUnderWay, output: ByteBuffer) =
    /// So many members are put in order by inserting one after the other.
    let few = 16

    let scratch = ByteBuffer 1024
    let mutable entries: Entry[] = Array.zeroCreate 64
    let mutable count = 0

    let compareNames (json: ReadOnlySpan<byte>) (a: inref<Entry>) (b: inref<Entry>) =
        let one = form.From(json, a.Start + 1)
        let other = form.From(json, b.Start + 1)

        if a.IsEscaped || b.IsEscaped then
            MemberNames.compare (one.Slice(0, a.NameLength)) (other.Slice(0, b.NameLength))
        else
            MemberNames.comparePlain one a.NameLength other b.NameLength

    let byName = Comparison<Entry>(fun a b -> compareNames ReadOnlySpan.Empty &a &b)

    let insert (json: ReadOnlySpan<byte>) (first: int) =
        for i in first + 1 .. count - 1 do
            let entry = entries[i]
            let mutable place = i

            while place > first && compareNames json &entry &entries[place - 1] < 0 do
                entries[place] <- entries[place - 1]
                place <- place - 1

            entries[place] <- entry

    /// Copies the members as they are now in order; false when two have one name.
    let copy (target: ByteBuffer) (json: ReadOnlySpan<byte>) (first: int) =
        let mutable isFit = true

        for i in first .. count - 1 do
            if i > first then
                target.Add ','B
                isFit <- isFit && compareNames json &entries[i - 1] &entries[i] <> 0

            let entry = &entries[i]
            target.Add(form.From(json, entry.Start).Slice(0, entry.End - entry.Start))

        isFit

    /// Puts the members of an object in order, all of which are in the run.
    let arrangeRun (json: ReadOnlySpan<byte>) (at: int) (first: int) (start: int) =
        form.WriteRun(json, form.TextOf start)
        let isFit = copy output json first
        form.GoOn at
        isFit

    /// Puts the members of an object in order, of which some are written already.
    let arrangeWritten (json: ReadOnlySpan<byte>) (at: int) (first: int) (start: int) =
        form.WriteRun(json, at)

        // Of the outermost object the two buffers change places, for it may be long.
        let isOutermost = start = 1
        if isOutermost then scratch.Add '{'B

        let isFit = copy scratch json first

        if isOutermost then
            output.Exchange scratch
        else
            output.Truncate start
            output.Add scratch.Written

        // What was exchanged may be long: no thread keeps it.
        scratch.Clear()
        isFit

    /// How many there are.
    member _.Count = count

    /// Adds a member whose name stands at a place in the form.
    member _.Add(start: int, nameLength: int, isEscaped: bool) =
        if count = entries.Length then Array.Resize(&entries, count * 2)

        entries[count] <-
            { Start = start
              NameLength = nameLength
              IsEscaped = isEscaped
              End = 0 }

        count <- count + 1

    /// Whether the name of the last one comes after that of the one before.
    member _.IsLastInOrder(json: ReadOnlySpan<byte>) =
        compareNames json &entries[count - 2] &entries[count - 1] < 0

    /// Forgets those from one on.
    member _.Truncate(first: int) = count <- first

    /// Puts the members of the object that ends at a place in the text in order; false when two have one name.
    member _.Arrange(json: ReadOnlySpan<byte>, at: int, first: int) =
        let start = entries[first].Start

        for i in first .. count - 2 do
            entries[i].End <- entries[i + 1].Start - 1

        entries[count - 1].End <- form.PlaceOf at

        if count - first <= few then
            insert json first
        else
            form.WriteRun(json, at)
            entries.AsSpan(first, count - first).Sort byName

        if form.IsInRun start then
            arrangeRun json at first start
        else
            arrangeWritten json at first start
