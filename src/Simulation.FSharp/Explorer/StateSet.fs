// All states that were met, whole, in byte pools with open addressing over them; each with the state it was first
// reached from. A state's name is its shard and its place there, in one number.
namespace Idempotency.Simulation

open System
open System.Runtime.InteropServices
open System.Threading

module internal StateHash =
    /// Mixes the words of a state.
    let ofBytes (state: ReadOnlySpan<byte>) =
        let words = MemoryMarshal.Cast<byte, uint64> state
        let mutable hash = 0x9E3779B97F4A7C15UL

        for index in 0 .. words.Length - 1 do
            hash <- (hash ^^^ words[index]) * 0xBF58476D1CE4E5B9UL
            hash <- hash ^^^ (hash >>> 29)

        hash <- hash * 0x94D049BB133111EBUL
        hash ^^^ (hash >>> 32)

/// One part of the set; its members must be called under its lock, but for reading states that are known to be there.
[<Sealed>]
type internal Shard(width: int) =
    static let perChunk = 1 <<< 14
    let mutable chunks: byte[][] = [| Array.zeroCreate (perChunk * width) |]
    let mutable parents: uint32[] = Array.zeroCreate 1024
    let mutable table: int[] = Array.zeroCreate 4096
    let mutable count = 0

    let at index =
        ReadOnlySpan<byte>(Volatile.Read(&chunks)[index / perChunk], index % perChunk * width, width)

    let rec place (table: int[]) (state: ReadOnlySpan<byte>) slot =
        let known = table[slot]

        if known = 0 || (at (known - 1)).SequenceEqual state then
            slot
        else
            place table state ((slot + 1) &&& (table.Length - 1))

    let grow () =
        let larger = Array.zeroCreate (2 * table.Length)

        for index in 0 .. count - 1 do
            let mutable slot = int (StateHash.ofBytes (at index)) &&& (larger.Length - 1)

            while larger[slot] <> 0 do
                slot <- (slot + 1) &&& (larger.Length - 1)

            larger[slot] <- index + 1

        table <- larger

    let append (state: ReadOnlySpan<byte>) parent =
        if count / perChunk = chunks.Length then
            Volatile.Write(&chunks, Array.append chunks [| Array.zeroCreate (perChunk * width) |])

        if count = parents.Length then Array.Resize(&parents, 2 * count)

        state.CopyTo(Span<byte>(chunks[count / perChunk], count % perChunk * width, width))
        parents[count] <- parent
        count <- count + 1

    member _.Count = count

    /// A state by its place.
    member _.Copy(index: int, target: byte[]) = (at index).CopyTo(Span<byte> target)

    member _.Parent(index: int) = parents[index]

    /// Adds a state unless it is there.
    member _.Add(state: ReadOnlySpan<byte>, hash: uint64, parent: uint32) =
        let slot = place table state (int hash &&& (table.Length - 1))

        if table[slot] = 0 then
            append state parent
            table[slot] <- count
            if 10 * count > 6 * table.Length then grow ()

/// The states that were met. Adding is thread-safe; so is reading what was added before the present level.
[<Sealed>]
type internal StateSet(width: int) =
    static let shardBits = 6
    let shards = Array.init (1 <<< shardBits) (fun _ -> Shard width)
    let indexBits = 32 - shardBits

    /// The number of shards.
    member _.Shards = shards.Length

    /// The shard of a hash.
    member _.ShardOf(hash: uint64) = int (hash >>> (64 - shardBits))

    /// How many states a shard has.
    member _.CountOf(shard: int) = shards[shard].Count

    /// How many states there are.
    member _.Count =
        let mutable sum = 0L

        for shard in shards do
            sum <- sum + int64 shard.Count

        sum

    /// The name of the state at a place of a shard.
    member _.Name(shard: int, index: int) =
        (uint32 shard <<< indexBits) ||| uint32 index

    /// Copies a state.
    member _.Copy(name: uint32, target: byte[]) =
        shards[int (name >>> indexBits)].Copy(int (name &&& ((1u <<< indexBits) - 1u)), target)

    /// The state that a state was first reached from; the first state is its own.
    member _.Parent(name: uint32) =
        shards[int (name >>> indexBits)].Parent(int (name &&& ((1u <<< indexBits) - 1u)))

    /// Adds many states of one shard, laid one behind the other.
    member _.AddAll(shard: int, states: byte[], hashes: uint64[], parents: uint32[], count: int) =
        let target = shards[shard]

        lock target (fun () ->
            for index in 0 .. count - 1 do
                target.Add(ReadOnlySpan<byte>(states, index * width, width), hashes[index], parents[index]))

    /// Adds the first state, and says its name.
    member this.AddFirst(state: byte[]) =
        let hash = StateHash.ofBytes (ReadOnlySpan<byte> state)
        let shard = this.ShardOf hash
        shards[shard].Add(ReadOnlySpan<byte> state, hash, this.Name(shard, 0))
        this.Name(shard, 0)
