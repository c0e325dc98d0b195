// Breadth first over all states, a level at a time, with several threads for a level that is worth it.
namespace Idempotency.Simulation

open System
open System.Threading
open System.Threading.Tasks

/// How far an exploration has come.
type Progress =
    {
        States: int64
        /// How many of them are still to be looked at.
        Frontier: int64
        Depth: int
        Steps: int64
        Seconds: float
    }

/// Where an invariant broke first.
[<NoComparison>]
type Breakage =
    {
        Invariant: Invariant
        /// It was broken by what a peer did.
        ByPeer: bool
        /// How many steps lead to it.
        Depth: int
        /// The state before.
        State: uint32
        /// The number of the move that broke it; -1 where the state itself is what is wrong.
        Move: int
    }

/// How to explore.
[<NoComparison; NoEquality>]
type SearchOptions =
    {
        /// The number of threads.
        Threads: int
        /// More states than this are not looked at.
        StateLimit: int64
        /// The invariants that may break; the search goes on when they do.
        Tolerated: int
        /// It stops when all of these have broken; where there are none, when any has that is not tolerated.
        Wanted: int
        /// What its seconds are measured with.
        Clock: TimeProvider
        /// Hears how far it has come, from time to time.
        Report: Progress -> unit
    }

/// What an exploration has found.
[<NoComparison; NoEquality>]
type Explored =
    {
        Progress: Progress
        /// The first breakage of each invariant.
        Broken: Breakage list
        /// The longest time, in ticks, that a fresh caller has to wait after all have stopped.
        Recovery: int
        /// The limit of states was reached.
        IsCut: bool
    }

module SearchOptions =
    /// All processors, a hundred million states at the most, no tolerance, no word.
    let standard (clock: TimeProvider) =
        { Threads = min 8 Environment.ProcessorCount
          StateLimit = 100_000_000L
          Tolerated = 0
          Wanted = 0
          Clock = clock
          Report = ignore }

/// The broken invariants that were found, the first of each.
[<Sealed>]
type internal Breakages() =
    let found = ResizeArray<Breakage>()

    let add set byPeer depth state move =
        for invariant in Breach.toList set do
            if not (found.Exists(fun known -> known.Invariant = invariant && known.ByPeer = byPeer)) then
                found.Add
                    { Invariant = invariant
                      ByPeer = byPeer
                      Depth = depth
                      State = state
                      Move = move }

    member _.Add(set: int, depth: int, state: uint32, move: int) =
        lock found (fun () ->
            add (Breach.ours set) false depth state move
            add (Breach.peers set) true depth state move)

    /// The set of all that broke.
    member _.Set =
        lock found (fun () ->
            let set byPeer =
                found
                |> Seq.filter (fun breakage -> breakage.ByPeer = byPeer)
                |> Seq.map _.Invariant
                |> List.ofSeq
                |> Breach.ofList

            set false ||| Breach.byPeer (set true))

    member _.All = lock found (fun () -> List.ofSeq found)

/// One thread's work: it expands states and hands what follows to the set, in batches.
[<Sealed>]
type internal Explorer(stage: Stage, layout: Layout, states: StateSet, breakages: Breakages) =
    static let batch = 128
    let successors = Successors(stage, layout)
    let width = layout.Width

    let buffers: byte[][] =
        Array.init states.Shards (fun _ -> Array.zeroCreate (batch * width))

    let hashes: uint64[][] = Array.init states.Shards (fun _ -> Array.zeroCreate batch)
    let parents: uint32[][] = Array.init states.Shards (fun _ -> Array.zeroCreate batch)
    let counts: int[] = Array.zeroCreate states.Shards
    let state: byte[] = Array.zeroCreate width
    let mutable current = 0u
    let mutable depth = 0
    let mutable steps = 0L
    let mutable recovery = 0

    let flush shard =
        states.AddAll(shard, buffers[shard], hashes[shard], parents[shard], counts[shard])
        counts[shard] <- 0

    /// Expands one state.
    member this.Expand(name: uint32, depthNow: int) =
        current <- name
        depth <- depthNow
        states.Copy(name, state)
        let broken = successors.Look(state, &recovery)
        if broken <> 0 then breakages.Add(broken, depth, current, -1)
        successors.Expand(state, this)

    /// Hands over what is left in the batches.
    member _.Flush() =
        for shard in 0 .. states.Shards - 1 do
            if counts[shard] > 0 then flush shard

    member _.Steps = steps
    member _.Recovery = recovery

    interface ITakeStates with
        member _.Take(next, move, broken) =
            steps <- steps + 1L
            if broken <> 0 then breakages.Add(broken, depth + 1, current, move)
            let hash = StateHash.ofBytes (ReadOnlySpan<byte> next)
            let shard = states.ShardOf hash
            let count = counts[shard]
            Buffer.BlockCopy(next, 0, buffers[shard], count * width, width)
            hashes[shard][count] <- hash
            parents[shard][count] <- current
            counts[shard] <- count + 1
            if count + 1 = batch then flush shard

