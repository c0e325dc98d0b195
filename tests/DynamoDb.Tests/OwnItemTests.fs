// Our items as they lie in tables, which must not change any more: tables outlive versions.
module DynamoDb.Tests.OwnItemTests

open System
open System.IO
open System.Text.Json
open System.Threading
open System.Threading.Tasks
open Amazon.DynamoDBv2.Model
open Idempotency
open Idempotency.Core
open DynamoDb.Tests.Raw
open NUnit.Framework

let private file name =
    Path.Combine(AppContext.BaseDirectory, "data", name)

let private wait (reply: ValueTask<StoreReply>) =
    match reply.AsTask().GetAwaiter().GetResult() with
    | StoreReply.Applied _ -> ()
    | StoreReply.Refused _
    | StoreReply.RefusedUnseen -> invalidOp "refused"

/// The stages of our records, each with what leads to it.
let private stages: (string * (IIdempotencyStore -> Ticket -> unit)) list =
    let acquire (store: IIdempotencyStore) ticket =
        wait (store.Acquire({ Ticket = ticket; Now = epoch }, CancellationToken.None))

    let complete (store: IIdempotencyStore) ticket ending =
        wait (
            store.Complete(
                { Ticket = ticket
                  Now = epoch + 1_234L<ms>
                  Ending = ending
                  Enlisted = Enlisted.None },
                CancellationToken.None
            )
        )

    let completed ending store ticket =
        acquire store ticket
        complete store ticket ending

    let unchecked (ticket: Ticket) =
        { ticket with
            Fingerprint = Fingerprint.None }

    [ "lock", acquire
      "lock without a fingerprint", (fun store ticket -> acquire store (unchecked ticket))
      "renewed",
      (fun store ticket ->
          acquire store ticket

          wait (
              store.Renew(
                  { Ticket = ticket
                    Now = epoch + 20_000L<ms> },
                  CancellationToken.None
              )
          ))
      "completed", completed (Ending.Returned(Payload.OfText """{"paid":10.50,"to":"é"}"""))
      "completed without a fingerprint",
      (fun store ticket -> completed (Ending.Returned(Payload.OfText "null")) store (unchecked ticket))
      "completed without a result", completed (Ending.Returned Payload.Absent)
      "completed with bytes", completed (Ending.Returned(Payload [| 255uy; 1uy; 0uy |]))
      "failed", completed (Ending.Threw(Payload.OfText """{"type":"Declined","message":"no"}"""))
      "released by tombstone",
      (fun store ticket ->
          let ticket =
              { ticket with
                  Policy =
                      { ticket.Policy with
                          Release = ReleaseBy.Tombstone } }

          acquire store ticket

          wait (
              store.Release(
                  { Ticket = ticket
                    Fence = epoch + 5L<ms> },
                  CancellationToken.None
              )
          ))
      "completed late",
      (fun store ticket ->
          wait (
              store.LateComplete(
                  { Ticket = ticket
                    Now = epoch + 90_000L<ms>
                    Ending = Ending.Returned(Payload.OfText "\"late\"")
                    Enlisted = Enlisted.None },
                  CancellationToken.None
              )
          )) ]

/// An item as DynamoDB's JSON, members in order.
let private shown (item: System.Collections.Generic.Dictionary<string, AttributeValue> | null) =
    match item with
    | null -> "none"
    | known ->
        let shownValue (value: AttributeValue) =
            if not (isNull value.S) then $"""{{"S":{JsonSerializer.Serialize value.S}}}"""
            elif not (isNull value.N) then $"""{{"N":"{value.N}"}}"""
            else $"""{{"B":"{Convert.ToBase64String(value.B.ToArray())}"}}"""

        String.Join(",", [ for name in Seq.sort known.Keys -> $"\"{name}\":{shownValue known[name]}" ])
        |> fun inner -> "{" + inner + "}"

let private ours (layout: Layout) name =
    let mutable lines = []

    for number, (stage, reach) in List.indexed stages do
        // Keys that are the same each time; what an earlier run of the tests left is deleted.
        let ticket = ticket $"charge#{number}"
        layout.Delete(ticket.Key).GetAwaiter().GetResult()
        reach (layout.Store()) ticket
        let item = layout.Get(ticket.Key).GetAwaiter().GetResult()
        lines <- $"{stage}: {shown item}" :: lines

    let actual = List.rev lines
    let expected = List.ofArray (File.ReadAllLines(file name))
    Assert.That(actual, Is.EqualTo<string list> expected, String.Join("\n", actual))

[<Test>]
let ``our items are as they have always been`` () = ours Layout.simple "our-items.txt"

[<Test>]
let ``our items in a table with a sort key are as they have always been`` () =
    ours Layout.composite "our-items-composite.txt"
