// The way in for users: a world, callers, promises, and runs of them by the thousand. Start reading here.
namespace Idempotency.Simulation

open System
open System.Collections.Generic
open System.Runtime.ExceptionServices
open System.Threading
open System.Threading.Tasks
open Idempotency.Core
open Idempotency.Simulation.Users

/// <summary>Simulates handlers under crashes, stalls, lost replies, retries and clocks that disagree: your function and the
/// library's code that ships, in virtual time, over a model of the outside world that you write. Each run follows from its
/// seed alone and can be repeated.</summary>
/// <remarks>All of a run happens on one thread, one thing after the other. The code that is simulated waits only for
/// <c>process.StepAsync</c>, <c>process.CallAsync</c>, <c>process.Store</c> and <c>process.Time</c>. Not thread-safe.</remarks>
/// <typeparam name="TWorld">The model of the outside world: a class of your own.</typeparam>
[<Sealed>]
type HandlerSimulation<'TWorld>
    /// <summary>A simulation without callers and promises, yet.</summary>
    /// <param name="newWorld">Makes the model anew for each run.</param>
    (newWorld: Func<'TWorld>) =
    do ArgumentNullException.ThrowIfNull(newWorld, nameof newWorld)

    let senders = List<Sender<'TWorld>>()
    let promises = List<Promise<'TWorld>>()
    let expected = List<Type>()
    let mutable attempts = 8

    let setup faults =
        { NewWorld = newWorld
          Senders = senders
          Promises = promises
          Expected = expected
          Faults = faults
          MaxAttempts = attempts }

    let everyone () = [ 0 .. senders.Count - 1 ]

    let play setup lease tells source =
        let callers =
            match source with
            | Source.Seed _ -> everyone ()
            | Source.Plan plan -> plan.Callers

        Play(setup, Mischief(source, setup.Faults, lease), callers, tells).Run()

    let kind (error: exn | null) =
        match error with
        | null -> null
        | known -> known.GetType()

    /// The breach of a schedule, as it is.
    let asItIs setup lease seed plan =
        let told = play setup lease true (Source.Plan plan)

        match told.Broken with
        | ValueNone -> null
        | ValueSome(struct (promise, error)) ->
            SimulationBreach(promise, error, seed, Plan.text plan, plan.Twists.Length, told.Told)

    /// The breach of a run, made small.
    let breachOf setup lease seed (played: Played) =
        match played.Broken with
        | ValueNone -> null
        | ValueSome(struct (promise, error)) ->
            let same (other: Played) =
                match other.Broken with
                | ValueSome(struct (name, otherError)) -> name = promise && kind otherError = kind error
                | ValueNone -> false

            { Callers = everyone ()
              Twists = played.Twists }
            |> Shrinking.shrink lease (fun plan -> same (play setup lease false (Source.Plan plan)))
            |> asItIs setup lease seed

    /// The run in which nothing goes wrong: what it shows is wrong with the set-up, or with the handler itself.
    let rehearse setup =
        if senders.Count = 0 then
            raise (SimulationException "Nobody calls: say with Calls what is sent, and how it is handled.")

        let played = play setup Defaults.lease false (Source.Seed 0)

        if played.Broken.IsNone then
            if not played.IsStoreAsked then
                raise (
                    SimulationException
                        "No call asked the store: make the idempotency handler over process.Store."
                )

            if played.Coverage.Answers = 0 then
                raise (
                    SimulationException(
                        $"Not one call was answered, although nothing went wrong. The last one ended so: {played.LastRefusal}",
                        played.LastError
                    )
                )

        played

    /// On a thread of its own: the caller's may have a context that wants what follows to come back to it.
    let apart (work: unit -> 'TResult) : 'TResult =
        let mutable ended = ValueNone

        let thread =
            Thread(
                (fun () ->
                    ended <-
                        ValueSome(
                            try
                                Ok(work ())
                            with error ->
                                Error(ExceptionDispatchInfo.Capture error)
                        )),
                16 * 1024 * 1024
            )

        thread.IsBackground <- true
        thread.Start()
        thread.Join()

        match ended with
        | ValueSome(Ok result) -> result
        | ValueSome(Error failure) ->
            failure.Throw()
            Unchecked.defaultof<_>
        | ValueNone -> invalidOp "The simulation's thread ended without a result."

    let explore (goesOn: int -> bool) firstSeed faults =
        apart (fun () ->
            let setup = setup faults
            let coverage = SimulationCoverage()
            let usual = rehearse setup
            coverage.Add usual.Coverage
            let lease = if usual.Lease = 0L<ms> then Defaults.lease else usual.Lease
            let mutable breach = breachOf setup lease 0 usual
            let mutable run = 0

            while isNull breach && goesOn run do
                let seed = firstSeed + run
                let played = play setup lease false (Source.Seed seed)
                coverage.Add played.Coverage
                breach <- breachOf setup lease seed played
                run <- run + 1

            let timeline: IReadOnlyList<string> =
                match breach with
                | null -> [||]
                | known -> known.Timeline

            SimulationReport(promises.Count, breach, coverage, timeline))

    let one (source: Source) faults =
        apart (fun () ->
            let setup = setup faults
            let usual = rehearse setup
            let lease = if usual.Lease = 0L<ms> then Defaults.lease else usual.Lease
            let played = play setup lease true source

            let breach =
                match source with
                | Source.Seed seed -> breachOf setup lease seed played
                | Source.Plan plan -> asItIs setup lease 0 plan

            match breach with
            | null -> SimulationReport(promises.Count, null, played.Coverage, played.Told)
            | known -> SimulationReport(promises.Count, known, played.Coverage, known.Timeline))

    let promise' (name: string) (holds: Func<'TWorld, bool>) onlyAtEnd =
        ArgumentException.ThrowIfNullOrWhiteSpace(name, "promise")
        ArgumentNullException.ThrowIfNull(holds, nameof holds)

        promises.Add
            { Name = name
              Holds = holds
              OnlyAtEnd = onlyAtEnd }

    /// <summary>What may go wrong, and how often in one run.</summary>
    member val Faults = SimulationFaults()

    /// <summary>How often a caller sends at the most until it is answered.</summary>
    /// <value>8. At least 1.</value>
    /// <exception cref="T:System.ArgumentOutOfRangeException">It is less than 1.</exception>
    member _.MaxAttempts
        with get () = attempts
        and set (count: int) =
            if count < 1 then
                raise (ArgumentOutOfRangeException("MaxAttempts", count, "MaxAttempts must be at least 1."))

            attempts <- count

    /// <summary>Adds callers: one for each input. Each sends until it is answered; who sends the same as another is a duplicate.
    /// </summary>
    /// <typeparam name="TInput">What is sent.</typeparam>
    /// <typeparam name="TResult">What is answered. An outcome or a result of the library that is a refusal counts as one, as its
    /// exceptions do.</typeparam>
    /// <param name="handle">What a process does with a call: it makes the idempotency handler, over its store and on its clock
    /// and with your options, and calls it. The token is the caller's.</param>
    /// <param name="inputs">What is sent, by a caller each.</param>
    member _.Calls<'TInput, 'TResult>
        (
            handle: Func<SimulatedProcess<'TWorld>, 'TInput, CancellationToken, Task<'TResult>>,
            [<ParamArray>] inputs: 'TInput[]
        ) =
        ArgumentNullException.ThrowIfNull(handle, nameof handle)
        ArgumentNullException.ThrowIfNull(inputs, nameof inputs)

        for input in inputs do
            senders.Add
                { Input = Shown.line (box input)
                  Handle =
                    fun living cancellation ->
                        task {
                            try
                                let! result = handle.Invoke(living, input, cancellation)
                                return Answer.ofResult (box result)
                            with error ->
                                return Answer.ofError error
                        } }

    /// <summary>Promises that something holds for the world at every moment of every run.</summary>
    /// <param name="promise">The promise, as reports give it.</param>
    /// <param name="holds">Whether it holds. What it throws says that it does not, and is reported.</param>
    member _.Always(promise: string, holds: Func<'TWorld, bool>) = promise' promise holds false

    /// <summary>Promises that something holds for the world at the end of every run, when all callers are done and all that was
    /// late has arrived.</summary>
    /// <param name="promise">The promise, as reports give it.</param>
    /// <param name="holds">Whether it holds. What it throws says that it does not, and is reported.</param>
    member _.AtEnd(promise: string, holds: Func<'TWorld, bool>) = promise' promise holds true

    /// <summary>Lets the function throw exceptions of a type, such as a card that is declined: the caller sends again. Any other
    /// but the simulation's own and cancellations ends the simulation, for it may be a mistake in the model.</summary>
    /// <typeparam name="TException">The type; those that inherit from it count too.</typeparam>
    member _.Expect<'TException when 'TException :> exn>() = expected.Add typeof<'TException>

    /// <summary>Runs with the seeds 1, 2, 3 and so on, until a promise does not hold. Before them comes one run in which nothing
    /// goes wrong.</summary>
    /// <param name="runs">How many runs. A run takes a millisecond or less, if the handler does little.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="T:Idempotency.Simulation.SimulationException">It cannot be simulated as it was set up.</exception>
    member this.Run(runs: int) = this.Run(runs, 1)

    /// <summary>Runs with a number of seeds, until a promise does not hold. Before them comes one run in which nothing goes
    /// wrong.</summary>
    /// <param name="runs">How many runs.</param>
    /// <param name="firstSeed">The first seed; the others follow it.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="T:Idempotency.Simulation.SimulationException">It cannot be simulated as it was set up.</exception>
    member this.Run(runs: int, firstSeed: int) =
        explore (fun run -> run < runs) firstSeed this.Faults

    /// <summary>Runs with the seeds from a first one on for some time, until a promise does not hold.</summary>
    /// <param name="time">How long, in real time; one seed is run at the least.</param>
    /// <param name="firstSeed">The first seed; the others follow it.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="T:Idempotency.Simulation.SimulationException">It cannot be simulated as it was set up.</exception>
    member this.RunFor(time: TimeSpan, firstSeed: int) =
        let clock = Effects.SystemTime
        let start = clock.GetTimestamp()
        explore (fun run -> run = 0 || clock.GetElapsedTime start < time) firstSeed this.Faults

    /// <summary>Runs one seed, and tells what happened in it.</summary>
    /// <param name="seed">The seed; zero for the run in which nothing goes wrong.</param>
    /// <returns>What came of it, with the timeline; if a promise does not hold, shrunk.</returns>
    /// <exception cref="T:Idempotency.Simulation.SimulationException">It cannot be simulated as it was set up.</exception>
    member this.RunSeed(seed: int) = one (Source.Seed seed) this.Faults

    /// <summary>Runs one schedule, as a breach gives it, and tells what happened in it.</summary>
    /// <param name="schedule">The callers and what goes wrong, as <c>SimulationBreach.Schedule</c> has it.</param>
    /// <returns>What came of it, with the timeline.</returns>
    /// <exception cref="T:System.ArgumentException">The text is no schedule, or names callers that there are not.</exception>
    /// <exception cref="T:Idempotency.Simulation.SimulationException">It cannot be simulated as it was set up.</exception>
    member this.RunSchedule(schedule: string) =
        match Plan.parse schedule with
        | Some plan when plan.Callers |> List.forall (fun caller -> caller < senders.Count) ->
            one (Source.Plan plan) this.Faults
        | Some _ ->
            raise (
                ArgumentException(
                    $"The schedule names callers that there are not: {schedule}",
                    nameof schedule
                )
            )
        | None ->
            raise (
                ArgumentException(
                    $"This is no schedule: '{schedule}'. One looks like \"A,B A1.2:stall=61000\".",
                    nameof schedule
                )
            )
