// The payments example over DynamoDB: a process that is killed in the middle of its charge, and one that takes over.
namespace DynamoDb.Tests

open System
open System.Diagnostics
open System.IO
open DynamoDb.Testing
open NUnit.Framework

type ExampleTests() =
    let run (endpoint: string) =
        // In its own folder: here it lies without the packages that only it needs.
        let build = DirectoryInfo(AppContext.BaseDirectory.TrimEnd '/')
        let configuration = (nonNull build.Parent).Name

        let assembly =
            Path.Combine(
                Repository.root,
                "examples/Payments.CSharp/bin",
                configuration,
                build.Name,
                "Payments.CSharp.dll"
            )

        let start =
            ProcessStartInfo(
                "dotnet",
                [ "exec"; assembly; "--store"; "dynamodb"; "--endpoint-url"; endpoint ],
                RedirectStandardOutput = true,
                RedirectStandardError = true
            )

        match Process.Start start with
        | null -> failwith "The example did not start."
        | example -> example

    [<Test>]
    member _.``a killed process is taken over after its lease, and a transfer moves the money once``() =
        task {
            let endpoint = Engine.shared().Endpoint
            use example = run endpoint
            let said = example.StandardOutput.ReadToEndAsync()
            let complained = example.StandardError.ReadToEndAsync()
            do! example.WaitForExitAsync().WaitAsync Engine.patience
            let! complaint = complained
            Assert.That(example.ExitCode, Is.Zero, complaint)

            let! text = said

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
