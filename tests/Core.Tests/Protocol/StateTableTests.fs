// The state table of docs/protocol.md, rows 1 to 12: from the beginning of a call to the start of its function.
// Acquiring, Refreshing and Peeking share rows 4 to 12; what a row says is tried in each of them.
module Core.Tests.StateTableTests

open Idempotency.Core
open Core.Tests.Given
open Core.Tests.Shown
open Core.Tests.Meetings
open NUnit.Framework

[<Test>]
let ``row 01: a remembered result answers without a request`` () =
    Protocol.start ticket (at 10_999) (completed "r1") |> shows "Done Replayed r1"

    Protocol.start ticket (at 0) (failed "no funds")
    |> shows "Done Replayed failure no funds"

    Protocol.start unchecked (at 0) (completed "r1") |> shows "Done Replayed r1"

[<Test>]
let ``row 02: a remembered result for another payload answers without a request`` () =
    Protocol.start ticket (at 10_999) (completed "r1" |> ofHash otherHash)
    |> shows "Done PayloadMismatch other hash"

    Protocol.start ticket (at 0) (completed "r1" |> ofHash noHash)
    |> shows "Done PayloadMismatch (none)"

[<Test>]
let ``row 03: a call begins with an acquire`` () =
    Protocol.start ticket (at 7) nothing |> shows "Acquiring(0) at +7"

[<Test>]
let ``row 03: what is remembered of a window that is over is not minded`` () =
    Protocol.start ticket (at 11_000) (completed "r1")
    |> shows "Acquiring(0) at +11000"

    Protocol.start ticket (at 11_000) (completed "r1" |> ofHash otherHash)
    |> shows "Acquiring(0) at +11000"

[<Test>]
let ``row 03: a lock is never taken for a remembered result`` () =
    for record in [ mine; theirs; peers; tombstone (at 5) ] do
        Protocol.start ticket (at 7) record |> shows "Acquiring(0) at +7"

    Protocol.start holding afterLease theirs |> shows "Acquiring(0) at +2200"

[<Test>]
let ``row 04: an applied acquire starts the function, fenced by the clock of the start`` () =
    Protocol.onAcquired (acquiring ticket 0) (at 5) (applied nothing)
    |> shows "Running fence +5 trusted to +2000"

[<Test>]
let ``row 04: with a fence from the acquire the function is fenced by the clock of its request`` () =
    Protocol.onAcquired (acquiring tombstoning 0) (at 5) (applied nothing)
    |> shows "Running fence +0 trusted to +2000"

[<Test>]
let ``row 04: the run counts from its start, not from its request`` () =
    for call in [ ticket; tombstoning ] do
        match Protocol.onAcquired (acquiring call 0) (at 5) (applied nothing) with
        | Step.Run running -> Assert.That(running.StartedAt, Is.EqualTo(at 5))
        | unexpected -> unexpected |> shows "Running"

[<Test>]
let ``row 04: the function is told when the lock was another's, and only then`` () =
    let start replaced =
        Protocol.onAcquired (acquiring ticket 0) (at 5) (applied replaced)

    for lock in [ theirs; peers; withoutLease peers; lockOf me ] do
        start lock |> shows "Running fence +5 trusted to +2000, take-over"

    for record in [ nothing; completed "r0"; failed "f0"; tombstone (at -1) ] do
        start record |> shows "Running fence +5 trusted to +2000"

[<Test>]
let ``row 04: the function is started up to the last millisecond of the lease that the call trusts`` () =
    let start now =
        Protocol.onAcquired (acquiring ticket 0) now (applied theirs)

    start (at 1_999) |> shows "Running fence +1999 trusted to +2000, take-over"
    start (at 2_000) |> shows "Running fence +2000 trusted to +2000, take-over"
    start (at 2_001) |> shows "Refreshing(1) at +2001 asked +0, take-over"

[<Test>]
let ``row 04: too late to start, the lease is renewed, three times at the most`` () =
    let late tries =
        Protocol.onAcquired (acquiring ticket tries) (at 2_001) (applied nothing)

    late 0 |> shows "Refreshing(1) at +2001 asked +0"
    late 2 |> shows "Refreshing(3) at +2001 asked +0"
    late 3 |> shows "Abandoning +0 as Contended"

