// Every way a call can end, as the protocol sees it: results are still encoded, and nothing here is an exception
// that is thrown. The names are those of the state table (docs/protocol.md).
namespace Idempotency.Core

open System.Runtime.CompilerServices

/// What a record that is at hand says to a call that has not asked for the lock.
[<RequireQualifiedAccess; Struct; IsReadOnly; NoComparison; NoEquality>]
type Recalled =
    /// Nothing: there is none, or it is not finished, or its window has ended.
    | Nothing
    /// What an earlier call left.
    | Finished of ending: Ending
    /// The key belongs to another payload.
    | OtherPayload of holder: Record

/// How a call ended.
[<RequireQualifiedAccess; NoComparison; NoEquality>]
type Conclusion =
    /// This call ran the function, and the store confirmed its result.
    | Executed of Payload
    /// An earlier call had finished: this is what it left.
    | Replayed of Ending
    /// This call ran the function but lost its lease; the newer owner had finished: this is what that one left.
    | Adopted of Ending
    /// This call ran the function; the store may or may not have its result.
    | CompletedUnsaved of Payload * fault: exn
    /// This call ran the function but lost its lease, and somebody else may store another result.
    | LeaseLost of Payload
    /// The function threw.
    | FunctionFailed of exn
    /// The key belongs to another payload.
    | PayloadMismatch of holder: Record
    /// Another call holds the key.
    | InProgress of holder: Record * leaseEnds: int64<ms>
    /// A call was cut off under this key, and the policy is to hold it for a person.
    | Held of holder: Record * expires: int64<ms>
    /// The key changed hands faster than this call could take it.
    | Contended
    /// The store failed before the function was run.
    | PersistFailed of fault: exn
    /// The caller gave up before the function was run.
    | Cancelled
