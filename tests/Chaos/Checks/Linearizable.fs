// Whether the requests of a key can be put in one order, each between its sending and its answer, in which the rules of a
// record (Lifecycle) give every answer that was heard. A search after Wing and Gong ("Testing and Verifying Concurrent
// Objects"), bounded. A request that met with trouble may have been applied unheard besides, as often as the rules let it:
// it was sent again, or a copy of it came late.
module Chaos.Linearizable

open System.Collections.Generic
open Idempotency.Core

/// A request with its place in time.
type private Step =
    {
        Request: Request
        From: int64
        /// The longest when nothing was heard of it.
        Until: int64
        UntilWall: int64
        Heard: Heard option
        /// It may be applied unheard.
        IsSuspect: bool
    }

/// A point of the search: all before `Next` is done, and those in `Done`. `Tokens` are the transactions that were applied.
type private Point =
    { Next: int
      Done: Set<int>
      State: Held option
      Tokens: Set<string> }

[<RequireQualifiedAccess>]
type Finding =
    | Linearizable
    /// So many requests could be put in order, but not this one with those beside it.
    | Broken of placed: int * stuckAt: string
    | Undecided

let private ticket (request: Request) : Ticket =
    let policy = (Profile.find request.Profile).Policy

    { Operation = request.Profile
      Key = request.Key
      Owner = OwnerToken request.Owner
      Fingerprint = Fingerprint(Option.toObj request.Print)
      Lease = policy.Lease
      Policy = policy
      UsesCache = false
      LooksFirst = false }

let private decide (request: Request) (state: Held option) =
    let ticket = ticket request
    let now = request.Now * 1L<ms>

    let record: Record | null =
        match state with
        | Some held -> Held.toRecord request.Key held
        | None -> null

    let ending =
        let payload =
            match request.Payload with
            | Some text -> Payload.OfText text
            | None -> Payload.Absent

        if request.IsFailure then Ending.Threw payload else Ending.Returned payload

    match request.Asking with
    | Asking.Acquire -> Lifecycle.acquire { Ticket = ticket; Now = now } record
    | Asking.Renew -> Lifecycle.renew { Ticket = ticket; Now = now } record
    | Asking.Release ->
        Lifecycle.release
            { Ticket = ticket
              Fence = request.Fence * 1L<ms> }
            record
    | Asking.Complete ->
        Lifecycle.complete
            { Ticket = ticket
              Now = now
              Ending = ending
              Enlisted = Enlisted.None }
            record
    | Asking.LateComplete ->
        Lifecycle.lateComplete
            { Ticket = ticket
              Now = now
              Ending = ending
              Enlisted = Enlisted.None }
            record
    | Asking.Get -> Decision.Refuse

/// What a request leaves, where its condition holds.
let private applied (request: Request) state =
    match decide request state with
    | Decision.Write record -> Some(Some(Held.ofRecord record))
    | Decision.Remove -> Some None
    | Decision.Refuse -> None

/// DynamoDB says what was replaced only to a put.
let private showsReplaced (request: Request) = request.Asking = Asking.Acquire

/// A transaction counts once, by its token: owner, kind and clock.
let private token (request: Request) =
    $"{request.Owner} {request.Asking} {request.Now}"

/// The states after a step that gives the answer that was heard; none when it cannot.
let private after (point: Point) (step: Step) =
    let request = step.Request

    match step.Heard with
    | Some(Heard.Applied replaced) ->
        if request.Enlists && point.Tokens.Contains(token request) then
            Some point
        elif showsReplaced request && replaced <> point.State then
            None
        else
            applied request point.State
            |> Option.map (fun state ->
                { point with
                    State = state
                    Tokens = if request.Enlists then point.Tokens.Add(token request) else point.Tokens })
    | Some(Heard.Refused current) ->
        if current = point.State && (applied request point.State).IsNone then
            Some point
        else
            None
    | Some(Heard.Found current) -> if current = point.State then Some point else None
    | Some Heard.RefusedUnseen
    | Some(Heard.Fault _)
    | None -> None

let private mustBePlaced step =
    match step.Heard with
    | Some(Heard.Applied _)
    | Some(Heard.Refused _)
    | Some(Heard.Found _) -> true
    | Some Heard.RefusedUnseen
    | Some(Heard.Fault _)
    | None -> false

