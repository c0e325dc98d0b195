// Options that do not fit are refused when the store is made, with the option and the remedy in the message.
module DynamoDb.Tests.OptionsTests

open System
open System.Threading
open System.Threading.Tasks
open Idempotency
open Idempotency.Core
open DynamoDb.Tests.Raw
open NUnit.Framework

let private made (table: string) (configure: DynamoDbStoreOptions -> unit) =
    use client = Raw.offline (new DynamoDb.Testing.HttpGate())
    DynamoDbStore(client, table, Action<_> configure)

/// The message of what is refused, which it must be.
let private refusedWith (act: unit -> unit) : string =
    let message =
        try
            act ()
            None
        with :? ArgumentException as refused ->
            Some refused.Message

    match message with
    | Some text -> text
    | None -> raise (AssertionException "it was not refused")

let private refusal table configure =
    refusedWith (fun () -> made table configure |> ignore)

[<Test>]
let ``names must differ`` () =
    let message =
        refusal "table" (fun options ->
            options.Attributes.Owner <- "status"
            options.Attributes.Data <- "id")

    Assert.That(
        message,
        Does.Contain "Attributes.Status and Attributes.Owner must differ, but both are 'status'"
    )

    Assert.That(message, Does.Contain "Attributes.PartitionKey and Attributes.Data")

[<Test>]
let ``names must not be empty, nor longer than a key schema takes`` () =
    let message =
        refusal "table" (fun options ->
            options.Attributes.Data <- ""
            options.Attributes.Validation <- String('é', 128))

    Assert.That(message, Does.Contain "Attributes.Data must not be empty")
    Assert.That(message, Does.Contain "Attributes.Validation must be at most 255 bytes")

    made "table" (fun options -> options.Attributes.Validation <- String('e', 255))
    |> ignore

[<Test>]
let ``a table must be named`` () =
    Assert.That(refusal "" ignore, Does.Contain "table")

[<Test>]
let ``a sort key needs a partition, by value or by function, and only one of the two`` () =
    let sorted (options: DynamoDbStoreOptions) = options.Attributes.SortKey <- "sk"
    Assert.That(refusal "table" sorted, Does.Contain "PartitionValue")

    Assert.That(
        refusal "table" (fun options ->
            sorted options
            options.PartitionValue <- "p"
            options.PartitionOf <- Func<_, _>(fun key -> key)),
        Does.Contain "exclude each other"
    )

    Assert.That(
        refusal "table" (fun options -> options.PartitionValue <- "p"),
        Does.Contain "for a table with a sort key"
    )

    for wrong in [ ""; String('p', 2_049) ] do
        Assert.That(
            refusal "table" (fun options ->
                sorted options
                options.PartitionValue <- wrong),
            Does.Contain "PartitionValue must"
        )

[<Test>]
let ``options that are changed later change nothing`` () =
    let options = DynamoDbStoreOptions()

    let call =
        sent options (fun store ->
            options.Attributes.Status <- "other"
            store.Acquire({ Ticket = ticket "k"; Now = epoch }, CancellationToken.None).AsTask())

    Assert.That(call.Body, Does.Contain "\"#st\":\"status\"")

[<Test>]
let ``keys may be as long as the attribute that holds them`` () =
    let longest (store: DynamoDbStore) = (store :> ILimitsKeys).MaxKeyBytes
    Assert.That(longest (made "table" ignore), Is.EqualTo 2_048)

    Assert.That(
        longest (
            made "table" (fun options ->
                options.Attributes.SortKey <- "sk"
                options.PartitionValue <- "p")
        ),
        Is.EqualTo 1_024
    )

[<Test>]
let ``an operation whose keys would be too long is refused when it is made`` () =
    let store =
        made "table" (fun options ->
            options.Attributes.SortKey <- "sk"
            options.PartitionValue <- "p")

    // A name has 200 characters at most; each may take three bytes.
    let long = String('\u20ac', 200)

    let keys =
        { Idempotent.defaults.Keys with
            Scope = long }

    let handler = Idempotent.handlerWith { Idempotent.defaults with Keys = keys } store

    let message =
        refusedWith (fun () -> Idempotent.operation<int, int> handler long |> ignore)

    Assert.That(message, Does.Contain "1024 at most")

[<TestCase("")>]
[<TestCase("long")>]
let ``a partition that cannot be is an error that says where it comes from`` (partition: string) : Task =
    task {
        use gate = new DynamoDb.Testing.HttpGate()
        use client = offline gate

        let store: IIdempotencyStore =
            DynamoDbStore(
                client,
                "table",
                fun options ->
                    options.Attributes.SortKey <- "sk"

                    options.PartitionOf <-
                        Func<_, _>(fun _ -> if partition = "long" then String('p', 2_049) else partition)
            )

        let! error =
            failure<DynamoDbSetupException>(store.Get("k", CancellationToken.None).AsTask())

        Assert.That(error.Message, Does.Contain "PartitionOf")
        Assert.That(gate.Calls, Is.Empty)
    }

[<Test>]
let ``no name and no value stands in the text of an expression`` () =
    for layout in Layout.all do
        let names = layout.Options.Attributes

        for ask in
            [ (fun (store: IIdempotencyStore) ->
                  store.Acquire({ Ticket = ticket "k"; Now = epoch }, CancellationToken.None).AsTask()
                  :> Task)
              (fun store ->
                  store.Renew({ Ticket = ticket "k"; Now = epoch }, CancellationToken.None).AsTask())
              (fun store ->
                  store.Release({ Ticket = ticket "k"; Fence = epoch }, CancellationToken.None).AsTask())
              (fun store ->
                  store
                      .Complete(
                          { Ticket = ticket "k"
                            Now = epoch
                            Ending = Ending.Returned(Payload.OfText "1")
                            Enlisted = Enlisted.None },
                          CancellationToken.None
                      )
                      .AsTask()) ] do
            let body = parse (sent layout.Options ask).Body

            for expression in [ "ConditionExpression"; "UpdateExpression" ] do
                match tryMember expression body with
                | None -> ()
                | Some text ->
                    let rest =
                        Text.RegularExpressions.Regex.Replace(
                            string text,
                            @"[#:]\w+|attribute_(not_)?exists|AND|OR|SET|REMOVE|<>|[ <=(),]",
                            ""
                        )

                    Assert.That(rest, Is.Empty, $"{expression}, {names.Status}")
