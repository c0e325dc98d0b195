// Where a process writes down what happens to it. A line is out of the process before what it tells of goes on, so that a
// kill takes back nothing.
namespace Chaos

open System
open System.Diagnostics
open System.Threading

/// Takes events. All of it may be used from any thread.
[<Sealed>]
type Journal(worker: string, put: Line -> unit) =
    let door = obj ()
    let mutable last = 0L

    static let microseconds () =
        Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000L)

    /// Now, by both clocks.
    static member Now =
        { Wall = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()
          Order = microseconds () }

    /// A name that no other event of the run has.
    member _.NewId() =
        $"{worker}.{Interlocked.Increment &last}"

    /// Writes an event down; it has happened, or is about to.
    member _.Write(event: Event) =
        lock door (fun () ->
            put
                { At = Journal.Now
                  Worker = worker
                  Event = event })

/// The call that the code at hand belongs to.
module Current =
    let private call = AsyncLocal<struct (string * string * string)>()

    /// From here on, in this flow of control and what it starts: a call, its key and its profile.
    let enter id key profile = call.Value <- struct (id, key, profile)

    let get () = call.Value
