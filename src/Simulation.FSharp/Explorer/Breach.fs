// Sets of broken invariants as the bits of one number; those that a peer's own call broke are kept apart.
namespace Idempotency.Simulation

module Breach =
    let private invariants = Array.ofList Invariant.All

    /// The set of one invariant.
    let ofInvariant (invariant: Invariant) =
        1 <<< System.Array.IndexOf(invariants, invariant)

    /// The set of several.
    let ofList (broken: Invariant list) =
        broken |> List.fold (fun set invariant -> set ||| ofInvariant invariant) 0

    /// The same set, broken by a peer.
    let byPeer (set: int) = set <<< 16

    /// What we broke.
    let ours (set: int) = set &&& 0xFFFF

    /// What a peer broke.
    let peers (set: int) = (set >>> 16) &&& 0xFFFF

    /// The invariants of a set, without regard to who broke them.
    let toList (set: int) =
        [ for invariant in invariants do
              if (ours set ||| peers set) &&& ofInvariant invariant <> 0 then invariant ]
