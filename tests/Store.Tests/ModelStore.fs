// A store that is nothing but its rules, each of them a function: with the sound ones it is a store as good as any,
// with one of them changed it is a broken one that the suites have to reject.
namespace Store.Tests

open System
open System.Collections.Generic
open System.Diagnostics
open System.Threading
open System.Threading.Tasks
open Idempotency
open Idempotency.Core
open Idempotency.Store.Conformance

/// How a condition and its write go together.
[<RequireQualifiedAccess>]
type Writes =
    /// In one step.
    | Together
    /// Others may write between them.
    | Apart
    /// In one step, but the record is written in two pieces.
    | InPieces
    /// Others may write between them, and the write puts all records back as they were at the condition.
    | ByTable

/// What a store does, by parts that can be exchanged.
[<NoComparison; NoEquality>]
type Rules =
    {
        Acquire: AcquireRequest -> (Record | null) -> Decision
        Renew: RenewRequest -> (Record | null) -> Decision
        Complete: CompleteRequest -> (Record | null) -> Decision
        Release: ReleaseRequest -> (Record | null) -> Decision
        LateComplete: LateCompleteRequest -> (Record | null) -> Decision
        /// The name that a key's record is kept under.
        Name: string -> string
        /// What is kept of a record that is written.
        Keep: Record -> (Record | null)
        /// What is answered.
        Tell: StoreReply -> StoreReply
        /// What a get returns, of the record before the last write and the record after it.
        Show: (Record | null) -> (Record | null) -> (Record | null)
        /// How a condition and its write go together.
        Writes: Writes
    }

module Rules =
    let sound =
        { Acquire = Lifecycle.acquire
          Renew = Lifecycle.renew
          Complete = Lifecycle.complete
          Release = Lifecycle.release
          LateComplete = Lifecycle.lateComplete
          Name = id
          Keep = fun record -> record
          Tell = id
          Show = fun _ last -> last
          Writes = Writes.Together }

[<Sealed>]
type ModelStore(rules: Rules) =
    let gate = obj ()
    let writers = obj ()
    // Counts requests as they come.
    let mutable underWay = 0
    let records = Dictionary<string, Record>()
    let earlier = Dictionary<string, Record>()

    /// Until another request comes, or for a fifth of a millisecond.
    let pause () =
        let mine = Interlocked.Increment &underWay
        let clock = Stopwatch.StartNew()

        while Volatile.Read &underWay = mine
              && clock.ElapsedTicks < Stopwatch.Frequency / 5_000L do
            Thread.Yield() |> ignore

    let find (kept: Dictionary<string, Record>) name : Record | null =
        match kept.TryGetValue name with
        | true, record -> record
        | false, _ -> null

    let put (kept: Dictionary<string, Record>) name (record: Record | null) =
        match record with
        | null -> kept.Remove name |> ignore
        | known -> kept[name] <- known

    let write name (record: Record | null) =
        put earlier name (find records name)
        put records name record

    let answer (key: string) (decide: (Record | null) -> Decision) =
        let name = rules.Name key

        let conclude put (current: Record | null) =
            match decide current with
            | Decision.Refuse -> StoreReply.Refused current
            | Decision.Remove ->
                put current null
                StoreReply.Applied current
            | Decision.Write record ->
                put current (rules.Keep record)
                StoreReply.Applied current

        let whole _ (record: Record | null) = write name record

        let pieces (current: Record | null) (record: Record | null) =
            match current, record with
            | NonNull before, NonNull after ->
                lock gate (fun () -> write name { after with Payload = before.Payload })
            | _ -> ()

            pause ()
            lock gate (fun () -> write name record)

        let reply =
            match rules.Writes with
            | Writes.Together -> lock gate (fun () -> find records name |> conclude whole)
            | Writes.Apart ->
                let current = lock gate (fun () -> find records name)
                pause ()
                lock gate (fun () -> conclude whole current)
            | Writes.InPieces ->
                lock writers (fun () -> lock gate (fun () -> find records name) |> conclude pieces)
            | Writes.ByTable ->
                let copy = lock gate (fun () -> Seq.toArray records)
                let current = lock gate (fun () -> find records name)
                pause ()

                lock gate (fun () ->
                    records.Clear()

                    for pair in copy do
                        records[pair.Key] <- pair.Value

                    conclude whole current)

        ValueTask<StoreReply>(rules.Tell reply)

    member _.Seed(record: Record) =
        lock gate (fun () -> write (rules.Name record.Key) (rules.Keep record))

    interface IIdempotencyStore with
        member _.Acquire(request, _) =
            rules.Acquire request |> answer request.Ticket.Key

        member _.Renew(request, _) =
            rules.Renew request |> answer request.Ticket.Key

        member _.Complete(request, _) =
            rules.Complete request |> answer request.Ticket.Key

        member _.Release(request, _) =
            rules.Release request |> answer request.Ticket.Key

        member _.LateComplete(request, _) =
            rules.LateComplete request |> answer request.Ticket.Key

        member _.Get(key, _) =
            let name = rules.Name key
            Interlocked.Increment &underWay |> ignore
            let shown = lock gate (fun () -> rules.Show (find earlier name) (find records name))
            ValueTask<Record | null> shown

/// Opens model stores of the given rules. They never drop a record, and say everything that a store can say.
type ModelHarness(rules: Rules, patience: TimeSpan) =
    inherit SeededStoreHarness()

    new(rules) = ModelHarness(rules, TimeSpan.FromMinutes 1.)

    override _.Patience = patience

    override _.Open() = ModelStore rules

    override _.MayDropExpired = false

    override _.Seed(store, record) =
        match store with
        | :? ModelStore as model -> model.Seed record
        | other -> invalidArg (nameof store) $"{other.GetType()} is not what this harness opens"

        Task.CompletedTask
