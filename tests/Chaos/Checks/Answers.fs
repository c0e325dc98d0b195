// Rules of answers: each call whose process lives is answered in time, and gets what the protocol may answer.
module Chaos.Answers

/// So long may a call take beside its process's stalls, in microseconds: far more than all waits of a policy together.
let patience = 60_000_000L

let inTime (history: History) (key: KeyStory) =
    [ for call in key.Calls do
          if call.IsStuck then
              Runs.broken "answered" key.Key $"call {call.Id} was never answered"

          match call.Outcome with
          | Some(at, outcome, _) when at.Order - call.Begun.Order > patience + 10L * history.LongestStall ->
              let seconds = (at.Order - call.Begun.Order) / 1_000_000L
              Runs.broken "answered" key.Key $"call {call.Id} was answered ({outcome}) after {seconds} s"
          | _ -> () ]

/// What no call of this program may end with.
let private impossible =
    [ "KeyRejected"; "LeaseRejected"; "Unreadable"; "Unprotected" ]

let possible (key: KeyStory) =
    [ for call in key.Calls do
          match call.Outcome with
          | Some(_, outcome, _) when List.contains outcome impossible ->
              Runs.broken "possible answers" key.Key $"call {call.Id} ended with {outcome}"
          | Some(_, ("Executed" | "LeaseLost" | "CompletedUnsaved" as outcome), _) when call.Runs.IsEmpty ->
              Runs.broken "possible answers" key.Key $"call {call.Id} ended with {outcome}, and did not run"
          | Some(_, "Replayed", _) when not call.Runs.IsEmpty ->
              Runs.broken "possible answers" key.Key $"call {call.Id} ran, and ended as if it had not"
          | _ -> () ]
