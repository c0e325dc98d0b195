// What a record means to a call: every answer, at every boundary. The tests of all shapes at once are in
// LifecycleTestsOfConditions.fs.
module Core.Tests.LifecycleTests

open Idempotency.Core
open Core.Tests.Given
open NUnit.Framework

/// A call that wants to run reads the record so.
let private means (expected: string) ticket now record =
    Assert.That(Lifecycle.judge ticket now record |> Shown.standing, Is.EqualTo expected)

/// A call that has run reads the record so.
let private meansAfterRun (expected: string) ticket now record =
    Assert.That(Lifecycle.judgeAfterRun ticket now record |> Shown.standing, Is.EqualTo expected)

[<Test>]
let ``no record is a free key, before and after the run`` () =
    nothing |> means "Free" ticket (at 0)
    nothing |> meansAfterRun "Free" ticket (at 0)

[<TestCase(-5_000)>]
[<TestCase(2_100)>]
[<TestCase(2_101)>]
[<TestCase(11_000)>]
let ``a lock with the call's own token is its own, live or not`` now =
    mine |> means "Mine to +2100" ticket (at now)

[<Test>]
let ``a call that has run may treat its own lock as free once its lease is over`` () =
    mine |> meansAfterRun "Mine to +2100" ticket (at 2_100)
    mine |> meansAfterRun "Free" ticket (at 2_101)

[<Test>]
let ``a call that has run still owns its abandoned lock where abandoned locks are held`` () =
    mine |> meansAfterRun "Mine to +2100" holding afterLease
    mine |> meansAfterRun "Free" holding afterWindow

[<Test>]
let ``the call's own token on a finished record means nothing`` () =
    { completed "r1" with Owner = me } |> means "Finished r1" ticket (at 0)
    { completed "r1" with Owner = me } |> meansAfterRun "Finished r1" ticket (at 0)

[<Test>]
let ``a lease lasts to the end of its last millisecond`` () =
    theirs |> means "Busy to +2100" ticket (at 2_099)
    theirs |> means "Busy to +2100" ticket (at 2_100)
    theirs |> means "Free" ticket (at 2_101)

[<Test>]
let ``a window lasts to the end of its last second`` () =
    completed "r1" |> means "Finished r1" ticket (at 9_999)
    completed "r1" |> means "Finished r1" ticket (at 10_000)
    completed "r1" |> means "Finished r1" ticket (at 10_999)
    completed "r1" |> means "Free" ticket (at 11_000)

[<Test>]
let ``a stored failure is finished as a result is`` () =
    failed "no funds" |> means "Finished failure no funds" ticket (at 10_999)
    failed "no funds" |> means "Free" ticket (at 11_000)

[<Test>]
let ``the lease of a peer without owner ends a peer pad later`` () =
    peers |> means "Busy to +2150" ticket (at 2_101)
    peers |> means "Busy to +2150" ticket (at 2_150)
    peers |> means "Free" ticket (at 2_151)

[<Test>]
let ``without a peer pad the lease of a peer ends when it says`` () =
    let trusting = ticket |> under (fun p -> { p with PeerPad = 0L<ms> })
    peers |> means "Busy to +2100" trusting (at 2_100)
    peers |> means "Free" trusting (at 2_101)

[<Test>]
let ``a lock without a lease ends with its window`` () =
    for lock in [ withoutLease peers; withoutLease theirs ] do
        Assert.That(Lifecycle.judge ticket (at 10_999) lock |> Shown.standing, Does.StartWith "Busy")
        lock |> means "Free" ticket (at 11_000)

[<Test>]
let ``a lock is live as long as its lease, though its window is over`` () =
    let lock = theirs |> endingAt (at 20_000)
    lock |> means "Busy to +20000" ticket (at 20_000)
    lock |> means "Free" ticket (at 20_001)
    lock |> ofHash otherHash |> means "OtherPayload" ticket (at 20_000)
    lock |> ofHash otherHash |> means "Free" ticket (at 20_001)

[<Test>]
let ``another payload is told so while the key is locked, finished or abandoned`` () =
    theirs |> ofHash otherHash |> means "OtherPayload" ticket (at 0)
    completed "r1" |> ofHash otherHash |> means "OtherPayload" ticket (at 10_999)
    theirs |> ofHash otherHash |> means "OtherPayload" ticket afterLease
    theirs |> ofHash otherHash |> meansAfterRun "OtherPayload" ticket afterLease

