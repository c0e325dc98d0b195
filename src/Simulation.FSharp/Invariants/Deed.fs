// What a request does to a record, for those who judge it.
namespace Idempotency.Simulation

open Idempotency
open Idempotency.Core

module internal Deed =
    /// What a request stores as a result, until which second, and what is committed with it.
    let stored (request: Request) : struct (Ending * int64<s> * Enlisted) voption =
        match request with
        | Request.Complete complete ->
            ValueSome(struct (complete.Ending, complete.Expires, complete.Enlisted))
        | Request.LateComplete late -> ValueSome(struct (late.Ending, late.Expires, late.Enlisted))
        | Request.Acquire _
        | Request.Renew _
        | Request.Release _
        | Request.Get _ -> ValueNone

    /// The ticket and the clock of a request that may take a key over.
    let taker (request: Request) : struct (Ticket * int64<ms>) voption =
        match request with
        | Request.Acquire acquire -> ValueSome(struct (acquire.Ticket, acquire.Now))
        | Request.LateComplete late -> ValueSome(struct (late.Ticket, late.Now))
        | Request.Renew _
        | Request.Complete _
        | Request.Release _
        | Request.Get _ -> ValueNone
