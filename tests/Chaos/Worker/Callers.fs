// A worker process: several callers that call the same few keys as those of all other workers, until it is told to stop.
module Chaos.Callers

open System
open System.Collections.Concurrent
open System.IO
open System.Text
open System.Threading
open System.Threading.Tasks
open Amazon.DynamoDBv2
open DynamoDb.Testing
open Idempotency

/// So long, in milliseconds, is a key the one that most callers call. One after the other is that of each profile.
let private beat = 300L

let private profiles = Array.ofList Profile.all

/// Mostly the key of now, sometimes one of the last seconds, sometimes one of long ago.
let private choose (dice: Random) (settings: Settings) =
    let now = (Journal.Now.Wall - settings.Begin) / beat

    let back =
        match dice.Next 100 with
        | roll when roll < 60 -> 0
        | roll when roll < 85 -> dice.Next 10
        | _ -> dice.Next 100

    let slot = max 0L (now - int64 back)
    let profile = profiles[int (slot % int64 profiles.Length)]
    profile, $"{profile.Name}-{slot}"

let private accounts = 6

let private behaviour (dice: Random) (profile: Profile) : Work.Behaviour =
    let lease = int profile.Policy.Lease

    { Milliseconds =
        match dice.Next 100 with
        | roll when roll < 65 -> 5 + dice.Next(lease / 3)
        | roll when roll < 85 -> lease / 2 + dice.Next(lease / 2)
        | _ -> lease + dice.Next(lease * 3)
      Throws = dice.Next 100 < 25
      IsStored = dice.Next 2 = 0
      IsRefused = dice.Next 100 < 5
      Transfer =
        let from = dice.Next accounts

        { From = $"a{from}"
          Towards = $"a{(from + 1 + dice.Next(accounts - 1)) % accounts}"
          Amount = int64 (1 + dice.Next 100) } }

/// A client that gives up early and tries again, as one should.
let client (endpoint: string) =
    LocalEngine(endpoint)
        .Client(fun config ->
            DynamoDbClientSettings.Apply config |> ignore
            config.Timeout <- TimeSpan.FromMilliseconds 800.
            config.MaxErrorRetry <- 1
            config.MaxStaleConnectionRetries <- 1)

let private caller settings journal side operations (open': ConcurrentDictionary<string, unit>) number stop =
    task {
        let dice = Random(settings.Seed * 1000 + number)

        while not (stop: CancellationToken).IsCancellationRequested do
            let profile, key = choose dice settings

            let input =
                { Id = key
                  Variant = if dice.Next 100 < 4 then 2 else 1 }

            use patience = new CancellationTokenSource()
            if dice.Next 100 < 4 then patience.CancelAfter(dice.Next 600)
            let mutable name = ""

            let begun call =
                open'[call] <- ()
                Volatile.Write(&name, call)

            do!
                Work.call
                    journal
                    side
                    (Map.find profile.Name operations)
                    profile
                    input
                    (behaviour dice profile)
                    begun
                    patience.Token

            open'.TryRemove name |> ignore
            do! Task.Delay(10 + dice.Next 90)
    }
    :> Task

/// Runs until the standard input ends, then to the end of the calls under way: the exit code.
let run (settings: Settings) : Task<int> =
    task {
        let output = Console.OpenStandardOutput()

        let put (line: Line) =
            output.Write(ReadOnlySpan(Encoding.UTF8.GetBytes(Line.write line + "\n")))
            output.Flush()

        let journal = Journal(settings.Name, put)
        use proxied = client settings.Endpoint
        use direct = client settings.Engine
        let side = Side(direct, settings.Side)
        let operations = Operations.all settings proxied journal
        use stop = new CancellationTokenSource()
        let open' = ConcurrentDictionary<string, unit>()

        let callers =
            [ for number in 1 .. settings.Callers ->
                  Task.Run(fun () -> caller settings journal side operations open' number stop.Token) ]

        let! _ = Console.In.ReadToEndAsync()
        stop.Cancel()
        let all = Task.WhenAll callers

        let! _ =
            Task.WhenAny(all, Task.Delay(TimeSpan.FromMicroseconds(float Answers.patience)))

        for call in open'.Keys do
            journal.Write(Event.Stuck call)

        // What a caller throws is a fault of this program.
        if all.IsFaulted then do! all
        return 0
    }
