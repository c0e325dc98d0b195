// The exploration finds in Powertools' own protocol what is known of it, with the shortest way to each.
namespace Simulation.Tests

open NUnit.Framework
open Idempotency.Simulation
open Simulation.Tests.Exploring

type PowertoolsTests() =
    let peers count change =
        let bounds = Bounds.ofCallers count

        change
            { bounds with
                Workers = [ for worker in bounds.Workers -> { worker with IsPeer = true } ]
                Ticks = 4 }

    let shortest count change (invariant: Invariant) =
        let search =
            search 1 Powertools.setting (peers count change) -1 (Breach.byPeer (Breach.ofInvariant invariant))

        search.Run().Broken
        |> List.tryFind (fun breakage -> breakage.Invariant = invariant)
        |> Option.map (fun breakage -> breakage.Depth, Frame.lines (Story.tell search breakage))

    let lost (bounds: Bounds) =
        { bounds with
            Faults =
                { bounds.Faults with
                    LostReplies = 1
                    GiveUps = 1 } }

    let found count change (invariant: Invariant) (depth: int) =
        match shortest count change invariant with
        | None -> Assert.Fail $"{invariant} did not break"
        | Some(steps, lines) ->
            Assert.That(steps, Is.EqualTo<int> depth, String.concat "\n" lines)
            Assert.That(List.last lines, Does.Contain "breaks")
            Assert.That(List.last lines, Does.Contain invariant.Name)

    /// A payload for each of three, the first of whom does not check them.
    let unlike payloads unchecked (bounds: Bounds) =
        { bounds with
            Ticks = 7
            Workers =
                List.zip bounds.Workers payloads
                |> List.mapi (fun index (worker, payload) ->
                    { worker with
                        Payloads = [ payload ]
                        Validates = index >= unchecked }) }

    [<Test>]
    member _.``a late success overwrites the newer owner's lock``() = found 2 id Invariant.I3u 9

    [<Test>]
    member _.``a late failure deletes the newer owner's lock``() = found 2 id Invariant.I3d 9

    [<Test>]
    member _.``two callers are told two different results``() = found 2 id Invariant.I2plus 11

    [<Test>]
    member _.``a late failure lets two functions run inside live leases``() = found 3 id Invariant.I1 11

    [<Test>]
    member _.``a later call gets another result than one that was delivered``() = found 3 id Invariant.I2a 13

    [<Test>]
    member _.``a later call runs the function again``() = found 3 id Invariant.I2b 13

    [<Test>]
    member _.``a function is started on a lease that has run out``() = found 1 id Invariant.I1s 5

    [<Test>]
    member _.``nobody is slow, and a lost reply alone deletes another's record``() =
        found 2 (fun bounds -> { lost bounds with Ticks = 0 }) Invariant.I3d 7

    [<Test>]
    member _.``a lost reply alone refuses a caller by its own record``() = found 1 lost Invariant.I7 3

    [<Test>]
    member _.``a result that cannot be saved is lost``() = found 1 lost Invariant.I8r 4

    [<Test>]
    member _.``an exception is hidden by a release that fails``() = found 1 lost Invariant.I8x 4

    /// Nobody is slow, and no record is freed by its lease: it is freed by its expiration.
    [<Test>]
    member _.``an expiration before the lease lets two functions run inside live leases (C5)``() =
        found 2 (fun bounds -> { bounds with Lease = 8; Window = 1 }) Invariant.I1 8

    [<Test>]
    member _.``the store's sweep does the same to such a record (C5)``() =
        let change (bounds: Bounds) =
            { bounds with
                Lease = 8
                Window = 1
                Sweeps = true }

        match shortest 2 change Invariant.I1 with
        | Some(_, lines) -> Assert.That(List.last lines, Does.Contain "breaks")
        | None -> Assert.Fail "I1 did not break"

    [<Test>]
    member _.``clocks that are one tick apart let two functions run inside live leases (C6)``() =
        let apart (bounds: Bounds) =
            { bounds with
                Workers = bounds.Workers |> List.mapi (fun index worker -> { worker with Offset = index }) }

        found 2 apart Invariant.I1 6

    [<Test>]
    member _.``one who does not check payloads hands its result to those who do (C10)``() =
        found 3 (unlike [ 1; 2; 2 ] 1) Invariant.I4 11

    [<Test>]
    member _.``where all check payloads nobody gets the result of another``() =
        Assert.That(shortest 3 (unlike [ 1; 2; 2 ] 0) Invariant.I4, Is.EqualTo None)

    [<Test>]
    member _.``a caller of theirs is not turned away for long in their own fleet``() =
        Assert.That(
            shortest 2 (fun bounds -> { bounds with Lease = 8; Window = 1 }) Invariant.I6,
            Is.EqualTo None
        )
