// What a simulation throws: into the code that is simulated, and at those who ask it for what it cannot do.
namespace Idempotency.Simulation

open System

/// <summary>What a simulated process sees when a request to the store or a call downstream fails: it may have taken effect, or
/// not, or may take effect later.</summary>
[<Sealed>]
type SimulatedFaultException internal (message: string) =
    inherit TimeoutException(message)

/// <summary>The simulation cannot go on as it was set up; the message says what to change.</summary>
[<Sealed>]
type SimulationException internal (message: string, inner: exn | null) =
    inherit InvalidOperationException(message, inner)

    internal new(message: string) = SimulationException(message, null)
