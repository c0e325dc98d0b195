// The broken twin: a store that completes without a look at the owner. One call outlives its lease, another takes over; the
// same calls over the store as it is break nothing.
module Chaos.Tests.TwinTests

open System
open System.Collections.Concurrent
open System.Threading
open System.Threading.Tasks
open Chaos
open Chaos.Tests.Telling
open Idempotency
open Idempotency.Core
open NUnit.Framework

/// A store of one record that can be told to complete by a function alone.
type private OneRecord() =
    let door = obj ()
    let mutable record: Record | null = null

    let decide (decision: Decision) =
        let current = record

        match decision with
        | Decision.Write next ->
            record <- next
            StoreReply.Applied current
        | Decision.Remove ->
            record <- null
            StoreReply.Applied current
        | Decision.Refuse -> StoreReply.Refused current

    let answer rule =
        Operators.lock door (fun () -> ValueTask<StoreReply>(decide (rule record)))

    /// Whatever there is, it is completed.
    member _.CompleteBlindly(request: CompleteRequest) : Task =
        Operators.lock door (fun () ->
            match record with
            | null -> ()
            | known ->
                record <-
                    { known with
                        Status = request.Ending.Status
                        Payload = request.Ending.Payload
                        Expires = request.Expires })

        Task.CompletedTask

    interface IIdempotencyStore with
        member _.Acquire(request, _) = answer (Lifecycle.acquire request)
        member _.Renew(request, _) = answer (Lifecycle.renew request)
        member _.Complete(request, _) = answer (Lifecycle.complete request)
        member _.Release(request, _) = answer (Lifecycle.release request)

        member _.LateComplete(request, _) = answer (Lifecycle.lateComplete request)

        member _.Get(_, _) = ValueTask<Record | null>(record)

/// a starts; when its lease has passed, b starts and holds a live lease; then a returns, then b; then c calls.
let private play (make: OneRecord -> IIdempotencyStore) =
    task {
        let lines = ConcurrentQueue<Line>()
        let profile = Profile.find "reject"
        let store = make (OneRecord())
        let starts = ConcurrentDictionary<string, TaskCompletionSource>()
        let goesOn = ConcurrentDictionary<string, TaskCompletionSource>()

        let moment (all: ConcurrentDictionary<string, TaskCompletionSource>) name =
            all.GetOrAdd(
                name,
                fun _ -> TaskCompletionSource TaskCreationOptions.RunContinuationsAsynchronously
            )

        let call name =
            let journal = Journal(name, lines.Enqueue)
            let operation = Operations.over (RecordingStore(store, journal)) profile

            Task.Run<unit>(fun () ->
                task {
                    Current.enter name "key" profile.Name
                    journal.Write(Event.Begun(name, "key", profile.Name, 1))

                    let body (context: IdempotencyContext) (_: CancellationToken) =
                        task {
                            let lease () =
                                context.LeaseEnds.ToUnixTimeMilliseconds()

                            journal.Write(
                                Event.Started(
                                    name,
                                    "r" + name,
                                    context.FencingToken,
                                    context.IsTakeOver,
                                    lease ()
                                )
                            )

                            (moment starts name).TrySetResult() |> ignore
                            do! (moment goesOn name).Task
                            journal.Write(Event.Returned(name, lease ()))
                            return "r" + name
                        }

                    let! outcome =
                        Idempotent.run operation { Id = "key"; Variant = 1 } body CancellationToken.None

                    let case =
                        match outcome with
                        | Outcome.Executed _ -> "Executed"
                        | Outcome.Replayed _ -> "Replayed"
                        | Outcome.Adopted _ -> "Adopted"
                        | Outcome.LeaseLost _ -> "LeaseLost"
                        | other -> other.GetType().Name

                    journal.Write(Event.Ended(name, case, Outcome.tryValue outcome))
                })

        let first = call "a"
        do! (moment starts "a").Task
        let asked = Journal.Now.Wall

        while Journal.Now.Wall
              <= asked + int64 (profile.Policy.Lease + profile.Policy.SkewPad) do
            do! Task.Delay 20

        let second = call "b"
        do! (moment starts "b").Task
        (moment goesOn "a").SetResult()
        do! first
        (moment goesOn "b").SetResult()
        do! second
        (moment goesOn "c").SetResult()
        do! call "c"
        return List.ofSeq lines
    }

[<Test>]
let ``the store as it is breaks nothing`` () =
    task {
        let! lines = play (fun store -> store)
        keepsAll lines
    }

[<Test>]
let ``broken twin: a store that completes for whomever is found`` () =
    task {
        let! lines = play (fun store -> UnfencedStore(store, store.CompleteBlindly))
        lines |> breaks "one result"
        lines |> breaks "linearizable"
    }
