// Each guard of the protocol, switched off, is missed: the exploration finds what breaks, or what it spares is said.
namespace Simulation.Tests

open System
open System.IO
open NUnit.Framework
open Idempotency.Simulation
open Simulation.Tests.Exploring

type MutantTests() =
    static member All =
        Guard.all
        |> List.map (fun guard -> TestCaseData(guard).SetName $"a guard is missed: {Guard.text guard}")

    [<TestCaseSource "All">]
    member _.``a guard is missed``(guard: Guard) =
        match Mutant.explore Environment.ProcessorCount guard with
        | ValueNone -> ()
        | ValueSome(struct (verdict, search, explored)) ->
            let ours = explored.Broken |> List.filter (_.ByPeer >> not)

            match verdict with
            | GuardVerdict.TestedBy _ -> ()
            | GuardVerdict.Spares _ -> Assert.That(told search ours, Is.Empty)
            | GuardVerdict.Breaks(_, _, invariants) ->
                let missing = List.except (ours |> List.map _.Invariant) invariants
                Assert.That(missing |> List.map _.Name, Is.Empty)

                for breakage in ours do
                    TestContext.Out.WriteLine(told search [ breakage ])

    [<Test>]
    member _.``without a guard missing, the same bounds break nothing``() =
        for guard in Guard.all do
            match Mutant.without guard with
            // The bounds themselves are what is wrong.
            | GuardVerdict.Breaks _ when
                guard = Guard.PadCoversTheSkew
                || guard = Guard.FenceFromTheAcquireNeedsATombstone
                ->
                ()
            | GuardVerdict.Breaks(_, bounds, _)
            | GuardVerdict.Spares(_, bounds, _) ->
                let peers = bounds.Workers |> List.exists _.IsPeer

                // What a peer that outlives its lease breaks is no matter of the guard.
                let tolerated =
                    if peers && not bounds.PeersStop then NightlyMore.unpreventable else 0

                explored
                    Setting.shipped
                    { bounds with
                        Ticks = min 5 bounds.Ticks }
                    (tolerated ||| NightlyMore.theirs)
                |> ignore
            | GuardVerdict.TestedBy _ -> ()

    [<Test>]
    member _.``each invariant is broken by the want of a guard``() =
        let broken =
            Guard.all
            |> List.collect (fun guard ->
                match Mutant.without guard with
                | GuardVerdict.Breaks(_, _, invariants) -> invariants
                | GuardVerdict.Spares _
                | GuardVerdict.TestedBy _ -> [])

        Assert.That(List.except broken Invariant.All |> List.map _.Name, Is.Empty)

    [<Test>]
    member _.``the tests that hold what no exploration can are there``() =
        let rec root (folder: DirectoryInfo | null) =
            match folder with
            | null -> invalidOp "Idempotency.sln is in no folder above the tests"
            | here when File.Exists(Path.Combine(here.FullName, "Idempotency.sln")) -> here.FullName
            | here -> root here.Parent

        let sources =
            Directory.GetFiles(
                Path.Combine(root (DirectoryInfo AppContext.BaseDirectory), "tests", "Core.Tests", "Protocol"),
                "*.fs"
            )
            |> Array.map File.ReadAllText

        for guard in Guard.all do
            match Mutant.without guard with
            | GuardVerdict.TestedBy test ->
                Assert.That(
                    sources
                    |> Array.exists (fun text -> text.Contains(test, StringComparison.Ordinal)),
                    Is.True,
                    test
                )
            | GuardVerdict.Breaks _
            | GuardVerdict.Spares _ -> ()
