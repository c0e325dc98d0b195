// The options of `explore`, as they stand on the command line.
namespace Idempotency.Simulation

open System
open Idempotency.Core

/// What `explore` was asked for.
[<NoComparison>]
type ExploreOptions =
    {
        Bounds: Bounds
        Powertools: bool
        /// Go on until all is explored, though something broke.
        All: bool
        Threads: int
        StateLimit: int64
        Profile: string option
        /// Where to write the timelines of what broke.
        Timeline: string option
    }

module ExploreOptions =
    let private standard =
        { Bounds = Bounds.ofCallers 2
          Powertools = false
          All = false
          Threads = Environment.ProcessorCount
          StateLimit = 100_000_000L
          Profile = None
          Timeline = None }

    let private withFaults change (options: ExploreOptions) =
        { options with
            Bounds =
                { options.Bounds with
                    Faults = change options.Bounds.Faults } }

    let private withBounds change (options: ExploreOptions) =
        { options with
            Bounds = change options.Bounds }

    let private eachWorker change =
        withBounds (fun bounds ->
            { bounds with
                Workers = List.mapi change bounds.Workers })

    let private numbers (text: string) =
        text.Split ','
        |> Array.map Int32.TryParse
        |> List.ofArray
        |> fun parsed -> if parsed |> List.forall fst then Some(List.map snd parsed) else None

    /// Options that stand alone.
    let private flags: Map<string, ExploreOptions -> ExploreOptions> =
        let bounds change = withBounds change

        Map
            [ "--crash", withFaults (fun faults -> { faults with Crashes = 1 })
              "--give-up", withFaults (fun faults -> { faults with GiveUps = 1 })
              "--cancel", withFaults (fun faults -> { faults with Cancellations = 1 })
              "--sweep", bounds (fun bounds -> { bounds with Sweeps = true })
              "--wait", bounds (fun bounds -> { bounds with Waits = true })
              "--look-first", bounds (fun bounds -> { bounds with LooksFirst = true })
              "--no-late-completion", bounds (fun bounds -> { bounds with LateCompletion = false })
              "--unseen", bounds (fun bounds -> { bounds with Unseen = true })
              "--takeover-by-any-payload",
              bounds (fun bounds ->
                  { bounds with
                      PayloadBeforeTakeover = false })
              "--store-failures",
              bounds (fun bounds ->
                  { bounds with
                      Failures = [ OnFailure.Release; OnFailure.Store ] })
              "--hold-failures",
              bounds (fun bounds ->
                  { bounds with
                      Failures = [ OnFailure.Release; OnFailure.Hold ] })
              "--hold",
              bounds (fun bounds ->
                  { bounds with
                      Abandoned = WhenAbandoned.Hold })
              "--tombstone",
              bounds (fun bounds ->
                  { bounds with
                      Release = ReleaseBy.Tombstone })
              "--fence-from-acquire",
              bounds (fun bounds ->
                  { bounds with
                      Fence = FenceFrom.Acquire })
              "--enlist", bounds (fun bounds -> { bounds with Enlists = true })
              "--wobble", bounds (fun bounds -> { bounds with Wobble = 1 })
              "--own-caches", eachWorker (fun _ worker -> { worker with Cache = WorkerCache.Own })
              "--shared-cache",
              eachWorker (fun _ worker ->
                  { worker with
                      Cache = WorkerCache.Shared })
              "--peers-stop", bounds (fun bounds -> { bounds with PeersStop = true })
              "--all", (fun options -> { options with All = true }) ]

    let private pick (list: int list) index = list[index % list.Length]

    /// Options with a number, or several, separated by commas.
    let private valued: Map<string, int list -> ExploreOptions -> ExploreOptions> =
        let number change list options = change (List.head list) options

        let faults change =
            number (fun count -> withFaults (change count))

        let bounds change =
            number (fun count -> withBounds (change count))

        Map
            [ "--callers",
              bounds (fun count bounds ->
                  { bounds with
                      Workers = List.replicate count bounds.Workers.Head })
              "--calls",
              number (fun count ->
                  eachWorker (fun _ worker ->
                      { worker with
                          Payloads = List.replicate count worker.Payloads.Head }))
              "--payloads",
              (fun list ->
                  eachWorker (fun index worker ->
                      { worker with
                          Validates = true
                          Payloads = [ for _ in worker.Payloads -> pick list index ] }))
              "--payloads-per-call",
              (fun list ->
                  eachWorker (fun _ worker ->
                      { worker with
                          Validates = true
                          Payloads = list }))
              "--unchecked",
              number (fun count ->
                  eachWorker (fun index worker ->
                      { worker with
                          Validates = worker.Validates && index >= count }))
              "--clocks",
              (fun list -> eachWorker (fun index worker -> { worker with Offset = pick list index }))
              "--peers",
              number (fun count -> eachWorker (fun index worker -> { worker with IsPeer = index < count }))
              "--lost-replies", faults (fun count faults -> { faults with LostReplies = count })
              "--slow-replies", faults (fun count faults -> { faults with SlowReplies = count })
              "--crashes", faults (fun count faults -> { faults with Crashes = count })
              "--give-ups", faults (fun count faults -> { faults with GiveUps = count })
              "--heartbeats", faults (fun count faults -> { faults with Heartbeats = count })
              "--ticks", bounds (fun count bounds -> { bounds with Ticks = count })
              "--lease", bounds (fun count bounds -> { bounds with Lease = count })
              "--window", bounds (fun count bounds -> { bounds with Window = count })
              "--pad", bounds (fun count bounds -> { bounds with Pad = count })
              "--threads", number (fun count options -> { options with Threads = max 1 count })
              "--limit",
              number (fun count options ->
                  { options with
                      StateLimit = int64 count }) ]

    let rec private read (options: ExploreOptions) arguments : Result<ExploreOptions, string> =
        match arguments with
        | [] -> Ok options
        | "--profile" :: name :: rest -> read { options with Profile = Some name } rest
        | "--timeline" :: path :: rest -> read { options with Timeline = Some path } rest
        | "--protocol" :: "powertools" :: rest -> read { options with Powertools = true } rest
        | "--protocol" :: "fenced" :: rest -> read options rest
        | name :: rest when flags.ContainsKey name -> read (flags[name] options) rest
        | name :: value :: rest when valued.ContainsKey name ->
            match numbers value with
            | Some list -> read (valued[name] list options) rest
            | None -> Error $"{name} needs a number, not \"{value}\"."
        | name :: _ -> Error $"\"{name}\" is not understood."

    /// Reads the arguments of `explore`.
    let parse (arguments: string list) = read standard arguments
