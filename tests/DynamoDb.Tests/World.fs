// A call of an operation with everything about it at hand: a gate before its store, a clock that is moved by hand, a
// function that is told what to do, and another process on the same table that no gate disturbs.
namespace DynamoDb.Tests

open System
open System.Threading
open System.Threading.Tasks
open Amazon.DynamoDBv2
open DynamoDb.Testing
open Idempotency
open Idempotency.Core
open Idempotency.Store.Conformance

[<Sealed>]
type World(layout: Layout, change: HandlerOptions -> HandlerOptions, tune: AmazonDynamoDBConfig -> unit) =
    let gate = new HttpGate()

    let client =
        Engine
            .shared()
            .Client(fun config ->
                LocalEngine.TryOnce config
                config.HttpClientFactory <- gate.Factory
                tune config)

    // Later than the engine sweeps.
    let clock = ManualTime(DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero))

    let options =
        change
            { Idempotent.defaults with
                Time = clock
                FirstLook = FirstLook.Write
                Policy =
                    { Defaults.policy with
                        // Sent again at once: nothing waits for a clock that nobody moves.
                        Completion =
                            { Defaults.completion with
                                Pause = 0L<ms> } } }

    let charge store =
        Idempotent.operation<string, int> (Idempotent.handlerWith options store) "charge"

    let own = charge (layout.Store client)
    let rivals = charge (layout.Store())
    let mutable input = Engine.newKey ()
    let mutable runs = 0
    let mutable key = ""

    let run operation (body: IdempotencyContext -> Task<int>) cancellation : Task<Outcome<int>> =
        (Idempotent.run
            operation
            input
            (fun context _ ->
                Interlocked.Increment &runs |> ignore
                key <- context.Key
                body context)
            cancellation)
            .WaitAsync
            Engine.patience

    new(layout, change) = new World(layout, change, ignore)
    new(layout) = new World(layout, id, ignore)

    member _.Gate = gate
    member _.Client = client
    member _.Clock = clock
    member _.Layout = layout

    /// How often the function was started, here and at the rival.
    member _.Runs = Volatile.Read &runs

    /// The key's text, once a function has run.
    member _.Key = key

    /// From now on, another key is used.
    member _.NewInput() =
        input <- Engine.newKey ()
        runs <- 0

    /// A call through the gate.
    member _.Charge(body, cancellation) = run own body cancellation
    member _.Charge body = run own body CancellationToken.None

    /// A call of the other process.
    member _.Rival body = run rivals body CancellationToken.None

    /// Lets time pass.
    member _.Pass(seconds: int) =
        clock.Advance(TimeSpan.FromSeconds(float seconds))

    interface IDisposable with
        member _.Dispose() =
            client.Dispose()
            gate.Dispose()

[<AutoOpen>]
module Outcomes =
    /// A function that returns at once.
    let returns (value: int) (_: IdempotencyContext) = Task.FromResult value

    let declined = InvalidOperationException "declined"

    /// A function that throws.
    let throws (_: IdempotencyContext) = Task.FromException<int> declined

    /// An outcome as text: its case, with what it carries.
    let shown (outcome: Outcome<'T>) =
        let nameOf (error: exn) = error.GetType().Name

        match outcome with
        | Outcome.Executed value -> $"Executed {value}"
        | Outcome.Replayed value -> $"Replayed {value}"
        | Outcome.Adopted value -> $"Adopted {value}"
        | Outcome.Unprotected value -> $"Unprotected {value}"
        | Outcome.CompletedUnsaved(value, fault, _) -> $"CompletedUnsaved {value}, {nameOf fault}"
        | Outcome.LeaseLost(value, _) -> $"LeaseLost {value}"
        | Outcome.FunctionFailed error -> $"FunctionFailed {nameOf error}"
        | Outcome.FailureReplayed(failure, _) -> $"FailureReplayed {failure.ExceptionType}"
        | Outcome.PayloadMismatch _ -> "PayloadMismatch"
        | Outcome.InProgress _ -> "InProgress"
        | Outcome.Held _ -> "Held"
        | Outcome.Contended _ -> "Contended"
        | Outcome.PersistFailed(fault, _) -> $"PersistFailed {nameOf fault}"
        | Outcome.KeyRejected(problem, _) -> $"KeyRejected {problem}"
        | Outcome.LeaseRejected(remaining, _) -> $"LeaseRejected {remaining}"
        | Outcome.Unreadable(fault, _) -> $"Unreadable {nameOf fault}"
        | Outcome.Cancelled -> "Cancelled"

    /// Asserts what a call ends as.
    let endsAs (expected: string) (call: Task<Outcome<'T>>) : Task =
        task {
            let! outcome = call
            NUnit.Framework.Assert.That(shown outcome, NUnit.Framework.Is.EqualTo expected)
        }
