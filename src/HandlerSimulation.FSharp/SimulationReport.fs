// What a simulation tells at its end: what broke, step by step, and what was tried.
namespace Idempotency.Simulation

open System
open System.Collections.Generic

/// <summary>A promise that did not hold, in the smallest run that was found to break it.</summary>
[<Sealed>]
type SimulationBreach
    internal
    (
        promise: string,
        error: exn | null,
        seed: int,
        schedule: string,
        faults: int,
        timeline: IReadOnlyList<string>
    ) =
    /// <summary>The promise, in the words that it was given.</summary>
    member _.Promise = promise

    /// <summary>The exception that says so, if it was one: an invariant's own, or one that the handler threw and that is not
    /// expected. Else null.</summary>
    member _.Error = error

    /// <summary>The seed of the run that broke it first: <c>RunSeed</c> finds it again.</summary>
    member _.Seed = seed

    /// <summary>What <c>RunSchedule</c> takes to run the smallest run again, for a test that stays when seeds change.
    /// </summary>
    member _.Schedule = schedule

    /// <summary>How many things go wrong in the smallest run.</summary>
    member _.FaultCount = faults

    /// <summary>What happens in the smallest run, an event a line, with its time.</summary>
    member _.Timeline = timeline

    /// <summary>The promise, how to run it again, and the timeline.</summary>
    /// <returns>Several lines.</returns>
    override _.ToString() =
        String.Join(
            Environment.NewLine,
            [ $"BROKEN: {promise}"
              match error with
              | null -> ()
              | known -> $"  {known.GetType().FullName}: {known.Message}"
              $"  found with seed {seed}, shrunk to {timeline.Count} events; things that go wrong: {faults}; run it again:"
              $"  RunSchedule(\"{schedule}\")"
              yield! timeline ]
        )

/// <summary>What came of a simulation.</summary>
[<Sealed>]
type SimulationReport
    internal
    (
        promises: int,
        breach: SimulationBreach | null,
        coverage: SimulationCoverage,
        timeline: IReadOnlyList<string>
    ) =
    /// <summary>Whether every promise held in every run.</summary>
    member _.Holds = isNull breach

    /// <summary>The first promise that did not hold; null if all did.</summary>
    member _.Breach = breach

    /// <summary>What has happened in the runs. Look at it: a promise that held while nothing happened is worth nothing.
    /// </summary>
    member _.Coverage = coverage

    /// <summary>What happened, an event a line: in the smallest run that breaks a promise, or in the one run that was asked
    /// for by its seed or schedule. Else empty.</summary>
    member _.Timeline = timeline

    /// <summary>Throws if a promise did not hold.</summary>
    /// <exception cref="T:Idempotency.Simulation.SimulationBrokenException">A promise did not hold; the message is the whole
    /// report.</exception>
    member this.ThrowIfBroken() =
        match breach with
        | null -> ()
        | known -> raise (SimulationBrokenException(this, known.Error))

    /// <summary>The whole report.</summary>
    /// <returns>Several lines.</returns>
    override _.ToString() =
        String.Join(
            Environment.NewLine,
            [ match breach with
              | null when promises = 0 -> "NOTHING WAS PROMISED: say with Always or AtEnd what must hold."
              | null -> "Every promise held."
              | known -> string known
              $"Covered: {coverage}."
              if isNull breach && coverage.Missing.Count > 0 then
                  let missing = String.Join(", ", coverage.Missing)
                  $"NEVER OCCURRED: {missing}." ]
        )

/// <summary>A promise about a simulated world did not hold.</summary>
and [<Sealed>] SimulationBrokenException internal (report: SimulationReport, error: exn | null) =
    inherit Exception(string report, error)

    /// <summary>What came of the simulation.</summary>
    member _.Report = report