/// Explores what a cast can do.
[<Sealed>]
type Search(stage: Stage, options: SearchOptions) =
    let layout = Layout stage.Cast
    let states = StateSet layout.Width
    let breakages = Breakages()

    let explorers =
        Array.init options.Threads (fun _ -> Explorer(stage, layout, states, breakages))

    let began = options.Clock.GetTimestamp()
    let mutable depth = 0
    let mutable nextReport = 1.0

    let seconds () =
        options.Clock.GetElapsedTime(began).TotalSeconds

    let steps () = explorers |> Array.sumBy _.Steps

    let progress frontier =
        { States = states.Count
          Frontier = frontier
          Depth = depth
          Steps = steps ()
          Seconds = seconds () }

    let report frontier =
        if seconds () >= nextReport then
            nextReport <- seconds () + 1.0
            options.Report(progress frontier)

    /// The states of a level, cut into pieces: shard, first, end.
    let pieces (from: int[]) (until: int[]) =
        [| for shard in 0 .. states.Shards - 1 do
               for first in from[shard] .. 512 .. until[shard] - 1 do
                   struct (shard, first, min until[shard] (first + 512)) |]

    let expandLevel (from: int[]) (until: int[]) (size: int64) =
        let pieces = pieces from until
        let taken = ref -1

        let work (explorer: Explorer) reports =
            let mutable mine = Interlocked.Increment &taken.contents

            while mine < pieces.Length do
                let struct (shard, first, last) = pieces[mine]

                for index in first .. last - 1 do
                    explorer.Expand(states.Name(shard, index), depth)

                if reports then
                    report (size * int64 (pieces.Length - mine) / int64 pieces.Length)

                mine <- Interlocked.Increment &taken.contents

            explorer.Flush()

        if size < 2000L || options.Threads = 1 then
            work explorers[0] true
        else
            explorers
            |> Array.mapi (fun index explorer ->
                Task.Factory.StartNew(
                    (fun () -> work explorer (index = 0)),
                    CancellationToken.None,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default
                ))
            |> Task.WaitAll

    let isDone () =
        let set = breakages.Set

        if options.Wanted <> 0 then
            set &&& options.Wanted = options.Wanted
        else
            set &&& ~~~options.Tolerated <> 0

    /// Explores until all is explored, or until it has found what it is looking for.
    member _.Run() =
        states.AddFirst(Successors(stage, layout).First()) |> ignore
        let counts () = Array.init states.Shards states.CountOf
        let mutable from = Array.zeroCreate states.Shards
        let mutable until = counts ()
        let mutable size = 1L

        while size > 0L && not (isDone ()) && states.Count < options.StateLimit do
            expandLevel from until size
            depth <- depth + 1
            from <- until
            until <- counts ()
            size <- Seq.map2 (fun first last -> int64 (last - first)) from until |> Seq.sum

        { Progress = progress size
          Broken = breakages.All
          Recovery = explorers |> Array.map _.Recovery |> Array.max
          IsCut = size > 0L && not (isDone ()) }

    /// The states that lead to a state, from the first one on.
    member _.PathTo(name: uint32) : byte[] list =
        let copy name =
            let state: byte[] = Array.zeroCreate layout.Width
            states.Copy(name, state)
            state

        let rec back name path =
            let parent = states.Parent name
            let path = copy name :: path
            if parent = name then path else back parent path

        back name []

    /// How the bytes of its states are to be read.
    member _.Layout = layout

    member _.Stage = stage
