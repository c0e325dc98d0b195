// Who follows a performance: a watch that notices what breaks, and frames that tell what happens.
namespace Idempotency.Simulation

open System.Collections.Generic
open Idempotency.Core

/// How closely a performance is followed.
[<RequireQualifiedAccess>]
type internal Attention =
    /// Nobody looks.
    | None
    /// Broken invariants are noticed.
    | Watching
    /// They are, and what happens is told, step by step.
    | Telling

/// A call before and after something befell it.
[<NoComparison; NoEquality>]
type internal Change =
    {
        /// The call's number.
        Index: int
        Incident: Incident
        Before: Call
        After: Call
        /// What the store did.
        Seen: Seen
        /// The record of its key before and after.
        Record: struct (Record | null * Record | null)
    }

/// Follows one performance.
[<Sealed>]
type internal Audience(schedule: Schedule, attention: Attention) =
    let watch = Watch schedule
    let executing = List<int>()
    let frames = List<Frame>()
    let keys = Array.ofList (Schedule.keys schedule)

    let isAbandoning (call: Call) =
        match call.Phase with
        | Phase.At(Step.Abandon _) -> true
        | Phase.At _
        | Phase.Unbegun
        | Phase.Crashed -> false

    /// Whether anybody looks at all.
    member _.IsThere = attention <> Attention.None

    /// What broke so far.
    member _.Violations = watch.Violations

    /// What happened, where it is told.
    member _.Frames = frames

    /// A new step begins.
    member _.Next() = watch.Next()

    /// A call has stopped executing, for whatever reason.
    member _.Stopped(index: int) = executing.Remove index |> ignore

    /// Something befell a call, whose clock this is.
    member _.Befell(now: int64<ms>, clock: int64<ms>, change: Change) =
        let index = change.Index
        if change.Incident = Incident.Begin then watch.Began index
        watch.Befell(index, change.Incident, change.After)
        let struct (before, after) = change.Record

        match change.Seen with
        | Seen.Answered(request, reply, lost) ->
            watch.Sent(
                now,
                { Sender = index
                  Request = request
                  Reply = reply
                  Lost = lost
                  IsCopy = false
                  Before = before
                  After = after }
            )
        | Seen.Nothing
        | Seen.NotApplied _
        | Seen.Swept _ -> ()

        match change.After.Phase with
        | Phase.At(Step.Run running) when not (executing.Contains index) ->
            watch.Started(index, now, clock, running, executing)
            executing.Add index
        | Phase.At(Step.Run _) -> ()
        | Phase.At(Step.Done(conclusion, _)) ->
            executing.Remove index |> ignore
            watch.Ended(index, now, clock, conclusion, isAbandoning change.Before)
        | Phase.At _
        | Phase.Unbegun
        | Phase.Crashed -> executing.Remove index |> ignore

    /// A copy reached the store.
    member _.Arrived(now: int64<ms>, carried: Carried) = watch.Sent(now, carried)

    /// A sweep removed the record of the key with this number.
    member _.Swept(key: int, now: int64<ms>, before: Record) = watch.Swept(key, now, before)

    /// A fresh caller was turned away.
    member _.Stuck(problem: string) = watch.Stuck problem

    /// Looks at the calls that execute: `isLive` says whether one takes its lease for live.
    member _.LookAround(isLive: int -> bool) =
        for one in 0 .. executing.Count - 1 do
            for other in one + 1 .. executing.Count - 1 do
                if isLive executing[one] && isLive executing[other] then
                    watch.Overlap(executing[one], executing[other])

    /// Tells what happened at the key with this number; `make` makes a frame of its record, of the record's author, and
    /// of what broke.
    member _.Tell
        (key: int, record: Record | null, make: (Record | null) -> string -> Invariant list -> Frame)
        =
        if attention = Attention.Telling then
            let known = frames |> Seq.collect _.Broken |> List.ofSeq
            let broken = [ for violation in watch.Violations -> violation.Invariant ]
            let isJudged = schedule.Expect.Breaks.IsSome
            let news = if isJudged then List.except known broken else []
            let frame = make record (watch.AuthorOf key) news
            frames.Add(if keys.Length > 1 then Frame.ofKey keys[key] frame else frame)
