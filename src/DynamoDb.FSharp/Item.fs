// From an item of a table to a record. Items of all four Powertools languages are read; what is no record of ours nor of
// theirs is an error that says so, never a guess.
namespace Idempotency.DynamoDb

open System
open System.Collections.Generic
open System.Text
open System.Text.Json
open Amazon.DynamoDBv2.Model
open Idempotency
open Idempotency.Core

/// An item as DynamoDB gives it.
type internal Item = Dictionary<string, AttributeValue>

module internal Item =
    /// The end of the year 9999, in seconds: no moment in a record is later.
    [<Literal>]
    let private LatestSecond = 253_402_300_799L

    let private remedy =
        "Nothing is read or written under this key until the item is corrected or deleted, or its attributes are named in \
          DynamoDbStoreOptions.Attributes."

    let private malformed (asked: Asked) (attribute: string) (problem: string) : exn =
        MalformedRecordException(
            asked,
            attribute,
            $"the item is not an idempotency record: attribute '{attribute}' {problem}. {remedy}"
        )

    let private find (item: Item) (name: string) : AttributeValue | null =
        match item.TryGetValue name with
        | true, value -> value
        | false, _ -> null

    /// A text, or null where there is none.
    let private textOf asked (item: Item) name : string | null =
        match find item name with
        | null -> null
        | value when isNull value.S -> raise (malformed asked name "is not a string")
        | value -> value.S

    let private requiredText asked item name : string =
        match textOf asked item name with
        | null -> raise (malformed asked name "is missing")
        | text -> text

    /// A moment, in units of which so many make a second; nothing where there is none.
    let private momentOf asked (item: Item) name (perSecond: int64) : int64 voption =
        match find item name with
        | null -> ValueNone
        | value when isNull value.N -> raise (malformed asked name "is not a number")
        | value ->
            match Values.tryWhole value.N with
            | ValueSome moment when moment >= 0L && moment / perSecond <= LatestSecond -> ValueSome moment
            | ValueSome _ when perSecond = 1L ->
                raise (malformed asked name $"is {value.N}, which is no time in seconds since 1970")
            | ValueSome _ ->
                raise (malformed asked name $"is {value.N}, which is no time in milliseconds since 1970")
            | ValueNone -> raise (malformed asked name $"is {value.N}, which is no whole number")

    let private statusOf layout asked item =
        match requiredText asked item layout.Names.Status with
        | "INPROGRESS" -> Status.InProgress
        | "COMPLETED" -> Status.Completed
        | "FAILED" -> Status.Failed
        | other ->
            let shown = if other.Length > 40 then other.Substring(0, 40) else other
            raise (malformed asked layout.Names.Status $"is '{shown}', which is no status that is known")

    /// Whether the result was written by this library; a peer's update leaves no version on our lock.
    let private isOurs layout asked item =
        match momentOf asked item layout.Names.Version 1L with
        | ValueNone -> false
        | ValueSome Values.Format -> true
        | ValueSome newer ->
            raise (
                malformed
                    asked
                    layout.Names.Version
                    $"is {newer}: the record was written by a newer version of this library, which has to be used to read it"
            )

    let private ofPeersText layout (text: string) =
        match layout.BareText with
        | BareText.Always -> NativeJson.ofText text
        | BareText.Never -> Payload.OfText text
        | _ ->
            let utf8 = Encoding.UTF8.GetBytes text
            if NativeJson.isJson utf8 then Payload utf8 else NativeJson.ofText text

    let private payloadOf layout asked (item: Item) =
        match find item layout.Names.Data with
        | null -> Payload.Absent
        | data ->
            match data.S, data.B, isOurs layout asked item with
            | NonNull text, _, true -> Payload.OfText text
            | Null, NonNull bytes, true -> Payload(bytes.ToArray())
            | NonNull text, _, false -> ofPeersText layout text
            // A peer may have updated a record that we had finished.
            | Null, _, _ ->
                try
                    NativeJson.ofValue data
                with
                | :? JsonException
                | :? ArgumentException ->
                    raise (malformed asked layout.Names.Data "cannot be written as JSON")

    /// The record of an item.
    let read (layout: Layout) (asked: Asked) (item: Item) : Record =
        let names = layout.Names
        let status = statusOf layout asked item

        { Key = requiredText asked item (Layout.keyAttribute layout)
          Status = status
          Expires =
            match momentOf asked item names.Expiration 1L with
            | ValueSome second -> LanguagePrimitives.Int64WithMeasure second
            | ValueNone -> raise (malformed asked names.Expiration "is missing")
          LeaseEnds =
            match momentOf asked item names.InProgressExpiration 1_000L with
            | ValueSome moment -> Nullable(LanguagePrimitives.Int64WithMeasure moment)
            | ValueNone -> Nullable()
          Owner = OwnerToken(textOf asked item names.Owner)
          Fingerprint = Fingerprint(textOf asked item names.Validation)
          Payload =
            match status with
            | Status.InProgress -> Payload.Absent
            | Status.Completed
            | Status.Failed -> payloadOf layout asked item }

    /// The record of an item that may be absent: an answer without an item has none, or an empty one.
    let tryRead layout asked (item: Item | null) : Record | null =
        match item with
        | null -> null
        | known when known.Count = 0 -> null
        | known -> read layout asked known

    /// The record that a write has replaced. It is gone, and read no more than to tell whether a run may have been cut off:
    /// of an item that is no record, nobody can say, so it counts as a lock.
    let replaced layout asked (item: Item | null) : Record | null =
        try
            tryRead layout asked item
        with :? MalformedRecordException ->
            { Key = asked.Key
              Status = Status.InProgress
              Expires = 0L<s>
              LeaseEnds = Nullable()
              Owner = OwnerToken.None
              Fingerprint = Fingerprint.None
              Payload = Payload.Absent }
