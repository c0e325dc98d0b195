// The worker processes: started, read, killed and replaced, stalled, and told to stop.
namespace Chaos

open System
open System.Collections.Concurrent
open System.Diagnostics
open System.Threading
open System.Threading.Tasks

/// A worker process, read until it ends.
[<NoComparison; NoEquality>]
type Worker =
    {
        Name: string
        Process: Process
        Reading: Task
        Complaint: Task<string>
        /// Whether it was killed on purpose.
        mutable IsKilled: bool
    }

[<Sealed>]
type Fleet(settings: Settings, lines: ConcurrentQueue<Line>, journal: Journal) =
    let workers = ConcurrentDictionary<string, Worker>()
    let mutable started = 0

    let read (running: Process) : Task =
        task {
            let mutable goOn = true

            while goOn do
                match! running.StandardOutput.ReadLineAsync() with
                | null -> goOn <- false
                | text ->
                    match Line.read text with
                    | Some line -> lines.Enqueue line
                    | None -> ()
        }

    let start () =
        let number = Interlocked.Increment &started
        let name = $"w{number}"

        let mine =
            { settings with
                Name = name
                Seed = settings.Seed + number }

        let how =
            ProcessStartInfo(
                "dotnet",
                "exec" :: typeof<Fleet>.Assembly.Location :: Settings.write mine,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true
            )

        match Process.Start how with
        | null -> invalidOp "A worker did not start"
        | running ->
            workers[name] <-
                { Name = name
                  Process = running
                  Reading = read running
                  Complaint = running.StandardError.ReadToEndAsync()
                  IsKilled = false }

    let ended (worker: Worker) =
        task {
            do! worker.Process.WaitForExitAsync()
            do! worker.Reading
            let! complaint = worker.Complaint
            workers.TryRemove worker.Name |> ignore
            let code = worker.Process.ExitCode
            worker.Process.Dispose()

            return
                if worker.IsKilled || code = 0 then
                    None
                else
                    Some $"{worker.Name} ended with {code}: {complaint}"
        }

    /// Starts so many workers.
    member _.Start(count: int) =
        for _ in 1..count do
            start ()

    /// The names of those that run.
    member _.Running = [ for worker in workers.Values -> worker.Name ]

    /// Kills a worker, and starts another one.
    member _.Kill(name: string) : Task =
        task {
            match workers.TryGetValue name with
            | true, worker ->
                worker.IsKilled <- true
                worker.Process.Kill()
                let! _ = ended worker
                journal.Write(Event.Killed name)
                start ()
            | false, _ -> ()
        }

    /// Stops a worker in the middle of whatever it does, for a time.
    member _.Stall(name: string, milliseconds: int) : Task =
        task {
            match workers.TryGetValue name with
            | true, worker when not worker.IsKilled && not worker.Process.HasExited ->
                let pid = worker.Process.Id
                journal.Write(Event.Stalled(name, milliseconds))
                Signal.halt pid

                try
                    do! Task.Delay milliseconds
                finally
                    // Not a process that has ended meanwhile: its number may be another's by now.
                    if not worker.IsKilled then Signal.resume pid
            | _ -> ()
        }

    /// Tells all to stop, and waits until they have: what went wrong with them.
    member _.Stop() : Task<string list> =
        task {
            for worker in workers.Values do
                worker.Process.StandardInput.Close()

            let! complaints = Task.WhenAll [ for worker in workers.Values -> ended worker ]
            return List.choose id (List.ofArray complaints)
        }

    /// Ends all that still run, at once.
    member _.KillAll() =
        for worker in workers.Values do
            worker.IsKilled <- true

            try
                worker.Process.Kill()
            with :? InvalidOperationException ->
                ()
