// The exploration finds in Powertools' own protocol what is known of it, with the shortest way to each.
namespace Simulation.Tests

open NUnit.Framework
open Idempotency.Simulation
open Simulation.Tests.Exploring

type PowertoolsTests() =
    /// Nothing of this kind breaks within bounds.
    let neverBreaks (bounds: Bounds) (invariant: Invariant) =
        let search =
            search 1 Powertools.setting bounds -1 (Breach.byPeer (Breach.ofInvariant invariant))

        Assert.That(search.Run().Broken |> List.map _.Invariant, Does.Not.Contain invariant)

    static member Races =
        Counterexamples.all
        |> List.map (fun race ->
            TestCaseData(race).SetName $"{race.Name} ({race.Invariant.Name}): {race.What}")

    [<TestCaseSource "Races">]
    member _.``a race that is known of Powertools is found``(race: Counterexample) =
        let search = Counterexamples.search 1 race

        match
            search.Run().Broken
            |> List.tryFind (fun breakage -> breakage.Invariant = race.Invariant)
        with
        | None -> Assert.Fail $"{race.Invariant} did not break"
        | Some breakage ->
            let lines = Frame.lines (Story.tell search breakage)
            Assert.That(breakage.Depth, Is.EqualTo race.Steps, String.concat "\n" lines)
            Assert.That(List.last lines, Does.Contain "breaks")
            Assert.That(List.last lines, Does.Contain race.Invariant.Name)

    [<Test>]
    member _.``each counterexample of the design is among them``() =
        Assert.That(
            Counterexamples.all |> List.map _.Name |> List.distinct,
            Is.EqualTo<string> [ for number in 1..10 -> $"C{number}" ]
        )

    [<Test>]
    member _.``where all check payloads nobody gets the result of another``() =
        neverBreaks (Counterexamples.peers 3 |> Counterexamples.unlike [ 1; 2; 2 ] 0) Invariant.I4

    [<Test>]
    member _.``a result is never replayed when it is expired by the caller's clock``() =
        neverBreaks (Counterexamples.peers 3) Invariant.I5

    [<Test>]
    member _.``one of them is not turned away by what another left``() =
        neverBreaks (Counterexamples.peers 2 |> Counterexamples.outlived) Invariant.I6
