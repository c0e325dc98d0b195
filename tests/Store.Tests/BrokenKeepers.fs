// Stores that are broken in what they keep, show or tell, or in doing two things at once.
namespace Store.Tests

open System
open System.Text
open Idempotency.Core

module BrokenKeepers =
    let private broken flaw name rules =
        { Name = name
          Flaw = flaw
          Rules = rules }

    let private keep flaw name (change: Record -> (Record | null)) =
        broken flaw name { Rules.sound with Keep = change }

    let private names name change =
        broken Flaw.Content name { Rules.sound with Name = change }

    let private tells name change =
        broken Flaw.Condition name { Rules.sound with Tell = change }

    let private bytesOf (payload: Payload) = payload.Utf8

    let private textOf (print: Fingerprint) = print.Text

    let private has (payload: Payload) = not payload.IsAbsent

    let private isNone (owner: OwnerToken) = owner.IsNone

    let private payload name (change: byte array -> byte array | null) =
        keep Flaw.Content name (fun record ->
            match bytesOf record.Payload with
            | null -> record
            | bytes ->
                { record with
                    Payload = Payload(change bytes) })

    let private text (change: string -> string) (bytes: byte array) : byte array | null =
        bytes |> Encoding.UTF8.GetString |> change |> Encoding.UTF8.GetBytes

    let private longest (length: int) (text: string) =
        if text.Length > length then text.Substring(0, length) else text

    let private keys =
        [ names "keys in lower case" (fun key -> key.ToLowerInvariant())
          names "keys without blanks at their ends" _.Trim()
          names "keys in one Unicode form" (fun key -> key.Normalize NormalizationForm.FormC)
          names "keys up to a mark" (fun key -> key.Split('#')[0])
          names "keys cut at 1,000 characters" (longest 1_000)
          names "keys without their digits" (fun key ->
              key.Substring(0, 32) + key.Substring(32).Trim('0', '1'))
          keep Flaw.Content "keys shown in ASCII" (fun record ->
              { record with
                  Key = record.Key |> Encoding.ASCII.GetBytes |> Encoding.ASCII.GetString })
          names "one record for all keys of a test" (longest 32) ]

    let private results =
        [ payload "results cut at 256 KB" (fun bytes ->
              if bytes.Length > 262_144 then bytes[..262_143] else bytes)
          payload "results without blanks at their ends" (text _.Trim())
          payload "results in ASCII" (Encoding.UTF8.GetString >> Encoding.ASCII.GetBytes)
          payload "an empty result taken for none" (fun bytes -> if bytes.Length = 0 then null else bytes)
          payload "null taken for no result" (fun bytes ->
              if text id bytes = Encoding.UTF8.GetBytes "null" then null else bytes)
          keep Flaw.Content "no result taken for null" (fun record ->
              if record.IsInProgress || has record.Payload then
                  record
              else
                  { record with
                      Payload = Payload.OfText "null" })
          keep Flaw.Content "failures without their account" (fun record ->
              if record.Status = Status.Failed then
                  { record with Payload = Payload.Absent }
              else
                  record) ]

    let private moments =
        [ keep Flaw.Condition "leases in whole seconds" (fun record ->
              if record.LeaseEnds.HasValue then
                  { record with
                      LeaseEnds = Nullable(Time.ofSeconds (Time.floorSeconds record.LeaseEnds.Value)) }
              else
                  record)
          keep Flaw.Content "expiries of 32 bits" (fun record ->
              { record with
                  Expires = int64 (uint32 record.Expires) * 1L<s> })
          keep Flaw.Condition "expiries one second late" (fun record ->
              { record with
                  Expires = record.Expires + 1L<s> })
          keep Flaw.Condition "no lease on finished records" (fun record ->
              if record.IsInProgress then record else { record with LeaseEnds = Nullable() }) ]

    let private tokens =
        [ keep Flaw.Content "fingerprints in lower case" (fun record ->
              match textOf record.Fingerprint with
              | null -> record
              | text ->
                  { record with
                      Fingerprint = Fingerprint(text.ToLowerInvariant()) })
          keep Flaw.Condition "no fingerprint" (fun record ->
              { record with
                  Fingerprint = Fingerprint.None })
          keep Flaw.Condition "no owner on finished records" (fun record ->
              if record.IsInProgress then record else { record with Owner = OwnerToken.None })
          keep Flaw.Peer "an owner where there is none" (fun record ->
              if isNone record.Owner then { record with Owner = OwnerToken "" } else record) ]

    let private empty =
        { Key = ""
          Status = Status.Completed
          Expires = 0L<s>
          LeaseEnds = Nullable()
          Owner = OwnerToken.None
          Fingerprint = Fingerprint.None
          Payload = Payload.Absent }

    let private losses =
        [ keep Flaw.Condition "no locks at all" (fun record -> if record.IsInProgress then null else record)
          keep Flaw.Condition "no results at all" (fun record -> if record.IsInProgress then record else null)
          keep Flaw.Condition "no failures" (fun record ->
              if record.Status = Status.Failed then null else record)
          keep Flaw.Condition "no tombstones" (fun record ->
              if record.Owner = OwnerToken.Released then null else record)
          broken
              Flaw.Condition
              "reads that are one write behind"
              { Rules.sound with
                  Show = fun earlier _ -> earlier }
          broken
              Flaw.Content
              "reads that show an empty record where there is none"
              { Rules.sound with
                  Show =
                      fun _ last ->
                          match last with
                          | null -> empty
                          | known -> known }
          broken
              Flaw.Content
              "reads that show finished records only"
              { Rules.sound with
                  Show =
                      fun _ last ->
                          match last with
                          | NonNull record when record.IsInProgress -> null
                          | _ -> last } ]

    let private replies =
        [ tells "refusals that show nothing" (fun reply ->
              match reply with
              | StoreReply.Refused _ -> StoreReply.Refused null
              | other -> other)
          tells "refusals without a word" (fun reply ->
              match reply with
              | StoreReply.Refused _ -> StoreReply.RefusedUnseen
              | other -> other)
          tells "refusals that show another lease" (fun reply ->
              match reply with
              | StoreReply.Refused(NonNull record) ->
                  StoreReply.Refused
                      { record with
                          LeaseEnds = Nullable(record.LeaseEnds.GetValueOrDefault() + 1L<ms>) }
              | other -> other)
          tells "take-overs that show nothing" (fun reply ->
              match reply with
              | StoreReply.Applied _ -> StoreReply.Applied null
              | other -> other)
          tells "refusals told as successes" (fun reply ->
              match reply with
              | StoreReply.Refused current -> StoreReply.Applied current
              | other -> other)
          tells "successes told as refusals" (fun reply ->
              match reply with
              | StoreReply.Applied replaced -> StoreReply.Refused replaced
              | other -> other) ]

    let private races =
        [ "conditions apart from their writes", Writes.Apart
          "records written in pieces", Writes.InPieces
          "tables written as a whole", Writes.ByTable ]
        |> List.map (fun (name, writes) -> broken Flaw.Race name { Rules.sound with Writes = writes })

    let all = keys @ results @ moments @ tokens @ losses @ replies @ races

module AllBroken =
    let stores = BrokenTakers.all @ BrokenOwners.all @ BrokenKeepers.all
