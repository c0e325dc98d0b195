// Compares what a file expects with what was seen, field by field. The file's free text about the store is
// read for its meaning. A field that is not known is not compared, and is said to be so.
namespace Idempotency.Simulation

open System
open System.Text.Json
open Idempotency.Core

/// What came of comparing one field.
[<RequireQualifiedAccess>]
type Comparison =
    | Same
    | Differs of expected: string * seen: string
    | NotCompared

/// What the store did, as far as a schedule can say it.
[<RequireQualifiedAccess>]
type private StoreDid =
    | Applied
    | Refused
    | NotApplied
    | Removed
    | NothingToRemove

module Comparison =
    let private isWhite (json: Json) = String.IsNullOrWhiteSpace json

    /// Equal as JSON; no text at all is as null.
    let sameJson (one: Json) (other: Json) =
        let text json = if isWhite json then "null" else json
        use left = JsonDocument.Parse(text one)
        use right = JsonDocument.Parse(text other)
        JsonElement.DeepEquals(left.RootElement, right.RootElement)

    /// Text as JSON.
    let quoted (text: string | null) : Json = JsonSerializer.Serialize text

    /// A payload as JSON; what is not JSON is quoted.
    let payload (payload: Payload) : Json =
        match payload.Utf8 with
        | null -> "null"
        | utf8 ->
            let text = Text.Encoding.UTF8.GetString utf8

            try
                use _ = JsonDocument.Parse text
                text
            with :? JsonException ->
                quoted text

    let private unquoted (json: Json) =
        use document = JsonDocument.Parse json

        if document.RootElement.ValueKind = JsonValueKind.String then
            document.RootElement.GetString()
        else
            json

    /// Compares an expected field with one of those that were seen.
    let field (seen: Map<string, Json>) name (expected: Json) =
        match Map.tryFind name seen with
        | None -> Comparison.NotCompared
        | Some actual when sameJson actual expected -> Comparison.Same
        | Some actual -> Comparison.Differs($"{name} {expected}", actual)

    let private has (part: string) (text: string) =
        text.Contains(part, StringComparison.OrdinalIgnoreCase)

    let private kinds =
        [ "Acquire"; "Renew"; "Complete"; "Release"; "LateComplete"; "Get" ]

    let private words (text: string) =
        text.ToLowerInvariant().Split([| ' '; ','; ':'; ';'; '.' |], StringSplitOptions.RemoveEmptyEntries)
        |> List.ofArray

    let private kindIn text =
        match words text with
        | [] -> None
        | first :: _ ->
            kinds
            |> List.tryFind (fun kind -> kind.Equals(first, StringComparison.OrdinalIgnoreCase))

    let private meaningOf text =
        if has "nothing" text && has "remove" text then
            Some StoreDid.NothingToRemove
        elif has "not applied" text || has "nothing sent" text then
            Some StoreDid.NotApplied
        elif has "refused" text then
            Some StoreDid.Refused
        elif has "removed" text then
            Some StoreDid.Removed
        elif has "applied" text || List.contains "ok" (words text) then
            Some StoreDid.Applied
        else
            None

    let private answer (reply: Reply) =
        match reply with
        | Reply.Wrote(StoreReply.Applied _)
        | Reply.Read _ -> StoreDid.Applied
        | Reply.Wrote(StoreReply.Refused _)
        | Reply.Wrote StoreReply.RefusedUnseen -> StoreDid.Refused

    /// What the store did, in the words of the schedules.
    let storeText (seen: Seen) =
        let said reply =
            match answer reply with
            | StoreDid.Refused -> "refused"
            | StoreDid.Applied
            | StoreDid.NotApplied
            | StoreDid.Removed
            | StoreDid.NothingToRemove -> "ok"

        match seen with
        | Seen.Nothing -> "nothing"
        | Seen.Answered(request, reply, false) -> $"{request.Kind} {said reply}"
        | Seen.Answered(request, reply, true) -> $"{request.Kind} {said reply}, reply lost"
        | Seen.NotApplied request -> $"{request.Kind} not applied"
        | Seen.Swept true -> "removed"
        | Seen.Swept false -> "nothing to remove"

    /// Compares what the file says about the store.
    let store (seen: Seen) (expected: Json) =
        match unquoted expected with
        | null ->
            if storeText seen = "nothing" then
                Comparison.Same
            else
                Comparison.Differs("nothing", storeText seen)
        | text ->
            let did, kind, replyLost =
                match seen with
                | Seen.Nothing -> None, None, false
                | Seen.Answered(request, reply, lost) -> Some(answer reply), Some request.Kind, lost
                | Seen.NotApplied request -> Some StoreDid.NotApplied, Some request.Kind, false
                | Seen.Swept true -> Some StoreDid.Removed, None, false
                | Seen.Swept false -> Some StoreDid.NothingToRemove, None, false

            let meaning = meaningOf text
            let kindDiffers = (kindIn text).IsSome && kindIn text <> kind
            let meaningDiffers = meaning.IsSome && meaning <> did
            let lossDiffers = has "reply lost" text && not replyLost

            if kindDiffers || meaningDiffers || lossDiffers then
                Comparison.Differs($"store {expected}", storeText seen)
            elif meaning.IsNone && (kindIn text).IsNone then
                Comparison.NotCompared
            else
                Comparison.Same
