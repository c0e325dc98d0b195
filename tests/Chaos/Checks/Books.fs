// Rules of what was committed with results: each run at most once, each acknowledged run exactly once, in one window one run,
// and the accounts add up.
module Chaos.Books

/// What the tables say in the end.
type Books =
    {
        /// How often each run was counted.
        Counted: Map<string, int64>
        /// The transfer of each run that was counted: from, to and amount.
        Moved: Map<string, string * string * int64>
        Balances: Map<string, int64>
    }

module Books =
    let none =
        { Counted = Map.empty
          Moved = Map.empty
          Balances = Map.empty }

let private counted (books: Books) result =
    books.Counted |> Map.tryFind result |> Option.defaultValue 0L

let ofKey (books: Books) (key: KeyStory) =
    [ if key.Calls |> List.exists _.Profile.Transfers then
          for call, run in Runs.ofKey key do
              if counted books run.Name > 1L then
                  Runs.broken "counted once" key.Key $"{run.Name} was counted {counted books run.Name} times"

              if counted books run.Name > 0L && Runs.saves call |> List.isEmpty then
                  Runs.broken "counted with a result" key.Key $"{run.Name} was counted, and never saved"

          let results =
              Runs.acknowledged key
              |> List.map (fun (_, _, _, result) -> result)
              |> List.distinct

          for result in results do
              if counted books result <> 1L then
                  Runs.broken
                      "counted once"
                      key.Key
                      $"{result} was acknowledged, and counted {counted books result} times"

          // A run that was counted was saved in the same step, so that it is subject to the rule of one result.
          let asAcknowledged =
              { key with
                  Calls =
                      key.Calls
                      |> List.map (fun call ->
                          match call.Runs with
                          | [ run ] when counted books run.Name > 0L ->
                              { call with
                                  Outcome = Some(run.Started, "Executed", Some run.Name) }
                          | _ -> { call with Outcome = None }) }

          for violation in Results.equal asAcknowledged do
              { violation with
                  Rule = "counted in one window once" } ]

/// What holds of all accounts together.
let balanced (books: Books) =
    let expected account =
        books.Moved
        |> Map.toList
        |> List.sumBy (fun (run, (from, towards, amount)) ->
            let times = counted books run

            times
            * ((if towards = account then amount else 0L)
               - (if from = account then amount else 0L)))

    [ let total = books.Balances |> Map.toList |> List.sumBy snd

      if total <> 0L then
          Runs.broken "conservation" "(accounts)" $"the balances sum up to {total}, not to 0"

      for account, balance in Map.toList books.Balances do
          if balance <> expected account then
              Runs.broken
                  "conservation"
                  "(accounts)"
                  $"{account} has {balance}, and its counted transfers are {expected account}" ]
