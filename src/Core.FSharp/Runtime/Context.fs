// What a running function may know about its own call.
namespace Idempotency

open System
open System.Collections.Generic
open System.Threading
open Idempotency.Core

/// <summary>What a running function may know about its own call. Valid while the function runs.</summary>
[<Sealed>]
type IdempotencyContext
    internal
    (
        operation: string,
        key: string,
        fence: int64<ms>,
        isTakeOver: bool,
        watch: LeaseWatch | null,
        commits: ICommitsEnlisted | null
    ) =
    let mutable enlisted: List<obj> | null = null
    let mutable isClosed = false

    let cannot why =
        raise (
            InvalidOperationException(worded $"Operation '{operation}': a write cannot be enlisted: {why}.")
        )

    /// <summary>The name of the operation.</summary>
    member _.Operation = operation

    /// <summary>The key's text: the operation and a digest, never the input itself. Empty for a call without a key
    /// that runs without protection.</summary>
    member _.Key = key

    /// <summary>The fencing token of this run: greater than that of every earlier owner of the key that may still be
    /// running. Hand it to whatever the function writes to: what keeps the highest token it saw, and refuses lower
    /// ones, cannot be changed by a run that was overtaken. In milliseconds since the Unix epoch; zero without
    /// protection.</summary>
    member _.FencingToken = int64 fence

    /// <summary>Whether the call that held the key directly before may have run the function and been cut off, so that some
    /// of its effects may already be there. True also where that cannot be known, because the reply to the acquire was
    /// lost. A call in between that gave the key back, after a failure, is not seen through.</summary>
    member _.IsTakeOver = isTakeOver

    /// <summary>When this call stops trusting its lease; later with each renewal. <c>DateTimeOffset.MaxValue</c>
    /// without protection.</summary>
    member _.LeaseEnds =
        match watch with
        | null -> DateTimeOffset.MaxValue
        | known -> Time.toDateTimeOffset known.Running.LeaseEnds

    /// <summary>Ends when the lease is lost: another call took over, or the own clock passed it. Advice to stop; the
    /// record is safe either way.</summary>
    member _.LeaseLost =
        match watch with
        | null -> CancellationToken.None
        | known -> known.LeaseLost

    /// <summary>Has a write committed in one step with the result: both, or none. A run that lost its lease to another
    /// commits nothing. Not thread-safe.</summary>
    /// <param name="write">The write, in the terms of the store, which must be one that can (<c>ICommitsEnlisted</c>).</param>
    /// <exception cref="T:System.InvalidOperationException">The store cannot commit it, the call runs without protection, or
    /// the function has ended.</exception>
    member _.Enlist(write: obj) =
        if isClosed then cannot "the function has ended"

        match commits, watch with
        | _, null -> cannot "the call runs without protection, so that nothing is committed"
        | null, _ -> cannot "its store has no transactions; use one that has, such as DynamoDbStore"
        | store, _ ->
            let writes =
                match enlisted with
                | null -> List<obj>()
                | known -> known

            match store.ProblemOf(write, writes.Count) with
            | null ->
                writes.Add write
                enlisted <- writes
            | problem -> cannot problem

    /// Whether the lease is lost by now, to another call or by this clock. Unlike the token it starts nothing.
    member internal _.OutlivedLease(now: int64<ms>) =
        match watch with
        | null -> false
        | known ->
            let running = known.Running
            running.LeaseLost || now > running.LeaseEnds

    /// The function has ended: what it enlisted.
    member internal _.Close() =
        isClosed <- true

        match enlisted with
        | null -> Enlisted.None
        | writes -> Enlisted writes
