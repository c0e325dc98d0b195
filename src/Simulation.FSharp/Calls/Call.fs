// One call on its way through the protocol: where it stands, what it has sent, and every event that can
// befall it. A call is a value; the store and the local cache that the events touch are not.
namespace Idempotency.Simulation

open System
open Idempotency
open Idempotency.Core

/// How far a call has come.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type Phase =
    /// It has not begun.
    | Unbegun
    /// It is in this state of the machine.
    | At of Step
    /// Its process is gone.
    | Crashed

/// One call.
[<NoComparison; NoEquality>]
type Call =
    {
        /// The call's name; its owner token in schedules.
        Name: string
        Ticket: Ticket
        /// The call's clock minus the common one.
        Offset: int64<ms>
        /// What its function returns.
        Result: Payload
        /// What its function enlists when it returns.
        Enlisted: Enlisted
        /// What its function throws, where it throws.
        Failure: exn
        /// The local cache of its process, if it has one.
        Cache: LocalCache | null
        Machine: Machine
        Phase: Phase
        /// The reply to the pending request that is on its way back.
        Kept: Reply option
        /// The renewal on its way while the function runs.
        Renewal: RenewRequest option
        /// The fencing token of its run.
        Fence: int64<ms> voption
        /// Whether its function has been told that the lease is lost.
        LeaseLost: bool
    }

    /// The state's name in the schedules.
    member this.StateName =
        match this.Phase with
        | Phase.Unbegun -> "Start"
        | Phase.At step -> step.StateName
        | Phase.Crashed -> "Crashed"

/// An event's effect on a call, with what the store did; or why the event cannot befall the call.
type Effect = Result<struct (Call * Seen), string>

