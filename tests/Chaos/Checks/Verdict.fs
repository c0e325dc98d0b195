// All rules over a history, and the history of a key for people.
namespace Chaos

type Verdict =
    { Violations: Violation list
      Linearizable: int
      Undecided: int }

module Verdict =
    /// The process that calls once more in the end.
    [<Literal>]
    let Auditor = "audit"

    /// A client gives a request up after this time, and may send it again: half of it, in microseconds.
    let private slow = 300_000L

    let private limit = 200_000

    let private rules (history: History) books =
        [ Results.equal
          Results.ofOwnPayload
          Results.inWindow
          Results.kept Auditor
          Explained.apart
          Explained.once
          Explained.explained
          Fences.grow
          Fences.told
          Fences.accepted
          Answers.inTime history
          Answers.possible
          Books.ofKey books ]

    let judge (books: Books.Books) (history: History) =
        let searched =
            [ for key in history.Keys -> key, Linearizable.search limit slow history.Troubled key ]

        { Violations =
            [ for rule in rules history books do
                  for key in history.Keys do
                      yield! rule key

              for key, finding in searched do
                  match finding with
                  | Linearizable.Finding.Broken(placed, stuckAt) ->
                      Runs.broken
                          "linearizable"
                          key.Key
                          $"{placed} requests have an order that the rules allow, and no order goes on at {stuckAt}"
                  | Linearizable.Finding.Linearizable
                  | Linearizable.Finding.Undecided -> ()

              yield! Books.balanced books ]
          Linearizable =
            searched
            |> List.filter (fun (_, finding) -> finding = Linearizable.Finding.Linearizable)
            |> List.length
          Undecided =
            searched
            |> List.filter (fun (_, finding) -> finding = Linearizable.Finding.Undecided)
            |> List.length }

    let private ofKey (history: History) key =
        let calls =
            set
                [ for story in history.Keys do
                      if story.Key = key then for call in story.Calls -> call.Id ]

        let asked =
            set
                [ for line in history.Lines do
                      match line.Event with
                      | Event.Asked request when calls.Contains request.Call -> request.Id
                      | _ -> () ]

        history.Lines
        |> List.filter (fun line ->
            match line.Event with
            | Event.Begun(call = call)
            | Event.Started(call = call)
            | Event.Fenced(call = call)
            | Event.Returned(call = call)
            | Event.Threw(call = call)
            | Event.Ended(call = call)
            | Event.Stuck call -> calls.Contains call
            | Event.Asked request -> calls.Contains request.Call
            | Event.Heard(request, _) -> asked.Contains request
            | Event.Troubled _ -> false
            | Event.Killed _
            | Event.Stalled _ -> true)
        |> List.sortBy _.At.Order

    /// The history of a key, a line for each event, with the time since the first of them in milliseconds.
    let show (history: History) key =
        let isOwn (line: Line) =
            not (line.Event.IsKilled || line.Event.IsStalled)

        match ofKey history key |> List.skipWhile (isOwn >> not) with
        | [] -> []
        | first :: _ as lines ->
            [ for line in lines do
                  let since = float (line.At.Order - first.At.Order) / 1000.
                  let text = string(line.Event).Replace("\n", " ")
                  let text = System.Text.RegularExpressions.Regex.Replace(text, @"\s+", " ")
                  $"{since, 10:F3}  {line.At.Wall}  {line.Worker, -6} {text}" ]