let private place (steps: Step array) (point: Point) index =
    let rec settle (point: Point) =
        if point.Done.Contains point.Next then
            settle
                { point with
                    Next = point.Next + 1
                    Done = point.Done.Remove point.Next }
        else
            point

    settle
        { point with
            Done = point.Done.Add index }

/// The steps that may come next, and the end of the one that ends first.
let private candidates (steps: Step array) (point: Point) =
    let found = List<int>()
    let mutable until = System.Int64.MaxValue
    let mutable wall = System.Int64.MaxValue
    let mutable index = point.Next

    while index < steps.Length && steps[index].From <= until do
        if not (point.Done.Contains index) then
            found.Add index

            if steps[index].Until < until then
                until <- steps[index].Until
                wall <- steps[index].UntilWall

        index <- index + 1

    [ for index in found do
          if steps[index].From <= until then index ],
    until,
    wall

let private unheard (suspects: Step list) (point: Point) until wall =
    [ for step in suspects do
          if step.From <= until then
              let request = step.Request

              if not (request.Enlists && point.Tokens.Contains(token request)) then
                  match applied request point.State with
                  | Some state when state <> point.State ->
                      { point with
                          State = state
                          Tokens = if request.Enlists then point.Tokens.Add(token request) else point.Tokens }
                  | _ -> ()

      // The engine deletes what has expired when it likes.
      match point.State with
      | Some held when Runs.mayBeOver held.Expires wall -> { point with State = None }
      | _ -> () ]

let private stepOf (troubled: Set<string>) (slow: int64) (exchange: Exchange) =
    let request = exchange.Request

    let until, wall, heard =
        match exchange.Heard with
        | Some(at, heard) -> at.Order, at.Wall, Some heard
        | None -> System.Int64.MaxValue, System.Int64.MaxValue, None

    let step =
        { Request = request
          From = exchange.Sent.Order
          Until = until
          UntilWall = wall
          Heard = heard
          IsSuspect = false }

    { step with
        IsSuspect =
            request.Asking <> Asking.Get
            && (not (mustBePlaced step)
                || troubled.Contains request.Owner
                || until - exchange.Sent.Order > slow) }

/// Searches for an order. `slow`, in microseconds: a request under way for longer may have been sent again by the client.
let search (limit: int) (slow: int64) (troubled: Set<string>) (key: KeyStory) : Finding =
    let all =
        [ for call in key.Calls do
              yield! call.Exchanges ]
        |> List.sortBy _.Sent.Order
        |> List.map (stepOf troubled slow)

    let steps = all |> List.filter mustBePlaced |> Array.ofList
    let suspects = all |> List.filter _.IsSuspect

    let start =
        { Next = 0
          Done = Set.empty
          State = None
          Tokens = Set.empty }

    let seen = HashSet<Point>()
    let open' = Stack<Point>([ start ])
    let mutable furthest = start
    let mutable finding = None

    while finding.IsNone do
        if open'.Count = 0 then
            let stuckAt =
                let _, until, _ = candidates steps furthest

                match suspects, candidates steps furthest with
                | _, (index :: _, _, _) -> $"{steps[index].Request.Id} (and what is beside it, until {until})"
                | _ -> "the end"

            finding <- Some(Finding.Broken(furthest.Next + furthest.Done.Count, stuckAt))
        elif seen.Count > limit then
            finding <- Some Finding.Undecided
        else
            let point = open'.Pop()

            if point.Next + point.Done.Count > furthest.Next + furthest.Done.Count then
                furthest <- point

            match candidates steps point with
            | [], _, _ -> finding <- Some Finding.Linearizable
            | next, until, wall ->
                let placed =
                    next
                    |> List.choose (fun index -> after point steps[index] |> Option.map (fun p -> index, p))

                // What changes nothing may as well come now.
                match placed |> List.tryFind (fun (_, reached) -> reached.State = point.State) with
                | Some(index, reached) -> open'.Push(place steps reached index)
                | None ->
                    for reached in unheard suspects point until wall do
                        if seen.Add reached then open'.Push reached

                    for index, reached in placed do
                        let reached = place steps reached index
                        if seen.Add reached then open'.Push reached

    finding.Value
