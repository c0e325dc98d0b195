// What is written comes back: keys, results, tokens and moments, equal to the bit. No condition is tested here.
namespace Idempotency.Store.Conformance

open System
open System.Text
open NUnit.Framework
open Idempotency.Core

/// <summary>What a store is given comes back from it unchanged, and two keys never meet.</summary>
/// <param name="harness">Opens the store under test.</param>
type ContentSuite(harness: StoreHarness) =
    inherit StoreSuite(harness)

    let mine = Endings.returned "\"mine\""

    /// JSON text of exactly so many bytes, with characters of one to four bytes in it; empty for zero.
    let jsonOfLength (length: int) =
        let unit = "a\u00e9\u20ac\U0001f600"
        let unitLength = Encoding.UTF8.GetByteCount unit

        match length with
        | 0 -> ""
        | 1 -> "1"
        | _ ->
            let units = (length - 2) / unitLength
            let rest = length - 2 - units * unitLength
            "\"" + String.replicate units unit + String('x', rest) + "\""

    let comesBack (ending: Ending) =
        let t = Trial harness
        let a, b = t.Call("completed"), t.Call("late")
        t.Acquire(a, 0).Applied null
        t.Complete(a, 1_000, ending).Applied(t.Lock(a, 0))
        t.Has(a, t.Finished(a, 0, 1_000, ending))
        t.LateComplete(b, 0, ending).Applied null
        t.Has(b, t.FinishedLate(b, 0, ending))

    /// Two keys that are nearly the same are used side by side.
    let staysApart (t: Trial) one another =
        let a, b = t.Call(one), t.Call(another)
        t.Acquire(a, 0).Applied null
        t.Acquire(b, 1).Applied null
        t.Complete(a, 2, mine).Applied(t.Lock(a, 0))
        t.Has(b, t.Lock(b, 1))
        t.Release(b, 1).Applied(t.Lock(b, 1))
        t.Has(a, t.Finished(a, 0, 2, mine))
        t.Has(b, null)

    [<Test>]
    member _.``a key that was never written has no record``() =
        let t = Trial harness
        t.Has(t.Key "never", null)

    [<Test>]
    member _.``get returns each state of a record as it was written``() =
        let t = Trial harness
        let a = t.Call()
        t.Acquire(a, 0).Applied null
        t.Has(a, t.Lock(a, 0))
        t.Renew(a, 1).Applied(t.Lock(a, 0))
        t.Has(a, t.Lock(a, 1))
        t.Complete(a, 2, mine).Applied(t.Lock(a, 1))
        t.Has(a, t.Finished(a, 1, 2, mine))

    [<Test>]
    member _.``two keys do not meet``() = staysApart (Trial harness) "one" "two"

    [<Test>]
    member _.``keys that look alike do not meet``() =
        for one, another in
            [ "key", "KEY"
              "key", "key "
              "key", " key"
              "key", "key\t"
              "e\u0301", "\u00e9"
              "stra\u00dfe", "strasse"
              "\u0130", "i"
              "1", "01"
              "a#b", "a"
              "a%", "a_" ] do
            staysApart (Trial harness) one another

    [<Test>]
    member _.``keys of odd characters come back equal``() =
        let t = Trial harness

        for text in
            [ "with blanks  and\ttabs\r\n"
              "\"quoted\" 'twice' `and` \\back\\"
              "'; DROP TABLE records; --"
              "{\"json\":[1,2]}"
              "$#:/?&=%20+*[]()<>|^~,;!@"
              "\u00e9\u4e2d\u6587\u0639\u0631\u0628\u064a"
              "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467"
              "\u0001\u001f\u007f\u200b\ufeff" ] do
            let a = t.Call text
            t.Acquire(a, 0).Applied null
            t.Has(a, t.Lock(a, 0))

    [<Test>]
    member _.``the longest keys come back equal, and two that differ in their last character do not meet``() =
        let t = Trial harness
        let room = harness.LongestKey - (t.Key "").Length - 1
        staysApart t (String('k', room) + "1") (String('k', room) + "2")

    [<Test>]
    member _.``results come back as they were, and are not read``() =
        for text in
            [ "null"
              "\"\""
              "0"
              "false"
              "[]"
              "{}"
              "  { \"a\" : 1.50 , \"a\" : 15e-1 }\r\n"
              "12345678901234567890.10"
              "\"\\u0000 \\ud83d\\ude00 \\/ \\\"\""
              "\"\u00e9 \u4e2d \U0001f600 \u2028\""
              "not JSON at all" ] do
            comesBack (Endings.returned text)

    [<Test>]
    member _.``no result, an empty one, null and the empty text are four different things``() =
        comesBack (Ending.Returned Payload.Absent)
        comesBack (Ending.Returned(Payload(Array.empty<byte>)))
        comesBack (Endings.returned "null")
        comesBack (Endings.returned "\"\"")

    [<Test>]
    member _.``a stored failure comes back as a failure``() =
        comesBack (Endings.threw "{\"type\":\"Declined\"}")
        comesBack (Ending.Threw Payload.Absent)

    [<Test>]
    member _.``results of every size come back equal to the bit``() =
        for length in 0..40 do
            comesBack (Endings.returned (jsonOfLength length))

        for length in [ 255; 256; 4_095; 4_096; 65_535; 65_536; harness.LongestResult ] do
            if length <= harness.LongestResult then
                comesBack (Endings.returned (jsonOfLength length))

    [<Test>]
    member _.``tokens and fingerprints come back as they were``() =
        let t = Trial harness

        for text in [ "payload"; "PAYLOAD"; "+/=="; "0"; "\u00e9 \"'\\" ] do
            let a =
                { t.Call(text) with
                    Fingerprint = Fingerprint text
                    Owner = OwnerToken("owner " + text) }

            t.Acquire(a, 0).Applied null
            t.Has(a, t.Lock(a, 0))
            t.Complete(a, 1, mine).Applied(t.Lock(a, 0))
            t.Has(a, t.Finished(a, 0, 1, mine))

    [<Test>]
    member _.``a lock lasts for its window in whole seconds, rounded down``() =
        let t = Trial harness
        let a = t.Call()
        t.Acquire(a, 999).Applied null

        t.Has(
            a,
            { t.Lock(a, 999) with
                Expires = Time.floorSeconds (t.At 0) + 60L<s> }
        )

    [<Test>]
    member _.``a lock whose lease is longer than its window lasts for its lease, rounded up``() =
        let t = Trial harness
        let a = t.Call(policy = fun policy -> { policy with Expiry = 2_000L<ms> })
        t.Acquire(a, 1).Applied null

        let expected =
            { t.Lock(a, 1) with
                LeaseEnds = Nullable(t.At 11_001) }

        t.Has(
            a,
            { expected with
                Expires = Time.floorSeconds (t.At 0) + 12L<s> }
        )

    [<Test>]
    member _.``a finished record lasts for its window from the moment of completion, rounded down``() =
        let t = Trial harness
        let a = t.Call()
        t.Acquire(a, 0).Applied null
        t.Complete(a, 30_999, mine).Applied(t.Lock(a, 0))

        t.Has(
            a,
            { t.Finished(a, 0, 30_999, mine) with
                Expires = Time.floorSeconds (t.At 0) + 90L<s> }
        )

    [<Test>]
    member _.``the longest window that may be chosen comes back``() =
        let t = Trial harness

        let a =
            t.Call(
                policy =
                    fun policy ->
                        { policy with
                            Expiry = Defaults.longest
                            Lease = Defaults.longest }
            )

        t.Acquire(a, 1).Applied null
        t.Has(a, t.Lock(a, 1))
        t.Complete(a, 2, mine).Applied(t.Lock(a, 1))
        t.Has(a, t.Finished(a, 1, 2, mine))

    [<Test>]
    member _.``an expired record is returned as it was, or dropped``() =
        let t = Trial harness
        let a, b = t.Call("expired"), t.Call("later")
        t.LateComplete(a, 0, mine).Applied null
        t.LateComplete(b, 100_000, mine).Applied null

        match t.Get a.Key with
        | null when harness.MayDropExpired -> ()
        | _ -> t.Has(a, t.FinishedLate(a, 0, mine))