[<Test>]
let ``another payload may have the key once the window is over`` () =
    theirs |> ofHash otherHash |> means "OtherPayload" ticket (at 10_999)
    theirs |> ofHash otherHash |> means "Free" ticket (at 11_000)
    completed "r1" |> ofHash otherHash |> means "Free" ticket (at 11_000)

[<Test>]
let ``a lenient policy lets another payload take over an abandoned lock, and nothing else`` () =
    theirs |> ofHash otherHash |> means "OtherPayload" lenient (at 2_100)
    theirs |> ofHash otherHash |> means "Free" lenient (at 2_101)
    completed "r1" |> ofHash otherHash |> means "OtherPayload" lenient (at 2_101)

[<Test>]
let ``a lock without a hash is of unknown payload: busy, then free`` () =
    theirs |> ofHash noHash |> means "Busy to +2100" ticket (at 2_100)
    theirs |> ofHash noHash |> means "Free" ticket (at 2_101)

[<Test>]
let ``a finished record without a hash answers no call that checks payloads`` () =
    completed "r1" |> ofHash noHash |> means "OtherPayload" ticket (at 0)
    failed "no funds" |> ofHash noHash |> means "OtherPayload" ticket (at 0)
    completed "r1" |> ofHash noHash |> means "Free" ticket afterWindow

[<Test>]
let ``a call without a hash never minds the record's`` () =
    theirs |> means "Busy to +2100" unchecked (at 2_100)
    theirs |> means "Free" unchecked (at 2_101)
    completed "r1" |> means "Finished r1" unchecked (at 0)
    completed "r1" |> ofHash noHash |> means "Finished r1" unchecked (at 0)

[<Test>]
let ``an abandoned lock is held until its window is over where the policy holds it`` () =
    theirs |> means "Busy to +2100" holding (at 2_100)
    theirs |> means "Abandoned to +10999" holding (at 2_101)
    theirs |> meansAfterRun "Abandoned to +10999" holding (at 2_101)
    theirs |> means "Abandoned to +10999" holding (at 10_999)
    theirs |> means "Free" holding (at 11_000)

[<Test>]
let ``an abandoned lock of a peer is held too`` () =
    peers |> means "Busy to +2150" holding (at 2_150)
    peers |> means "Abandoned to +10999" holding (at 2_151)
    withoutLease peers |> means "Free" holding (at 11_000)

[<Test>]
let ``a held lock of another payload says that it is of another payload`` () =
    theirs |> ofHash otherHash |> means "OtherPayload" holding afterLease

[<Test>]
let ``a tombstone is a free lock after its fence, for every payload and under every policy`` () =
    for call in [ ticket; holding; lenient; unchecked; tombstoning ] do
        tombstone (at 5) |> means "Busy to +5" call (at 5)
        tombstone (at 5) |> means "Free" call (at 6)
        tombstone (at 5) |> meansAfterRun "Free" call (at 6)

[<Test>]
let ``null, absent and empty results are three different ones`` () =
    let left = [ payload "null"; Payload.Absent; payload ""; payload "\"\"" ]

    let shown =
        [ for result in left -> { completed "" with Payload = result } |> Lifecycle.judge ticket (at 0) ]
        |> List.map Shown.standing

    Assert.That(
        shown,
        Is.EqualTo<string list> [ "Finished null"; "Finished (absent)"; "Finished "; "Finished \"\"" ]
    )

[<Test>]
let ``only what nobody needs any more may be dropped`` () =
    let dropped =
        [ for now in [ at 10_999; at 11_000 ] do
              for record in
                  [ completed "r1"
                    theirs
                    tombstone (at 5)
                    withoutLease peers
                    theirs |> endingAt (at 11_000) ] do
                  Lifecycle.mayDrop now record ]

    Assert.That(
        dropped,
        Is.EqualTo<bool list> [ false; false; false; false; false; true; true; true; true; false ]
    )

[<Test>]
let ``the key is free one millisecond after the lease end that a busy call is told`` () =
    for lock in [ theirs; peers; tombstone (at 5); theirs |> endingAt (at 20_000) ] do
        match Lifecycle.judge ticket (at 0) lock with
        | Standing.Busy leaseEnds ->
            lock |> means (Shown.standing (Standing.Busy leaseEnds)) ticket leaseEnds
            lock |> means "Free" ticket (leaseEnds + 1L<ms>)
        | unexpected -> Assert.Fail(Shown.standing unexpected)
