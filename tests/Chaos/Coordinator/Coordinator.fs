// A run: engine, proxy and workers for a time, kills and stalls at random from the seed, then quiet, a last call for each key,
// and the judgement.
module Chaos.Coordinator

open System
open System.Collections.Concurrent
open System.Collections.Generic
open System.Diagnostics
open System.Threading
open System.Threading.Tasks
open DynamoDb.Testing

type Options =
    { Time: TimeSpan
      Workers: int
      Callers: int
      Seed: int
      Composite: bool
      Unfenced: bool }

/// How a run ended.
[<NoComparison>]
type Ended =
    {
        History: History
        Verdict: Verdict
        Trouble: (string * int) list
        /// What went wrong with the workers themselves.
        Complaints: string list
    }

let private pick (dice: Random) (names: string list) =
    match names with
    | [] -> None
    | some -> Some some[dice.Next some.Length]

/// Waits, or until it is over.
let private pause (milliseconds: int) (stop: CancellationToken) : Task =
    Task.WhenAny [ Task.Delay(milliseconds, stop) ]

/// Waits until so many workers have begun a call, but no longer than two minutes: a busy machine takes its time to start
/// processes, and that is not what is tried.
let private warmUp (workers: int) (lines: ConcurrentQueue<Line>) : Task =
    task {
        let begun () =
            lines |> Seq.filter _.Event.IsBegun |> Seq.distinctBy _.Worker |> Seq.length

        let watch = Stopwatch.StartNew()

        while begun () < workers && watch.Elapsed < TimeSpan.FromMinutes 2. do
            do! Task.Delay 100
    }

/// Kills a worker about every three seconds, and stalls one about twice a second, for longer than a lease mostly.
let private harass (dice: Random) (fleet: Fleet) (weather: Weather) (stop: CancellationToken) : Task =
    task {
        let stalls = List<Task>()

        while not stop.IsCancellationRequested do
            do! pause (150 + dice.Next 600) stop

            if not stop.IsCancellationRequested then
                match pick dice fleet.Running with
                | Some name when dice.Next 100 < 14 -> do! fleet.Kill name
                | Some name -> stalls.Add(fleet.Stall(name, 100 + dice.Next 1000))
                | None -> ()

                do! weather.Deliver()

        do! Task.WhenAll stalls
    }

let private tell
    (time: TimeSpan)
    (watch: Stopwatch)
    (lines: ConcurrentQueue<Line>)
    (stop: CancellationToken)
    : Task =
    task {
        while not stop.IsCancellationRequested do
            do! pause 5_000 stop

            if not stop.IsCancellationRequested then
                printfn $"{Report.progress watch.Elapsed time (List.ofSeq lines)}"
    }

/// Runs until the time is over, and says what there is to say.
let run (engine: LocalEngine) (options: Options) : Task<Ended> =
    task {
        let! records =
            engine.CreateTable(if options.Composite then TableKey.composite else TableKey.simple)

        let! side = engine.CreateTable(TableKey.simple, false)
        use! proxy = FaultProxy.Start engine.Endpoint
        let lines = ConcurrentQueue<Line>()
        let journal = Journal("chaos", lines.Enqueue)
        let weather = Weather(proxy.Gate, journal, options.Seed)

        let settings =
            { Name = Verdict.Auditor
              Endpoint = proxy.Endpoint
              Engine = engine.Endpoint
              Records = records
              Side = side
              Seed = options.Seed
              Callers = options.Callers
              Begin = Journal.Now.Wall
              Composite = options.Composite
              Unfenced = options.Unfenced }

        let fleet = Fleet(settings, lines, journal)

        try
            weather.Start()
            fleet.Start options.Workers
            do! warmUp options.Workers lines
            let watch = Stopwatch.StartNew()
            use stop = new CancellationTokenSource(options.Time)
            let telling = tell options.Time watch lines stop.Token
            do! harass (Random options.Seed) fleet weather stop.Token
            do! telling
            weather.Clear()
            let! complaints = fleet.Stop()
            do! weather.Deliver()

            printfn "       every key is called once more, and all is judged"
            use client = engine.Client()
            do! Audit.run settings client (Journal(Verdict.Auditor, lines.Enqueue)) (List.ofSeq lines)
            let! books = Side(client, side).Read()
            let history = Story.tell (List.ofSeq lines)

            return
                { History = history
                  Verdict = Verdict.judge books history
                  Trouble = weather.Counts
                  Complaints = complaints }
        finally
            fleet.KillAll()
    }
