// The roundings of time, the equality of payloads and the words of owners: the parts that the rules are made of.
module Core.Tests.DomainTests

open System
open Idempotency.Core
open Core.Tests.Given
open NUnit.Framework
open FsCheck.NUnit

let private ms (n: int64) = n * 1L<ms>

[<TestCase(0L, 0L, 0L)>]
[<TestCase(1L, 0L, 1L)>]
[<TestCase(999L, 0L, 1L)>]
[<TestCase(1000L, 1L, 1L)>]
[<TestCase(1001L, 1L, 2L)>]
[<TestCase(-1L, -1L, 0L)>]
[<TestCase(-999L, -1L, 0L)>]
[<TestCase(-1000L, -1L, -1L)>]
[<TestCase(-1001L, -2L, -1L)>]
let ``a moment lies in the second before it, and its next second is not before it`` moment floor ceil =
    Assert.That(Time.floorSeconds (ms moment), Is.EqualTo(floor * 1L<s>))
    Assert.That(Time.ceilSeconds (ms moment), Is.EqualTo(ceil * 1L<s>))

[<Property>]
let ``the two roundings lie around the moment, less than a second away`` (moment: int64) =
    // Half the range, so that the second after it can still be counted in milliseconds.
    let moment = ms (moment / 2L)
    let floor = Time.ofSeconds (Time.floorSeconds moment)
    let ceil = Time.ofSeconds (Time.ceilSeconds moment)

    floor <= moment
    && moment - floor < 1_000L<ms>
    && moment <= ceil
    && ceil - moment < 1_000L<ms>

/// The rounding toward zero that integer division gives: right only from 1970 on.
let private truncated (moment: int64<ms>) = moment / 1_000L<ms / s>

[<Test>]
let ``broken twin: rounding toward zero puts a negative moment in the wrong second`` () =
    Assert.That(truncated -1L<ms>, Is.Not.EqualTo(Time.floorSeconds -1L<ms>))
    Assert.That(truncated 1L<ms>, Is.EqualTo(Time.floorSeconds 1L<ms>))

[<TestCase(0L, 0L)>]
[<TestCase(1L, 1L)>]
[<TestCase(9_999L, 1L)>]
[<TestCase(10_000L, 1L)>]
[<TestCase(10_001L, 2L)>]
[<TestCase(-1L, 0L)>]
[<TestCase(-10_000L, -1L)>]
[<TestCase(-10_001L, -1L)>]
let ``a part of a millisecond counts as one`` ticks expected =
    Assert.That(Time.ofTimeSpan (TimeSpan.FromTicks ticks), Is.EqualTo(ms expected))

[<Test>]
let ``the longest and the shortest time span have a length in milliseconds`` () =
    Assert.That(Time.ofTimeSpan TimeSpan.MaxValue, Is.EqualTo(922_337_203_685_478L<ms>))
    Assert.That(Time.ofTimeSpan TimeSpan.MinValue, Is.EqualTo(-922_337_203_685_477L<ms>))

[<Property>]
let ``a whole number of milliseconds survives the way through a time span`` (length: int) =
    Time.ofTimeSpan (Time.toTimeSpan (ms (int64 length))) = ms (int64 length)

[<Test>]
let ``a moment is counted from 1970`` () =
    Assert.That(Time.toDateTimeOffset 0L<ms>, Is.EqualTo DateTimeOffset.UnixEpoch)
    Assert.That(Time.toDateTimeOffset -1L<ms>, Is.EqualTo(DateTimeOffset.UnixEpoch.AddMilliseconds -1.0))
    Assert.That(Time.ofSeconds -2L<s>, Is.EqualTo(-2_000L<ms>))

/// Payloads of which no two are equal.
let private different =
    [ Payload.Absent
      payload ""
      payload "null"
      payload "\"\""
      payload "0"
      payload "false"
      payload "{}"
      payload "{ }" ]

[<Test>]
let ``payloads are equal to the bit, and absent only to absent`` () =
    for i, first in List.indexed different do
        for j, again in List.indexed different do
            let copy =
                match again.Utf8 with
                | null -> Payload.Absent
                | bytes -> Payload(Array.copy bytes)

            Assert.That(first.Equals copy, Is.EqualTo((i = j)))
            Assert.That((first = copy), Is.EqualTo((i = j)))
            Assert.That((box first).Equals copy, Is.EqualTo((i = j)))

            if i = j then Assert.That(first.GetHashCode(), Is.EqualTo(copy.GetHashCode()))

[<Test>]
let ``a payload equals nothing that is not a payload`` () =
    Assert.That((box (payload "1")).Equals "1", Is.False)
    Assert.That((box (payload "1")).Equals null, Is.False)

[<Test>]
let ``an absent payload has no bytes, an empty one has none either but is there`` () =
    Assert.That(
        [ for p in [ Payload.Absent; payload ""; payload "é" ] -> p.Length ],
        Is.EqualTo<int list> [ 0; 0; 2 ]
    )

    Assert.That(
        [ for p in [ Payload.Absent; payload "" ] -> p.IsAbsent ],
        Is.EqualTo<bool list> [ true; false ]
    )

[<Test>]
let ``a payload never shows its text`` () =
    Assert.That(
        [ for p in [ Payload.Absent; payload "secret" ] -> string p ],
        Is.EqualTo<string list> [ "(absent)"; "(6 bytes)" ]
    )

[<Test>]
let ``a returned null and a stored failure of the same bytes are two endings`` () =
    Assert.That(Ending.Returned(payload "x"), Is.Not.EqualTo(Ending.Threw(payload "x")))
    Assert.That(Ending.Returned(payload "x"), Is.EqualTo(Ending.Returned(payload "x")))
    Assert.That(Ending.Returned(payload "null"), Is.Not.EqualTo(Ending.Returned Payload.Absent))

[<Test>]
let ``no owner, a released owner and an owner are three different things`` () =
    let owners = [ nobody; released; me; other ]

    for i, first in List.indexed owners do
        for j, second in List.indexed owners do
            Assert.That((first = second), Is.EqualTo((i = j)))

[<Test>]
let ``a record is in progress in exactly one status, and its ending is its status's`` () =
    let statusOf (ending: Ending) = ending.Status

    let shown (record: Record) =
        record.IsInProgress, Shown.ending record.Ending, statusOf record.Ending

    Assert.That(shown (completed "r1"), Is.EqualTo((false, "r1", Status.Completed)))
    Assert.That(shown (failed "f1"), Is.EqualTo((false, "failure f1", Status.Failed)))
    Assert.That(mine.IsInProgress, Is.True)
