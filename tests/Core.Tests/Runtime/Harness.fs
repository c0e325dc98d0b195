// What the tests of the runtime share: orders to charge, a world around them whose clock is moved by hand, and outcomes
// as text.
module Core.Tests.Runtime.Harness

open System
open System.Threading
open System.Threading.Tasks
open Idempotency
open Idempotency.Core
open Idempotency.Store.Conformance
open Core.Tests.Runtime.ScriptedStore

/// An input with a key and a payload.
type Order = { Id: string; Amount: int }

let seconds (n: int) = TimeSpan.FromSeconds(float n)
let ms (n: int) = TimeSpan.FromMilliseconds(float n)

/// Waits for what must come without any help, and fails instead of hanging when it does not.
let soon (pending: Task<'T>) = pending.WaitAsync(seconds 20)

/// Options with another policy.
let withPolicy (change: Policy -> Policy) (options: HandlerOptions) =
    { options with
        Policy = change options.Policy }

let order = { Id = "A1"; Amount = 5 }

/// A function that returns at once.
let returns (value: int) (_: IdempotencyContext) (_: CancellationToken) = Task.FromResult value

/// A function that throws.
let throws (error: exn) (_: IdempotencyContext) (_: CancellationToken) = Task.FromException<int> error

/// A hand-moved clock that also counts the timers made on it, so that a test can wait for the n-th of all.
type CountingTime(clock: ManualTime) =
    inherit TimeProvider()
    let gate = obj ()
    let mutable made = 0
    let awaited = ResizeArray<int * TaskCompletionSource>()

    let wake () =
        for nth, waiter in awaited do
            if made >= nth then waiter.TrySetResult() |> ignore

    /// Waits until the n-th timer, counted from 1, is set.
    member _.Made(nth) : Task =
        lock gate (fun () ->
            let waiter = TaskCompletionSource TaskCreationOptions.RunContinuationsAsynchronously
            awaited.Add((nth, waiter))
            wake ()
            waiter.Task.WaitAsync(seconds 20))

    override _.GetUtcNow() = clock.GetUtcNow()
    override _.GetTimestamp() = clock.GetTimestamp()
    override _.TimestampFrequency = clock.TimestampFrequency

    override _.CreateTimer(callback, state, dueTime, period) =
        let timer = clock.CreateTimer(callback, state, dueTime, period)

        lock gate (fun () ->
            made <- made + 1
            wake ())

        timer

/// One process with its store and its clock, and a rival: another process with the same records and no script.
type World(script: Ask -> int -> Act, change: HandlerOptions -> HandlerOptions, blind: bool) =
    let clock = ManualTime()
    let records = InMemoryStore()
    let store = ScriptedStore(records, clock, script, blind)

    let timers = CountingTime clock

    let options =
        change
            { Idempotent.defaults with
                Time = timers }

    let mutable runs = 0

    let charge on =
        Idempotent.operationBy<Order, string, int> (Idempotent.handlerWith options on) "charge" _.Id

    let own = charge store
    let rivals = charge (ScriptedStore(records, clock, faithful, false))

    new(script, change) = World(script, change, false)
    new(script: Ask -> int -> Act) = World(script, id)
    new() = World(faithful)

    member _.Clock = clock

    /// The timers that its code has made, in order.
    member _.Timers = timers
    member _.Records = records
    member _.Store = store
    member _.Options = options
    member _.Operation = own

    /// How often the function was started, here and at the rival.
    member _.Runs = Volatile.Read &runs

    member private _.Run(operation, order, body, cancellation) : Task<Outcome<int>> =
        Idempotent.run
            operation
            order
            (fun context token ->
                Interlocked.Increment &runs |> ignore
                body context token)
            cancellation

    member this.Charge(order, body, cancellation) =
        this.Run(own, order, body, cancellation)

    member this.Charge body =
        this.Charge(order, body, CancellationToken.None)

    member this.Rival body =
        this.Run(rivals, order, body, CancellationToken.None)

    /// Lets time pass.
    member _.Pass(span: TimeSpan) = clock.Advance span

    /// Lets time pass in steps of a millisecond, whenever the code waits for so many timers, until it has ended.
    member _.PassUntilDone(timers: int, pending: Task<'T>) : Task<'T> =
        task {
            while not pending.IsCompleted do
                let! _ = Task.WhenAny(pending, clock.WhenTimersSet timers) |> soon
                if not pending.IsCompleted then clock.Advance(ms 1)

            return! pending
        }

    /// How many milliseconds pass until the youngest of so many timers fires.
    member _.UntilFired(timers: int) : Task<int> =
        task {
            do! (clock.WhenTimersSet timers).WaitAsync(seconds 20)
            let mutable passed = 0

            while clock.TimerCount >= timers do
                clock.Advance(ms 1)
                passed <- passed + 1

            return passed
        }

/// A call that runs until it is told its result, its context, and that telling.
type RunningCall(world: World) =
    let result = TaskCompletionSource<int>()
    let started = TaskCompletionSource<IdempotencyContext>()

    let pending =
        world.Charge(fun context _ ->
            started.SetResult context
            result.Task)

    member _.Context = soon started.Task
    member _.Pending = pending

    /// Lets the function return 1, and gives the outcome.
    member _.Finish() =
        result.SetResult 1
        soon pending

/// Options that renew the lease until the function has run so long.
let renewing longestRun =
    withPolicy (fun policy ->
        { policy with
            Renewal = Renewal.Until longestRun })

/// Lets a third of a lease of a minute pass, and waits for the n-th renewal to be sent. Each renewal makes a timer, its
/// pause, and another, its limit, if the store does not answer at once; `others` were made besides the pauses.
let toRenewal (world: World) nth others : Task =
    task {
        do! world.Timers.Made(others + nth)
        world.Pass(seconds 20)
        do! world.Store.Reached(Ask.Renew, nth)
    }

/// Waits until the n-th renewal is over, and the pause before the next one has begun.
let afterRenewal (world: World) nth others = world.Timers.Made(others + nth + 1)

/// Lets the first renewals happen.
let renewals (world: World) count others : Task =
    task {
        for nth in 1..count do
            do! toRenewal world nth others
            do! afterRenewal world nth others
    }

/// The message of what a function throws, which it must.
let messageThrownBy (work: unit -> unit) =
    let thrown =
        try
            work ()
            None
        with error ->
            Some error.Message

    thrown |> Option.defaultWith (fun () -> failwith "nothing was thrown")

/// An outcome as text: its case, with what it carries.
let show (outcome: Outcome<'T>) =
    let nameOf (error: exn) = error.GetType().Name

    match outcome with
    | Outcome.Executed value -> $"Executed {value}"
    | Outcome.Replayed value -> $"Replayed {value}"
    | Outcome.Adopted value -> $"Adopted {value}"
    | Outcome.Unprotected value -> $"Unprotected {value}"
    | Outcome.CompletedUnsaved(value, fault, _) -> $"CompletedUnsaved {value}, {nameOf fault}"
    | Outcome.LeaseLost(value, _) -> $"LeaseLost {value}"
    | Outcome.FunctionFailed error -> $"FunctionFailed {nameOf error}"
    | Outcome.FailureReplayed(failure, _) -> $"FailureReplayed {failure.ExceptionType}: {failure.Message}"
    | Outcome.PayloadMismatch _ -> "PayloadMismatch"
    | Outcome.InProgress _ -> "InProgress"
    | Outcome.Held _ -> "Held"
    | Outcome.Contended _ -> "Contended"
    | Outcome.PersistFailed(fault, _) -> $"PersistFailed {nameOf fault}"
    | Outcome.KeyRejected(problem, _) -> $"KeyRejected %A{problem}"
    | Outcome.LeaseRejected(remaining, _) -> $"LeaseRejected {remaining}"
    | Outcome.Unreadable(fault, _) -> $"Unreadable {nameOf fault}"
    | Outcome.Cancelled -> "Cancelled"

/// Asserts what an outcome is.
let is (expected: string) (outcome: Outcome<'T>) =
    NUnit.Framework.Assert.That(show outcome, NUnit.Framework.Is.EqualTo expected)
