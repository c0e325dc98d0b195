// What must hold in every world, by the names of docs/protocol.md.
namespace Idempotency.Simulation

/// A rule that no world may break.
[<RequireQualifiedAccess>]
type Invariant =
    /// No two functions run while each of their owners holds a live lease.
    | I1
    /// A function is never started on a lease that has already run out.
    | I1s
    /// A call that begins after a result was delivered, its window open, receives no other result.
    | I2a
    /// Such a call does not run the function.
    | I2b
    /// No two different results are delivered while the window of the first is open.
    | I2plus
    /// A call never changes what another call wrote, except by taking over what is free by the clock.
    | I3u
    /// A call never deletes what another call wrote.
    | I3d
    /// No caller receives a result made for another payload, where payloads are checked.
    | I4
    /// A result is never replayed when its record is expired by the caller's clock.
    | I5
    /// When all has stopped, a fresh caller may run or is answered after a bounded wait.
    | I6
    /// A call is never refused because of a record that it wrote itself.
    | I7
    /// The function's own exception always reaches the caller.
    | I8x
    /// A result whose saving failed reaches the caller in a distinct outcome, and no other does as if it were
    /// saved.
    | I8r
    /// A new owner's fencing token is greater than that of every earlier owner that may still be executing.
    | I9
    /// What a function enlisted is committed at most once, and in one window for one call only.
    | I10
    /// A call starts its function at most once.
    | Once

    /// The name in docs/protocol.md.
    member this.Name =
        match this with
        | I1 -> "I1"
        | I1s -> "I1s"
        | I2a -> "I2a"
        | I2b -> "I2b"
        | I2plus -> "I2+"
        | I3u -> "I3u"
        | I3d -> "I3d"
        | I4 -> "I4"
        | I5 -> "I5"
        | I6 -> "I6"
        | I7 -> "I7"
        | I8x -> "I8x"
        | I8r -> "I8r"
        | I9 -> "I9"
        | I10 -> "I10"
        | Once -> "once"

    /// All of them.
    static member All =
        [ I1; I1s; I2a; I2b; I2plus; I3u; I3d; I4; I5; I6; I7; I8x; I8r; I9; I10; Once ]

module Invariant =
    /// The invariant of a name, if there is one.
    let ofName (name: string) =
        Invariant.All |> List.tryFind (fun invariant -> invariant.Name = name)

/// An invariant that broke, and how.
type Violation =
    { Invariant: Invariant
      Text: string }

    override this.ToString() = $"{this.Invariant.Name}: {this.Text}"
