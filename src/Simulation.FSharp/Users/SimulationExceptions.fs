// What a simulation throws: into the code that is simulated, and at those who ask it for what it cannot do.
namespace Idempotency.Simulation

open System

/// <summary>What a simulated process sees when a request to the store or a call downstream fails: it may have taken effect, or
/// not, or may take effect later.</summary>
/// <param name="message">What failed.</param>
[<Sealed>]
type SimulatedFaultException(message: string) =
    inherit TimeoutException(message)

/// <summary>The simulation cannot go on as it was set up; the message says what to change.</summary>
/// <param name="message">What is wrong, and the remedy.</param>
/// <param name="inner">What a call failed with, if that is the reason.</param>
[<Sealed>]
type SimulationException(message: string, inner: exn | null) =
    inherit InvalidOperationException(message, inner)

    /// <summary>Without another exception as the reason.</summary>
    /// <param name="message">What is wrong, and the remedy.</param>
    new(message: string) = SimulationException(message, null)
