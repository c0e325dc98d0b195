// What is written down of a run, one line of JSON for each event: what a call did, what it asked of the store, and what came
// back. The checks know nothing else.
namespace Chaos

open System
open System.Text
open System.Text.Json
open Idempotency.Core

/// A moment by two clocks of the machine: milliseconds since the Unix epoch, as leases are counted in, and microseconds of
/// the steady clock, which all processes share, and which gives the order.
type Stamp = { Wall: int64; Order: int64 }

/// A record, as a history shows it.
type Held =
    { Status: string
      Expires: int64
      LeaseEnds: int64 option
      Owner: string option
      Print: string option
      Payload: string option }

[<RequireQualifiedAccess>]
type Asking =
    | Acquire
    | Renew
    | Complete
    | Release
    | LateComplete
    | Get

/// A request of the protocol to the store.
type Request =
    {
        Id: string
        Call: string
        Key: string
        Profile: string
        Asking: Asking
        Owner: string
        Print: string option
        /// The clock that it carries.
        Now: int64
        /// Of a release.
        Fence: int64
        /// What is saved.
        Payload: string option
        /// Whether that is a failure.
        IsFailure: bool
        /// Whether other writes are committed with it.
        Enlists: bool
    }

[<RequireQualifiedAccess>]
type Heard =
    /// It was applied, in the place of this, where the store says so.
    | Applied of replaced: Held option
    /// It was refused, because of this.
    | Refused of current: Held option
    /// It was refused, and the store does not say why.
    | RefusedUnseen
    /// The record was read.
    | Found of Held option
    /// The store failed.
    | Fault of string

[<RequireQualifiedAccess>]
type Event =
    | Begun of call: string * key: string * profile: string * variant: int
    /// The function started.
    | Started of call: string * run: string * fence: int64 * takeOver: bool * leaseEnds: int64
    /// What lies behind the register of a key was written to, or refused it because of a higher fencing token.
    | Fenced of call: string * accepted: bool * leaseEnds: int64
    | Returned of call: string * leaseEnds: int64
    | Threw of call: string * leaseEnds: int64
    /// The call ended: the case of its outcome, and the result that it carries.
    | Ended of call: string * outcome: string * result: string option
    /// The call did not end in the time that was given to it.
    | Stuck of call: string
    | Asked of Request
    | Heard of request: string * Heard
    /// The proxy did something else with a request of this owner than let it pass.
    | Troubled of owner: string
    | Killed of worker: string
    | Stalled of worker: string * milliseconds: int

/// An event, when it was, and in which process.
type Line =
    { At: Stamp
      Worker: string
      Event: Event }

module Held =
    let private optional (value: 'T | null) = Option.ofObj value

    let ofRecord (record: Record) =
        { Status = string record.Status
          Expires = int64 record.Expires
          LeaseEnds = if record.LeaseEnds.HasValue then Some(int64 record.LeaseEnds.Value) else None
          Owner = optional record.Owner.Text
          Print = optional record.Fingerprint.Text
          Payload = optional record.Payload.Utf8 |> Option.map Encoding.UTF8.GetString }

    let ofNullable (record: Record | null) =
        match record with
        | null -> None
        | known -> Some(ofRecord known)

    let toRecord key (held: Held) : Record =
        let orNull value : string | null = Option.toObj value

        { Key = key
          Status =
            match held.Status with
            | "Completed" -> Status.Completed
            | "Failed" -> Status.Failed
            | _ -> Status.InProgress
          Expires = held.Expires * 1L<s>
          LeaseEnds =
            held.LeaseEnds
            |> Option.map (fun moment -> moment * 1L<ms>)
            |> Option.toNullable
          Owner = OwnerToken(orNull held.Owner)
          Fingerprint = Fingerprint(orNull held.Print)
          Payload =
            match held.Payload with
            | Some text -> Payload.OfText text
            | None -> Payload.Absent }

module Line =
    let write (line: Line) =
        JsonSerializer.Serialize(line, FSharpJson.options)

    /// None for a line that was cut off, as its process was killed.
    let read (text: string) : Line option =
        try
            Some(JsonSerializer.Deserialize<Line>(text, FSharpJson.options) |> nonNull)
        with :? JsonException ->
            None
