// What a process sends, to the store or downstream, and what becomes of it on the way.
namespace Idempotency.Simulation.Users

open System
open System.Threading.Tasks
open Idempotency.Core
open Idempotency.Simulation

module internal Shown =
    /// The text of a value on one line, not too long.
    let line (value: obj | null) =
        let words =
            $"%O{value}".Split([| ' '; '\n'; '\r'; '\t' |], StringSplitOptions.RemoveEmptyEntries)

        let text = String.Join(' ', words)
        if text.Length > 80 then text.Substring(0, 77) + "..." else text

/// A message of a process.
[<NoComparison; NoEquality>]
type internal Message<'Reply> =
    {
        /// As the telling calls it.
        What: string
        Spot: Spot
        /// What the receiver does when it arrives. What it throws is its reply.
        Deliver: unit -> 'Reply
        /// The reply in words.
        Show: 'Reply -> string
        /// How long its sender waits before a failure.
        Patience: int64<ms>
    }

module internal Network =
    /// How long a message is under way, one way, when nothing goes wrong.
    let private hop = 1L<ms>

    /// When a client sends again whose reply did not come.
    let private resendAfter = 200L<ms>

    let private seconds (length: int64<ms>) =
        (float length / 1000.0).ToString("0.###", Globalization.CultureInfo.InvariantCulture)
        + " s"

    let private mayOvertake (life: Life) =
        if life.IsOvertaken then
            life.Clockwork.Coverage.Overtaken <- life.Clockwork.Coverage.Overtaken + 1

    let private stall (life: Life) what length =
        life.Clockwork.Coverage.Stalls <- life.Clockwork.Coverage.Stalls + 1
        life.Clockwork.Tell(fun () -> $"{life.Name} stands still for {seconds length} at '{what}'")
        life.Freeze length

        life.After(0L<ms>, fun () -> life.Clockwork.Tell(fun () -> $"{life.Name} moves again"))

    let private crash (life: Life) how what =
        life.Clockwork.Tell(fun () -> $"{life.Name} is gone: its process crashes {how} '{what}'")
        life.Crash()

    let private leaseOf (life: Life) =
        if life.Lease > 0L<ms> then life.Lease else Defaults.lease

    /// The handler comes to a step.
    let step (life: Life) (name: string) : Task =
        let clockwork = life.Clockwork
        clockwork.Check()
        clockwork.Coverage.Steps <- clockwork.Coverage.Steps + 1
        let reached = TaskCompletionSource()
        let place = life.NextPlace()

        let goOn length =
            life.After(
                length,
                fun () ->
                    mayOvertake life
                    clockwork.Tell(fun () -> $"{life.Name} is at '{name}'")
                    reached.SetResult()
            )

        match clockwork.Mischief.At(place, Spot.Step, leaseOf life) with
        | Twist.Crash :: _ -> crash life "at" name
        | Twist.Stall length :: _ ->
            stall life name length
            goOn 0L<ms>
        | _ -> goOn hop

        reached.Task

    /// Sends a message, and gives its reply.
    let send (life: Life) (message: Message<'Reply>) : Task<'Reply> =
        let clockwork = life.Clockwork
        clockwork.Check()
        let coverage = clockwork.Coverage
        let isCall = message.Spot = Spot.Call
        if isCall then coverage.Steps <- coverage.Steps + 1
        let reply = TaskCompletionSource<'Reply>()
        let place = life.NextPlace()
        let what = message.What

        let arrive note =
            let answer =
                try
                    Ok(message.Deliver())
                with problem ->
                    Error problem

            if isCall then mayOvertake life

            clockwork.Tell(fun () ->
                match answer with
                | Ok known -> $"{life.Name}: {what}: {message.Show known}{note}"
                | Error problem -> $"{life.Name}: {what}: {problem.GetType().Name}: {problem.Message}{note}")

            answer

        let hand length answer =
            life.After(
                length,
                fun () ->
                    match answer with
                    | Ok known -> reply.SetResult known
                    | Error(problem: exn) -> reply.SetException problem
            )

        let travel length (next: Result<'Reply, exn> -> unit) =
            clockwork.After(length, fun () -> next (arrive ""))

        let ordinary length back = travel length (hand back)

        let lose length note =
            clockwork.After(length, fun () -> arrive note |> ignore)

        let fail () =
            if isCall then
                coverage.FailedCalls <- coverage.FailedCalls + 1
            else
                coverage.FailedRequests <- coverage.FailedRequests + 1

            life.After(
                message.Patience,
                fun () ->
                    clockwork.Tell(fun () -> $"{life.Name}: {what}: no reply; {life.Name} sees it fail")

                    reply.SetException(
                        SimulatedFaultException $"'{what}' did not answer in time (simulated)." :> exn
                    )
            )

        let delayed () = coverage.Delays <- coverage.Delays + 1

        match clockwork.Mischief.At(place, message.Spot, leaseOf life) with
        | Twist.Crash :: _ -> crash life "before" what
        | Twist.CrashSent :: _ ->
            lose hop ", to nobody"
            crash life "having sent" what
        | Twist.Stall length :: _ ->
            stall life what length
            life.After(0L<ms>, fun () -> ordinary hop hop)
        | Twist.Slow length :: _ ->
            delayed ()
            clockwork.Tell(fun () -> $"{life.Name}: {what}: under way for {seconds length}")
            ordinary length hop
        | Twist.SlowReply length :: _ ->
            delayed ()

            travel hop (fun answer ->
                clockwork.Tell(fun () -> $"{life.Name}: {what}: the reply is under way for {seconds length}")
                hand length answer)
        | Twist.LoseReply :: _ ->
            coverage.LostReplies <- coverage.LostReplies + 1
            lose hop "; the reply is lost, and it is sent again"
            life.After(resendAfter, fun () -> ordinary hop hop)
        | Twist.Copy length :: _ ->
            coverage.Copies <- coverage.Copies + 1
            ordinary hop hop
            lose (hop + length) ", a copy, to nobody"
        | Twist.FailDone :: _ ->
            lose hop "; the reply is lost"
            fail ()
        | Twist.FailLost :: _ ->
            clockwork.Tell(fun () -> $"{life.Name}: {what}: lost on its way")
            fail ()
        | Twist.FailLate length :: _ ->
            lose (message.Patience + length) ", late, to nobody"
            fail ()
        | _ -> ordinary hop hop

        reply.Task
