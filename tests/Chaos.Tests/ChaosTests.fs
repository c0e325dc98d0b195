// A short run with real processes. How long it takes is its own choice; that nothing goes wrong is not a matter of time.
module Chaos.Tests.ChaosTests

open System
open Chaos
open DynamoDb.Testing
open NUnit.Framework

let private options: Coordinator.Options =
    { Time = TimeSpan.FromSeconds 20.
      Workers = 3
      Callers = 4
      Seed = Random.Shared.Next 1_000_000
      Composite = false
      Unfenced = false }

[<OneTimeTearDown>]
let ``stop the engine`` () = LocalEngine.StopShared()

[<Test>]
let ``processes that are killed and stalled, over a network that loses replies, break no rule`` () =
    if not Signal.isPossible then
        raise (IgnoreException "NOT RUN: processes cannot be stalled on this system")

    match LocalEngine.Shared with
    | Error reason -> raise (IgnoreException $"NOT RUN: there is no DynamoDB Local ({reason})")
    | Ok engine ->
        task {
            let! ended = Coordinator.run engine options
            TestContext.Out.WriteLine $"seed {options.Seed}"

            for row in Report.table ended.History ended.Trouble ended.Verdict do
                TestContext.Out.WriteLine row

            let wrong =
                ended.Complaints @ Report.violations ended.History ended.Verdict
                |> String.concat "\n"

            Assert.That(wrong, Is.Empty, $"seed {options.Seed}")

            let acknowledged =
                ended.History.Keys |> List.sumBy (Runs.acknowledged >> List.length)

            Assert.That(acknowledged, Is.GreaterThan 0, "somebody got a result")
        }
        |> _.GetAwaiter().GetResult()
