// Outcomes and records as the fields that a schedule file has for them.
namespace Idempotency.Simulation

open Idempotency.Core

module Findings =
    let private stored ending =
        match ending with
        | Ending.Returned payload
        | Ending.Threw payload -> payload

    let private conclusionFields (conclusion: Conclusion) : Map<string, Json> =
        let kind name value = Map [ "kind", Comparison.quoted name; "value", Comparison.payload value ]

        match conclusion with
        | Conclusion.Executed result -> kind "Executed" result
        | Conclusion.Replayed ending -> kind "Replayed" (stored ending)
        | Conclusion.Adopted ending -> kind "Adopted" (stored ending)
        | Conclusion.CompletedUnsaved(result, _) -> kind "CompletedUnsaved" result
        | Conclusion.LeaseLost result -> kind "LeaseLost" result
        | Conclusion.FunctionFailed _ -> kind "FunctionFailed" Payload.Absent
        | Conclusion.PayloadMismatch _ -> kind "PayloadMismatch" Payload.Absent
        | Conclusion.InProgress _ -> kind "InProgress" Payload.Absent
        | Conclusion.Held _ -> kind "Held" Payload.Absent
        | Conclusion.Contended -> kind "Contended" Payload.Absent
        | Conclusion.PersistFailed _ -> kind "PersistFailed" Payload.Absent
        | Conclusion.Cancelled -> kind "Cancelled" Payload.Absent

    /// The outcome of a call; one that has not ended has its state for a kind.
    let outcome (call: Call) =
        match call.Phase with
        | Phase.At(Step.Done(conclusion, _)) -> conclusionFields conclusion
        | Phase.At _
        | Phase.Unbegun
        | Phase.Crashed -> Map [ "kind", Comparison.quoted call.StateName; "value", "null" ]

    /// A record, its moments counted from an epoch.
    let recordFields epoch (record: Record) : Map<string, Json> =
        let status =
            match record.Status with
            | Status.InProgress -> "INPROGRESS"
            | Status.Completed -> "COMPLETED"
            | Status.Failed -> "FAILED"

        let owner = record.Owner
        let fingerprint = record.Fingerprint

        let leaseEnds =
            match Option.ofNullable record.LeaseEnds with
            | Some moment -> string (moment - epoch)
            | None -> "null"

        Map
            [
                "status", Comparison.quoted status
                "owner", Comparison.quoted owner.Text
                "expirationSec", string (record.Expires - Time.floorSeconds epoch)
                "leaseEndsMs", leaseEnds
                "data", Comparison.payload record.Payload
                "validation", Comparison.quoted fingerprint.Text
            ]
