// Random worlds as plain values, made from seeds: which processes there are and which calls they make, how these are
// configured, and what their network is like. The same world always runs the same way.
namespace Idempotency.Simulation

open Idempotency.Core

/// What the calls and the network of a world are like.
type Habits =
    {
        /// Functions run long, and renew.
        Renewing: bool
        /// The network often repeats and loses.
        Lossy: bool
        /// Time passes fast.
        Hasty: bool
        /// Peers are stopped when their lease ends, as AWS Lambda does.
        PeersStop: bool
    }

/// A world.
[<NoComparison>]
type World =
    {
        Seed: int
        /// Its options, processes and calls. It has no steps: they are decided on the way.
        Plan: Schedule
        /// The names of the calls that each caller makes, one after the other.
        Callers: string list list
        Habits: Habits
        /// How much happens in it at the most.
        Events: int
    }

/// How large a world is.
[<RequireQualifiedAccess; Struct>]
type private Size =
    | Small
    | Medium
    | Large

module World =
    /// The moment that all worlds begin at.
    let epoch = 1_700_000_000_000L<ms>

    let private length (ms: int) : int64<ms> =
        LanguagePrimitives.Int64WithMeasure(int64 ms)

    /// Mostly short leases in long windows, sometimes the other way round, sometimes windows of hours.
    let private lengths (dice: Dice) =
        match dice.Below 5 with
        | 0 -> struct (2_500, 1_000, 1 + dice.Below 5)
        | 1 ->
            struct (dice.OneOf [ 1_000; 60_000; 900_000 ],
                    dice.OneOf [ 60_000; 3_600_000 ],
                    dice.Between(1, 1_000))
        | _ -> struct (20, dice.OneOf [ 1_000; 1_000; 2_000 ], dice.Between(1, 5))

    let private config (dice: Dice) =
        let struct (lease, expiry, pad) = lengths dice
        let pad = if dice.Once 2 then 0 else pad
        let isTombstoned = dice.Once 3

        { Schedule.defaults with
            Lease = length lease
            Expiry = length expiry
            SkewPad = length pad
            PeerPad = length pad
            PayloadValidation = dice.Once 2
            PayloadBeforeTakeover = not (dice.Once 3)
            Wait = dice.Once 3
            LateComplete = not (dice.Once 4)
            Release = if isTombstoned then ReleaseBy.Tombstone else ReleaseBy.Delete
            Fence = if isTombstoned && dice.Once 2 then FenceFrom.Acquire else FenceFrom.Start
            ReturnsOldOnFailure = not (dice.Once 4)
            Hold = dice.Once 10
            ClockBound = length (dice.Below(pad + 1))
            SweepAhead = 0L<ms> }

    let private size (dice: Dice) =
        dice.Weighted [ struct (3, Size.Small); struct (2, Size.Medium); struct (1, Size.Large) ]

    /// How many callers there are, how many keys, and how many calls each caller makes at the most.
    let private crowd (dice: Dice) size =
        match size with
        | Size.Small -> struct (dice.OneOf [ 2; 3; 3; 4; 5 ], 1, 1)
        | Size.Medium -> struct (dice.Between(3, 8), dice.Between(1, 3), 2)
        | Size.Large -> struct (dice.Between(6, 16), dice.Between(2, 8), 3)

    let private keyOf (dice: Dice) keys =
        if keys = 1 then None else Some $"k{dice.Between(1, keys)}"

    let private processOf (dice: Dice) bound number : ProcessPlan =
        { Name = $"p{number}"
          Offset = length (dice.Below(int bound + 1))
          Drift = dice.OneOf [ 0; 0; 50; -50; 500 ] }

    /// The calls of one caller.
    let private calls
        (dice: Dice)
        (config: ScheduleConfig)
        number
        (most: int)
        keys
        isPeer
        cached
        (place: string)
        =
        let letter = Setting.nameOf number
        let hasPayloads = config.PayloadValidation && dice.Once 2
        let validates = not (dice.Once 8)

        [ for call in 1 .. dice.Between(1, most) ->
              { Schedule.plan (if call = 1 then letter else $"{letter}{call}") with
                  Payload = Fingerprint(if hasPayloads && dice.Once 2 then "p2" else "p1")
                  Cache = if cached then Some place else None
                  Key = keyOf dice keys
                  Process = Some place
                  Validates = validates
                  IsPeer = isPeer } ]

    /// Calls that look before they ask, or that commit writes with their results. These must be saved in a time that
    /// is short against the window (docs/protocol.md, assumptions).
    let private gifted looks enlists (config: ScheduleConfig) (calls: CallPlan list) =
        let config =
            { config with
                Travel = if enlists then Some(config.Expiry / 4L) else None }

        config,
        [ for call in calls ->
              { call with
                  LooksFirst = looks
                  Enlists = enlists && not call.IsPeer } ]

    /// A world made from a seed.
    let ofSeed (seed: int) : World =
        let dice = Dice(uint64 seed)
        let config = config dice
        let struct (callers, keys, most) = crowd dice (size dice)
        let bound = config.ClockBound

        let processes =
            [ for number in 1 .. dice.Between(1, callers) -> processOf dice bound number ]

        let cached =
            if dice.Once 3 then
                processes |> List.filter (fun _ -> not (dice.Once 3)) |> List.map _.Name
            else
                []

        let hasPeers = dice.Once 6

        let lives =
            [ for number in 0 .. callers - 1 do
                  let place = (dice.OneOf processes).Name
                  let isPeer = hasPeers && number > 0 && dice.Once 3
                  calls dice config number most keys isPeer (List.contains place cached) place ]

        let config, plans = gifted (dice.Once 4) (dice.Once 5) config (List.concat lives)

        { Seed = seed
          Plan =
            { Id = $"world-{seed}"
              Title = $"the world of seed {seed}"
              Epoch = epoch
              Setting = ""
              Config =
                { config with
                    SweepAhead = length (dice.Below(int bound + 1)) }
              Processes = processes
              Calls = plans
              Initial = None
              Steps = []
              Expect = Schedule.unjudged }
          Callers = [ for life in lives -> life |> List.map _.Name ]
          Habits =
            { Renewing = dice.Once 4
              Lossy = dice.Once 3
              Hasty = dice.Once 3
              PeersStop = dice.Once 2 }
          Events = 12 + 14 * plans.Length }
