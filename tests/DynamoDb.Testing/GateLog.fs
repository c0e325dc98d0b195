// The book of a gate: which request gets which fate, what there has been so far, and who waits for what.
namespace DynamoDb.Testing

open System
open System.Collections.Generic
open System.Threading.Tasks

/// Somebody who waits until so many requests of an operation have come that far.
[<NoComparison; NoEquality>]
type private Waiter =
    { Operation: string
      Count: int
      Reached: TaskCompletionSource }

/// Counts by operation, and wakes who waits for a count.
type private Milestone() =
    let counts = Dictionary<string, int>()
    let mutable waiting: Waiter list = []

    let count (operation: string) =
        match counts.TryGetValue operation with
        | true, count -> count
        | false, _ -> 0

    member _.Count operation = count operation

    member _.Reach operation =
        counts[operation] <- count operation + 1

        let reached, others =
            waiting
            |> List.partition (fun waiter -> waiter.Operation = operation && waiter.Count <= count operation)

        waiting <- others

        for waiter in reached do
            waiter.Reached.SetResult()

        count operation

    member _.Wait(operation, number) : Task =
        let reached =
            TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)

        if count operation >= number then
            reached.SetResult()
        else
            waiting <-
                { Operation = operation
                  Count = number
                  Reached = reached }
                :: waiting

        reached.Task

    member _.Clear() = counts.Clear()

/// Decides the fate of each request, and remembers it. All of it may be used from any thread.
[<Sealed>]
type internal GateLog() =
    let door = obj ()
    let arrived = Milestone()
    let answered = Milestone()
    let log = List<struct (Call * Fate)>()
    let next = Queue<Fate>()
    let nextOf = Dictionary<string, Queue<Fate>>()
    let mutable rule: Call -> Fate = fun _ -> Fate.Pass

    let fateOf (call: Call) =
        match nextOf.TryGetValue call.Operation with
        | true, fates when fates.Count > 0 -> fates.Dequeue()
        | _ -> if next.Count > 0 then next.Dequeue() else rule call

    member _.Enter(operation: string, body: string) : Fate =
        lock door (fun () ->
            let call =
                { Number = log.Count + 1
                  Operation = operation
                  Nth = arrived.Count operation + 1
                  Body = body }

            let fate = fateOf call
            log.Add(struct (call, fate))
            arrived.Reach operation |> ignore
            fate)

    member _.Answered(operation: string) =
        lock door (fun () -> answered.Reach operation |> ignore)

    member _.Next(fates: Fate seq) =
        lock door (fun () -> Seq.iter next.Enqueue fates)

    member _.NextOf(operation: string, fates: Fate seq) =
        lock door (fun () ->
            if not (nextOf.ContainsKey operation) then nextOf[operation] <- Queue()
            Seq.iter nextOf[operation].Enqueue fates)

    member _.Rule(decide: Call -> Fate) = lock door (fun () -> rule <- decide)

    member _.WaitForArrival(operation, number) =
        lock door (fun () -> arrived.Wait(operation, number))

    member _.WaitForAnswer(operation, number) =
        lock door (fun () -> answered.Wait(operation, number))

    member _.Entries = lock door (fun () -> List.ofSeq log)

    member _.Clear() =
        lock door (fun () ->
            log.Clear()
            arrived.Clear()
            answered.Clear())
