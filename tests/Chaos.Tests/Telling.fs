// Histories made by hand: calls that ask, run and answer at given milliseconds, and what the rules say of them.
module Chaos.Tests.Telling

open Chaos
open Idempotency.Core
open NUnit.Framework

/// When the histories begin: the beginning of a second.
let epoch = 1_800_000_000_000L

let line worker (at: int64) event =
    { At =
        { Wall = epoch + at
          Order = at * 1000L }
      Worker = worker
      Event = event }

/// A call, in a process of its own.
type Caller =
    { Call: string
      Profile: string
      Key: string }

let caller name =
    { Call = name
      Profile = "reject"
      Key = "key" }

let private policy caller = (Profile.find caller.Profile).Policy

let begun at variant caller =
    line caller.Call at (Event.Begun(caller.Call, caller.Key, caller.Profile, variant))

/// A request that is sent at a moment, with its clock.
let request asking (at: int64) caller =
    { Id = $"{caller.Call}-{asking}-{at}"
      Call = caller.Call
      Key = caller.Key
      Profile = caller.Profile
      Asking = asking
      Owner = $"owner of {caller.Call}"
      Print = None
      Now = epoch + at
      Fence = 0L
      Payload = None
      IsFailure = false
      Enlists = false }

let exchange from until heard (request: Request) =
    [ line request.Call from (Event.Asked request)
      line request.Call until (Event.Heard(request.Id, heard)) ]

/// The lock of a call that asked at a moment.
let lock at caller =
    { Status = "InProgress"
      Expires = Runs.second (epoch + at + int64 (policy caller).Expiry)
      LeaseEnds = Some(epoch + at + int64 ((policy caller).Lease + (policy caller).SkewPad))
      Owner = Some $"owner of {caller.Call}"
      Print = None
      Payload = None }

/// The result of a call that asked at a moment, and saved at another.
let finished at savedAt result caller =
    { lock at caller with
        Status = "Completed"
        Expires = Runs.second (epoch + savedAt + int64 (policy caller).Expiry)
        Payload = Some $"\"{result}\"" }

let claims at replaced caller =
    request Asking.Acquire at caller
    |> exchange at (at + 5L) (Heard.Applied replaced)

let isRefused at held caller =
    request Asking.Acquire at caller
    |> exchange at (at + 5L) (Heard.Refused(Some held))

/// The function starts, five milliseconds after its call asked for the key.
let starts claimedAt run caller =
    let at = claimedAt + 5L
    let lease = epoch + claimedAt + int64 (policy caller).Lease
    line caller.Call at (Event.Started(caller.Call, run, epoch + at, false, lease))

let returns claimedAt at caller =
    line caller.Call at (Event.Returned(caller.Call, epoch + claimedAt + int64 (policy caller).Lease))

let throws claimedAt at caller =
    line caller.Call at (Event.Threw(caller.Call, epoch + claimedAt + int64 (policy caller).Lease))

let saves at result caller =
    { request Asking.Complete at caller with
        Payload = Some $"\"{result}\"" }
    |> exchange at (at + 5L) (Heard.Applied None)

let ends at outcome result caller =
    line caller.Call at (Event.Ended(caller.Call, outcome, result))

/// A whole call that runs for 40 milliseconds and is executed.
let executes at replaced run caller =
    [ caller |> begun at 1
      yield! caller |> claims at replaced
      caller |> starts at run
      caller |> returns at (at + 45L)
      yield! caller |> saves (at + 45L) run
      caller |> ends (at + 51L) "Executed" (Some run) ]

/// A whole call that gets this record's result.
let replays at held run caller =
    [ caller |> begun at 1
      yield! caller |> isRefused at held
      caller |> ends (at + 6L) "Replayed" (Some run) ]

/// The rules that a history breaks.
let brokenIn books (lines: Line list) =
    (Verdict.judge books (Story.tell lines)).Violations
    |> List.map _.Rule
    |> List.distinct

let keepsAll (lines: Line list) =
    Assert.That(brokenIn Books.Books.none lines, Is.Empty)

/// The rule is broken, among others perhaps.
let breaks rule (lines: Line list) =
    Assert.That(brokenIn Books.Books.none lines, Does.Contain rule)

let a = caller "a"
let b = caller "b"
let c = caller "c"