[<Test>]
let ``row 04: an applied renewal starts the function on the renewed lease`` () =
    let start now ticket =
        Protocol.onRefreshed (refreshing ticket 1) now (applied mine)

    start (at 5_000) ticket
    |> shows "Running fence +5000 trusted to +5000, take-over"

    start (at 5_000) tombstoning
    |> shows "Running fence +0 trusted to +5000, take-over"

    start (at 5_001) ticket |> shows "Refreshing(2) at +5001 asked +0, take-over"

[<Test>]
let ``row 04: a renewal makes no take-over of a lock that was none`` () =
    let ours =
        { refreshing ticket 1 with
            TakeOver = false }

    Protocol.onRefreshed ours (at 3_005) (applied mine)
    |> shows "Running fence +3005 trusted to +5000"

    Protocol.onRefreshed ours (at 5_001) (applied mine)
    |> shows "Refreshing(2) at +5001 asked +0"

[<Test>]
let ``row 04: a renewal that comes too late for the third time gives the lock back`` () =
    Protocol.onRefreshed (refreshing ticket 3) (at 5_001) (applied mine)
    |> shows "Abandoning +0 as Contended"

[<Test>]
let ``row 05: a refused acquire that meets its own lock starts the function`` () =
    mine |> leadsTo "Running fence +5 trusted to +2000, take-over" ticket 0 (at 5)

[<Test>]
let ``row 05: the own lock is trusted a skew pad less than it says`` () =
    let lock = mine |> endingAt (at 6_100)

    lock
    |> leadsTo "Running fence +6000 trusted to +6000, take-over" ticket 0 (at 6_000)

    lock |> leadsTo "Refreshing(1) at +6001 asked +0, take-over" ticket 0 (at 6_001)

[<Test>]
let ``row 05: the own lock starts the function whatever tries are left, and whoever could take it`` () =
    mine |> leadsTo "Running fence +5 trusted to +2000, take-over" ticket 3 (at 5)
    mine |> leadsTo "Refreshing(3) at +2001 asked +0, take-over" ticket 2 (at 2_001)
    mine |> leadsTo "Refreshing(1) at +2200 asked +0, take-over" ticket 0 afterLease
    mine |> leadsTo "Abandoning +0 as Contended" ticket 3 (at 2_001)

[<Test>]
let ``row 05: with a fence from the acquire the own lock is fenced by the clock of the request`` () =
    mine
    |> leadsTo "Running fence +0 trusted to +2000, take-over" tombstoning 0 (at 5)

[<Test>]
let ``row 05: the own token on a finished record starts nothing`` () =
    { completed "r1" with Owner = me }
    |> leadsTo "Done Replayed r1, cached" ticket 0 (at 5)

[<Test>]
let ``row 06: a key that became free is asked for again, with a new clock`` () =
    nothing |> leadsTo "Acquiring(1) at +5" ticket 0 (at 5)
    theirs |> leadsTo "Acquiring(1) at +2101" ticket 0 (at 2_101)
    peers |> leadsTo "Acquiring(2) at +2151" ticket 1 (at 2_151)
    completed "r1" |> leadsTo "Acquiring(3) at +11000" ticket 2 (at 11_000)
    tombstone (at 4) |> leadsTo "Acquiring(1) at +5" holding 0 (at 5)

[<Test>]
let ``row 06, held: an abandoned lock is left for a person where the policy says so`` () =
    theirs |> leadsTo "Done Held other until +10999" holding 0 (at 2_101)
    theirs |> leadsTo "Done Held other until +10999" holding 3 (at 10_999)
    peers |> leadsTo "Done Held (none) until +10999" holding 0 (at 2_151)
    theirs |> leadsTo "Acquiring(1) at +11000" holding 0 (at 11_000)

[<Test>]
let ``row 07: a key that became free for the fourth time is contended`` () =
    nothing |> leadsTo "Done Contended" ticket 3 (at 5)
    theirs |> leadsTo "Done Contended" ticket 3 (at 2_101)

