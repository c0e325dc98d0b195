// No exception of the store tells a part of an input or of a result, whatever became of a request. What DynamoDB says itself,
// and what a function throws, is theirs.
module DynamoDb.Tests.SecrecyTests

open System
open System.Threading
open System.Threading.Tasks
open DynamoDb.Testing
open Idempotency
open Idempotency.Core
open NUnit.Framework
open DynamoDb.Tests.Faults

let private secret = "S3CR3T"

/// All that the exceptions of ours say, along the chain: messages, properties, data.
let rec private told (error: exn | null) : string list =
    match error with
    | null -> []
    | known when (nonNull (known.GetType().Assembly.GetName().Name)).StartsWith "Idempotency" ->
        [ known.Message
          for property in known.GetType().GetProperties() do
              if property.Name <> nameof known.InnerException then
                  $"{property.GetValue known}"
          for entry in known.Data do
              $"{entry}"
          yield! told known.InnerException ]
    | other -> told other.InnerException

let private faultOf (outcome: Outcome<'T>) : exn | null =
    match outcome with
    | Outcome.CompletedUnsaved(_, fault, _)
    | Outcome.PersistFailed(fault, _)
    | Outcome.Unreadable(fault, _)
    | Outcome.FunctionFailed fault -> fault
    | _ -> null

let private operation<'T> (world: World) : Operation<string, 'T> =
    let options =
        { Idempotent.defaults with
            Time = world.Clock
            FirstLook = FirstLook.Read
            Policy =
                { Defaults.policy with
                    Completion = { Defaults.completion with Resends = 0 } } }

    Idempotent.operation (Idempotent.handlerWith options (world.Layout.Store world.Client)) "charge"

let private call (operation: Operation<string, 'T>) input (body: IdempotencyContext -> Task<'T>) =
    (Idempotent.run operation input (fun context _ -> body context) CancellationToken.None).WaitAsync
        Engine.patience

let private nothingIsTold (outcome: Outcome<'T>) =
    let texts = told (faultOf outcome)
    Assert.That(texts |> List.filter (fun text -> text.Contains secret), Is.Empty, shown outcome)
    texts.Length

/// What happens to a request and is answered in some way.
let private answered =
    [ for name in fates.Keys do
          if name <> "kept" then name ]

[<Test>]
let ``no fault of a request tells an input or a result`` () =
    inEach (fun world ->
        task {
            let mutable heard = 0

            for request in [ "GetItem"; "PutItem"; "UpdateItem"; "DeleteItem" ] do
                for name in answered do
                    let input = secret + Engine.newKey ()
                    world.Gate.Rule(fun call -> if call.Operation = request then fates[name] else Fate.Pass)

                    let! outcome =
                        call (operation<string> world) input (fun _ ->
                            if request = "DeleteItem" then
                                Task.FromException<string>(InvalidOperationException secret)
                            else
                                Task.FromResult $"{secret} is the result")

                    heard <- heard + nothingIsTold outcome

            Assert.That(heard, Is.GreaterThan 50, "there was something to search")
        })

[<Test>]
let ``no result that is too large or of another type is told`` () =
    inEach (fun world ->
        task {
            let large = String.replicate 100_000 secret

            let! unsaved =
                call (operation<string> world) $"large {secret}" (fun _ -> Task.FromResult large)

            Assert.That(unsaved.IsCompletedUnsaved)
            Assert.That(nothingIsTold unsaved, Is.GreaterThan 0)

            let input = secret + Engine.newKey ()
            let! _ = call (operation<string> world) input (fun _ -> Task.FromResult secret)
            let! unreadable = call (operation<int> world) input (fun _ -> Task.FromResult 1)
            Assert.That(unreadable.IsUnreadable)
            nothingIsTold unreadable |> ignore
        })

[<Test>]
let ``no enlisted write that is refused is told by the store's own words`` () =
    inEach (fun world ->
        task {
            let taken = secret + Engine.newKey ()
            do! Item.create Layout.simple.Client (Ledger.ledger ()) taken

            let! refused =
                call (operation<string> world) (secret + Engine.newKey ()) (fun context ->
                    context.Enlist(Ledger.putOnce taken)
                    Task.FromResult secret)

            match faultOf refused with
            | :? EnlistedWritesRefusedException as known ->
                Assert.That(known.Message, Does.Not.Contain secret)
                Assert.That(known.Refusals, Is.Not.Empty)
            | other -> Assert.Fail $"{other}"
        })
