// Plays one run: callers send, processes handle, what the schedule says goes wrong, and after each event every promise is
// looked at.
namespace Idempotency.Simulation.Users

open System
open System.Collections.Generic
open System.Threading
open System.Threading.Tasks
open Idempotency.Core
open Idempotency.Simulation

/// How a call ended, as its caller sees it.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type internal Answer =
    | Given of string
    | Refused of why: string * retryAfter: Nullable<TimeSpan> * refusal: (exn | null)
    | Failed of exn

module internal Answer =
    /// What kind of value it is: the first word of its text.
    let private kind (value: obj | null) = (Shown.line value).Split(' ')[0]

    /// What a call returned.
    let ofResult (result: obj | null) =
        match result with
        | :? ICallEnding as ending when not ending.HasResult ->
            match ending.Failure with
            | null -> Answer.Refused(kind result, ending.RetryAfter, null)
            | failure -> Answer.Failed failure
        | _ -> Answer.Given(Shown.line result)

    /// What a call threw.
    let ofError (error: exn) =
        match box error with
        | :? ICallEnding as refusal -> Answer.Refused(error.GetType().Name, refusal.RetryAfter, error)
        | _ -> Answer.Failed error

/// One caller: what it sends, and how that is handled.
[<NoComparison; NoEquality>]
type internal Sender<'World> =
    { Input: string
      Handle: SimulatedProcess<'World> -> CancellationToken -> Task<Answer> }

/// A sentence about the world.
[<NoComparison; NoEquality>]
type internal Promise<'World> =
    { Name: string
      Holds: Func<'World, bool>
      OnlyAtEnd: bool }

/// What all runs of a simulation have in common.
[<NoComparison; NoEquality>]
type internal Setup<'World> =
    { NewWorld: Func<'World>
      Senders: IReadOnlyList<Sender<'World>>
      Promises: IReadOnlyList<Promise<'World>>
      Expected: IReadOnlyList<Type>
      Faults: SimulationFaults
      MaxAttempts: int }

/// What came of a run.
[<NoComparison; NoEquality>]
type internal Played =
    {
        /// The sentence that does not hold, with the exception that says so, if it was one.
        Broken: struct (string * (exn | null)) voption
        Coverage: SimulationCoverage
        Twists: struct (Place * Twist) list
        Told: IReadOnlyList<string>
        /// The longest lease that was asked for; zero if the store was never asked.
        Lease: int64<ms>
        IsStoreAsked: bool
        /// The last refusal of a caller.
        LastRefusal: string
        LastError: exn | null
    }

/// One run.
[<Sealed>]
type internal Play<'World>(setup: Setup<'World>, mischief: Mischief, callers: int list, tells: bool) =
    /// So many events of a run, and it is taken for endless.
    static let mostEvents = 200_000

    /// When a caller whose process is gone, or that was told no time, sends again.
    static let pause = 1000L<ms>

    let clockwork = Clockwork(mischief, tells)
    let coverage = clockwork.Coverage
    let shared = SharedStore()
    let lives = List<Life>()
    let current = Dictionary<int, int>()
    let answered = HashSet<int>()
    let mutable broken = ValueNone
    let mutable lastRefusal = ""
    let mutable lastError: exn | null = null

    let breaks name (error: exn | null) =
        if broken.IsNone then
            broken <- ValueSome(struct (name, error))

            clockwork.Tell(fun () ->
                match error with
                | null -> $"<-- BROKEN: {name}"
                | known -> $"<-- BROKEN: {name} ({known.GetType().Name}: {known.Message})")

    let isExpected (error: exn) =
        match error with
        | :? SimulatedFaultException
        | :? OperationCanceledException -> true
        | _ -> setup.Expected |> Seq.exists (fun known -> known.IsInstanceOfType error)

    let check world (onlyAtEnd: bool) =
        for promise in setup.Promises do
            if broken.IsNone && (not promise.OnlyAtEnd || onlyAtEnd) then
                try
                    if not (promise.Holds.Invoke world) then breaks promise.Name null
                with error ->
                    breaks promise.Name error

    let tell text = clockwork.Tell text

    let rec begin' world caller number =
        let place =
            { Caller = caller
              Attempt = number
              Point = 0 }

        let twists = mischief.At(place, Spot.Beginning, 0L<ms>)

        let lengthOf choose =
            twists |> List.tryPick choose |> Option.defaultValue 0L<ms>

        let wait =
            lengthOf (function
                | Twist.Wait length -> Some length
                | _ -> None)

        let ahead =
            lengthOf (function
                | Twist.Ahead length -> Some length
                | _ -> None)

        clockwork.After(wait, fun () -> handle world caller number ahead twists)

    /// The caller of this attempt sends again, if it has not done so.
    and again world caller number after =
        if
            current[caller] = number
            && not (answered.Contains caller)
            && number < setup.MaxAttempts
        then
            current[caller] <- number + 1
            clockwork.After(after, fun () -> begin' world caller (number + 1))

    and handle world caller number ahead twists =
        let sender = setup.Senders[caller]
        let life = Life(clockwork, caller, number, ahead)
        let cancellation = new CancellationTokenSource()
        lives.Add life
        coverage.Calls <- coverage.Calls + 1
        if ahead > 0L<ms> then coverage.SkewedClocks <- coverage.SkewedClocks + 1
        life.OnCrash <- fun () -> again world caller number pause

        tell (fun () ->
            let clock = if ahead > 0L<ms> then $", whose clock is {ahead} ms ahead" else ""
            $"{Place.callerName caller} sends {sender.Input} to {life.Name}{clock}")

        for twist in twists do
            match twist with
            | Twist.Cancel length ->
                life.After(
                    length,
                    fun () ->
                        if not life.HasEnded then
                            coverage.Cancellations <- coverage.Cancellations + 1
                            tell (fun () -> $"{Place.callerName caller} cancels its call to {life.Name}")
                            cancellation.Cancel()
                )
            | Twist.Resend length ->
                clockwork.After(
                    length,
                    fun () ->
                        if not life.HasEnded && not life.IsGone && current[caller] = number then
                            coverage.Resends <- coverage.Resends + 1

                            tell (fun () ->
                                $"{Place.callerName caller} waits for {life.Name} no longer, and sends again")

                            again world caller number 0L<ms>
                )
            | _ -> ()

        let call =
            sender.Handle (SimulatedProcess<'World>(life, LifeStore(shared, life), world)) cancellation.Token

        call.ContinueWith(
            (fun (ended: Task<Answer>) ->
                try
                    clockwork.Check()
                    finish world life ended.Result
                with :? SimulationException ->
                    ()),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        )
        |> ignore

    and finish world life ending =
        life.HasEnded <- true

        let heard =
            if current[life.Caller] = life.Attempt then
                ""
            else
                $" ({Place.callerName life.Caller} does not wait for it any more)"

        match ending with
        | Answer.Given text ->
            coverage.Answers <- coverage.Answers + 1
            if not life.HasHeld then coverage.Replays <- coverage.Replays + 1

            tell (fun () ->
                let how = if life.HasHeld then "answers" else "answers without running"
                $"{life.Name} {how}: {text}{heard}")

            if heard = "" then answered.Add life.Caller |> ignore
        | Answer.Refused(why, retryAfter, refusal) ->
            coverage.Refusals <- coverage.Refusals + 1
            lastRefusal <- why
            lastError <- refusal
            tell (fun () -> $"{life.Name} refuses: {why}{heard}")

            let after = if retryAfter.HasValue then Time.ofTimeSpan retryAfter.Value else pause

            again world life.Caller life.Attempt after
        | Answer.Failed error ->
            coverage.Refusals <- coverage.Refusals + 1
            lastRefusal <- $"{error.GetType().Name}: {error.Message}"
            lastError <- error
            tell (fun () -> $"{life.Name} fails: {lastRefusal}{heard}")

            if isExpected error then
                again world life.Caller life.Attempt pause
            else
                clockwork.Fail error

    let unfinished () =
        lives |> Seq.exists (fun life -> not life.HasEnded && not life.IsGone)

    let run world =
        for caller in callers do
            current[caller] <- 1
            begin' world caller 1

        check world false
        let mutable events = 0

        while broken.IsNone && isNull clockwork.Problem && clockwork.Next() do
            events <- events + 1
            check world false

            if events = mostEvents then
                clockwork.Fail(
                    SimulationException
                        $"A run does not end: after {mostEvents} events there is still something to do. Something in the handler repeats itself for ever."
                )

        if broken.IsNone then
            match clockwork.Problem with
            | null when clockwork.Strayed || unfinished () ->
                clockwork.Fail(SimulationException Clockwork.StrayText)
            | _ -> ()

            match clockwork.Problem with
            | null -> check world true
            | :? SimulationException as misuse -> raise misuse
            | problem -> breaks "the handler throws nothing that is not expected" problem

    /// Plays it to its end, or to the first promise that does not hold.
    member _.Run() : Played =
        try
            let world = setup.NewWorld.Invoke()
            run world
        with
        | :? SimulationException -> reraise ()
        | error -> breaks "the world can be made" error

        coverage.Runs <- 1
        coverage.Unanswered <- callers.Length - answered.Count

        { Broken = broken
          Coverage = coverage
          Twists = mischief.Done
          Told = clockwork.Told
          Lease = if lives.Count = 0 then 0L<ms> else lives |> Seq.map _.Lease |> Seq.max
          IsStoreAsked = shared.IsAsked
          LastRefusal = lastRefusal
          LastError = lastError }
