// DynamoDB's conditions against the lifecycle: what a store sends is read off the gate and put to the engine as a filter
// over a table of records of every shape, so that one request compares a condition with the rules a thousand times.
module DynamoDb.Tests.AgreementTests

open System
open System.Collections.Generic
open System.Text.RegularExpressions
open System.Threading
open System.Threading.Tasks
open Amazon.DynamoDBv2.Model
open Idempotency
open Idempotency.Core
open DynamoDb.Testing
open DynamoDb.Tests.Raw
open NUnit.Framework

let private options = Layout.simple.Options
let private base' = epoch + 900_000L<ms>
let private baseTicket = ticket "any"

/// Records of every shape around a moment, with keys by number.
let private records =
    let shapes =
        [ for status in [ Status.InProgress; Status.Completed; Status.Failed ] do
              for owner in [ OwnerToken.None; baseTicket.Owner; OwnerToken "another"; OwnerToken.Released ] do
                  for lease in
                      [ Nullable()
                        for off in [ -2_001; -2_000; -1_999; -1_001; -1_000; -999; -1; 0; 1 ] do
                            Nullable(base' + int64 off * 1L<ms>) ] do
                      for expires in [ -2L<s>; -1L<s>; 0L<s> ] do
                          for print in [ Fingerprint.None; baseTicket.Fingerprint; Fingerprint "another" ] do
                              status, owner, lease, Time.floorSeconds base' + expires, print ]

    [ for number, (status, owner, lease, expires, print) in List.indexed shapes do
          { Key = string number
            Status = status
            Expires = expires
            LeaseEnds = lease
            Owner = owner
            Fingerprint = print
            Payload = Payload.Absent } ]

/// A condition, as it was sent, with what its placeholders stand for.
[<NoComparison; NoEquality>]
type private Condition =
    { Text: string
      Names: (string * string) list
      Values: (string * AttributeValue) list }

let private conditionOf ask =
    let body = parse (sent options ask).Body

    { Text = text "ConditionExpression" body
      Names =
        [ for name, value in members (body.GetProperty "ExpressionAttributeNames") -> name, string value ]
      Values =
        [ for name, value in members (body.GetProperty "ExpressionAttributeValues") -> name, valueOf value ] }

let private table =
    lazy
        (task {
            let! table = Engine.shared().CreateTable(TableKey.simple, false)

            for chunk in List.chunkBySize 25 records do
                let writes =
                    List [ for record in chunk -> WriteRequest(PutRequest(Layout.simple.ItemOf record)) ]

                let! _ =
                    Layout.simple.Client.BatchWriteItemAsync(
                        BatchWriteItemRequest(Dictionary(dict [ table, writes ]))
                    )

                ()

            return table
        })

/// The numbers of the records that a condition holds for. DynamoDB refuses names and values that are not used.
let private holdsFor (condition: Condition) : Task<Set<string>> =
    task {
        let! table = table.Value

        let used placeholder =
            Regex.IsMatch(condition.Text, placeholder + @"\b")

        let names =
            Dictionary(
                dict
                    [ for name, value in condition.Names do
                          if used name then name, value ]
            )

        names["#key"] <- "id"
        let mutable found = Set.empty
        let mutable last: Dictionary<string, AttributeValue> | null = null
        let mutable more = true

        while more do
            let! page =
                Layout.simple.Client.ScanAsync(
                    ScanRequest(
                        TableName = table,
                        FilterExpression = condition.Text,
                        ProjectionExpression = "#key",
                        ExpressionAttributeNames = names,
                        ExpressionAttributeValues =
                            Dictionary(
                                dict
                                    [ for name, value in condition.Values do
                                          if used name then name, value ]
                            ),
                        ExclusiveStartKey = last,
                        ConsistentRead = true
                    )
                )

            found <- Set.union found (set [ for item in page.Items -> item["id"].S ])
            last <- page.LastEvaluatedKey
            more <- not (isNull last) && page.LastEvaluatedKey.Count > 0

        return found
    }

/// The numbers of the records that the rules do not refuse.
let private allowed (decide: (Record | null) -> Decision) =
    set
        [ for record in records do
              match decide record with
              | Decision.Refuse -> ()
              | Decision.Write _
              | Decision.Remove -> record.Key ]

/// Where the condition, as it is sent or changed, and the rules differ.
let private differences change (ask: IIdempotencyStore -> Task) decide : Task<string list> =
    task {
        let! holds = holdsFor (change (conditionOf ask))
        let allowed = allowed decide
        return Set.toList ((holds - allowed) + (allowed - holds))
    }

let private policies =
    [ for abandoned in [ WhenAbandoned.RunAgain; WhenAbandoned.Hold ] do
          for check in [ true; false ] do
              for pad in [ 0L<ms>; 1_000L<ms> ] do
                  { Defaults.policy with
                      Abandoned = abandoned
                      CheckPayloadBeforeTakeover = check
                      PeerPad = pad } ]

/// Calls with every policy and payload, and clocks about the moment.
let private takers =
    [ for policy in policies do
          for print in [ Fingerprint.None; baseTicket.Fingerprint ] do
              for off in [ -1_000; -1; 0; 1; 999; 1_000 ] do
                  { baseTicket with
                      Policy = policy
                      Fingerprint = print },
                  base' + int64 off * 1L<ms> ]

let private acquiring change (ticket, now) =
    let request: AcquireRequest = { Ticket = ticket; Now = now }

    differences
        change
        (fun store -> store.Acquire(request, CancellationToken.None).AsTask())
        (Lifecycle.acquire request)

let private completingLate change (ticket, now) =
    let request: LateCompleteRequest =
        { Ticket = ticket
          Now = now
          Ending = Ending.Returned(Payload.OfText "1")
          Enlisted = Enlisted.None }

    differences
        change
        (fun store -> store.LateComplete(request, CancellationToken.None).AsTask())
        (Lifecycle.lateComplete request)

let private renewing change now =
    let request: RenewRequest =
        { Ticket =
            { baseTicket with
                Lease = 1_000L<ms>
                Policy =
                    { Defaults.policy with
                        SkewPad = 0L<ms> } }
          Now = now }

    differences
        change
        (fun store -> store.Renew(request, CancellationToken.None).AsTask())
        (Lifecycle.renew request)

let private completing change =
    let request: CompleteRequest =
        { Ticket = baseTicket
          Now = base'
          Ending = Ending.Returned(Payload.OfText "1")
          Enlisted = Enlisted.None }

    differences
        change
        (fun store -> store.Complete(request, CancellationToken.None).AsTask())
        (Lifecycle.complete request)

let private releasing change by =
    let request: ReleaseRequest =
        { Ticket =
            { baseTicket with
                Policy = { Defaults.policy with Release = by } }
          Fence = base' }

    differences
        change
        (fun store -> store.Release(request, CancellationToken.None).AsTask())
        (Lifecycle.release request)

let private renewals =
    [ for off in [ -3_001; -2_001; -2_000; -1_001; -1_000; -999; 0 ] do
          base' + int64 off * 1L<ms> ]

let private noDifference (compared: Task<string list> list) : Task =
    task {
        let! differences = Task.WhenAll compared
        Assert.That(List.concat differences, Is.Empty)
    }

[<Test>]
let ``FREE of an acquire is the rule, for every record, policy, payload and clock`` () =
    Assert.That(records.Length * takers.Length, Is.GreaterThan 100_000, "comparisons")
    noDifference (List.map (acquiring id) takers)

[<Test>]
let ``FREE of a late completion is the rule`` () =
    noDifference (List.map (completingLate id) takers)

[<Test>]
let ``MINE of a completion, of a release and of a renewal is the rule`` () =
    noDifference
        [ completing id
          releasing id ReleaseBy.Delete
          releasing id ReleaseBy.Tombstone
          yield! List.map (renewing id) renewals ]

/// A condition with one guard changed.
let private without (guard: string) (instead: string) (condition: Condition) =
    { condition with
        Text = condition.Text.Replace(guard, instead) }

/// One of the comparisons finds a difference; those after it are not made.
let private isNoticed (compare: 'Shape -> Task<string list>) (shapes: 'Shape list) : Task =
    task {
        let mutable noticed = false

        for shape in shapes do
            if not noticed then
                let! differences = compare shape
                noticed <- not differences.IsEmpty

        Assert.That(noticed)
    }

// With an owner, a lease that has ended a peer pad ago has ended anyway: `attribute_not_exists(#own)` says so to the
// reader, and has no twin.
[<TestCase("#st <> :inp AND #exp < :now_s", "#st <> :inp AND #exp <= :now_s")>]
[<TestCase("OR #st <> :inp AND #exp < :now_s", "")>]
[<TestCase("#st = :inp AND", "")>]
[<TestCase("attribute_exists(#own) AND", "")>]
[<TestCase("#ipe < :now_ms", "#ipe <= :now_ms")>]
[<TestCase("#ipe < :peer_ms", "#ipe <= :peer_ms")>]
[<TestCase(":peer_ms", ":now_ms")>]
[<TestCase("attribute_not_exists(#ipe) AND", "")>]
[<TestCase("OR attribute_not_exists(#ipe) AND #exp < :now_s", "")>]
[<TestCase("attribute_not_exists(#val) OR", "")>]
[<TestCase("OR #val = :ph", "")>]
[<TestCase("#val = :ph OR #exp < :now_s", "#val = :ph")>]
[<TestCase("#own = :released OR", "")>]
[<TestCase("#own = :released OR #exp < :now_s", "#own = :released")>]
let ``broken twin: FREE with one guard changed is noticed`` (guard: string) (instead: string) =
    isNoticed (acquiring (without guard instead)) takers

[<TestCase("#st = :inp AND", "")>]
[<TestCase("AND #own = :me", "")>]
let ``broken twin: MINE with one guard changed is noticed`` (guard: string) (instead: string) =
    isNoticed (fun () -> completing (without guard instead)) [ () ]

[<TestCase("AND #ipe < :new_ipe", "")>]
[<TestCase("#ipe < :new_ipe", "#ipe <= :new_ipe")>]
let ``broken twin: a renewal that may shorten is noticed`` (guard: string) (instead: string) =
    isNoticed (renewing (without guard instead)) renewals
