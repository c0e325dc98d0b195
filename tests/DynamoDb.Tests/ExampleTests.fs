// The examples over DynamoDB: the one to start with, and the payments, where a process is killed in the middle of its charge and
// another one takes over.
namespace DynamoDb.Tests

open System
open System.Diagnostics
open System.IO
open DynamoDb.Testing
open NUnit.Framework

type ExampleTests() =
    let run (name: string) (arguments: string list) =
        // In its own folder: here it lies without the packages that only it needs.
        let build = DirectoryInfo(AppContext.BaseDirectory.TrimEnd '/')
        let configuration = (nonNull build.Parent).Name

        let assembly =
            Path.Combine(Repository.root, $"examples/{name}/bin", configuration, build.Name, $"{name}.dll")

        let start =
            ProcessStartInfo(
                "dotnet",
                [ "exec"; assembly; yield! arguments ],
                RedirectStandardOutput = true,
                RedirectStandardError = true
            )

        match Process.Start start with
        | null -> failwith "The example did not start."
        | example -> example

    /// What an example says, when it has ended well.
    let saidBy name arguments =
        task {
            use example = run name arguments
            let said = example.StandardOutput.ReadToEndAsync()
            let complained = example.StandardError.ReadToEndAsync()
            do! example.WaitForExitAsync().WaitAsync Engine.patience
            let! complaint = complained
            Assert.That(example.ExitCode, Is.Zero, complaint)
            return! said
        }

    [<Test>]
    member _.``the first example runs its function once, and then replays its result``() =
        task {
            let arguments = [ Engine.shared().Endpoint; $"A-{Guid.NewGuid():N}" ]
            let! first = saidBy "Start.CSharp" arguments
            let! second = saidBy "Start.CSharp" arguments

            Assert.That(first, Does.Match "^charging 49.90 for A-.*\nExecuted: receipt-")
            let executed = Array.last (first.TrimEnd().Split '\n')
            Assert.That(second.TrimEnd(), Is.EqualTo(executed.Replace("Executed", "Replayed")))
        }

    [<Test>]
    member _.``a killed process is taken over after its lease, and a transfer moves the money once``() =
        task {
            let! text =
                saidBy "Payments.CSharp" [ "--store"; "dynamodb"; "--endpoint-url"; Engine.shared().Endpoint ]

            for expected in
                [ "the other process started with fencing token"
                  "it was killed"
                  "take-over: True"
                  "Executed: receipt-1"
                  "Replayed: receipt-1; the gateway was called once here"
                  "three calls: ann has 7500, bob has 2500"
                  "write 0 refused, ConditionalCheckFailed"
                  "after it: ann has 7500, bob has 2500" ] do
                Assert.That(text, Does.Contain expected)
        }
