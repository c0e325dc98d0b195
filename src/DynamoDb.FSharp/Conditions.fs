// The conditions of docs/protocol.md as DynamoDB's expressions. They are constants: names and values stand in them only
// as placeholders. A comparison with an attribute that is missing is false, as the rules of the core have it.
namespace Idempotency.DynamoDb

open System.Collections.Generic
open Amazon.DynamoDBv2.Model
open Idempotency
open Idempotency.Core

module internal Conditions =
    /// The key may be taken, but for what a policy adds.
    [<Literal>]
    let private Free =
        "attribute_not_exists(#pk) \
         OR #st <> :inp AND #exp < :now_s \
         OR #st = :inp \
         AND (attribute_exists(#own) AND #ipe < :now_ms \
         OR attribute_not_exists(#own) AND #ipe < :peer_ms \
         OR attribute_not_exists(#ipe) AND #exp < :now_s)"

    /// Another payload may not take over an abandoned lock while its window is open.
    [<Literal>]
    let private SamePayload =
        " AND (attribute_not_exists(#val) OR #val = :ph OR #exp < :now_s)"

    /// Abandoned locks are held for a person; tombstones are free all the same.
    [<Literal>]
    let private NotHeld = " AND (#own = :released OR #exp < :now_s)"

    [<Literal>]
    let private FreeSamePayload = Free + SamePayload

    [<Literal>]
    let private FreeNotHeld = Free + NotHeld

    [<Literal>]
    let private FreeSamePayloadNotHeld = Free + SamePayload + NotHeld

    /// FREE, as a ticket's policy has it.
    let free (ticket: Ticket) =
        let checks =
            ticket.Policy.CheckPayloadBeforeTakeover && not ticket.Fingerprint.IsNone

        match ticket.Policy.Abandoned with
        | WhenAbandoned.RunAgain -> if checks then FreeSamePayload else Free
        | WhenAbandoned.Hold -> if checks then FreeSamePayloadNotHeld else FreeNotHeld

    /// The values of FREE, at a clock.
    let freeValues (ticket: Ticket) (now: int64<ms>) =
        let values = Dictionary<string, AttributeValue>(6)
        values[":inp"] <- Values.inProgress
        values[":now_s"] <- Values.second (Time.floorSeconds now)
        values[":now_ms"] <- Values.moment now
        values[":peer_ms"] <- Values.moment (now - ticket.Policy.PeerPad)

        match ticket.Fingerprint.Text with
        | NonNull print when ticket.Policy.CheckPayloadBeforeTakeover -> values[":ph"] <- Values.text print
        | _ -> ()

        match ticket.Policy.Abandoned with
        | WhenAbandoned.Hold -> values[":released"] <- Values.released
        | WhenAbandoned.RunAgain -> ()

        values

    /// MINE: the record is the lock of this very call.
    [<Literal>]
    let Mine = "#st = :inp AND #own = :me"

    /// MINE, and the renewal lengthens the lease.
    [<Literal>]
    let MineShorter = "#st = :inp AND #own = :me AND #ipe < :new_ipe"

    /// The values of MINE. A ticket always has a token.
    let mineValues (ticket: Ticket) =
        let values = Dictionary<string, AttributeValue>(7)
        values[":inp"] <- Values.inProgress
        values[":me"] <- Values.text (string ticket.Owner)
        values

    [<Literal>]
    let Renew = "SET #ipe = :new_ipe, #exp = :new_exp"

    [<Literal>]
    let Tombstone = "SET #ipe = :fence, #own = :released REMOVE #val"

    [<Literal>]
    let private Finish = "SET #st = :st, #exp = :exp, #v = :v"

    [<Literal>]
    let private WithData = ", #data = :data"

    [<Literal>]
    let private WithPrint = ", #val = :ph"

    [<Literal>]
    let private WithoutData = " REMOVE #data"

    [<Literal>]
    let private FinishWithData = Finish + WithData

    [<Literal>]
    let private FinishWithDataAndPrint = Finish + WithData + WithPrint

    [<Literal>]
    let private FinishWithoutData = Finish + WithoutData

    [<Literal>]
    let private FinishWithPrint = Finish + WithPrint + WithoutData

    /// What a completion writes.
    let complete (ticket: Ticket) (payload: Payload) =
        match payload.IsAbsent, ticket.Fingerprint.IsNone with
        | false, true -> FinishWithData
        | false, false -> FinishWithDataAndPrint
        | true, true -> FinishWithoutData
        | true, false -> FinishWithPrint

/// The names that the placeholders of each expression stand for: DynamoDB refuses names that an expression does not use.
/// Made once for a store; no request changes them.
[<Sealed>]
type internal PlaceholderNames(names: DynamoDbAttributes) =
    let all =
        [ "#pk", names.PartitionKey
          "#st", names.Status
          "#exp", names.Expiration
          "#ipe", names.InProgressExpiration
          "#own", names.Owner
          "#data", names.Data
          "#val", names.Validation
          "#v", names.Version ]

    let only (used: string list) =
        let chosen = Dictionary<string, string>(used.Length)

        for placeholder, name in all do
            if List.contains placeholder used then chosen[placeholder] <- name

        chosen

    let free = only [ "#pk"; "#st"; "#exp"; "#ipe"; "#own" ]
    let freeWithPrint = only [ "#pk"; "#st"; "#exp"; "#ipe"; "#own"; "#val" ]
    let complete = only [ "#st"; "#own"; "#exp"; "#v"; "#data" ]
    let completeWithPrint = only [ "#st"; "#own"; "#exp"; "#v"; "#data"; "#val" ]

    /// For FREE.
    member _.Free(ticket: Ticket) =
        if ticket.Policy.CheckPayloadBeforeTakeover && not ticket.Fingerprint.IsNone then
            freeWithPrint
        else
            free

    /// For MINE alone.
    member val Mine = only [ "#st"; "#own" ]

    /// For a renewal.
    member val Renew = only [ "#st"; "#own"; "#ipe"; "#exp" ]

    /// For a release by tombstone.
    member val Tombstone = only [ "#st"; "#own"; "#ipe"; "#val" ]

    /// For a completion.
    member _.Complete(ticket: Ticket) =
        if ticket.Fingerprint.IsNone then complete else completeWithPrint
