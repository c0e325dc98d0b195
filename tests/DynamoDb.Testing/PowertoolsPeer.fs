// A live Powertools for TypeScript beside us: a Node process that runs functions on the same table when it is told to.
namespace DynamoDb.Testing

open System
open System.Collections.Concurrent
open System.ComponentModel
open System.Diagnostics
open System.IO
open System.Text
open System.Text.Json
open System.Text.Json.Nodes
open System.Threading
open System.Threading.Tasks

/// <summary>A running peer. It ends when it is disposed of, or with this process.</summary>
[<Sealed>]
type PowertoolsPeer private (running: Process) =
    let patience = TimeSpan.FromMinutes 1.
    let runs = ConcurrentDictionary<string, PeerRun>()
    let complaints = StringBuilder()
    let ready = TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    let door = obj ()
    let mutable count = 0

    let text (line: JsonElement) (name: string) =
        match line.TryGetProperty name with
        | true, value -> Some(string (value.GetString()))
        | false, _ -> None

    let answer (line: JsonElement) =
        match text line "error" with
        | Some error -> PeerAnswer.Failed(error, defaultArg (text line "message") "", text line "cause")
        | None ->
            match line.TryGetProperty "value" with
            | true, value -> PeerAnswer.Returned(Some(value.GetRawText()))
            | false, _ -> PeerAnswer.Returned None

    let hear (line: JsonElement) =
        match text line "name", text line "event" with
        | Some name, Some "started" -> runs[name].OnStarted()
        | Some name, _ -> runs[name].OnEnded(answer line)
        | None, _ -> ready.TrySetResult() |> ignore

    let listen () =
        task {
            let mutable listening = true

            while listening do
                match! running.StandardOutput.ReadLineAsync() with
                | null -> listening <- false
                | line -> hear (JsonElement.Parse line)

            let said = lock complaints (fun () -> string complaints)
            ready.TrySetException(InvalidOperationException said) |> ignore

            for run in runs.Values do
                run.OnLost said
        }

    do
        running.ErrorDataReceived.Add(fun line ->
            lock complaints (fun () -> complaints.AppendLine line.Data |> ignore))

        running.BeginErrorReadLine()
        listen () |> ignore

    let tell (order: JsonObject) =
        lock door (fun () ->
            running.StandardInput.WriteLine(order.ToJsonString())
            running.StandardInput.Flush())

    let order (what: string) =
        let json = JsonObject()
        json["do"] <- JsonValue.Create what
        json

    let go (name: string) =
        let json = order "go"
        json["name"] <- JsonValue.Create name
        tell json

    let call payload options (body: PeerFunction) waits =
        let name = $"call {Interlocked.Increment &count}"
        let run = PeerRun(name, (fun () -> go name), patience)
        runs[name] <- run
        let json = order "call"
        json["name"] <- JsonValue.Create name
        json["payload"] <- JsonNode.Parse(payload: string)
        json["options"] <- PeerOptions.toJson options
        json["function"] <- body.ToJson waits
        tell json
        run

    static let script =
        Path.Combine(Repository.root, "tests", "Interop", "powertools-peer.mjs")

    /// <summary>Starts one, or says why there is none.</summary>
    /// <param name="endpoint">Where it finds DynamoDB, or a proxy before it.</param>
    /// <param name="table">The table that it writes to.</param>
    /// <param name="lambda">The name of the Lambda function that it takes itself for: by default its keys begin with
    /// it.</param>
    static member Start
        (endpoint: string, table: PeerTable, lambda: string)
        : Task<Result<PowertoolsPeer, string>> =
        task {
            match Repository.runScript "interop-peers" [] with
            | Error reason -> return Error reason
            | Ok _ ->
                let settings = JsonObject()
                settings["endpoint"] <- JsonValue.Create endpoint
                settings["table"] <- PeerTable.toJson table

                let start =
                    ProcessStartInfo(
                        "node",
                        [ script; settings.ToJsonString() ],
                        RedirectStandardInput = true,
                        RedirectStandardOutput = true,
                        RedirectStandardError = true,
                        // Without the mark that .NET would write first.
                        StandardInputEncoding = UTF8Encoding false,
                        StandardOutputEncoding = UTF8Encoding false
                    )

                start.Environment["AWS_LAMBDA_FUNCTION_NAME"] <- lambda

                try
                    match Process.Start start with
                    | null -> return Error "node did not start"
                    | running ->
                        let peer = new PowertoolsPeer(running)
                        do! peer.Ready
                        return Ok peer
                with
                | :? Win32Exception -> return Error "node is not there"
                | :? InvalidOperationException as error -> return Error error.Message
        }

    member private _.Ready: Task = ready.Task.WaitAsync patience

    /// <summary>Calls a function under Powertools.</summary>
    /// <param name="payload">The JSON that the function is called with.</param>
    /// <param name="options">What differs from Powertools' own settings.</param>
    /// <param name="body">What the function does.</param>
    member _.Call(payload: string, options: PeerOptions, body: PeerFunction) : PeerRun =
        call payload options body false

    /// <summary>Calls a function that stalls once it runs, until the run's <c>Go</c>.</summary>
    /// <param name="payload">The JSON that the function is called with.</param>
    /// <param name="options">What differs from Powertools' own settings.</param>
    /// <param name="body">What the function does when it goes on.</param>
    member _.CallStalling(payload: string, options: PeerOptions, body: PeerFunction) : PeerRun =
        call payload options body true

    /// <summary>Stops the peer's clock at a time.</summary>
    member _.StopClock(now: DateTimeOffset) =
        let json = order "clock"
        json["now"] <- JsonValue.Create(now.ToUnixTimeMilliseconds())
        tell json

    /// <summary>Lets the peer's clock run again, at the true time.</summary>
    member _.RunClock() =
        let json = order "clock"
        json["now"] <- null
        tell json

    /// <summary>Ends the peer in the middle of whatever it does.</summary>
    member _.Kill() =
        running.Kill()
        running.WaitForExit()

    interface IDisposable with
        member peer.Dispose() =
            if not running.HasExited then peer.Kill()
            running.Dispose()
