// Random worlds as plain values: how many calls there are, how they are configured, and a list of numbers
// that picks what happens. The same world always runs the same way, so it can be shrunk and run again.
namespace Idempotency.Simulation

open Idempotency.Core

/// One call of a world.
type WorldCall =
    {
        /// Which of two payloads it has.
        Payload: int
        /// Whether it checks payloads.
        Validates: bool
        /// Its clock minus the slowest possible one.
        OffsetMs: int
        /// The number of its local cache; calls with the same number share one, zero means none.
        Cache: int
    }

/// How a world is set up. Lengths are milliseconds.
type WorldConfig =
    {
        Calls: WorldCall list
        LeaseMs: int
        ExpiryMs: int
        PadMs: int
        /// The clock of the sweep minus the slowest possible one.
        SweepOffsetMs: int
        Waits: bool
        Holds: bool
        PayloadBeforeTakeover: bool
        LateCompletion: bool
        Tombstones: bool
        FenceFromAcquire: bool
        /// The store does not say why it refuses.
        Unseen: bool
        /// Functions run long, and renew.
        Renewing: bool
        /// The network often repeats and loses.
        Lossy: bool
        /// Time passes fast.
        Hasty: bool
    }

/// A world: its setting, and what happens in it.
type World =
    {
        Config: WorldConfig
        /// Each picks one of the events that are possible when its turn comes; zero picks the most ordinary
        /// one.
        Choices: int list
    }

/// Numbers that look random and are the same for the same seed (SplitMix64).
[<Sealed>]
type Dice(seed: uint64) =
    let mutable state = seed

    /// The next number, from zero to below a limit.
    member _.Below(limit: int) =
        state <- state + 0x9E3779B97F4A7C15UL
        let mixed = (state ^^^ (state >>> 30)) * 0xBF58476D1CE4E5B9UL
        let mixed = (mixed ^^^ (mixed >>> 27)) * 0x94D049BB133111EBUL
        int ((mixed ^^^ (mixed >>> 31)) % uint64 limit)

    /// One of the items.
    member this.OneOf(items: 'item list) = items[this.Below items.Length]

    /// True once in so many throws.
    member this.Once(inSoMany: int) = this.Below inSoMany = 0

module World =
    /// The moment that all worlds begin at.
    let epoch = 1_700_000_000_000L<ms>

    /// The furthest that two clocks of a world are apart.
    let skew (config: WorldConfig) =
        config.SweepOffsetMs :: (config.Calls |> List.map _.OffsetMs) |> List.max

    /// The policy of a world's operation.
    let policy (config: WorldConfig) : Policy =
        let length (ms: int) : int64<ms> =
            LanguagePrimitives.Int64WithMeasure(int64 ms)

        { Defaults.policy with
            Lease = length config.LeaseMs
            Expiry = length config.ExpiryMs
            SkewPad = length config.PadMs
            PeerPad = length config.PadMs
            InProgress =
                if config.Waits then
                    WhileInProgress.Wait(Defaults.longest, Defaults.firstPause, Defaults.longestPause)
                else
                    WhileInProgress.Reject
            Renewal = Renewal.Until Defaults.longest
            Abandoned = if config.Holds then WhenAbandoned.Hold else WhenAbandoned.RunAgain
            CheckPayloadBeforeTakeover = config.PayloadBeforeTakeover
            LateCompletion = config.LateCompletion
            Release = if config.Tombstones then ReleaseBy.Tombstone else ReleaseBy.Delete
            Fence = if config.FenceFromAcquire then FenceFrom.Acquire else FenceFrom.Start }

    let private randomCall (dice: Dice) pad payloads validates caches =
        { Payload = if payloads then 1 + dice.Below 2 else 1
          Validates = validates && not (dice.Once 8)
          OffsetMs = if pad = 0 then 0 else dice.Below(pad + 1)
          Cache = if caches then dice.Below 3 else 0 }

    /// A setting made with dice: mostly short leases in long windows, sometimes the other way round.
    let randomConfig (dice: Dice) : WorldConfig =
        let pad = if dice.Once 2 then 0 else 1 + dice.Below 5
        let payloads = dice.Once 3
        let validates = payloads || dice.Once 3
        let caches = dice.Once 3
        let tombstones = dice.Once 3
        let longLease = dice.Once 5

        { Calls =
            [ for _ in 1 .. dice.OneOf [ 2; 3; 3; 4; 5 ] -> randomCall dice pad payloads validates caches ]
          LeaseMs = if longLease then 2500 else 20
          ExpiryMs = if longLease then 1000 else dice.OneOf [ 1000; 1000; 2000 ]
          PadMs = pad
          SweepOffsetMs = if pad = 0 then 0 else dice.Below(pad + 1)
          Waits = dice.Once 3
          Holds = dice.Once 10
          PayloadBeforeTakeover = not (dice.Once 3)
          LateCompletion = not (dice.Once 4)
          Tombstones = tombstones
          FenceFromAcquire = tombstones && dice.Once 2
          Unseen = dice.Once 4
          Renewing = dice.Once 4
          Lossy = dice.Once 3
          Hasty = dice.Once 3 }

    /// A world made with dice.
    let random (dice: Dice) : World =
        let config = randomConfig dice

        { Config = config
          Choices = [ for _ in 1 .. 12 + 16 * config.Calls.Length -> dice.Below 1_000_000 ] }

    /// A world made from a seed.
    let ofSeed (seed: int) = random (Dice(uint64 seed))
