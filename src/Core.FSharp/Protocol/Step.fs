// The states of the machine. A state is the effect that it waits for, with what the reply will be judged by.
namespace Idempotency.Core

open System.Runtime.CompilerServices

/// How a run ended, with the caller's own exception where it threw.
[<RequireQualifiedAccess; Struct; IsReadOnly; NoComparison; NoEquality>]
type Run =
    /// The function returned, and enlisted these writes; at this clock it was first to be saved.
    | Returned of payload: Payload * enlisted: Enlisted * savedFrom: int64<ms>
    /// The function threw, and its failure is to be stored.
    | Threw of error: exn * payload: Payload

    /// What is stored of it.
    member this.Ending =
        match this with
        | Returned(result, _, _) -> Ending.Returned result
        | Threw(_, failure) -> Ending.Threw failure

    /// What is committed with it: of a run that threw nothing.
    member this.Enlisted =
        match this with
        | Returned(_, enlisted, _) -> enlisted
        | Threw _ -> Enlisted.None

/// What becomes of a run that threw: the classifier's answer, with what is to be stored.
[<RequireQualifiedAccess; Struct; IsReadOnly; NoComparison>]
type Disposition =
    /// Give the lock back.
    | Release
    /// Store this account of the failure.
    | Store of failure: Payload
    /// Keep the lock until its lease ends.
    | Hold

/// What a call has used up of its tries and its time to wait. Most calls have used up nothing, and share one.
[<NoComparison; NoEquality>]
type Patience =
    {
        /// How often it has tried again since it last slept, of three times.
        Tries: int
        /// How often it has slept.
        Sleeps: int
        /// When it stops waiting, in milliseconds since the Unix epoch; zero before the first sleep.
        Deadline: int64<ms>
    }

/// Patience as it is at first.
module Patience =
    /// All tries, and all the time to wait.
    let fresh: Patience =
        { Tries = 0
          Sleeps = 0
          Deadline = 0L<ms> }

/// Waits for the reply to a get that comes before the first acquire.
[<Struct; IsReadOnly; NoComparison; NoEquality>]
type Looking =
    {
        Ticket: Ticket
        /// The clock at which the call began.
        Now: int64<ms>
    }

/// Waits for the reply to an acquire.
[<Struct; IsReadOnly; NoComparison; NoEquality>]
type Acquiring =
    { Request: AcquireRequest
      Patience: Patience }

/// Has the lock, but too late to start on; waits for the reply to a renewal.
[<Struct; IsReadOnly; NoComparison; NoEquality>]
type Refreshing =
    {
        Request: RenewRequest
        Patience: Patience
        /// The clock of the acquire, for `FenceFrom.Acquire`.
        AcquiredAt: int64<ms>
        TakeOver: bool
    }

/// Gives a lock back that it could not start on.
[<Struct; IsReadOnly; NoComparison; NoEquality>]
type Abandoning =
    { Request: ReleaseRequest
      Because: Conclusion }

/// The function runs.
[<Struct; IsReadOnly; NoComparison; NoEquality>]
type Running =
    {
        Ticket: Ticket
        /// The fencing token of this run.
        Fence: int64<ms>
        /// When the function was started.
        StartedAt: int64<ms>
        /// When the call stops trusting its lease.
        LeaseEnds: int64<ms>
        /// An earlier owner may have run the function and been cut off.
        TakeOver: bool
        /// The function has been told that its lease is lost.
        LeaseLost: bool
    }

/// Waits for the reply to a complete.
[<Struct; IsReadOnly; NoComparison; NoEquality>]
type Completing =
    {
        Ticket: Ticket
        /// The clock of the request.
        Now: int64<ms>
        Run: Run
        Patience: Patience
    }

    /// What is asked of the store.
    member this.Request: CompleteRequest =
        { Ticket = this.Ticket
          Now = this.Now
          Ending = this.Run.Ending
          Enlisted = this.Run.Enlisted }

/// Waits for the reply to a late complete.
[<Struct; IsReadOnly; NoComparison; NoEquality>]
type LateCompleting =
    {
        Ticket: Ticket
        /// The clock of the request.
        Now: int64<ms>
        Run: Run
        Patience: Patience
    }

    /// What is asked of the store.
    member this.Request: LateCompleteRequest =
        { Ticket = this.Ticket
          Now = this.Now
          Ending = this.Run.Ending
          Enlisted = this.Run.Enlisted }

/// Waits for the reply to a release.
[<Struct; IsReadOnly; NoComparison; NoEquality>]
type Releasing = { Request: ReleaseRequest; Error: exn }

/// What a waiting or looking call has in hand.
[<RequireQualifiedAccess; Struct; IsReadOnly; NoComparison; NoEquality>]
type InHand =
    /// Nothing: it wants to run. The clock of its last acquire, for `FenceFrom.Acquire`.
    | Nothing of acquiredAt: int64<ms>
    /// It has run, and waits for what the newer owner leaves.
    | Run of Run

/// Sleeps until another call's lease ends or its result may be there.
[<Struct; IsReadOnly; NoComparison; NoEquality>]
type Waiting =
    {
        Ticket: Ticket
        InHand: InHand
        Patience: Patience
        /// The lock that it waits for.
        Holder: Record
        /// When that lock's lease ends.
        LeaseEnds: int64<ms>
    }

/// Waits for the reply to a get.
[<Struct; IsReadOnly; NoComparison; NoEquality>]
type Peeking =
    { Ticket: Ticket
      InHand: InHand
      Patience: Patience }

/// What the machine wants done next.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type Step =
    /// Read the record; `Protocol.onLooked`.
    | Look of Looking
    /// Send the request; `Protocol.onAcquired`.
    | Acquire of Acquiring
    /// Send the request; `Protocol.onRefreshed`.
    | Refresh of Refreshing
    /// Send the request; `Protocol.onAbandoned`.
    | Abandon of Abandoning
    /// Run the function; `Protocol.onReturned` or `onThrew`, and in between `onHeartbeat`, `onRenewed`, `onTick`.
    | Run of Running
    /// Send the request; `Protocol.onCompleted`.
    | Complete of Completing
    /// Send the request; `Protocol.onLateCompleted`.
    | LateComplete of LateCompleting
    /// Send the request; `Protocol.onReleased`.
    | Release of Releasing
    /// Sleep; `Protocol.onTimer` or `onDeadline`.
    | Wait of Waiting
    /// Read the record; `Protocol.onPeeked`.
    | Peek of Peeking
    /// The call has ended. A record that is not null is confirmed, finished and checked: it may be cached.
    | Done of conclusion: Conclusion * remember: (Record | null)

    /// The state's name in the state table.
    member this.StateName =
        match this with
        | Look _ -> "Looking"
        | Acquire _ -> "Acquiring"
        | Refresh _ -> "Refreshing"
        | Abandon _ -> "Abandoning"
        | Run _ -> "Running"
        | Complete _ -> "Completing"
        | LateComplete _ -> "LateCompleting"
        | Release _ -> "Releasing"
        | Wait _ -> "Waiting"
        | Peek _ -> "Peeking"
        | Done _ -> "Done"