module Call =
    /// A call that has not begun.
    let create name ticket offset result (cache: LocalCache | null) machine =
        { Name = name
          Ticket = ticket
          Offset = offset
          Result = result
          Enlisted = Enlisted.None
          Failure = InvalidOperationException $"The function of {name} failed."
          Cache = cache
          Machine = machine
          Phase = Phase.Unbegun
          Kept = None
          Renewal = None
          Fence = ValueNone
          LeaseLost = false }

    let private refuse (call: Call) what : Effect =
        Error $"{call.Name} is {call.StateName} and {what}"

    /// Makes a request, as `CachedStore` does: a call that still acquires found what was remembered expired.
    let private forget (call: Call) =
        match call.Cache with
        | null -> ()
        | cache -> cache.Forget call.Ticket.Key

    let private remember (call: Call) (record: Record | null) =
        match call.Cache, record with
        | NonNull cache, NonNull finished -> cache.Remember finished
        | Null, _
        | _, Null -> ()

    /// Enters a state. What a state does beyond waiting, it does here.
    let enter (call: Call) (step: Step) : Call =
        let arrived =
            { call with
                Phase = Phase.At step
                Kept = None
                Renewal = None }

        match step with
        | Step.Acquire _ ->
            forget call
            arrived
        | Step.Done(_, record) ->
            remember call record
            arrived
        | Step.Run running ->
            { arrived with
                Fence = ValueSome running.Fence
                LeaseLost = call.LeaseLost || running.LeaseLost }
        | Step.Look _
        | Step.Refresh _
        | Step.Abandon _
        | Step.Complete _
        | Step.LateComplete _
        | Step.Release _
        | Step.Wait _
        | Step.Peek _ -> arrived

    let private seeing seen (call: Call) : Effect = Ok(struct (call, seen))

    let private running (call: Call) running =
        { call with
            Phase = Phase.At(Step.Run running)
            LeaseLost = call.LeaseLost || running.LeaseLost }

    /// The request that the call waits for, if it waits for one.
    let pending (call: Call) : Request option =
        match call.Phase with
        | Phase.At step -> Wire.requestOf step
        | Phase.Unbegun
        | Phase.Crashed -> None

    /// What is on its way: the pending request, or else the renewal.
    let underWay (call: Call) =
        match pending call, call.Renewal with
        | Some request, _ -> Some request
        | None, Some renewal -> Some(Request.Renew renewal)
        | None, None -> None

    let private onStep (call: Call) now reply =
        match call.Phase with
        | Phase.At(Step.Run state) ->
            match call.Renewal, reply with
            | Some renewal, Ok(Reply.Wrote written) ->
                running { call with Renewal = None } (call.Machine.OnRenewed state renewal now (Ok written))
            | Some renewal, Error fault ->
                running { call with Renewal = None } (call.Machine.OnRenewed state renewal now (Error fault))
            | None, _
            | _, Ok(Reply.Read _) -> invalidOp "A renewal was answered that was not sent."
        | Phase.At step -> enter call (call.Machine.OnReply step now reply)
        | Phase.Unbegun
        | Phase.Crashed -> call

    /// The call begins; its local cache may answer it.
    let start (now: int64<ms>) (call: Call) : Effect =
        match call.Phase with
        | Phase.Unbegun ->
            let cached =
                match call.Cache with
                | null -> null
                | cache -> cache.Recall call.Ticket.Key

            enter call (call.Machine.Start call.Ticket now cached) |> seeing Seen.Nothing
        | Phase.At _
        | Phase.Crashed -> refuse call "cannot begin again"

    /// The pending request reaches the store, and the reply is handled.
    let deliver store now (call: Call) : Effect =
        match pending call with
        | None -> refuse call "has no request pending"
        | Some request ->
            let reply = Wire.send store request
            onStep call now (Ok reply) |> seeing (Seen.Answered(request, reply, false))

    /// The pending renewal reaches the store, and the reply is handled.
    let deliverRenewal store now (call: Call) : Effect =
        match call.Renewal with
        | None -> refuse call "has no renewal under way"
        | Some renewal ->
            let request = Request.Renew renewal
            let reply = Wire.send store request
            onStep call now (Ok reply) |> seeing (Seen.Answered(request, reply, false))

    /// The pending request reaches the store; the reply is on its way back.
    let reach store (call: Call) : Effect =
        match pending call with
        | None -> refuse call "has no request pending"
        | Some request ->
            let reply = Wire.send store request
            { call with Kept = Some reply } |> seeing (Seen.Answered(request, reply, false))

    /// The reply that was on its way back is handled.
    let handle now (call: Call) : Effect =
        match call.Kept with
        | None -> refuse call "has no reply under way"
        | Some reply -> onStep call now (Ok reply) |> seeing Seen.Nothing

    /// What is under way reaches the store, the reply is lost, and the client sends the same again.
    let loseReply store (call: Call) : Effect =
        match underWay call with
        | None -> refuse call "has nothing under way"
        | Some request -> seeing (Seen.Answered(request, Wire.send store request, true)) call

    /// The client gives up what is under way; it was not applied.
    let fault now error (call: Call) : Effect =
        match underWay call with
        | None -> refuse call "has nothing under way"
        | Some request -> onStep call now (Error error) |> seeing (Seen.NotApplied request)

    /// What is under way is applied, but the client has given it up.
    let applyAndFault store now error (call: Call) : Effect =
        match underWay call with
        | None -> refuse call "has nothing under way"
        | Some request ->
            let reply = Wire.send store request
            onStep call now (Error error) |> seeing (Seen.Answered(request, reply, true))

    let private whileRunning (call: Call) (next: Running -> Call) : Effect =
        match call.Phase with
        | Phase.At(Step.Run state) -> seeing Seen.Nothing (next state)
        | Phase.At _
        | Phase.Unbegun
        | Phase.Crashed -> refuse call "its function does not run"

    /// The function returns.
    let returns now (call: Call) =
        whileRunning call (fun state ->
            enter call (call.Machine.OnReturned state now call.Result call.Enlisted))

    /// The function throws.
    let throws now disposition (call: Call) =
        whileRunning call (fun state -> enter call (call.Machine.OnThrew state now call.Failure disposition))

    /// The call looks at its clock.
    let tick now (call: Call) =
        whileRunning call (fun state -> running call (Protocol.onTick state now))

    /// The call sends a renewal, unless its function has run for too long.
    let heartbeat now (call: Call) =
        whileRunning call (fun state ->
            match call.Machine.OnHeartbeat state now with
            | ValueSome renewal -> { call with Renewal = Some renewal }
            | ValueNone -> call)

    let private whileWaiting (call: Call) next : Effect =
        match call.Phase with
        | Phase.At(Step.Wait state) -> enter call (next state) |> seeing Seen.Nothing
        | Phase.At _
        | Phase.Unbegun
        | Phase.Crashed -> refuse call "does not wait"

    /// The sleep is over.
    let timer (call: Call) = whileWaiting call call.Machine.OnTimer

    /// The time to wait is over.
    let deadline (call: Call) =
        whileWaiting call call.Machine.OnDeadline

    /// The store refuses, for good, what the function had enlisted, and writes nothing.
    let refuseEnlisted now disposition (call: Call) : Effect =
        let enlists (enlisted: Enlisted) = not enlisted.IsNone

        match call.Phase with
        | Phase.At(Step.Complete({ Run = run } as saving) as step) when enlists run.Enlisted ->
            enter call (call.Machine.OnEnlistedRefused step now call.Failure disposition)
            |> seeing (Seen.NotApplied(Request.Complete saving.Request))
        | Phase.At(Step.LateComplete({ Run = run } as saving) as step) when enlists run.Enlisted ->
            enter call (call.Machine.OnEnlistedRefused step now call.Failure disposition)
            |> seeing (Seen.NotApplied(Request.LateComplete saving.Request))
        | Phase.At _
        | Phase.Unbegun
        | Phase.Crashed -> refuse call "has nothing enlisted under way"

    /// The caller gives up before the function was started.
    let cancel (call: Call) : Effect =
        match call.Phase with
        | Phase.At(Step.Done _) -> refuse call "has ended already"
        | Phase.At step -> enter call (call.Machine.OnCancelled step) |> seeing Seen.Nothing
        | Phase.Unbegun
        | Phase.Crashed -> refuse call "cannot be cancelled"

    /// The process disappears.
    let crash (call: Call) : Effect =
        match call.Phase with
        | Phase.At(Step.Done _)
        | Phase.Crashed -> refuse call "has ended already"
        | Phase.At _
        | Phase.Unbegun ->
            { call with
                Phase = Phase.Crashed
                Kept = None
                Renewal = None }
            |> seeing Seen.Nothing
