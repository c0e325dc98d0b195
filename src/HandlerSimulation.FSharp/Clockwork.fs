// One run's time and what is due in it. All of a run happens on one thread, one thing after the other, in an order that
// follows from its schedule alone.
namespace Idempotency.Simulation.Users

open System
open System.Collections.Generic
open System.Globalization
open System.Threading
open Idempotency.Core
open Idempotency.Simulation

/// The clockwork of a run. `tells` keeps what happens as text.
[<Sealed>]
type internal Clockwork(mischief: Mischief, tells: bool) =
    let due = PriorityQueue<unit -> unit, struct (int64<ms> * int)>()
    let thread = Environment.CurrentManagedThreadId
    let told = List<string>()
    let dice = Chance 1UL
    let mutable now = 0L<ms>
    let mutable turn = 0
    let mutable tokens = 0
    let mutable strayed = false
    let mutable problem: exn | null = null

    /// What the clocks show at the beginning.
    static member Epoch = 1_700_000_000_000L<ms>

    /// A code path left the simulation.
    static member StrayText =
        "A handler waits for something that is not of the simulation, so that its runs could not be repeated: Task.Run, \
         Task.Yield, Task.Delay without process.Time or with a token that was cancelled, a queue or a lock that hands over to \
         the thread pool, real input or output. Use process.StepAsync, process.CallAsync, process.DelayAsync and process.Time, \
         and let the model answer at once."

    member _.Mischief = mischief

    member val Coverage = SimulationCoverage()

    /// Milliseconds since the beginning.
    member _.Now = now

    /// Number 0 to 1, the same in each run.
    member _.Jitter() =
        float (dice.Below 1_000_000) / 1_000_000.0

    member _.NewToken() =
        tokens <- tokens + 1
        $"token-{tokens}"

    /// Does something later; of two things at the same moment, first what was asked for first.
    member _.After(length: int64<ms>, what: unit -> unit) =
        turn <- turn + 1
        due.Enqueue(what, struct (now + max 0L<ms> length, turn))

    /// Does what is due next, and says whether there was something.
    member _.Next() =
        let mutable what = ignore
        let mutable priority = struct (0L<ms>, 0)

        if due.TryDequeue(&what, &priority) then
            let struct (moment, _) = priority
            now <- moment
            what ()
            true
        else
            false

    /// Keeps other threads out: with them, no run could be repeated.
    member _.Check() =
        if Environment.CurrentManagedThreadId <> thread then
            Volatile.Write(&strayed, true)
            raise (SimulationException Clockwork.StrayText)

    /// Whether other threads tried to come in.
    member _.Strayed = Volatile.Read &strayed

    /// What keeps the run from going on; null if nothing does.
    member _.Problem = problem

    /// Stops the run.
    member _.Fail(error: exn) = if isNull problem then problem <- error

    /// Tells something, if somebody listens.
    member _.Tell(text: unit -> string) =
        if tells then
            let seconds = (float now / 1000.0).ToString("0.000", CultureInfo.InvariantCulture)
            told.Add $"%9s{seconds} s  {text ()}"

    /// What was told so far, a line a thing.
    member _.Told: IReadOnlyList<string> = told
