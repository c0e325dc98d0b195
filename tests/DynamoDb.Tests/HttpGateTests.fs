// Each fate of the gate does what it says to a counter in the table; beside each, what a gate that did otherwise would
// have left there.
module DynamoDb.Tests.HttpGateTests

open System
open System.IO
open System.Threading
open System.Threading.Tasks
open DynamoDb.Testing
open NUnit.Framework

let private signal () =
    TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)

/// What the caller hears, and what the counter stands at afterwards: it was 1.
let private fates =
    [ Fate.Pass, "nothing", 2
      Fate.FailBefore, "an error", 1
      Fate.LoseReply, "an error", 2
      Fate.Twice, "nothing", 3
      Fate.Copy, "nothing", 2
      Fate.Keep, "an error", 1
      Fate.Answer Reply.internalError, "an error", 1
      Fate.AnswerAfter Reply.internalError, "an error", 2
      Fate.SendAfter Task.CompletedTask, "nothing", 2
      Fate.ReplyAfter Task.CompletedTask, "nothing", 2 ]

let private cases =
    [ for fate, hears, count in fates ->
          TestCaseData(fate, hears, count).SetArgDisplayNames(string fate, hears, string count) ]

[<TestCaseSource(nameof cases)>]
let ``a fate decides what the caller hears, and what is applied`` (fate: Fate) (hears: string) (count: int) =
    task {
        use! scene = scene ()
        scene.Gate.Next fate
        let running = scene.Add()

        match hears with
        | "nothing" -> do! running
        | _ -> do! fails running

        let! counted = scene.Count()
        Assert.That(counted, Is.EqualTo count)
        shows scene [ fate ]
    }
    :> Task

[<TestCase(false, 1)>]
[<TestCase(true, 2)>]
let ``without an answer the caller waits until it gives up`` (applied: bool, count: int) =
    task {
        use! scene = scene ()
        use givesUp = new CancellationTokenSource()
        let fate = if applied then Fate.HangAfter else Fate.Hang
        scene.Gate.Next fate

        let running = Item.addUntil givesUp.Token scene.Client scene.Table scene.Id

        do! scene.Gate.Arrived("UpdateItem", 1).WaitAsync Engine.patience

        if applied then
            do! scene.Gate.Applied("UpdateItem", 1).WaitAsync Engine.patience

        Assert.That(running.IsCompleted, Is.False)
        givesUp.Cancel()
        let! _ = failure<OperationCanceledException>(running)
        let! counted = scene.Count()
        Assert.That(counted, Is.EqualTo count)
    }
    :> Task

[<Test>]
let ``a request that is held is applied when it is let go, and not before`` () =
    task {
        use! scene = scene ()
        let release = signal ()
        scene.Gate.Next(Fate.SendAfter release.Task)
        let running = scene.Add()
        do! scene.Gate.Arrived("UpdateItem", 1).WaitAsync Engine.patience
        let! before = scene.Count()
        Assert.That(before, Is.EqualTo 1)
        release.SetResult()
        do! running
        let! after = scene.Count()
        Assert.That(after, Is.EqualTo 2)
    }
    :> Task

[<Test>]
let ``a reply that is held is the reply of a write that is there`` () =
    task {
        use! scene = scene ()
        let release = signal ()
        scene.Gate.Next(Fate.ReplyAfter release.Task)
        let running = scene.Add()
        do! scene.Gate.Applied("UpdateItem", 1).WaitAsync Engine.patience
        let! before = scene.Count()
        Assert.That(before, Is.EqualTo 2)
        Assert.That(running.IsCompleted, Is.False)
        release.SetResult()
        do! running
    }
    :> Task

[<Test>]
let ``what was kept arrives late, in order, and the engine's answer to it is told`` () =
    task {
        use! scene = scene ()
        scene.Gate.NextOf("UpdateItem", Fate.Keep, Fate.Copy)
        scene.Gate.NextOf("PutItem", Fate.Keep)
        do! fails (scene.Add())
        do! scene.Add()

        do! fails (Item.create scene.Client scene.Table scene.Id)

        Assert.That(scene.Gate.Kept, Is.EqualTo 3)
        let! first = scene.Gate.SendKept()
        let! second = scene.Gate.SendKept()
        let! third = scene.Gate.SendKept()
        Assert.That([ first.Status; second.Status; third.Status ], Is.EqualTo<int list> [ 200; 200; 400 ])
        Assert.That(third.Body, Does.Contain "ConditionalCheckFailedException")
        let! count = scene.Count()
        Assert.That(count, Is.EqualTo 4)
        do! fails (scene.Gate.SendKept())
    }
    :> Task

[<Test>]
let ``the queue of an operation goes before the queue of all, and that before the rule`` () =
    task {
        use! scene = scene ()
        let refuse = Fate.Answer Reply.throttled

        scene.Gate.Rule(fun call ->
            if call.Operation = "UpdateItem" && call.Nth = 4 then refuse else Fate.Pass)

        scene.Gate.NextOf("UpdateItem", Fate.FailBefore)
        scene.Gate.Next(Fate.LoseReply, Fate.Twice)
        do! fails (scene.Add())

        do! fails (Item.count scene.Client scene.Table scene.Id :> Task)

        for _ in 1..2 do
            do! scene.Add()

        do! fails (scene.Add())
        do! scene.Add()

        let expected =
            [ "UpdateItem", Fate.FailBefore
              "GetItem", Fate.LoseReply
              "UpdateItem", Fate.Twice
              "UpdateItem", Fate.Pass
              "UpdateItem", refuse
              "UpdateItem", Fate.Pass ]

        Assert.That(scene.Gate.Log, Is.EqualTo<(string * Fate) list> expected)
        Assert.That([ for call in scene.Gate.Calls -> call.Number ], Is.EqualTo<int list> [ 1..6 ])
        Assert.That(scene.Gate.Calls[0].Body, Does.Contain scene.Id)
        Assert.That(scene.Gate.Count "UpdateItem", Is.EqualTo 5)
        scene.Gate.Clear()
        Assert.That(scene.Gate.Log, Is.Empty)
    }
    :> Task

[<Test>]
let ``requests from many threads are all counted, and each gets one fate`` () =
    task {
        use! scene = scene ()
        scene.Gate.Next(Array.replicate 25 Fate.LoseReply)

        let hears () =
            task {
                try
                    do! Task.Run<unit>(fun () -> task { do! scene.Add() }: Task<unit>)
                    return 0
                with :? IOException ->
                    return 1
            }

        let! heard = Task.WhenAll [ for _ in 1..100 -> hears () ]
        Assert.That(Array.sum heard, Is.EqualTo 25)
        Assert.That(scene.Gate.Count "UpdateItem", Is.EqualTo 100)
        let! count = scene.Count()
        Assert.That(count, Is.EqualTo 101)
    }
    :> Task
