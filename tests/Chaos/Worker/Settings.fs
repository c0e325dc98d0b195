// What a worker is told on its command line.
namespace Chaos

open System

type Settings =
    {
        Name: string
        /// Where the proxy answers.
        Endpoint: string
        /// Where the engine itself answers.
        Engine: string
        Records: string
        Side: string
        Seed: int
        /// How many callers run at once.
        Callers: int
        /// When the run began, in milliseconds since the Unix epoch: keys follow from that.
        Begin: int64
        /// The table has a sort key.
        Composite: bool
        /// The broken twin.
        Unfenced: bool
    }

module Settings =
    let write (settings: Settings) =
        [ "--worker"
          settings.Name
          settings.Endpoint
          settings.Engine
          settings.Records
          settings.Side
          string settings.Seed
          string settings.Callers
          string settings.Begin
          string settings.Composite
          string settings.Unfenced ]

    let read (arguments: string list) =
        match arguments with
        | [ "--worker"; name; endpoint; engine; records; side; seed; callers; start; composite; unfenced ] ->
            Some
                { Name = name
                  Endpoint = endpoint
                  Engine = engine
                  Records = records
                  Side = side
                  Seed = int seed
                  Callers = int callers
                  Begin = int64 start
                  Composite = Boolean.Parse composite
                  Unfenced = Boolean.Parse unfenced }
        | _ -> None
