// How the tests explore: with all processors, and with a message that tells how a breakage came about.
module Simulation.Tests.Exploring

open System
open NUnit.Framework
open Idempotency.Simulation

let search threads setting bounds tolerated wanted =
    Search(
        Stage(Cast.create bounds setting),
        { SearchOptions.standard TimeProvider.System with
            Threads = threads
            Tolerated = tolerated
            Wanted = wanted }
    )

/// The breakages with the runs that lead to them.
let told (search: Search) (broken: Breakage list) =
    broken
    |> List.collect (fun breakage ->
        $"{breakage.Invariant.Name} broken:" :: Frame.lines (Story.tell search breakage))
    |> String.concat Environment.NewLine

let private isTolerated tolerated (breakage: Breakage) =
    let set = Breach.ofInvariant breakage.Invariant
    let set = if breakage.ByPeer then Breach.byPeer set else set
    set &&& tolerated <> 0

/// Explores all, and nothing may break but what is tolerated.
let explored setting bounds tolerated =
    let search = search Environment.ProcessorCount setting bounds tolerated 0
    let explored = search.Run()
    let broken = explored.Broken |> List.filter (isTolerated tolerated >> not)
    Assert.That(told search broken, Is.Empty)
    Assert.That(explored.IsCut, Is.False, "all of it is explored")
    explored
