// What a store holds for one key, and how a finished run ended. Peers' records (without owner, without lease,
// without fingerprint) are the same type with less in it.
namespace Idempotency.Core

open System
open System.Runtime.CompilerServices

/// How far the record of a key has come.
[<RequireQualifiedAccess; Struct; IsReadOnly; NoComparison>]
type Status =
    /// A call holds the lock, or held it and was cut off.
    | InProgress
    /// The function returned, and its result is stored.
    | Completed
    /// The function threw, and its failure is stored (only where a classifier says `Store`).
    | Failed

    /// Its name, such as `InProgress`.
    override this.ToString() =
        match this with
        | InProgress -> "InProgress"
        | Completed -> "Completed"
        | Failed -> "Failed"

/// How a run ended, as its record keeps it.
[<RequireQualifiedAccess; Struct; IsReadOnly; NoComparison>]
type Ending =
    /// The function returned this result.
    | Returned of payload: Payload
    /// The function threw, and this is the account of it.
    | Threw of payload: Payload

    /// What is stored of it.
    member this.Payload =
        match this with
        | Returned payload
        | Threw payload -> payload

    /// The status of a record that holds it.
    member this.Status =
        match this with
        | Returned _ -> Status.Completed
        | Threw _ -> Status.Failed

/// What a store holds for one key.
[<NoComparison>]
type Record =
    {
        /// The key's text.
        Key: string
        /// How far it has come.
        Status: Status
        /// Epoch seconds: when the whole record ends. A store may drop it any time after.
        Expires: int64<s>
        /// Epoch milliseconds: when the lease of a lock ends. Absent in records of the oldest peers.
        LeaseEnds: Nullable<int64<ms>>
        /// Who wrote the lock. It means something only while the record is in progress: a peer's update may
        /// leave our token on a record that the peer completed.
        Owner: OwnerToken
        /// The digest of the payload that the record was made for.
        Fingerprint: Fingerprint
        /// The stored result or failure; absent while in progress.
        Payload: Payload
    }

    /// Whether a call holds, or held, the lock.
    member this.IsInProgress =
        match this.Status with
        | Status.InProgress -> true
        | Status.Completed
        | Status.Failed -> false

    /// How the run ended; read it only of a record that is not in progress.
    member this.Ending =
        match this.Status with
        | Status.Failed -> Ending.Threw this.Payload
        | Status.Completed
        | Status.InProgress -> Ending.Returned this.Payload
