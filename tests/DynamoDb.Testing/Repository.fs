// Where the checkout is, and how its scripts are run. For tests that need a program from outside.
namespace DynamoDb.Testing

open System
open System.ComponentModel
open System.Diagnostics
open System.IO

/// The checkout that the tests were built from.
module Repository =
    /// Its folder.
    let root =
        let rec up (folder: DirectoryInfo | null) =
            match folder with
            | null -> invalidOp "Idempotency.sln is in no folder above the tests"
            | here when File.Exists(Path.Combine(here.FullName, "Idempotency.sln")) -> here.FullName
            | here -> up here.Parent

        up (DirectoryInfo AppContext.BaseDirectory)

    /// Runs a program to its end: what it printed, or why there is nothing.
    let run (program: string) (arguments: string list) : Result<string, string> =
        let start =
            ProcessStartInfo(
                program,
                arguments,
                WorkingDirectory = root,
                RedirectStandardOutput = true,
                RedirectStandardError = true
            )

        try
            match Process.Start start with
            | null -> Error $"{program} did not start"
            | running ->
                use running = running
                let complaint = running.StandardError.ReadToEndAsync()
                let printed = running.StandardOutput.ReadToEnd().Trim()
                running.WaitForExit()
                if running.ExitCode = 0 then Ok printed else Error(complaint.Result.Trim())
        with :? Win32Exception ->
            Error $"{program} is not there"

    /// Runs a script of the folder `eng`.
    let runScript (name: string) (arguments: string list) =
        run "bash" (Path.Combine(root, "eng", name) :: arguments)
