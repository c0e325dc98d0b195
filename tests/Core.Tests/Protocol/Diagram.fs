// The state diagram of docs/protocol.md, drawn by the machine itself: made-up calls go through it, and every arrow that they
// go along is drawn, with what happened there and the row of the state table that this is.
module Core.Tests.Diagram

open System
open Idempotency.Core
open Core.Tests.Given
open Core.Tests.Scripts

/// What a call without a result of its own makes of a record, and one that has run.
let private standing hasRun ticket now record =
    match (if hasRun then Lifecycle.judgeAfterRun else Lifecycle.judge) ticket now record with
    | Standing.Mine _ -> "Mine"
    | Standing.Free -> "Free"
    | Standing.OtherPayload -> "OtherPayload"
    | Standing.Finished _ -> "Finished"
    | Standing.Abandoned _ -> "Abandoned"
    | Standing.Busy _ -> "Busy"

/// Whether a state has a run behind it, and the ticket of its call.
let private callOf step =
    match step with
    | Step.Look state -> ValueSome(struct (false, state.Ticket))
    | Step.Acquire state -> ValueSome(struct (false, state.Request.Ticket))
    | Step.Refresh state -> ValueSome(struct (false, state.Request.Ticket))
    | Step.Complete state -> ValueSome(struct (true, state.Request.Ticket))
    | Step.LateComplete state -> ValueSome(struct (true, state.Request.Ticket))
    | Step.Peek { InHand = InHand.Run _
                  Ticket = ticket } -> ValueSome(struct (true, ticket))
    | Step.Peek { InHand = InHand.Nothing _
                  Ticket = ticket } -> ValueSome(struct (false, ticket))
    | Step.Abandon _
    | Step.Run _
    | Step.Release _
    | Step.Wait _
    | Step.Done _ -> ValueNone

let private met step now record answer =
    match callOf step, answer with
    | ValueNone, _ -> "any reply"
    | ValueSome _, (Fails | RefusesEnlisted) -> "store fails"
    | ValueSome(struct (hasRun, ticket)), _ when step.IsPeek || step.IsLook ->
        standing hasRun ticket now record
    | ValueSome _, Applies _ -> "applied"
    | ValueSome _, RefusesUnseen -> "refused unseen"
    | ValueSome(struct (hasRun, ticket)), Refuses _ -> standing hasRun ticket now record

/// What happened on the way from one state to the next.
let private eventOf (from: Step) (visit: Visit) (move: Move) =
    match from, visit.Step with
    | _ when move.Cancels && isBeforeRun from -> "gives up"
    | Step.Run _, Step.Run _ -> "heartbeat"
    | Step.Run _, _ -> if move.End.IsReturns then "returns" else "throws"
    | Step.Complete state, _ when refusesEnlisted state.Request.Enlisted move -> "writes refused"
    | Step.LateComplete state, _ when refusesEnlisted state.Request.Enlisted move -> "writes refused"
    | Step.Wait _, Step.Peek _ -> "wakes"
    | Step.Wait _, _ -> "deadline"
    | _ -> met from visit.Now visit.Saw move.Answer

/// The rows of the state table that are about an arrow's event. A call that gives up has none: it stands beside the rows.
let private rowsOf (from: Step) (next: Step) event =
    let hasRun =
        match callOf from with
        | ValueSome(struct (hasRun, _)) -> hasRun
        | ValueNone -> false

    match event with
    | "gives up"
    | "refused unseen" -> ""
    | "any reply" -> if from.IsRelease then "31" else "32"
    | "heartbeat" -> "16 to 21"
    | "returns" -> "13"
    | "throws" ->
        if next.IsRelease then "14"
        elif next.IsDone then "15"
        else "13"
    | "writes refused" -> if from.IsLateComplete then "39" else "38"
    | "wakes" -> "33"
    | "deadline" -> "34"
    | "applied" -> if hasRun then "22" else "4"
    | _ when from.IsLook -> if next.IsAcquire then "37" else "36"
    | "store fails" -> if hasRun then "30" else "12"
    | "Mine" when hasRun -> if next.IsDone then "25" else "26"
    | "Mine" -> "5"
    | "Free" when hasRun -> if next.IsDone then "25" else "24"
    | "Free" -> if next.IsDone then "7" else "6"
    | "Finished" -> if hasRun then "23" else "8"
    | "OtherPayload" -> if hasRun then "27" else "9"
    | "Abandoned" -> if hasRun then "27" else "6"
    | "Busy" when hasRun -> if next.IsDone then "29" else "28"
    | "Busy" -> if next.IsDone then "10" else "11"
    | unknown -> invalidOp $"An event without a row: {unknown}."

