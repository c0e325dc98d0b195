// Results about DynamoDB's limit of 400 KB: counted as DynamoDB counts, before anything is sent.
module DynamoDb.Tests.SizeTests

open System
open System.Text
open System.Threading
open System.Threading.Tasks
open Amazon.DynamoDBv2
open Amazon.DynamoDBv2.Model
open Idempotency
open Idempotency.Core
open DynamoDb.Testing
open DynamoDb.Tests.Raw
open NUnit.Framework

let private limit = 400 * 1024

let private completingLate (ticket: Ticket) payload : LateCompleteRequest =
    { Ticket = ticket
      Now = epoch
      Ending = Ending.Returned payload
      Enlisted = Enlisted.None }

let private completing (ticket: Ticket) payload : CompleteRequest =
    { Ticket = ticket
      Now = epoch
      Ending = Ending.Returned payload
      Enlisted = Enlisted.None }

/// JSON text of so many bytes, of characters of two bytes but for the last ones.
let private textOf (length: int) =
    let inner = length - 2
    Payload.OfText("\"" + String('é', inner / 2) + String('x', inner % 2) + "\"")

let private bytesOf (length: int) = Payload(Array.create length 255uy)

/// What a record has besides its result, by DynamoDB's rules: names and texts; numbers with a byte for two digits, without
/// pairs of zeros at the end, and one more.
let private besides (layout: Layout) (ticket: Ticket) hasLease =
    let names = layout.Options.Attributes
    let utf8 (text: string) = Encoding.UTF8.GetByteCount text

    let key =
        Seq.sum [ for part in layout.Key ticket.Key -> utf8 part.Key + utf8 part.Value.S ]

    key
    + utf8 names.Status
    + utf8 "COMPLETED"
    + utf8 names.Expiration
    + 5 // 18 93 45 96 (00)
    + utf8 names.Owner
    + utf8 (string ticket.Owner)
    + utf8 names.Validation
    + utf8 (string ticket.Fingerprint)
    + utf8 names.Version
    + 2 // 01
    + utf8 names.Data
    + (if hasLease then utf8 names.InProgressExpiration + 8 else 0)

let private layouts = [ Layout.simple; Layout.composite; Layout.custom ]

[<Test>]
let ``a result that just fits is stored, by a completion and by a late one`` () =
    task {
        for layout in layouts do
            let store: IIdempotencyStore = layout.Store()

            for payloadOf in [ textOf; bytesOf ] do
                let late, own = ticket (Engine.newKey ()), ticket (Engine.newKey ())
                let payload = payloadOf (limit - besides layout late false)
                let! _ = store.LateComplete(completingLate late payload, CancellationToken.None)
                let! record = store.Get(late.Key, CancellationToken.None)
                Assert.That((found record).Payload, Is.EqualTo payload)

                let! _ = store.Acquire({ Ticket = own; Now = epoch }, CancellationToken.None)
                let payload = payloadOf (limit - besides layout own true)
                let! _ = store.Complete(completing own payload, CancellationToken.None)
                let! record = store.Get(own.Key, CancellationToken.None)
                Assert.That((found record).Payload, Is.EqualTo payload)
    }
    :> Task

[<Test>]
let ``a result of one byte more is a permanent fault with its size, and nothing is sent`` () =
    task {
        for layout in layouts do
            use gate = new HttpGate()
            use client = offline gate
            let store: IIdempotencyStore = DynamoDbStore(client, "table", layout.Options)
            let call = ticket (Engine.newKey ())
            let late = textOf (limit - besides layout call false + 1)
            let own = bytesOf (limit - besides layout call true + 1)

            for reply in
                [ store.LateComplete(completingLate call late, CancellationToken.None).AsTask()
                  store.Complete(completing call own, CancellationToken.None).AsTask() ] do
                let! error = failure<DynamoDbItemTooLargeException> reply
                Assert.That(error.Size, Is.EqualTo(int64 limit + 1L))
                Assert.That(error.Limit, Is.EqualTo limit)
                Assert.That((box error :? IPermanentFault))

                for part in [ "409601"; "409600"; "CompressedCodec" ] do
                    Assert.That(error.Message, Does.Contain part)

            Assert.That(gate.Calls, Is.Empty)
    }
    :> Task

[<Test>]
let ``the engine counts as we do`` () =
    task {
        let layout = Layout.simple
        let call = ticket (Engine.newKey ())
        let payload = textOf (limit - besides layout call false)

        let item =
            layout.ItemOf
                { Key = call.Key
                  Status = Status.Completed
                  Expires = Time.floorSeconds epoch
                  LeaseEnds = Nullable()
                  Owner = call.Owner
                  Fingerprint = call.Fingerprint
                  Payload = payload }

        item["v"] <- AttributeValue(N = "1")
        do! layout.Put item
        item["data"] <- AttributeValue(item["data"].S + "x")
        let! error = failure<AmazonDynamoDBException>(layout.Put item)
        Assert.That(error.Message, Does.Contain "Item size")
    }
    :> Task

[<Test>]
let ``a size that only DynamoDB notices is the same fault`` () =
    task {
        use gate = new HttpGate()
        use client = offline gate
        let store: IIdempotencyStore = DynamoDbStore(client, "table")
        gate.Next(Fate.Answer(Reply.invalid "Item size to update has exceeded the maximum allowed size"))

        let! error =
            failure<DynamoDbItemTooLargeException>(
                store.Complete(completing (ticket "k") (textOf 9), CancellationToken.None).AsTask()
            )

        Assert.That(error.InnerException, Is.Not.Null)
    }
    :> Task

[<Test>]
let ``a call whose result is too large gets it back, unsaved, and its function is not run again within the lease``
    ()
    =
    task {
        let handler = Idempotent.handler (Layout.simple.Store())
        let operation = Idempotent.operation<string, string> handler "size"
        let input = Engine.newKey ()
        let large = String('x', limit)
        let mutable runs = 0

        let run () =
            Idempotent.run
                operation
                input
                (fun _ _ ->
                    runs <- runs + 1
                    Task.FromResult large)
                CancellationToken.None

        match! run () with
        | Outcome.CompletedUnsaved(result, (:? DynamoDbItemTooLargeException), _) ->
            Assert.That(result.Length, Is.EqualTo large.Length)
        | other -> Assert.Fail $"{other}"

        match! run () with
        | Outcome.InProgress _ -> Assert.That(runs, Is.EqualTo 1)
        | other -> Assert.Fail $"{other}"
    }
    :> Task

[<Test>]
let ``a compressing codec makes it fit`` () =
    task {
        let handler = Idempotent.handler (Layout.composite.Store())

        let operation =
            handler.Prepare<string, string>(
                "compressed",
                KeyChoice.whole,
                CompressedCodec(handler.Codec<string> "compressed")
            )

        let input = Engine.newKey ()
        let large = String('x', 2_000_000)

        let run () =
            Idempotent.run operation input (fun _ _ -> Task.FromResult large) CancellationToken.None

        match! run () with
        | Outcome.Executed result -> Assert.That((result = large))
        | other -> Assert.Fail $"{other}"

        match! run () with
        | Outcome.Replayed result -> Assert.That((result = large))
        | other -> Assert.Fail $"{other}"
    }
    :> Task