[<Test>]
let ``row 08: a finished record is replayed and remembered`` () =
    completed "r1" |> leadsTo "Done Replayed r1, cached" ticket 0 (at 10_999)
    completed "null" |> leadsTo "Done Replayed null, cached" ticket 3 (at 0)

    failed "no funds"
    |> leadsTo "Done Replayed failure no funds, cached" ticket 0 (at 0)

    completed "r1"
    |> ofHash otherHash
    |> leadsTo "Done Replayed r1, cached" unchecked 0 (at 0)

[<Test>]
let ``row 09: a key of another payload is neither run nor replayed, and not remembered`` () =
    theirs
    |> ofHash otherHash
    |> leadsTo "Done PayloadMismatch other hash" ticket 0 (at 5)

    theirs
    |> ofHash otherHash
    |> leadsTo "Done PayloadMismatch other hash" ticket 0 afterLease

    completed "r1"
    |> ofHash otherHash
    |> leadsTo "Done PayloadMismatch other hash" ticket 0 (at 5)

    completed "r1"
    |> ofHash noHash
    |> leadsTo "Done PayloadMismatch (none)" waiting 0 (at 5)

[<Test>]
let ``row 10: a call that does not wait is told who runs, and when to come back`` () =
    theirs |> leadsTo "Done InProgress other until +2100" ticket 0 (at 2_100)
    peers |> leadsTo "Done InProgress (none) until +2150" ticket 0 (at 2_150)

    theirs
    |> ofHash noHash
    |> leadsTo "Done InProgress other until +2100" ticket 3 (at 0)

[<Test>]
let ``row 11: a call that waits goes to sleep`` () =
    theirs
    |> leadsTo "Waiting(0) asked +0 for other to +2100, sleep 1, deadline +5005" waiting 0 (at 5)

[<Test>]
let ``row 11: waiting gives back the tries`` () =
    theirs
    |> leadsTo "Waiting(0) asked +0 for other to +2100, sleep 1, deadline +5005" waiting 3 (at 5)

[<Test>]
let ``row 11: a call that sleeps again keeps its deadline`` () =
    let slept =
        { Tries = 2
          Sleeps = 3
          Deadline = at 4_000 }

    let expected = "Waiting(0) asked +0 for other to +2100, sleep 4, deadline +4000"

    Protocol.onPeeked
        { peeking waiting 0 with
            Patience = slept }
        (at 900)
        (Ok theirs)
    |> shows expected

    Protocol.onAcquired
        { acquiring waiting 0 with
            Patience = slept }
        (at 900)
        (Ok(StoreReply.Refused theirs))
    |> shows expected

    Protocol.onRefreshed
        { refreshing waiting 0 with
            Patience = slept }
        (at 900)
        (Ok(StoreReply.Refused theirs))
    |> shows expected

[<Test>]
let ``row 11: a new acquire after a sleep keeps its deadline too`` () =
    let slept =
        { Tries = 0
          Sleeps = 3
          Deadline = at 4_000 }

    match
        Protocol.onPeeked
            { peeking waiting 0 with
                Patience = slept }
            (at 3_000)
            (Ok nothing)
    with
    | Step.Acquire state ->
        Protocol.onAcquired state (at 3_100) (Ok(StoreReply.Refused(theirs |> endingAt (at 5_000))))
        |> shows "Waiting(0) asked +3000 for other to +5000, sleep 4, deadline +4000"
    | unexpected -> unexpected |> shows "Acquiring"

[<Test>]
let ``row 12: a store that fails before the run ends the call`` () =
    Protocol.onAcquired (acquiring ticket 0) (at 5) (Error down)
    |> shows "Done PersistFailed store down"

    Protocol.onRefreshed (refreshing ticket 1) (at 5) (Error down)
    |> shows "Done PersistFailed store down"

    Protocol.onPeeked (peeking waiting 0) (at 5) (Error down)
    |> shows "Done PersistFailed store down"

[<Test>]
let ``rows 05 to 11: where the store cannot say why it refused, the call looks`` () =
    let unseen = Ok StoreReply.RefusedUnseen

    Protocol.onAcquired (acquiring ticket 2) (at 5) unseen
    |> shows "Peeking(2) asked +0"

    Protocol.onRefreshed (refreshing ticket 2) (at 3_005) unseen
    |> shows "Peeking(2) asked +0"
