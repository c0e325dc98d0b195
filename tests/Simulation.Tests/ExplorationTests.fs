// Everything that can happen within small bounds, with the code that ships: no invariant breaks. The larger bounds of a
// night are explored by `dotnet run --project tests/Simulation -c Release -- explore --profile nightly`.
namespace Simulation.Tests

open System
open NUnit.Framework
open Idempotency.Simulation
open Simulation.Tests.Exploring

type ExplorationTests() =
    /// Those of a night's runs that do not take long.
    static member Short =
        [ "2w lost replies+delayed duplicates x2, crash, give-up"
          "2w window < lease, TTL sweep"
          "2w x 2 calls, one shared cache, lost reply"
          "2w x 2 calls, two payloads, validation, waiting"
          "2w clocks [0; 1] apart, pad 1, lost reply, crash, TTL"
          "2w clocks [0; 2] apart, pad 2, heartbeat"
          "2w every clock reading off by -1..1, pad 2"
          "3w no faults"
          "3w heartbeat"
          "3w lost reply / delayed duplicate, nobody stalls, x2"
          "3w clocks [1; 0; 1], pad 1"
          "3w window 1 s, TTL sweep"
          "3w own caches, give-up"
          "2w payloads (1,2), waiting, lost reply"
          "3w payloads [1; 2; 1] checked before take-over"
          "3w payloads [1; 1; 2], take-over allowed (Powertools rule)"
          "3w fence stamped in the put and stored, release by tombstone"
          "3w fence = clock at the start, tombstone, clocks (2,0,1), pad 2"
          "2w x 2 calls, looking first, own caches, lost reply"
          "3w abandoned keys held, tombstone, crash x2"
          "2w failures stored, waiting, lost replies x2"
          "2w writes committed with results, waiting, lost replies x2"
          "2w writes committed with results, window 1 s, requests under way for 1 tick, TTL, lost reply, crash"
          "2w slow replies, heartbeat, give-up"
          "1 of 3 is Powertools, stopped with its lease"
          "1 of 3 is Powertools and may outlive its lease" ]

    [<TestCaseSource "Short">]
    member _.``no invariant breaks in anything that can happen``(name: string) =
        let run = NightlyMore.runs |> List.find (fun run -> run.Name = name)
        let explored = explored Setting.shipped run.Bounds run.Tolerated
        TestContext.Out.WriteLine $"{explored.Progress.States} states, {explored.Progress.Seconds:F1} s"

    [<Test>]
    member _.``there are fifty runs of the design, and each name is used once``() =
        Assert.That(Nightly.designed.Length, Is.EqualTo 50)
        Assert.That(NightlyMore.runs |> List.map _.Name, Is.Unique)

    [<Test>]
    member _.``the bounds of a night's runs can be explored``() =
        for run in NightlyMore.runs do
            Assert.That(Bounds.problems run.Bounds, Is.Empty)

    [<Test>]
    member _.``the number of threads makes no difference``() =
        let counts threads =
            let bounds = Bounds.ofCallers 3

            let explored = (search threads Setting.shipped { bounds with Ticks = 4 } 0 0).Run()

            explored.Progress.States, explored.Progress.Steps, explored.Progress.Depth, explored.Recovery

        let alone = counts 1
        Assert.That(counts 2, Is.EqualTo alone)
        Assert.That(counts 3, Is.EqualTo alone)

    [<Test>]
    member _.``more time is more states, and so is every kind of fault``() =
        let states (change: Bounds -> Bounds) =
            let bounds = change (Bounds.ofCallers 2)
            (search 1 Setting.shipped { bounds with Ticks = 4 } 0 0).Run().Progress.States

        let faults change (bounds: Bounds) =
            { bounds with
                Faults = change bounds.Faults }

        let none = states id

        let more =
            [ faults (fun faults -> { faults with LostReplies = 1 })
              faults (fun faults -> { faults with SlowReplies = 1 })
              faults (fun faults -> { faults with Crashes = 1 })
              faults (fun faults -> { faults with GiveUps = 1 })
              faults (fun faults -> { faults with Cancellations = 1 })
              faults (fun faults -> { faults with Heartbeats = 1 })
              fun bounds -> { bounds with Waits = true }
              fun bounds -> { bounds with LooksFirst = true }
              fun bounds ->
                  { bounds with
                      Sweeps = true
                      Window = 1 }
              fun bounds -> { bounds with Unseen = true }
              fun bounds -> { bounds with Wobble = 1; Pad = 2 }
              fun bounds -> { bounds with Ticks = 5 } ]
            |> List.map states

        Assert.That(more |> List.take 11, Is.All.GreaterThan none)

    [<Test>]
    member _.``bounds that cannot be explored are said to be so``() =
        let many = Bounds.ofCallers 5
        Assert.That(Bounds.problems many, Is.Not.Empty)
        Assert.That(Bounds.problems { many with Ticks = 61 }, Has.Length.EqualTo 2)
        Assert.That(Bounds.problems (Bounds.ofCallers 4), Is.Empty)

    [<Test>]
    member _.``a search stops at the limit of states and says so``() =
        let search =
            Search(
                Stage(Cast.create (Bounds.ofCallers 3) Setting.shipped),
                { SearchOptions.standard TimeProvider.System with
                    StateLimit = 1_000L }
            )

        Assert.That(search.Run().IsCut, Is.True)

    [<Test>]
    member _.``the command line exits with 0 only if nothing breaks``() =
        let folder =
            System.IO.Path.Combine(TestContext.CurrentContext.WorkDirectory, "timelines")

        let main options =
            Program.main (Array.append [| "explore" |] options)

        Assert.That(main [| "--callers"; "2"; "--ticks"; "4"; "--crash" |], Is.EqualTo 0)

        Assert.That(
            main
                [| "--protocol"
                   "powertools"
                   "--callers"
                   "2"
                   "--all"
                   "--timeline"
                   folder |],
            Is.EqualTo 1
        )

        Assert.That(System.IO.File.Exists(System.IO.Path.Combine(folder, "I3u.svg")), Is.True)
        Assert.That(main [| "--callers"; "9" |], Is.EqualTo 2)
        Assert.That(main [| "--callers"; "many" |], Is.EqualTo 2)
        Assert.That(main [| "--calers"; "2" |], Is.EqualTo 2)
        Assert.That(main [| "--profile"; "daily" |], Is.EqualTo 2)