let private arrowOf (visit: Visit) =
    match visit.From, visit.Move with
    | ValueSome from, ValueSome move ->
        let event = eventOf from visit move
        struct (from.StateName, visit.Step.StateName, rowsOf from visit.Step event, event)
    | _ ->
        let row =
            match visit.Step with
            | Step.Look _ -> "35"
            | Step.Done(Conclusion.Replayed _, _) -> "1"
            | Step.Done _ -> "2"
            | _ -> "3"

        struct ("[*]", visit.Step.StateName, row, "")

/// The states in the order in which a call may come to them.
let private order =
    [ "[*]"
      "Looking"
      "Acquiring"
      "Refreshing"
      "Waiting"
      "Peeking"
      "Running"
      "Completing"
      "LateCompleting"
      "Releasing"
      "Abandoning"
      "Done" ]

let private rank state = List.findIndex ((=) state) order

let private firstRow (row: string) =
    if row = "" then Int32.MaxValue else int (row.Split(' ')[0])

/// One of each kind of record that a call may meet.
let private shapes =
    let lock owner leaseIn =
        { Status = Status.InProgress
          Owner = owner
          LeaseIn = Some leaseIn
          ExpiresIn = 5
          Hash = hash
          Result = "" }

    let finished =
        { lock other 0 with
            Status = Status.Completed
            Result = "r2" }

    [ None
      Some(lock me 2_100) // trusted
      Some(lock me 50) // the own one, but too late to start on
      Some(lock me -50)
      Some(lock other 2_100)
      Some(lock other -50)
      Some finished
      Some { finished with Hash = otherHash } ]

/// One of each kind of move, soon and late.
let private moves =
    let calm =
        { Elapsed = 0
          Answer = Fails
          End = Returns "r1"
          Renews = false
          Cancels = false
          Jitter = 0.0 }

    [ for elapsed in [ 0; 2_200; 12_000 ] do
          let soon = { calm with Elapsed = elapsed }
          { soon with Cancels = true }

          { soon with
              Renews = true
              Answer = Applies None }

          soon
          { soon with Answer = RefusesUnseen }
          { soon with Answer = Applies None }

          for shape in shapes do
              { soon with Answer = Refuses shape }

          for ending in [ Disposition.Release; Disposition.Hold; Disposition.Store(payload "f1") ] do
              { soon with
                  End = Throws ending
                  Answer = RefusesEnlisted } ]

/// All visits, and from each of them one move of every kind: what is rare is drawn too.
let fannedOut machine (visits: Visit list seq) : Visit seq =
    seq {
        for visit in Seq.concat visits do
            visit

            for move in moves do
                match visitNext machine visit move with
                | ValueSome next -> next
                | ValueNone -> ()
    }

/// The diagram in Mermaid's language, one line for each arrow.
let mermaid (visits: Visit seq) : string =
    let arrows =
        visits
        |> Seq.map arrowOf
        |> Seq.distinct
        |> Seq.groupBy (fun struct (from, next, _, _) -> from, next)
        |> Seq.sortBy (fun ((from, next), _) -> rank from, rank next)

    let labelOf along =
        along
        |> Seq.sortBy (fun struct (_, _, row, event) -> firstRow row, event)
        |> Seq.map (fun struct (_, _, row, event: string) -> $"{row} {event}".Trim())
        |> String.concat ", "

    [ "stateDiagram-v2"
      for (from, next), along in arrows do
          $"    {from} --> {next}: {labelOf along}"
      "    Done --> [*]" ]
    |> String.concat "\n"
