// In the end, when all is quiet, every key is called once more. Its calls are judged as all others are; besides, each must get
// what was acknowledged before, while the window is open.
module Chaos.Audit

open System.Threading
open System.Threading.Tasks
open Amazon.DynamoDBv2

let private gently: Work.Behaviour =
    { Milliseconds = 2
      Throws = false
      IsStored = false
      IsRefused = false
      Transfer =
        { From = "a0"
          Towards = "a1"
          Amount = 1L } }

/// What the keys were called with before, payload 1 for those that were never acknowledged.
let private inputs (lines: Line list) =
    let history = Story.tell lines

    [ for key in history.Keys do
          let variant =
              Runs.acknowledged key
              |> List.map (fun (call, at, _, _) -> at.Order, call.Variant)
              |> List.sortBy fst
              |> List.tryLast
              |> Option.map snd

          match key.Calls with
          | first :: _ ->
              { Id = key.Key
                Variant = Option.defaultValue 1 variant },
              first.Profile
          | [] -> () ]

/// Calls every key, past the proxy.
let run (settings: Settings) (client: IAmazonDynamoDB) (journal: Journal) (lines: Line list) : Task =
    task {
        let side = Side(client, settings.Side)

        let operations = Operations.all { settings with Unfenced = false } client journal

        for input, profile in inputs lines do
            do!
                Work.call
                    journal
                    side
                    (Map.find profile.Name operations)
                    profile
                    input
                    gently
                    ignore
                    CancellationToken.None
    }
