// Every law tried on made-up calls of every policy, and for every law a machine with one thing wrong that it must
// reject: so no law is empty.
module Core.Tests.ProtocolProperties

open Idempotency.Core
open Core.Tests.Given
open Core.Tests.Laws
open Core.Tests.Scripts
open Core.Tests.ScriptGenerators
open NUnit.Framework
open FsCheck.NUnit

type CallsAttribute() =
    inherit PropertyAttribute(Arbitrary = [| typeof<Scripts> |], MaxTest = 2_000, QuietOnSuccess = true)

let private of' machine script (law: Law) = law script (play machine script)

/// Some made-up call shows that this machine breaks the law.
let private rejects machine (law: Law) =
    let breaks script =
        try
            not (of' machine script law)
        with _ ->
            true

    Assert.That(Array.exists breaks sample, Is.True, "no script told the twin from the machine that ships")

[<Calls>]
let ``every reply leads to a state`` script = goesOn |> of' shipped script

[<Test>]
let ``broken twin: a machine that knows no answer to an empty key`` () =
    let onPeeked state now reply =
        match reply with
        | Ok null -> failwith "there was a record a moment ago"
        | known -> Protocol.onPeeked state now known

    goesOn |> rejects { shipped with OnPeeked = onPeeked }

[<Calls>]
let ``tries never exceed three`` script = threeTries |> of' shipped script

[<Test>]
let ``broken twin: a machine that tries a fourth time`` () =
    let onAcquired (state: Acquiring) now reply =
        match Protocol.onAcquired state now reply with
        | Step.Done(Conclusion.Contended, _) ->
            Step.Acquire
                { state with
                    Patience =
                        { state.Patience with
                            Tries = state.Patience.Tries + 1 } }
        | known -> known

    threeTries |> rejects { shipped with OnAcquired = onAcquired }

[<Calls>]
let ``four requests at the most go out between two sleeps`` script = fourRequests |> of' shipped script

[<Test>]
let ``broken twin: a machine that forgets its tries when it looks`` () =
    let onPeeked (state: Peeking) =
        Protocol.onPeeked
            { state with
                Patience = { state.Patience with Tries = 0 } }

    fourRequests |> rejects { shipped with OnPeeked = onPeeked }

[<Calls>]
let ``a function is started only on a live lease`` script = liveStart |> of' shipped script

[<Test>]
let ``broken twin: a machine that starts without looking at the lease`` () =
    let onAcquired (state: Acquiring) _ reply =
        Protocol.onAcquired state state.Request.Now reply

    liveStart |> rejects { shipped with OnAcquired = onAcquired }

[<Calls>]
let ``a lease is trusted only as far as it is confirmed`` script = confirmedLease |> of' shipped script

[<Test>]
let ``broken twin: a machine that counts its lease from the reply`` () =
    let onAcquired (state: Acquiring) now reply =
        Protocol.onAcquired { state with Request.Now = now } now reply

    confirmedLease |> rejects { shipped with OnAcquired = onAcquired }

[<Test>]
let ``broken twin: a machine that relies on the skew pad of its own lock`` () =
    let onRenewed (running: Running) request now reply =
        let padless =
            { running with
                Ticket = running.Ticket |> under (fun p -> { p with SkewPad = 0L<ms> }) }

        { Protocol.onRenewed padless request now reply with
            Ticket = running.Ticket }

    confirmedLease |> rejects { shipped with OnRenewed = onRenewed }

[<Calls>]
let ``a function is started once at the most`` script = oneStart |> of' shipped script

[<Test>]
let ``broken twin: a machine that runs again when its lease was lost`` () =
    let onCompleted (state: Completing) now reply =
        match Protocol.onCompleted state now reply with
        | Step.Done(Conclusion.LeaseLost _, _) -> Protocol.start state.Request.Ticket now null
        | known -> known

    oneStart
    |> rejects
        { shipped with
            OnCompleted = onCompleted }

[<Calls>]
let ``the fence is the clock that the policy names`` script = namedFence |> of' shipped script

[<Test>]
let ``broken twin: a machine that fences a start by the clock of its request`` () =
    let onAcquired (state: Acquiring) now reply =
        match Protocol.onAcquired state now reply with
        | Step.Run running ->
            Step.Run
                { running with
                    Fence = state.Request.Now }
        | known -> known

    namedFence |> rejects { shipped with OnAcquired = onAcquired }

[<Calls>]
let ``a request speaks for its own call, with the clock of its moment`` script =
    ownRequests |> of' shipped script

[<Test>]
let ``broken twin: a machine that stamps a result with the clock of the start`` () =
    let onReturned (running: Running) _ result enlisted =
        Protocol.onReturned running running.StartedAt result enlisted

    ownRequests |> rejects { shipped with OnReturned = onReturned }

[<Test>]
let ``broken twin: a machine that releases for somebody else`` () =
    let onThrew (running: Running) =
        Protocol.onThrew
            { running with
                Ticket = { running.Ticket with Owner = other } }

    ownRequests |> rejects { shipped with OnThrew = onThrew }

[<Calls>]
let ``a result or an exception of the function always reaches the caller`` script =
    nothingLost |> of' shipped script

[<Test>]
let ``broken twin: a machine that lets a failed release hide the function's exception`` () =
    let onReleased (state: Releasing) reply =
        match reply with
        | Error fault -> Step.Done(Conclusion.PersistFailed fault, null)
        | Ok _ -> Protocol.onReleased state reply

    nothingLost |> rejects { shipped with OnReleased = onReleased }

[<Test>]
let ``broken twin: a machine that loses the result when it cannot save it`` () =
    let onCompleted state now reply =
        match reply with
        | Error fault -> Step.Done(Conclusion.PersistFailed fault, null)
        | Ok _ -> Protocol.onCompleted state now reply

    nothingLost
    |> rejects
        { shipped with
            OnCompleted = onCompleted }

[<Calls>]
let ``another call's result is replayed or adopted only from a record that answers`` script =
    trueAnswers |> of' shipped script

[<Test>]
let ``broken twin: a machine that adopts a newer result without comparing payloads`` () =
    let onCompleted (state: Completing) now (reply: Result<StoreReply, exn>) =
        match reply with
        | Ok(StoreReply.Refused(NonNull record)) when not record.IsInProgress ->
            Step.Done(Conclusion.Adopted record.Ending, null)
        | known -> Protocol.onCompleted state now known

    trueAnswers
    |> rejects
        { shipped with
            OnCompleted = onCompleted }

[<Calls>]
let ``executed is said only of what the store has`` script =
    confirmedExecution |> of' shipped script

[<Test>]
let ``broken twin: a machine that hands out its own result after a lost lease`` () =
    let onCompleted state now reply =
        match Protocol.onCompleted state now reply with
        | Step.Done(Conclusion.LeaseLost result, _) -> Step.Done(Conclusion.Executed result, null)
        | known -> known

    confirmedExecution
    |> rejects
        { shipped with
            OnCompleted = onCompleted }

[<Calls>]
let ``only what the store has confirmed is remembered`` script = confirmedMemory |> of' shipped script

[<Test>]
let ``broken twin: a machine that remembers a result that was not saved`` () =
    let onCompleted state now reply =
        match Protocol.onCompleted state now reply with
        | Step.Done(Conclusion.CompletedUnsaved _ as ended, _) -> Step.Done(ended, completed "r1")
        | known -> known

    confirmedMemory
    |> rejects
        { shipped with
            OnCompleted = onCompleted }

[<Calls>]
let ``a call has one deadline before its run, and one after`` script = oneDeadline |> of' shipped script

[<Test>]
let ``broken twin: a machine that begins to wait anew each time it looks`` () =
    let onPeeked (state: Peeking) =
        Protocol.onPeeked { state with Patience = Patience.fresh }

    oneDeadline |> rejects { shipped with OnPeeked = onPeeked }

[<Calls>]
let ``a pause is short enough, and long enough`` script =
    rightPauses shipped |> of' shipped script

[<Test>]
let ``broken twin: a machine that sleeps past the lease end`` () =
    let pause (state: Waiting) =
        Protocol.pause
            { state with
                LeaseEnds = state.Patience.Deadline }

    let twin = { shipped with Pause = pause }
    rightPauses twin |> rejects twin

[<Test>]
let ``broken twin: a machine that sleeps past its deadline`` () =
    let pause (state: Waiting) =
        Protocol.pause
            { state with
                Patience =
                    { state.Patience with
                        Deadline = state.LeaseEnds + 60_000L<ms> } }

    let twin = { shipped with Pause = pause }
    rightPauses twin |> rejects twin

[<Calls>]
let ``a call that was cancelled gives its lock back and does not run`` script =
    cancelledForGood |> of' shipped script

[<Test>]
let ``broken twin: a machine that forgets a lock when it is cancelled`` () =
    let onCancelled step =
        match Protocol.onCancelled step with
        | Step.Abandon state -> Step.Done(state.Because, null)
        | known -> known

    cancelledForGood
    |> rejects
        { shipped with
            OnCancelled = onCancelled }

[<Calls>]
let ``a function is told when its lease is over, and that is not taken back`` script =
    toldForGood |> of' shipped script

[<Test>]
let ``broken twin: a machine that takes a lost lease back when a renewal is applied`` () =
    let onRenewed running request now reply =
        { Protocol.onRenewed running request now reply with
            LeaseLost = false }

    toldForGood |> rejects { shipped with OnRenewed = onRenewed }

[<Test>]
let ``broken twin: a machine that never looks at its own clock while the function runs`` () =
    toldForGood
    |> rejects
        { shipped with
            OnTick = fun running _ -> running }
