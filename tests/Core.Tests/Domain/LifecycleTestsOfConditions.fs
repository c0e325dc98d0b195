// The conditions of the store's requests, read a second time: as the text that DynamoDB evaluates, over attribute
// maps, for every shape of record. A comparison with a missing attribute is false, as it is there.
module Core.Tests.LifecycleTestsOfConditions

open System
open Idempotency.Core
open Core.Tests.Given
open NUnit.Framework

type private Attribute =
    | S of string
    | N of int64

type private Condition =
    | Exists of string
    | Missing of string
    | Equal of string * string
    | Differs of string * string
    | Below of string * int64
    | All of Condition list
    | Any of Condition list

let rec private holds (item: Map<string, Attribute>) condition =
    match condition with
    | Exists name -> item.ContainsKey name
    | Missing name -> not (item.ContainsKey name)
    | Equal(name, value) -> item.TryFind name = Some(S value)
    | Differs(name, value) ->
        match item.TryFind name with
        | Some(S known) -> known <> value
        | Some(N _)
        | None -> false
    | Below(name, limit) ->
        match item.TryFind name with
        | Some(N known) -> known < limit
        | Some(S _)
        | None -> false
    | All parts -> parts |> List.forall (holds item)
    | Any parts -> parts |> List.exists (holds item)

let private item (record: Record | null) =
    match record with
    | null -> Map.empty
    | known ->
        Map
            [ "id", S known.Key
              match known.Status with
              | Status.InProgress -> "status", S "INPROGRESS"
              | Status.Completed -> "status", S "COMPLETED"
              | Status.Failed -> "status", S "FAILED"
              "expiration", N(int64 known.Expires)
              if known.LeaseEnds.HasValue then
                  "in_progress_expiration", N(int64 known.LeaseEnds.Value)
              match tokenText known.Owner with
              | null -> ()
              | owner -> "owner", S owner
              match hashText known.Fingerprint with
              | null -> ()
              | digest -> "validation", S digest ]

let private nowSeconds (now: int64<ms>) = int64 (Math.Floor(decimal now / 1000m))

let private leaseEnded (ticket: Ticket) now =
    Any
        [ All [ Exists "owner"; Below("in_progress_expiration", int64 now) ]
          All
              [ Missing "owner"
                Below("in_progress_expiration", int64 (now - ticket.Policy.PeerPad)) ]
          All [ Missing "in_progress_expiration"; Below("expiration", nowSeconds now) ] ]

let private free (ticket: Ticket) now =
    let windowEnded = Below("expiration", nowSeconds now)

    Any
        [ Missing "id"
          All [ Differs("status", "INPROGRESS"); windowEnded ]
          All
              [ Equal("status", "INPROGRESS")
                leaseEnded ticket now
                match hashText ticket.Fingerprint with
                | NonNull digest when ticket.Policy.CheckPayloadBeforeTakeover ->
                    Any [ Missing "validation"; Equal("validation", digest); windowEnded ]
                | _ -> ()
                match ticket.Policy.Abandoned with
                | WhenAbandoned.Hold -> Any [ Equal("owner", "(released)"); windowEnded ]
                | WhenAbandoned.RunAgain -> () ] ]

let private own (ticket: Ticket) =
    All [ Equal("status", "INPROGRESS"); Equal("owner", string ticket.Owner) ]

/// The answers in the order in which they are asked for, each with when it applies.
let private answers (ticket: Ticket) now =
    [ "Mine", own ticket
      "Free", free ticket now
      "OtherPayload",
      (match hashText ticket.Fingerprint with
       | null -> Any []
       | digest ->
           Any
               [ Differs("validation", digest)
                 All [ Differs("status", "INPROGRESS"); Missing "validation" ] ])
      "Finished", Differs("status", "INPROGRESS")
      "Abandoned", leaseEnded ticket now
      "Busy", All [] ]

let private both a b = [ a; b ]

/// Every kind of call that the conditions tell apart.
let private calls =
    [ for call in [ ticket; unchecked ] do
          for abandoned in both WhenAbandoned.RunAgain WhenAbandoned.Hold do
              for check in both true false do
                  for peerPad in both 0L<ms> 50L<ms> do
                      call
                      |> under (fun p ->
                          { p with
                              Abandoned = abandoned
                              CheckPayloadBeforeTakeover = check
                              PeerPad = peerPad }) ]

/// The start of a second, its middle and its last millisecond, before the epoch too.
let private moments = [ at 0; at 500; at 999; -1L<ms> ]

