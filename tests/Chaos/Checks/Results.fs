// Rules of results: all that are acknowledged for a key in a window are equal, of the call's own payload, saved before, and
// never replayed after the window.
module Chaos.Results

open System

/// What is known of a result: the call whose function made it, and the requests that saved it.
[<NoComparison>]
type private Origin =
    { Call: CallStory
      Saves: Exchange list }

let private origins (key: KeyStory) =
    Map
        [ for call in key.Calls do
              for result, saves in Runs.saves call |> List.groupBy (fun save -> Runs.saved save.Request) do
                  match result with
                  | Some result -> result, { Call = call; Saves = saves }
                  | None -> () ]

let private skew (call: CallStory) = int64 call.Profile.Policy.SkewPad

/// Whether the second result could be stored although the first one was: its call found the key free after the window.
let private isLater first second =
    let windowEnds = first.Saves |> List.map (Runs.expires first.Call) |> List.min

    let asked =
        Runs.claims second.Call
        @ (second.Saves
           |> List.filter (fun save -> save.Request.Asking = Asking.LateComplete))

    asked
    |> List.exists (fun exchange -> Runs.mayBeOver windowEnds (Runs.carriedOutBy (skew second.Call) exchange))

let private firstSave origin =
    origin.Saves |> List.map _.Request.Now |> List.min

let equal (key: KeyStory) =
    let origins = origins key

    let results =
        Runs.acknowledged key
        |> List.map (fun (_, _, _, result) -> result)
        |> List.distinct

    [ for result in results do
          if not (Map.containsKey result origins) then
              Runs.broken "result saved" key.Key $"{result} was acknowledged, and no call asked to save it"

      let known =
          results
          |> List.choose (fun result ->
              origins |> Map.tryFind result |> Option.map (fun origin -> result, origin))
          |> List.sortBy (snd >> firstSave)

      for index, (first, one) in List.indexed known do
          for second, other in List.skip (index + 1) known do
              if not (isLater one other) && not (isLater other one) then
                  Runs.broken
                      "one result"
                      key.Key
                      $"{first} and {second} were both acknowledged in one window" ]

let ofOwnPayload (key: KeyStory) =
    let origins = origins key

    [ for call, _, outcome, result in Runs.acknowledged key do
          match Map.tryFind result origins with
          | Some origin when origin.Call.Variant <> call.Variant ->
              Runs.broken
                  "own payload"
                  key.Key
                  $"call {call.Id} with payload {call.Variant} got {result} ({outcome}), made for {origin.Call.Variant}"
          | _ -> () ]

let inWindow (key: KeyStory) =
    let origins = origins key

    [ for call, _, outcome, result in Runs.acknowledged key do
          match Map.tryFind result origins with
          | Some origin ->
              let windowEnds = origin.Saves |> List.map (Runs.expires origin.Call) |> List.max

              if Runs.second (call.Begun.Wall - skew call) > windowEnds then
                  Runs.broken
                      "in its window"
                      key.Key
                      $"call {call.Id} began after the window of {result} had ended, and got it ({outcome})"
          | None -> () ]

/// Of the auditor's calls, each made in the end: what was acknowledged, and whose window is open, is what they get.
let kept (auditor: string) (key: KeyStory) =
    let origins = origins key

    let owed =
        [ for call, _, _, result in Runs.acknowledged key do
              match Map.tryFind result origins with
              | Some origin when call.Worker <> auditor ->
                  result, origin.Saves |> List.map (Runs.expires origin.Call) |> List.min
              | _ -> () ]
        |> List.distinct

    [ for audit in key.Calls |> List.filter (fun call -> call.Worker = auditor) do
          match audit.Outcome with
          | None -> Runs.broken "result kept" key.Key $"the last call {audit.Id} got no answer"
          | Some(at, outcome, answer) ->
              for result, windowEnds in owed do
                  let isOpen = not (Runs.mayBeOver windowEnds (at.Wall + skew audit))

                  if isOpen && answer <> Some result then
                      let got = Option.defaultValue "nothing" answer

                      Runs.broken
                          "result kept"
                          key.Key
                          $"{result} was acknowledged, and the last call {audit.Id} got {got} ({outcome})" ]
