// A call that wants to run and meets a record, in the three states in which it can.
module Core.Tests.Meetings

open Idempotency.Core
open Core.Tests.Given
open Core.Tests.Shown
open NUnit.Framework

let tried tries = { Patience.fresh with Tries = tries }

/// The call asked at the beginning, and asks again for each further try.
let acquiring ticket tries : Acquiring =
    { Request = { Ticket = ticket; Now = at 0 }
      Patience = tried tries }

/// The acquire took over another's lock at the beginning, and a renewal was asked for at +3000.
let refreshing ticket tries : Refreshing =
    { Request = { Ticket = ticket; Now = at 3_000 }
      Patience = tried tries
      AcquiredAt = at 0
      TakeOver = true }

let peeking ticket tries : Peeking =
    { Ticket = ticket
      InHand = InHand.Nothing(at 0)
      Patience = tried tries }

/// The three states, given what the store says of the key: the record that it has.
let meetings =
    [ "Acquiring",
      fun ticket tries now record ->
          Protocol.onAcquired (acquiring ticket tries) now (Ok(StoreReply.Refused record))
      "Refreshing",
      fun ticket tries now record ->
          Protocol.onRefreshed (refreshing ticket tries) now (Ok(StoreReply.Refused record))
      "Peeking", fun ticket tries now record -> Protocol.onPeeked (peeking ticket tries) now (Ok record) ]

/// In each of the three states the record leads to this step.
let leadsTo (expected: string) ticket tries now record =
    for name, meet in meetings do
        Assert.That(step (meet ticket tries now record), Is.EqualTo expected, name)

let applied replaced = Ok(StoreReply.Applied replaced)
