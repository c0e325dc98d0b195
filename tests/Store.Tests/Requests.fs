// Requests and expectations without ceremony, for the tests of single stores.
namespace Store.Tests

open System
open System.Threading
open System.Threading.Tasks
open Idempotency
open Idempotency.Core
open NUnit.Framework

/// Requests without ceremony: moments are milliseconds after the beginning of 2030.
module internal Requests =
    let start =
        LanguagePrimitives.Int64WithMeasure<ms>(
            DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds()
        )

    let at (moment: int) = start + int64 moment * 1L<ms>

    /// A lease of 10 s that ends for others after 11 s, and a window of 60 s.
    let policy =
        { Defaults.policy with
            Lease = 10_000L<ms>
            Expiry = 60_000L<ms> }

    let private owners = ref 0

    let call (key: string) : Ticket =
        { Operation = "test"
          Key = key
          Owner = OwnerToken $"owner {Interlocked.Increment owners}"
          Fingerprint = Fingerprint.None
          Lease = policy.Lease
          Policy = policy
          UsesCache = true
          LooksFirst = false }

    let result = Ending.Returned(Payload.OfText "\"result\"")

    let answer (reply: ValueTask<StoreReply>) =
        match reply.Result with
        | StoreReply.Applied _ -> true
        | StoreReply.Refused _
        | StoreReply.RefusedUnseen -> false

    let acquire (store: IIdempotencyStore) call moment =
        store.Acquire({ Ticket = call; Now = at moment }, CancellationToken.None)
        |> answer

    let complete (store: IIdempotencyStore) call moment =
        store.Complete(
            { Ticket = call
              Now = at moment
              Ending = result
              Enlisted = Enlisted.None },
            CancellationToken.None
        )
        |> answer

    let release (store: IIdempotencyStore) call =
        store.Release({ Ticket = call; Fence = at 0 }, CancellationToken.None) |> answer

    let lateComplete (store: IIdempotencyStore) call moment ending =
        store.LateComplete(
            { Ticket = call
              Now = at moment
              Ending = ending
              Enlisted = Enlisted.None },
            CancellationToken.None
        )
        |> answer

    let get (store: IIdempotencyStore) key =
        store.Get(key, CancellationToken.None).Result

    /// The body has to throw, and this is what it throws.
    let thrownBy<'E when 'E :> exn> (body: unit -> unit) : 'E =
        let thrown =
            try
                body ()
                None
            with :? 'E as error ->
                Some error

        match thrown with
        | Some error -> error
        | None -> raise (AssertionException $"nothing was thrown, where {typeof<'E>.Name} should have been")