let private aroundIt (boundary: int64<'u>) =
    [ for step in -1L .. 1L -> boundary + LanguagePrimitives.Int64WithMeasure<'u> step ]

/// Every shape of record that could matter to this call now, one tick to each side of every boundary.
let private shapes (call: Ticket) (now: int64<ms>) : (Record | null) list =
    let renewal: RenewRequest = { Ticket = call; Now = now }

    let leases =
        [ now; now - call.Policy.PeerPad; renewal.LeaseEnds ]
        |> List.collect aroundIt
        |> List.distinct
        |> List.map Nullable

    let windows = aroundIt (LanguagePrimitives.Int64WithMeasure<s>(nowSeconds now))

    [ nothing
      for status in [ Status.InProgress; Status.Completed; Status.Failed ] do
          for owner in [ nobody; me; other; released ] do
              for lease in Nullable() :: leases do
                  for window in windows do
                      for digest in [ noHash; hash; otherHash ] do
                          { mine with
                              Status = status
                              Owner = owner
                              LeaseEnds = lease
                              Expires = window
                              Fingerprint = digest } ]

/// All calls at all moments with all records.
let private everything =
    [ for call in calls do
          for now in moments do
              for record in shapes call now -> call, now, record ]

/// The first case in which the two readings differ.
let private difference reading condition =
    everything
    |> List.tryFind (fun (call, now, record) ->
        reading call now record <> holds (item record) (condition call now))

let private agrees reading condition =
    match difference reading condition with
    | None -> ()
    | Some(call, now, record) -> Assert.Fail $"{call.Policy}\nat {now}, hash {call.Fingerprint}\n{record}"

let private isWritten decision =
    match decision with
    | Decision.Write _
    | Decision.Remove -> true
    | Decision.Refuse -> false

[<Test>]
let ``FREE is the text of its condition, for every shape of record`` () =
    Assert.That(everything.Length, Is.GreaterThan 50_000)
    agrees Lifecycle.isFree free

[<Test>]
let ``MINE is the text of its condition, for every shape of record`` () =
    agrees (fun call _ -> Lifecycle.isMine call) (fun call _ -> own call)

[<Test>]
let ``each request is applied exactly when its condition holds`` () =
    agrees (fun call now -> Lifecycle.acquire { Ticket = call; Now = now } >> isWritten) free
    let ended = Ending.Returned(payload "r1")

    agrees
        (fun call now ->
            Lifecycle.lateComplete
                { Ticket = call
                  Now = now
                  Ending = ended
                  Enlisted = Enlisted.None }
            >> isWritten)
        free

    agrees
        (fun call now ->
            Lifecycle.complete
                { Ticket = call
                  Now = now
                  Ending = ended
                  Enlisted = Enlisted.None }
            >> isWritten)
        (fun call _ -> own call)

    agrees (fun call now -> Lifecycle.release { Ticket = call; Fence = now } >> isWritten) (fun call _ ->
        own call)

    agrees (fun call now -> Lifecycle.renew { Ticket = call; Now = now } >> isWritten) (fun call now ->
        let longer = int64 (now + call.Lease + call.Policy.SkewPad)
        All [ own call; Below("in_progress_expiration", longer) ])

let private answerOf judge call now record =
    (judge call now record |> Shown.standing).Split(' ')[0]

let private firstOf answers record =
    answers |> List.find (snd >> holds (item record)) |> fst

[<Test>]
let ``the answer is the first that applies, for every shape of record`` () =
    for call, now, record in everything do
        let expected = record |> firstOf (answers call now)
        Assert.That(answerOf Lifecycle.judge call now record, Is.EqualTo expected)

[<Test>]
let ``after the run the answer is the same, but Free is asked for first`` () =
    for call, now, record in everything do
        let freeFirst = answers call now |> List.sortBy (fun (name, _) -> name <> "Free")
        Assert.That(answerOf Lifecycle.judgeAfterRun call now record, Is.EqualTo(firstOf freeFirst record))

/// Every condition that is one slip away from this one: a comparison off by one, a term that always or never holds.
let rec private slips condition =
    let slipIn rebuild parts =
        [ for i, part in List.indexed parts do
              for name, slipped in slips part -> name, rebuild (parts |> List.updateAt i slipped) ]

    match condition with
    | All parts -> slipIn All parts
    | Any parts -> slipIn Any parts
    | leaf ->
        [ $"always {leaf}", All []
          $"never {leaf}", Any []
          match leaf with
          | Below(name, limit) ->
              $"one later {leaf}", Below(name, limit + 1L)
              $"one earlier {leaf}", Below(name, limit - 1L)
          | _ -> () ]

/// The slips in a call's condition at a moment that no shape of record brings to light.
let private unnoticed reading condition call now =
    let items =
        shapes call now |> List.map (fun record -> item record, reading call now record)

    slips (condition call now)
    |> List.filter (fun (_, slipped) -> items |> List.forall (fun (item, said) -> holds item slipped = said))
    |> List.map fst

[<Test>]
let ``broken twin: a slip in any term of FREE is noticed`` () =
    for call in calls |> List.filter (fun call -> call.Policy.PeerPad > 0L<ms>) do
        // A lease that ended a peer pad ago has ended for everybody: this term is there for the reader.
        let expected = [ "always Missing \"owner\"" ]
        Assert.That(unnoticed Lifecycle.isFree free call (at 500), Is.EquivalentTo expected)

[<Test>]
let ``broken twin: a slip in any term of MINE is noticed`` () =
    let left =
        unnoticed (fun call _ -> Lifecycle.isMine call) (fun call _ -> own call) ticket (at 500)

    Assert.That(left, Is.Empty)
