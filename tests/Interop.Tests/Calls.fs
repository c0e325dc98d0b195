// A call of ours whose function stalls until the test lets it go on, and what calls of both come to, as text.
namespace Interop.Tests

open System
open System.Text.Json
open System.Threading.Tasks
open DynamoDb.Testing
open Idempotency
open Idempotency.Core
open NUnit.Framework

/// A call of ours that has begun to run its function.
[<Sealed>]
type OurRun
    private (call: Task<Outcome<JsonElement>>, goOn: TaskCompletionSource<JsonElement>, takeOver: bool) =
    /// Begins one, and waits until its function runs.
    static member Start(fleet: Fleet) : Task<OurRun> =
        task {
            let runs = TaskCreationOptions.RunContinuationsAsynchronously
            let started = TaskCompletionSource<bool> runs
            let goOn = TaskCompletionSource<JsonElement> runs

            let call =
                fleet.Ours(fun context ->
                    started.TrySetResult context.IsTakeOver |> ignore
                    goOn.Task)

            let! first = Task.WhenAny(started.Task, call)

            if not (Object.ReferenceEquals(first, started.Task)) then
                let! outcome = call
                Assert.Fail $"Our function was not run: {outcome}"

            let! takeOver = started.Task
            return OurRun(call, goOn, takeOver)
        }

    /// Whether it knows that a call before it was cut off.
    member _.IsTakeOver = takeOver

    /// Lets the function return this JSON.
    member _.Return(json: string) : Task<Outcome<JsonElement>> =
        goOn.TrySetResult(Json.parse json) |> ignore
        call

    /// Lets the function throw.
    member _.Throw(error: exn) : Task<Outcome<JsonElement>> =
        goOn.TrySetException error |> ignore
        call

[<AutoOpen>]
module Calls =
    /// A function of ours that returns this JSON.
    let returns (json: string) (_: IdempotencyContext) = Task.FromResult(Json.parse json)

    /// A call of ours that must not run its function.
    let neverRuns (_: IdempotencyContext) : Task<JsonElement> =
        Task.FromException<JsonElement>(AssertionException "Our function was run")

    let private compact (value: JsonElement) = JsonSerializer.Serialize value

    let private shown (outcome: Outcome<JsonElement>) =
        match outcome with
        | Outcome.Executed value -> $"Executed {compact value}"
        | Outcome.Replayed value -> $"Replayed {compact value}"
        | Outcome.Adopted value -> $"Adopted {compact value}"
        | Outcome.LeaseLost(value, _) -> $"LeaseLost {compact value}"
        | Outcome.CompletedUnsaved(value, fault, _) -> $"CompletedUnsaved {compact value}, {fault}"
        | Outcome.FunctionFailed error -> $"FunctionFailed {error.Message}"
        | Outcome.PersistFailed(fault, _) -> $"PersistFailed {fault}"
        | Outcome.InProgress info -> $"InProgress, for {info.RetryAfter}"
        | Outcome.Unreadable(fault, _) -> $"Unreadable {fault.GetType().Name}"
        | Outcome.PayloadMismatch _ -> "PayloadMismatch"
        | other -> $"{other}"

    /// Asserts what a call of ours ends as: its case and its JSON.
    let endsAs (expected: string) (call: Task<Outcome<JsonElement>>) : Task =
        task {
            let! outcome = call
            Assert.That(shown outcome, Is.EqualTo expected)
        }

    /// Asserts that a call of ours replays this JSON.
    let replays (expected: string) (call: Task<Outcome<JsonElement>>) : Task =
        task {
            match! call with
            | Outcome.Replayed value -> Json.isSame expected (compact value)
            | other -> Assert.Fail(shown other)
        }

    /// Asserts what the peer's caller gets: this JSON.
    let answers (expected: string) (run: PeerRun) : Task =
        task {
            match! run.Ended with
            | PeerAnswer.Returned(Some json) -> Json.isSame expected json
            | other -> Assert.Fail $"{other}"
        }

    /// Asserts which error the peer's caller gets.
    let refuses (expected: string) (run: PeerRun) : Task =
        task {
            match! run.Ended with
            | PeerAnswer.Failed(error, _, _) -> Assert.That(error, Is.EqualTo expected)
            | PeerAnswer.Returned value -> Assert.Fail $"it returned {value}"
        }

    /// A text as JSON: how the peer's caller gets what we stored, which it does not parse.
    let asText (json: string) = JsonSerializer.Serialize json

/// A fleet for all tests of a fixture, with a new key for each of them.
[<AbstractClass>]
type BesidePowertools(composite: bool) =
    let mutable fleet: Fleet voption = ValueNone

    member _.Fleet = fleet.Value

    [<OneTimeSetUp>]
    member _.StartFleet() : Task =
        task {
            let! started = Fleet.Start(if composite then TableKey.composite else TableKey.simple)
            fleet <- ValueSome started
        }

    [<OneTimeTearDown>]
    member _.StopFleet() : Task =
        task {
            match fleet with
            | ValueSome started -> do! (started :> IAsyncDisposable).DisposeAsync()
            | ValueNone -> ()
        }

    [<SetUp>]
    member this.NewKey() =
        this.Fleet.Gate.Clear()
        this.Fleet.NewKey()

    /// Nothing that happens changes a bit of the record.
    member this.Untouched(happening: unit -> Task) : Task =
        task {
            let! before = this.Fleet.Item()
            do! happening ()
            let! after = this.Fleet.Item()
            Assert.That(after, Is.EqualTo before)
        }
