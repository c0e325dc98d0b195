// Finds the places of the wanted values in one pass over a JSON text in UTF-8. No document is built, and no value is
// decoded. Of several members with one name the last counts, as it does in a JsonElement. Each function gives the place
// after what it passed, or a number below zero where that is not as it should be.
namespace Idempotency.Core

open System
open System.Buffers
open System.Runtime.CompilerServices
open Idempotency.Core.StandingValues

/// Where a value stands: in which of the texts, and where in it. One that was not found has no length.
[<Struct; IsReadOnly; NoEquality; NoComparison>]
type internal Place =
    { Text: int
      Start: int
      Length: int }

    static member Nowhere = Unchecked.defaultof<Place>

module internal SelectionPlaces =
    let private memberNamed (name: ReadOnlySpan<byte>) (branch: Branch) : Branch | null =
        let mutable found: Branch | null = null
        let mutable i = 0

        while isNull found && i < branch.Members.Count do
            if name.SequenceEqual(ReadOnlySpan branch.Members[i].Utf8) then
                found <- branch.Members[i]

            i <- i + 1

        found

    let private memberEscaped (name: ReadOnlySpan<byte>) (branch: Branch) : Branch | null =
        let room = ArrayPool<byte>.Shared.Rent name.Length

        try
            match UnescapedText.write name (Span room) with
            | length when length >= 0 -> memberNamed (ReadOnlySpan(room, 0, length)) branch
            | _ -> null // Not Unicode: no expression asks for such a name.
        finally
            ArrayPool<byte>.Shared.Return room

    let private memberOf (name: ReadOnlySpan<byte>) (branch: Branch) =
        if name.Contains '\\'B then
            memberEscaped name branch
        else
            memberNamed name branch

    /// Forgets what an earlier member of the same name had.
    let rec private forget (places: Place[]) (branch: Branch) =
        for one in branch.Members do
            if one.Slot >= 0 then places[one.Slot] <- Place.Nowhere

            forget places one

    /// Notes the places of what is wanted of the value that begins at a place.
    let rec private note
        (json: ReadOnlySpan<byte>)
        (text: int)
        (places: Place[])
        (start: int)
        (maxDepth: int)
        (branch: Branch)
        : int =
        let after =
            if branch.Members.Count > 0 && next json start = '{'B then
                if maxDepth > 0 then
                    noteMembers json text places (start + 1) (maxDepth - 1) branch
                else
                    -1
            else
                SkippedValues.value json start maxDepth

        if branch.Slot >= 0 then
            places[branch.Slot] <-
                { Text = text
                  Start = start
                  Length = after - start }

        after

    /// The same for the members of an object, which begin at a place.
    and private noteMembers json text places (start: int) (maxDepth: int) (branch: Branch) : int =
        let mutable at = SkippedValues.space json start
        let mutable isOpen = next json at <> '}'B

        if not isOpen then at <- at + 1

        while isOpen && at >= 0 do
            let afterName = SkippedValues.name json at
            let value = SkippedValues.colon json afterName

            if value < 0 then
                at <- -1
            else
                let name = json.Slice(at + 1, afterName - at - 2)

                let after =
                    match memberOf name branch with
                    | null -> SkippedValues.value json value maxDepth
                    | wanted ->
                        forget places wanted
                        note json text places value maxDepth wanted

                let behind = if after < 0 then json.Length else SkippedValues.space json after

                match next json behind with
                | ','B -> at <- SkippedValues.space json (behind + 1)
                | '}'B ->
                    at <- behind + 1
                    isOpen <- false
                | _ -> at <- -1

        at

    /// Notes the places of what is wanted of a text; whether the text is JSON, nested at most so deeply.
    let tryNote
        (json: ReadOnlySpan<byte>)
        (text: int)
        (maxDepth: int)
        (root: Branch)
        (places: Place[])
        : bool =
        let after = note json text places (SkippedValues.space json 0) maxDepth root
        after >= 0 && SkippedValues.space json after = json.Length
