// A history, put in order for the checks: the calls of each key, with what they asked, ran and got.
namespace Chaos

open System.Collections.Generic

/// A request and what came back; nothing where the process was killed before.
type Exchange =
    { Request: Request
      Sent: Stamp
      Heard: (Stamp * Heard) option }

/// A run of the function.
type Execution =
    {
        Name: string
        Fence: int64
        TakeOver: bool
        Started: Stamp
        /// The lease that the run trusted at its start.
        LeaseEnds: int64
        /// When the function ended, whether it threw, and until when it trusted its lease by then.
        Ended: (Stamp * bool * int64) option
        /// Its writes to the register: when they were answered, whether accepted, and the lease that was trusted.
        Fenced: (Stamp * bool * int64) list
    }

[<NoComparison>]
type CallStory =
    {
        Id: string
        Key: string
        Profile: Profile
        Variant: int
        Worker: string
        Begun: Stamp
        Runs: Execution list
        Exchanges: Exchange list
        /// The case of the outcome, and the result in it.
        Outcome: (Stamp * string * string option) option
        IsStuck: bool
    }

[<NoComparison>]
type KeyStory = { Key: string; Calls: CallStory list }

[<NoComparison>]
type History =
    {
        Lines: Line list
        Keys: KeyStory list
        /// The owners some of whose requests met with trouble on the way.
        Troubled: Set<string>
        /// The longest time that any process was stalled, in microseconds.
        LongestStall: int64
    }

module Story =
    /// The results that a caller may rely on.
    let acknowledges =
        function
        | "Executed"
        | "Replayed"
        | "Adopted"
        | "FailureReplayed" -> true
        | _ -> false

    let private inRun change (call: CallStory) =
        match call.Runs with
        | run :: others ->
            { call with
                Runs = change run :: others }
        | [] -> call

    let private ended at threw leaseEnds run =
        { run with
            Ended = Some(at, threw, leaseEnds) }

    let private add (line: Line) event (call: CallStory) =
        match event with
        | Event.Started(_, name, fence, takeOver, leaseEnds) ->
            { call with
                Runs =
                    { Name = name
                      Fence = fence
                      TakeOver = takeOver
                      Started = line.At
                      LeaseEnds = leaseEnds
                      Ended = None
                      Fenced = [] }
                    :: call.Runs }
        | Event.Fenced(_, accepted, leaseEnds) ->
            call
            |> inRun (fun run ->
                { run with
                    Fenced = (line.At, accepted, leaseEnds) :: run.Fenced })
        | Event.Returned(_, leaseEnds) -> call |> inRun (ended line.At false leaseEnds)
        | Event.Threw(_, leaseEnds) -> call |> inRun (ended line.At true leaseEnds)
        | Event.Ended(_, outcome, result) ->
            { call with
                Outcome = Some(line.At, outcome, result) }
        | Event.Stuck _ -> { call with IsStuck = true }
        | _ -> call

    let private callOf event =
        match event with
        | Event.Started(call = call)
        | Event.Fenced(call = call)
        | Event.Returned(call = call)
        | Event.Threw(call = call)
        | Event.Ended(call = call)
        | Event.Stuck call -> Some call
        | _ -> None

    /// Puts the lines of a run together.
    let tell (lines: Line list) : History =
        let calls = Dictionary<string, CallStory>()
        let asked = Dictionary<string, Line * Request>()
        let heard = Dictionary<string, Stamp * Heard>()
        let mutable troubled = Set.empty
        let mutable longestStall = 0L

        for line in lines |> List.sortBy _.At.Order do
            match line.Event with
            | Event.Begun(id, key, profile, variant) ->
                calls[id] <-
                    { Id = id
                      Key = key
                      Profile = Profile.find profile
                      Variant = variant
                      Worker = line.Worker
                      Begun = line.At
                      Runs = []
                      Exchanges = []
                      Outcome = None
                      IsStuck = false }
            | Event.Asked request -> asked[request.Id] <- (line, request)
            | Event.Heard(id, reply) -> heard[id] <- (line.At, reply)
            | Event.Troubled owner -> troubled <- Set.add owner troubled
            | Event.Stalled(_, milliseconds) -> longestStall <- max longestStall (int64 milliseconds * 1000L)
            | event ->
                match callOf event with
                | Some id when calls.ContainsKey id -> calls[id] <- add line event calls[id]
                | _ -> ()

        let exchanges =
            [ for line, request in asked.Values ->
                  { Request = request
                    Sent = line.At
                    Heard =
                      match heard.TryGetValue request.Id with
                      | true, reply -> Some reply
                      | false, _ -> None } ]
            |> List.sortBy _.Sent.Order
            |> List.groupBy _.Request.Call
            |> Map.ofList

        let complete (call: CallStory) =
            { call with
                Runs = List.rev call.Runs
                Exchanges = exchanges |> Map.tryFind call.Id |> Option.defaultValue [] }

        { Lines = lines
          Keys =
            [ for key, calls in calls.Values |> List.ofSeq |> List.groupBy _.Key ->
                  { Key = key
                    Calls = calls |> List.map complete |> List.sortBy _.Begun.Order } ]
          Troubled = troubled
          LongestStall = longestStall }
