// What a handler under simulation sees of it: a store, a clock, and the points at which things go wrong.
namespace Idempotency.Simulation

open System
open System.Threading
open System.Threading.Tasks
open Idempotency
open Idempotency.Simulation.Users

/// <summary>A simulated process: it handles one call, as a worker that was just started does. Make the idempotency handler
/// over its <c>Store</c> and on its <c>Time</c>, and let the function go through <c>StepAsync</c> and <c>CallAsync</c>: there
/// the process may crash, stall, or be overtaken.</summary>
/// <typeparam name="TWorld">The model of the outside world.</typeparam>
[<Sealed>]
type SimulatedProcess<'TWorld> internal (life: Life, store: LifeStore, world: 'TWorld) =
    let time = LifeTime life

    /// <summary>The name that the timeline gives it: the caller's letter and the number of the attempt, such as <c>A1</c>.
    /// </summary>
    member _.Name = life.Name

    /// <summary>The how-manieth time the caller sends.</summary>
    /// <value>From 1.</value>
    member _.Attempt = life.Attempt

    /// <summary>The model of the outside world, shared by all processes of a run. Read and change it in <c>CallAsync</c>,
    /// where the network lies between; here directly, nothing does.</summary>
    member _.World = world

    /// <summary>The store: the in-memory store that ships, shared by all processes of a run, behind a network.</summary>
    member _.Store: IIdempotencyStore = store

    /// <summary>The process's own clock, in virtual time. Whatever waits must wait on it: <c>Task.Delay(length, Time)</c>, or
    /// <c>DelayAsync</c> where a token may end it.</summary>
    member _.Time: TimeProvider = time

    /// <summary>A point in the function at which the process may crash, stand still past its lease, or let others go ahead.
    /// </summary>
    /// <param name="name">What the timeline calls it, such as <c>render the invoice</c>.</param>
    /// <returns>Completes a moment later in virtual time; never, if the process is gone.</returns>
    member _.StepAsync(name: string) : Task = Network.step life name

    /// <summary>Waits in virtual time. As <c>Task.Delay</c> on <c>Time</c>, which does not do where its token is cancelled: .NET
    /// then goes on on the thread pool, outside of the simulation.</summary>
    /// <param name="length">How long.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>Completes when the time has passed; never, if the process is gone.</returns>
    /// <exception cref="T:System.OperationCanceledException">The token ended first.</exception>
    member _.DelayAsync(length: TimeSpan, cancellation: CancellationToken) : Task =
        task {
            let! waited = time.Sleep(length, cancellation)
            if not waited then raise (OperationCanceledException cancellation)
        }

    /// <summary>A call to the outside world, over a network: it may be late, its reply may be late or lost, and it may fail with
    /// or without effect, or have its effect only later.</summary>
    /// <typeparam name="T">What the outside world answers.</typeparam>
    /// <param name="name">What the timeline calls it, such as <c>charge the card</c>.</param>
    /// <param name="effect">What it does to the model, in one step, when it arrives. What it throws is its answer.</param>
    /// <returns>The answer; never, if the process is gone.</returns>
    /// <exception cref="T:Idempotency.Simulation.SimulatedFaultException">It failed, and whether it took effect is unknown.
    /// </exception>
    member _.CallAsync<'T>(name: string, effect: Func<'TWorld, 'T>) : Task<'T> =
        Network.send
            life
            { What = name
              Spot = Spot.Call
              Deliver = fun () -> effect.Invoke world
              Show = fun answer -> $"done, {Shown.line (box answer)}"
              Patience = 1000L<_> }

    /// <summary>A call to the outside world that answers nothing.</summary>
    /// <param name="name">What the timeline calls it.</param>
    /// <param name="effect">What it does to the model, in one step, when it arrives. What it throws is its answer.</param>
    /// <returns>Completes with its reply; never, if the process is gone.</returns>
    /// <exception cref="T:Idempotency.Simulation.SimulatedFaultException">It failed, and whether it took effect is unknown.
    /// </exception>
    member _.CallAsync(name: string, effect: Action<'TWorld>) : Task =
        Network.send
            life
            { What = name
              Spot = Spot.Call
              Deliver = fun () -> effect.Invoke world
              Show = fun () -> "done"
              Patience = 1000L<_> }
