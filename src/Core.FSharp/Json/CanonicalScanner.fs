// The canonical form of a JSON text that is as it should be, in one pass of our own. Whatever it stumbles over it leaves
// to the Canonicalizer, which says what is wrong, and where.
namespace Idempotency.Core

open System
open System.Runtime.CompilerServices
open System.Text.Json
open System.Text.Unicode

/// A member of an object under way: where its name and all of it stand in the output.
[<Struct; IsReadOnly; NoEquality; NoComparison>]
type private Entry =
    { Name: int
      NameLength: int
      Start: int
      End: int }

/// An object or array under way.
[<Struct; NoEquality; NoComparison>]
type private Level =
    {
        IsObject: bool
        /// The index of its first member.
        First: int
        /// Whether its members have come in order so far.
        mutable IsSorted: bool
    }

/// Belongs to one thread, and is used again for the next text.
[<Sealed>]
type internal CanonicalScanner(output: ByteBuffer) =
    let scratch = ByteBuffer 1024
    let mutable members: Entry[] = Array.zeroCreate 64
    let mutable memberCount = 0
    let mutable levels: Level[] = Array.zeroCreate 16
    let mutable depth = 0
    let mutable at = 0

    let byName =
        Comparison<Entry>(fun a b ->
            MemberNames.compare
                (ReadOnlySpan(output.Bytes, a.Name, a.NameLength))
                (ReadOnlySpan(output.Bytes, b.Name, b.NameLength)))

    let skipSpace (json: ReadOnlySpan<byte>) =
        while at < json.Length
              && json[at] <= ' 'B
              && (json[at] = ' 'B || json[at] = '\n'B || json[at] = '\r'B || json[at] = '\t'B) do
            at <- at + 1

    let next (json: ReadOnlySpan<byte>) = ScannedValues.next json at

    /// Goes on at the place after a value, if there was one.
    let passed (after: int) =
        at <- after
        after >= 0

    /// Writes the name that begins here, and the colon; whether they are there.
    let writeName (json: ReadOnlySpan<byte>) =
        let start = output.Length

        if next json = '"'B && passed (ScannedValues.writeText output json at) then
            let length = output.Length - start - 2
            skipSpace json

            if memberCount = members.Length then Array.Resize(&members, memberCount * 2)

            members[memberCount] <-
                { Name = start + 1
                  NameLength = length
                  Start = start
                  End = start }

            let level = &levels[depth - 1]

            if level.IsSorted && memberCount > level.First then
                level.IsSorted <- byName.Invoke(members[memberCount - 1], members[memberCount]) < 0

            memberCount <- memberCount + 1
            output.Add ':'B
            at <- at + 1
            at <= json.Length && json[at - 1] = ':'B
        else
            false

    let endMember () =
        let last = memberCount - 1

        members[last] <-
            { members[last] with
                End = output.Length }

    /// Puts the members of the object that ends in order; false when two have one name.
    let arrange (level: Level) =
        if level.IsSorted then
            true
        else
            let start = members[level.First].Start
            members.AsSpan(level.First, memberCount - level.First).Sort byName
            let mutable isFit = true
            scratch.Clear()

            // Of the outermost object the two buffers change places, for it may be long.
            let isOutermost = start = 1
            if isOutermost then scratch.Add '{'B

            for i in level.First .. memberCount - 1 do
                if i > level.First then
                    scratch.Add ','B
                    isFit <- isFit && byName.Invoke(members[i - 1], members[i]) <> 0

                scratch.Add(ReadOnlySpan(output.Bytes, members[i].Start, members[i].End - members[i].Start))

            if isOutermost then
                output.Exchange scratch
            else
                output.Truncate start
                output.Add scratch.Written

            isFit

    let openLevel isObject =
        if depth = levels.Length then Array.Resize(&levels, depth * 2)

        levels[depth] <-
            { IsObject = isObject
              First = memberCount
              IsSorted = true }

        depth <- depth + 1
        output.Add(if isObject then '{'B else '['B)
        at <- at + 1

    let closeLevel (closing: byte) =
        let level = levels[depth - 1]
        let isFit = not level.IsObject || arrange level
        memberCount <- level.First
        depth <- depth - 1
        output.Add closing
        at <- at + 1
        isFit

    /// What follows a value, up to the beginning of the next one; false when it may not stand there.
    let rec goOn (json: ReadOnlySpan<byte>) =
        skipSpace json

        if depth = 0 then
            at = json.Length
        else
            let isObject = levels[depth - 1].IsObject

            if isObject then endMember ()

            match next json with
            | ','B ->
                output.Add ','B
                at <- at + 1
                skipSpace json
                not isObject || writeName json
            | '}'B when isObject -> closeLevel '}'B && goOn json
            | ']'B when not isObject -> closeLevel ']'B && goOn json
            | _ -> false

    /// Opens the object or array that begins here, up to the beginning of its first value.
    let enter (json: ReadOnlySpan<byte>) =
        let isObject = json[at] = '{'B
        openLevel isObject
        skipSpace json

        match next json with
        | '}'B when isObject -> closeLevel '}'B && goOn json
        | ']'B when not isObject -> closeLevel ']'B && goOn json
        | _ -> not isObject || writeName json

    /// Whether a text that is no container says nothing.
    let isBlank () =
        let mutable reader = Utf8JsonReader output.Written
        reader.Read() |> ignore
        CanonicalText.isBlank &reader

    /// Writes the canonical form of a text to the output, and says whether it counts as a value; nothing when the text
    /// has none, or is nested more deeply.
    member _.TryRead(json: ReadOnlySpan<byte>, maxDepth: int) : bool voption =
        memberCount <- 0
        depth <- 0
        at <- 0
        let mutable isFit = Utf8.IsValid json
        let mutable hasValue = false

        skipSpace json

        while isFit && (depth > 0 || at < json.Length) do
            skipSpace json
            let first = next json

            if depth <= 1 && first <> 'n'B then hasValue <- hasValue || depth = 1

            if first = '{'B || first = '['B then
                isFit <- depth < maxDepth && enter json
            else
                isFit <- passed (ScannedValues.write output json at)

                if isFit && depth = 0 && first <> 'n'B then hasValue <- not (isBlank ())

                isFit <- isFit && goOn json

        if isFit && output.Length > 0 then ValueSome hasValue else ValueNone
