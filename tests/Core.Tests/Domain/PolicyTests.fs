// What is wrong with a policy is said before anything is written, for each option by its name.
module Core.Tests.PolicyTests

open Idempotency.Core
open Core.Tests.Given
open NUnit.Framework

let private tooLong = Defaults.longest + 1L<ms>

let private problems change =
    Policy.problems (change Defaults.policy)

/// Each option that has a length, with how to set it.
let private mustBePositive: (string * (int64<ms> -> Policy -> Policy)) list =
    [ "Lease", fun length p -> { p with Lease = length }
      "Expiry", fun length p -> { p with Expiry = length }
      "WaitAtMost",
      fun length p ->
          { p with
              InProgress = WhileInProgress.Wait(length, 1L<ms>, 1L<ms>) }
      "FirstPause",
      fun length p ->
          { p with
              InProgress = WhileInProgress.Wait(1L<ms>, length, Defaults.longest) }
      "LongestPause",
      fun length p ->
          { p with
              InProgress = WhileInProgress.Wait(1L<ms>, 1L<ms>, length) }
      "LongestRun",
      fun length p ->
          { p with
              Renewal = Renewal.Until length }
      "CompletionBudget", fun length p -> { p with Completion.Budget = length } ]

let private mayBeZero: (string * (int64<ms> -> Policy -> Policy)) list =
    [ "SkewPad", fun length p -> { p with SkewPad = length }
      "PeerPad", fun length p -> { p with PeerPad = length }
      "CompletionPause", fun length p -> { p with Completion.Pause = length } ]

/// The first problem names the option, as its first word.
let private isNamed (option: string) found =
    match found with
    | problem: string :: _ -> Assert.That(problem.Split(' ')[0], Is.EqualTo option)
    | [] -> Assert.Fail $"nothing was said about {option}"

[<Test>]
let ``the defaults have no problems`` () =
    Assert.That(Policy.problems Defaults.policy, Is.Empty)

    Assert.That(
        problems (fun p ->
            { p with
                InProgress = WhileInProgress.Wait(Defaults.wait, Defaults.firstPause, Defaults.longestPause) }),
        Is.Empty
    )

    Assert.That(
        problems (fun p ->
            { p with
                Renewal = Renewal.Until Defaults.longestRun }),
        Is.Empty
    )

[<Test>]
let ``the policies of these tests have no problems`` () =
    for call in [ ticket; waiting; holding; lenient; tombstoning ] do
        Assert.That(Policy.problems call.Policy, Is.Empty)

[<Test>]
let ``a length must be longer than zero`` () =
    for option, set in mustBePositive do
        problems (set 0L<ms>) |> isNamed option
        problems (set -1L<ms>) |> isNamed option

        if option <> "FirstPause" then
            Assert.That(problems (set 1L<ms>), Is.Empty, option)

[<Test>]
let ``a pad or a pause may be zero, but not less`` () =
    for option, set in mayBeZero do
        problems (set -1L<ms>) |> isNamed option
        Assert.That(problems (set 0L<ms>), Is.Empty, option)

[<Test>]
let ``a length may be a hundred years, and not a millisecond more`` () =
    for option, set in mustBePositive @ mayBeZero do
        Assert.That(problems (set Defaults.longest), Is.Empty, option)
        problems (set tooLong) |> isNamed option

[<Test>]
let ``the longest pause is not shorter than the first`` () =
    problems (fun p ->
        { p with
            InProgress = WhileInProgress.Wait(100L<ms>, 10L<ms>, 9L<ms>) })
    |> isNamed "LongestPause"

    Assert.That(
        problems (fun p ->
            { p with
                InProgress = WhileInProgress.Wait(100L<ms>, 10L<ms>, 10L<ms>) }),
        Is.Empty
    )

[<Test>]
let ``a fencing token from the acquire needs a release by tombstone`` () =
    for fence in [ FenceFrom.Start; FenceFrom.Acquire ] do
        for release in [ ReleaseBy.Delete; ReleaseBy.Tombstone ] do
            let found =
                problems (fun p ->
                    { p with
                        Fence = fence
                        Release = release })

            let expected =
                if fence = FenceFrom.Acquire && release = ReleaseBy.Delete then 1 else 0

            Assert.That(found.Length, Is.EqualTo expected)

[<Test>]
let ``a write is sent again any number of times but a negative one`` () =
    problems (fun p -> { p with Completion.Resends = -1 })
    |> isNamed "CompletionResends"

    Assert.That(problems (fun p -> { p with Completion.Resends = 0 }), Is.Empty)

[<Test>]
let ``every problem is told, not only the first`` () =
    let found =
        problems (fun p ->
            { p with
                Lease = 0L<ms>
                Expiry = 0L<ms>
                PeerPad = -1L<ms> })

    Assert.That(found.Length, Is.EqualTo 3)

[<Test>]
let ``with lengths of a hundred years no moment of a request overflows`` () =
    let longest =
        ticket
        |> under (fun p ->
            { p with
                Lease = Defaults.longest
                SkewPad = Defaults.longest
                Expiry = Defaults.longest })

    let call =
        { longest with
            Lease = Defaults.longest }

    let request: AcquireRequest = { Ticket = call; Now = at 0 }
    let renewal: RenewRequest = { Ticket = call; Now = at 0 }

    for ends in
        [ request.LeaseEnds
          renewal.LeaseEnds
          Time.ofSeconds request.Expires
          Time.ofSeconds renewal.Expires ] do
        Assert.That(ends, Is.GreaterThan(at 0 + Defaults.longest))

[<Test>]
let ``the defaults are those that the documents name`` () =
    let p = Defaults.policy

    Assert.That(
        [ p.Lease
          p.Expiry
          p.SkewPad
          p.PeerPad
          p.Completion.Budget
          p.Completion.Pause ],
        Is.EqualTo<int64<ms> list>
            [ 60_000L<ms>; 3_600_000L<ms>; 1_000L<ms>; 1_000L<ms>; 10_000L<ms>; 50L<ms> ]
    )

    Assert.That(
        (p.Release, p.Fence, p.Abandoned),
        Is.EqualTo((ReleaseBy.Delete, FenceFrom.Start, WhenAbandoned.RunAgain))
    )

    Assert.That(
        (p.CheckPayloadBeforeTakeover, p.LateCompletion, p.Completion.Resends),
        Is.EqualTo((true, true, 5))
    )
