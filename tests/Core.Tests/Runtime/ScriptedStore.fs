// A store that follows a script: it answers, fails, hangs or loses replies as a test says, and keeps a log.
module Core.Tests.Runtime.ScriptedStore

open System
open System.Threading
open System.Threading.Tasks
open Idempotency
open Idempotency.Core

/// The requests of a store.
[<RequireQualifiedAccess>]
type Ask =
    | Acquire
    | Renew
    | Complete
    | Release
    | LateComplete
    | Get

/// What a scripted store does with a request.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type Act =
    /// It answers as the store behind it does.
    | Answer
    /// It fails, and nothing is applied.
    | Fault of exn
    /// It fails before it has given a task.
    | Throw of exn
    /// The request is applied, but its reply is lost.
    | LoseReply of exn
    /// It never answers, whatever its token says.
    | Hang
    /// It does not answer until its token ends, and fails then.
    | HangUntilTold
    /// The request is applied, but the reply is held up until its token ends, and lost then.
    | ApplyAndHang
    /// It answers once this has happened.
    | AnswerAfter of Task
    /// The request is applied, but the reply is held up until this has happened.
    | ApplyAndAnswerAfter of Task
    /// It refuses, and shows this record.
    | Refuse of (Record | null)

let transient = IO.IOException "the wire broke"

/// A fault after which the same request cannot succeed.
type HopelessException() =
    inherit Exception("the table is gone")
    interface IPermanentFault

/// A store that follows a script: what it does with the n-th request of a kind, counted from 1. A blind one cannot
/// say why it refuses.
type ScriptedStore(inner: IIdempotencyStore, clock: TimeProvider, script: Ask -> int -> Act, blind: bool) =
    let gate = obj ()
    let asked = ResizeArray<Ask * int64>()
    let awaited = ResizeArray<Ask * int * TaskCompletionSource>()
    let origin = clock.GetUtcNow()

    let countOf ask =
        asked |> Seq.filter (fun (known, _) -> known = ask) |> Seq.length

    let wake () =
        for ask, nth, waiter in awaited do
            if countOf ask >= nth then waiter.TrySetResult() |> ignore

    let note ask =
        lock gate (fun () ->
            asked.Add(ask, int64 (clock.GetUtcNow() - origin).TotalMilliseconds)
            wake ()
            countOf ask)

    let play ask (token: CancellationToken) (refuse: (Record | null) -> 'R) (send: unit -> ValueTask<'R>) =
        match script ask (note ask) with
        | Act.Throw fault -> raise fault
        | act ->
            ValueTask<'R>(
                task {
                    match act with
                    | Act.Throw fault
                    | Act.Fault fault -> return raise fault
                    | Act.Answer -> return! send ()
                    | Act.LoseReply fault ->
                        let! _ = send ()
                        return raise fault
                    | Act.Hang -> return! TaskCompletionSource<'R>().Task
                    | Act.HangUntilTold ->
                        do! Task.Delay(Timeout.Infinite, token)
                        return! send ()
                    | Act.ApplyAndHang ->
                        let! _ = send ()
                        do! Task.Delay(Timeout.Infinite, token)
                        return! send ()
                    | Act.AnswerAfter event ->
                        do! event
                        return! send ()
                    | Act.ApplyAndAnswerAfter event ->
                        let! reply = send ()
                        do! event
                        return reply
                    | Act.Refuse record -> return refuse record
                }
            )

    let write ask token (send: unit -> ValueTask<StoreReply>) =
        if blind then
            ValueTask<StoreReply>(
                task {
                    match! play ask token StoreReply.Refused send with
                    | StoreReply.Refused _ -> return StoreReply.RefusedUnseen
                    | other -> return other
                }
            )
        else
            play ask token StoreReply.Refused send

    /// What was asked of it, with the milliseconds since it was made.
    member _.Asked = lock gate (fun () -> List.ofSeq asked)

    /// The kinds of what was asked, in order.
    member this.Asks = this.Asked |> List.map fst

    /// The same as text.
    member this.Log = String.Join(" ", this.Asks)

    /// How often one kind was asked.
    member _.Count ask = lock gate (fun () -> countOf ask)

    /// Waits until the n-th request of a kind has come.
    member _.Reached(ask, nth) : Task =
        lock gate (fun () ->
            let waiter = TaskCompletionSource TaskCreationOptions.RunContinuationsAsynchronously

            awaited.Add((ask, nth, waiter))
            wake ()
            waiter.Task.WaitAsync(TimeSpan.FromSeconds 20.0))

    interface IIdempotencyStore with
        member _.Acquire(request, token) =
            write Ask.Acquire token (fun () -> inner.Acquire(request, token))

        member _.Renew(request, token) =
            write Ask.Renew token (fun () -> inner.Renew(request, token))

        member _.Complete(request, token) =
            write Ask.Complete token (fun () -> inner.Complete(request, token))

        member _.Release(request, token) =
            write Ask.Release token (fun () -> inner.Release(request, token))

        member _.LateComplete(request, token) =
            write Ask.LateComplete token (fun () -> inner.LateComplete(request, token))

        member _.Get(key, token) =
            play Ask.Get token id (fun () -> inner.Get(key, token))

/// A script that does as the store does.
let faithful (_: Ask) (_: int) = Act.Answer

/// A script that does something else with each request of one kind.
let always ask act : Ask -> int -> Act =
    fun asked _ -> if asked = ask then act else Act.Answer

/// A script that does something else with the first request of one kind.
let once ask act : Ask -> int -> Act =
    fun asked nth -> if asked = ask && nth = 1 then act else Act.Answer

/// The act of that name.
let act (name: string) (acts: (string * Act) list) =
    acts |> List.find (fst >> (=) name) |> snd
