// Outcomes and records as the fields that a schedule file has for them.
namespace Idempotency.Simulation

open Idempotency.Core

module Findings =
    /// The name of a conclusion.
    let kindOf (conclusion: Conclusion) =
        match conclusion with
        | Conclusion.Executed _ -> "Executed"
        | Conclusion.Replayed _ -> "Replayed"
        | Conclusion.Adopted _ -> "Adopted"
        | Conclusion.CompletedUnsaved _ -> "CompletedUnsaved"
        | Conclusion.LeaseLost _ -> "LeaseLost"
        | Conclusion.FunctionFailed _ -> "FunctionFailed"
        | Conclusion.PayloadMismatch _ -> "PayloadMismatch"
        | Conclusion.InProgress _ -> "InProgress"
        | Conclusion.Held _ -> "Held"
        | Conclusion.Contended -> "Contended"
        | Conclusion.PersistFailed _ -> "PersistFailed"
        | Conclusion.Cancelled -> "Cancelled"

    let private valueOf (conclusion: Conclusion) =
        match conclusion with
        | Conclusion.Executed result
        | Conclusion.CompletedUnsaved(result, _)
        | Conclusion.LeaseLost result
        | Conclusion.Replayed(Ending.Returned result | Ending.Threw result)
        | Conclusion.Adopted(Ending.Returned result | Ending.Threw result) -> result
        | Conclusion.FunctionFailed _
        | Conclusion.PayloadMismatch _
        | Conclusion.InProgress _
        | Conclusion.Held _
        | Conclusion.Contended
        | Conclusion.PersistFailed _
        | Conclusion.Cancelled -> Payload.Absent

    /// The kind of a call's conclusion; the state of one that has not ended.
    let kind (call: Call) =
        match call.Phase with
        | Phase.At(Step.Done(conclusion, _)) -> kindOf conclusion
        | Phase.At _
        | Phase.Unbegun
        | Phase.Crashed -> call.StateName

    /// The outcome of a call.
    let outcome (call: Call) : Map<string, Json> =
        let value =
            match call.Phase with
            | Phase.At(Step.Done(conclusion, _)) -> valueOf conclusion
            | Phase.At _
            | Phase.Unbegun
            | Phase.Crashed -> Payload.Absent

        Map [ "kind", Comparison.quoted (kind call); "value", Comparison.payload value ]

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
            [ "status", Comparison.quoted status
              "owner", Comparison.quoted owner.Text
              "expirationSec", string (record.Expires - Time.floorSeconds epoch)
              "leaseEndsMs", leaseEnds
              "data", Comparison.payload record.Payload
              "validation", Comparison.quoted fingerprint.Text ]
