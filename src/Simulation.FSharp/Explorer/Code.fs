// Writes values as texts that are equal if and only if the values are, in all that the exploration can tell apart. A
// test compares these texts with the values field by field, so that no field is forgotten.
namespace Idempotency.Simulation

open System
open System.Text
open Idempotency.Core

/// Builds one code.
[<Sealed>]
type CodeWriter() =
    let text = StringBuilder()

    /// Appends a number.
    member _.Number(number: int64) =
        text.Append(number).Append(';') |> ignore

    /// Appends a moment, counted from the epoch; zero stays zero.
    member this.Moment(moment: int64<ms>) =
        this.Number(if moment = 0L<ms> then -1L else int64 (moment - Cast.epoch))

    /// Appends a text.
    member _.Text(value: string | null) =
        match value with
        | null -> text.Append "-;" |> ignore
        | known -> text.Append(known.Length).Append(':').Append(known).Append(';') |> ignore

    /// Appends the name of a case.
    member _.Case(name: char) = text.Append name |> ignore

    override _.ToString() = text.ToString()

module Code =
    let private payload (writer: CodeWriter) (payload: Payload) =
        match payload.Utf8 with
        | null -> writer.Case '-'
        | utf8 -> writer.Text(Encoding.UTF8.GetString utf8)

    let private ending (writer: CodeWriter) (ending: Ending) =
        match ending with
        | Ending.Returned result ->
            writer.Case 'r'
            payload writer result
        | Ending.Threw failure ->
            writer.Case 'f'
            payload writer failure

    let private enlisted (writer: CodeWriter) (enlisted: Enlisted) =
        writer.Case(if enlisted.IsNone then '-' else 'e')

    /// Errors are those of the exploration's own calls: one for each of them, and the store's.
    let private error (writer: CodeWriter) (error: exn) =
        writer.Text(if obj.ReferenceEquals(error, Incident.unanswered) then "" else error.Message)

    let private run (writer: CodeWriter) (run: Run) =
        match run with
        | Run.Returned(result, writes, savedFrom) ->
            writer.Case 'r'
            payload writer result
            enlisted writer writes
            writer.Moment savedFrom
        | Run.Threw(thrown, failure) ->
            writer.Case 'f'
            error writer thrown
            payload writer failure

    let private patience (writer: CodeWriter) (patience: Patience) =
        writer.Number patience.Tries
        writer.Number patience.Sleeps
        writer.Number(int64 patience.Deadline)

    let private inHand (writer: CodeWriter) (inHand: InHand) =
        match inHand with
        | InHand.Nothing acquiredAt ->
            writer.Case 'n'
            writer.Moment acquiredAt
        | InHand.Run ran ->
            writer.Case 'y'
            run writer ran

    let private record (writer: CodeWriter) (record: Record | null) =
        match record with
        | null -> writer.Case '-'
        | known ->
            writer.Case(
                match known.Status with
                | Status.InProgress -> 'i'
                | Status.Completed -> 'c'
                | Status.Failed -> 'f'
            )

            writer.Number(int64 known.Expires)

            match Option.ofNullable known.LeaseEnds with
            | Some ends ->
                writer.Case 's'
                writer.Moment ends
            | None -> writer.Case 'n'

            let owner = known.Owner
            writer.Text owner.Text
            let fingerprint = known.Fingerprint
            writer.Text fingerprint.Text
            payload writer known.Payload

    let private because (writer: CodeWriter) (conclusion: Conclusion) =
        writer.Text(Findings.kindOf conclusion)

    let private step (writer: CodeWriter) (step: Step) =
        match step with
        | Step.Look state ->
            writer.Case 'L'
            writer.Moment state.Now
        | Step.Acquire state ->
            writer.Case 'A'
            writer.Moment state.Request.Now
            patience writer state.Patience
        | Step.Refresh state ->
            writer.Case 'F'
            writer.Moment state.Request.Now
            patience writer state.Patience
            writer.Moment state.AcquiredAt
            writer.Case(if state.TakeOver then 't' else '-')
        | Step.Abandon state ->
            writer.Case 'B'
            writer.Moment state.Request.Fence
            because writer state.Because
        | Step.Run state ->
            writer.Case 'R'
            writer.Moment state.Fence
            writer.Moment state.StartedAt
            writer.Moment state.LeaseEnds
            writer.Case(if state.TakeOver then 't' else '-')
            writer.Case(if state.LeaseLost then 'l' else '-')
        | Step.Complete state ->
            writer.Case 'C'
            writer.Moment state.Request.Now
            ending writer state.Request.Ending
            enlisted writer state.Request.Enlisted
            run writer state.Run
            patience writer state.Patience
        | Step.LateComplete state ->
            writer.Case 'T'
            writer.Moment state.Request.Now
            ending writer state.Request.Ending
            enlisted writer state.Request.Enlisted
            run writer state.Run
            patience writer state.Patience
        | Step.Release state ->
            writer.Case 'E'
            writer.Moment state.Request.Fence
            error writer state.Error
        | Step.Wait state ->
            writer.Case 'W'
            inHand writer state.InHand
            patience writer state.Patience
            record writer state.Holder
            writer.Moment state.LeaseEnds
        | Step.Peek state ->
            writer.Case 'P'
            inHand writer state.InHand
            patience writer state.Patience
        | Step.Done(conclusion, remember) ->
            writer.Case 'D'
            because writer conclusion
            record writer remember

    let private reply (writer: CodeWriter) (reply: Reply) =
        match reply with
        | Reply.Wrote(StoreReply.Applied replaced) ->
            writer.Case 'a'
            record writer replaced
        | Reply.Wrote(StoreReply.Refused current) ->
            writer.Case 'r'
            record writer current
        | Reply.Wrote StoreReply.RefusedUnseen -> writer.Case 'u'
        | Reply.Read current ->
            writer.Case 'g'
            record writer current

    let private request (writer: CodeWriter) (request: Request) =
        match request with
        | Request.Acquire request ->
            writer.Case 'A'
            writer.Moment request.Now
        | Request.Renew request ->
            writer.Case 'N'
            writer.Moment request.Now
        | Request.Complete request ->
            writer.Case 'C'
            writer.Moment request.Now
            ending writer request.Ending
            enlisted writer request.Enlisted
        | Request.Release request ->
            writer.Case 'E'
            writer.Moment request.Fence
        | Request.LateComplete request ->
            writer.Case 'T'
            writer.Moment request.Now
            ending writer request.Ending
            enlisted writer request.Enlisted
        | Request.Get _ -> writer.Case 'G'

    /// The code of a record, with the number of the call that wrote it.
    let ofRecord (value: Record | null) (author: int) =
        let writer = CodeWriter()
        writer.Number author
        record writer value
        writer.ToString()

    /// The code of a request that a call has sent.
    let ofRequest (sender: int) (value: Request) =
        let writer = CodeWriter()
        writer.Number sender
        request writer value
        writer.ToString()

    /// The code of a call, with the number that it has and what the exploration knows of it besides.
    let ofCall (index: int) (note: string) (call: Call) =
        let writer = CodeWriter()
        writer.Number index
        writer.Text note

        match call.Phase with
        | Phase.Unbegun -> writer.Case 'U'
        | Phase.Crashed -> writer.Case 'X'
        | Phase.At state -> step writer state

        match call.Kept with
        | Some kept -> reply writer kept
        | None -> writer.Case 'n'

        match call.Renewal with
        | Some renewal ->
            writer.Case 's'
            writer.Moment renewal.Now
        | None -> writer.Case 'n'

        match call.Fence with
        | ValueSome fence ->
            writer.Case 's'
            writer.Moment fence
        | ValueNone -> writer.Case 'n'

        writer.Case(if call.LeaseLost then 'l' else '-')
        writer.ToString()
