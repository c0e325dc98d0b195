// The canonical form of a JSON text that is as it should be, in one pass of our own. Whatever it stumbles over it leaves
// to the Canonicalizer, which says what is wrong, and where.
namespace Idempotency.Core

open System
open System.Text.Json
open System.Text.Unicode
open Idempotency.Core.StandingValues

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

/// Belongs to one thread, and is used again for the next text. Each step is given the place in the text that it begins at,
/// and gives the place after it; or a number below zero where the text is not as it should be.
[<Sealed>]
type internal CanonicalScanner(output: ByteBuffer) =
    let form = FormUnderWay output
    let members = MembersUnderWay(form, output)
    let mutable outer: Level[] = Array.zeroCreate 16
    let mutable depth = 0

    let mutable level =
        { IsObject = false
          First = 0
          IsSorted = true }

    /// Goes over white space, which the form has not.
    let skipSpace (json: ReadOnlySpan<byte>) (start: int) =
        let mutable at = start

        while next json at = ' 'B
              || next json at = '\n'B
              || next json at = '\r'B
              || next json at = '\t'B do
            at <- at + 1

        form.WriteRun(json, start)
        form.GoOn at
        at

    /// The place of what comes next.
    let toNext (json: ReadOnlySpan<byte>) (at: int) =
        if next json at > ' 'B then at else skipSpace json at

    /// Writes a value that does not stand as it is.
    let rewriteValue (json: ReadOnlySpan<byte>) (at: int) =
        form.WriteRun(json, at)
        let after = ScannedValues.write output json at
        form.GoOn after
        after

    /// Goes over a text, a number or a word.
    let overValue (json: ReadOnlySpan<byte>) (at: int) =
        let after = StandingValues.after json at
        if after >= 0 then after else rewriteValue json at

    let addMember (json: ReadOnlySpan<byte>) (start: int) (nameLength: int) (isEscaped: bool) =
        members.Add(start, nameLength, isEscaped)

        if level.IsSorted && members.Count - level.First > 1 then
            level.IsSorted <- members.IsLastInOrder json

    /// Writes a name that has escapes.
    let rewriteName (json: ReadOnlySpan<byte>) (at: int) =
        form.WriteRun(json, at)
        let start = output.Length
        let after = ScannedValues.writeText output json at
        form.GoOn after
        if after >= 0 then addMember json start (output.Length - start - 2) true
        after

    /// Goes over a name.
    let overName (json: ReadOnlySpan<byte>) (at: int) =
        if next json at <> '"'B then
            -1
        else
            let last = firstSpecial json (at + 1)

            if next json last = '"'B then
                addMember json (form.PlaceOf at) (last - at - 1) false
                last + 1
            else
                rewriteName json at

    /// Goes over a name and the colon, up to the value.
    let enterMember (json: ReadOnlySpan<byte>) (at: int) =
        let after = overName json at

        if after < 0 then
            -1
        else
            let colon = toNext json after
            if next json colon = ':'B then toNext json (colon + 1) else -1

    let openLevel isObject =
        if depth = outer.Length then Array.Resize(&outer, depth * 2)

        outer[depth] <- level

        level <-
            { IsObject = isObject
              First = members.Count
              IsSorted = true }

        depth <- depth + 1

    let closeLevel (json: ReadOnlySpan<byte>) (at: int) =
        let isFit = level.IsSorted || members.Arrange(json, at, level.First)
        members.Truncate level.First
        depth <- depth - 1
        level <- outer[depth]
        if isFit then at + 1 else -1

    /// Goes over what follows a value, up to the beginning of the next one.
    let rec goOn (json: ReadOnlySpan<byte>) (after: int) =
        if after < 0 then
            after
        else
            let at = toNext json after

            if depth = 0 then
                if at = json.Length then at else -1
            else
                match next json at with
                | ','B ->
                    let item = toNext json (at + 1)
                    if level.IsObject then enterMember json item else item
                | '}'B when level.IsObject -> goOn json (closeLevel json at)
                | ']'B when not level.IsObject -> goOn json (closeLevel json at)
                | _ -> -1

    /// Goes into the object or array that begins here, up to the beginning of its first value.
    let enter (json: ReadOnlySpan<byte>) (opening: int) =
        openLevel (json[opening] = '{'B)
        let at = toNext json (opening + 1)

        match next json at with
        | '}'B when level.IsObject -> goOn json (closeLevel json at)
        | ']'B when not level.IsObject -> goOn json (closeLevel json at)
        | _ -> if level.IsObject then enterMember json at else at

    /// Whether a value that is no container says nothing.
    let isBlank (json: ReadOnlySpan<byte>) (at: int) (after: int) =
        match next json at with
        | 'n'B -> true
        | '"'B when not (Char.IsAsciiLetterOrDigit(char (next json (at + 1)))) ->
            form.WriteRun(json, after)
            let mutable reader = Utf8JsonReader output.Written
            reader.Read() |> ignore
            CanonicalText.isBlank &reader
        | _ -> false

    /// Writes the canonical form of a text to the output, and says whether it counts as a value; nothing when the text
    /// has none, or is nested more deeply.
    member _.TryRead(json: ReadOnlySpan<byte>, maxDepth: int) : bool voption =
        output.Clear()
        form.GoOn 0
        members.Truncate 0
        depth <- 0
        let mutable at = toNext json 0
        let mutable hasValue = false

        if at = json.Length || not (Utf8.IsValid json) then at <- -1

        while at >= 0 && (depth > 0 || at < json.Length) do
            let first = next json at

            if depth <= 1 && first <> 'n'B then hasValue <- hasValue || depth = 1

            if first = '{'B || first = '['B then
                at <- if depth < maxDepth then enter json at else -1
            else
                let after = overValue json at

                if after >= 0 && depth = 0 then hasValue <- not (isBlank json at after)

                at <- goOn json after

        if at >= 0 then
            form.WriteRun(json, at)
            ValueSome hasValue
        else
            ValueNone
