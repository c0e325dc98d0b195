// A run as a list of frames: what happened at each step, and what stood in the store after it. Explorations, random
// worlds and schedules all tell their runs like this.
namespace Idempotency.Simulation

open System
open Idempotency.Core

/// What became of a request.
[<RequireQualifiedAccess>]
type Fate =
    /// The store carried it out.
    | Applied
    /// Its condition did not hold.
    | Refused
    /// It read what stands there.
    | Answered
    /// It did not reach the store, or not yet.
    | InNetwork

/// A request on its way, as a step shows it.
type Passage =
    {
        /// The request's name.
        Kind: string
        Fate: Fate
        /// The caller does not see the reply.
        ReplyLost: bool
        /// The store is reached by a copy that was left in the network.
        IsCopy: bool
    }

/// One step of a run.
[<NoComparison>]
type Frame =
    {
        /// Milliseconds since the run began.
        At: int64<ms>
        /// The call that it befalls, if it is one.
        Call: string option
        /// What happened.
        Text: string
        Passage: Passage option
        /// The call's state after it.
        State: string
        /// Until when the call takes its lease for live, while its function runs.
        Lease: int64<ms> option
        /// What stands in the store after it, in words.
        Record: string
        /// The lease end that stands in the store after it, with the call that holds it.
        Holder: (string * int64<ms>) option
        /// What it breaks.
        Broken: Invariant list
    }

module Frame =
    let private payload (payload: Payload) =
        match payload.Utf8 with
        | null -> "nothing"
        | utf8 -> (Text.Encoding.UTF8.GetString utf8).Trim '"'

    /// A length of time, or a moment since the beginning, in seconds.
    let seconds (moment: int64<ms>) =
        (float moment / 1000.0).ToString("0.0##", Globalization.CultureInfo.InvariantCulture)
        + " s"

    /// A record in words; moments count from the epoch.
    let recordText (epoch: int64<ms>) (author: string) (record: Record | null) =
        match record with
        | null -> "no record"
        | known ->
            let expires = known.Expires - Time.floorSeconds epoch

            match known.Status with
            | Status.Completed -> $"COMPLETED {payload known.Payload}, expires in second {expires}"
            | Status.Failed -> $"FAILED {payload known.Payload}, expires in second {expires}"
            | Status.InProgress ->
                let until =
                    match Option.ofNullable known.LeaseEnds with
                    | Some ends -> $"until {seconds (ends - epoch)}"
                    | None -> "without a lease"

                if known.Owner = OwnerToken.Released then
                    $"a tombstone, {until}"
                else
                    $"INPROGRESS by {author} {until}"

    /// What a caller received, in words.
    let conclusionText (conclusion: Conclusion) =
        let kind = Findings.kindOf conclusion

        match conclusion with
        | Conclusion.Executed result
        | Conclusion.CompletedUnsaved(result, _)
        | Conclusion.LeaseLost result
        | Conclusion.Replayed(Ending.Returned result | Ending.Threw result)
        | Conclusion.Adopted(Ending.Returned result | Ending.Threw result) -> $"{kind} {payload result}"
        | Conclusion.FunctionFailed _
        | Conclusion.PayloadMismatch _
        | Conclusion.InProgress _
        | Conclusion.Held _
        | Conclusion.Contended
        | Conclusion.PersistFailed _
        | Conclusion.Cancelled -> kind

    /// What a call does now, in words.
    let stateText (epoch: int64<ms>) (call: Call) =
        match call.Phase with
        | Phase.Unbegun -> "has not begun"
        | Phase.Crashed -> "is gone"
        | Phase.At(Step.Run running) when call.Ticket.Owner = OwnerToken.None ->
            $"runs (its lease ends at {seconds (running.LeaseEnds - epoch)})"
        | Phase.At(Step.Run running) ->
            $"runs (token {seconds (running.Fence - epoch)}, trusts its lease until {seconds (running.LeaseEnds - epoch)})"
        | Phase.At(Step.Done(conclusion, _)) -> $"receives {conclusionText conclusion}"
        | Phase.At step -> $"is {step.StateName}"

    let private lease (epoch: int64<ms>) (call: Call) =
        match call.Phase with
        | Phase.At(Step.Run running) -> Some(running.LeaseEnds - epoch)
        | Phase.At _
        | Phase.Unbegun
        | Phase.Crashed -> None

    let private fateOf (reply: Reply) =
        match reply with
        | Reply.Wrote(StoreReply.Applied _) -> Fate.Applied
        | Reply.Wrote(StoreReply.Refused _)
        | Reply.Wrote StoreReply.RefusedUnseen -> Fate.Refused
        | Reply.Read _ -> Fate.Answered

    let private passage incident (before: Call) (seen: Seen) =
        let inNetwork =
            Call.underWay before
            |> Option.map (fun request ->
                { Kind = request.Kind
                  Fate = Fate.InNetwork
                  ReplyLost = false
                  IsCopy = false })

        match seen, incident with
        | Seen.Answered(request, reply, lost), _ ->
            Some
                { Kind = request.Kind
                  Fate = fateOf reply
                  ReplyLost = lost
                  IsCopy = false }
        | Seen.NotApplied _, _
        | Seen.Nothing, Incident.LeaveCopy
        | Seen.Nothing, Incident.Crash -> inNetwork
        | Seen.Nothing, _
        | Seen.Swept _, _ -> None

    let private fateText (fate: Fate) =
        match fate with
        | Fate.Applied -> "applied"
        | Fate.Refused -> "refused"
        | Fate.Answered -> "answered"
        | Fate.InNetwork -> "on its way"

    let private happened incident (name: string) (passage: Passage option) =
        let request = passage |> Option.map _.Kind |> Option.defaultValue "request"

        let fate =
            passage
            |> Option.map (fun passage -> fateText passage.Fate)
            |> Option.defaultValue ""

        match incident with
        | Incident.Begin -> $"{name} begins"
        | Incident.Deliver
        | Incident.DeliverRenewal -> $"{name}'s {request} reaches the store: {fate}"
        | Incident.Reach -> $"{name}'s {request} reaches the store: {fate}; the reply is on its way"
        | Incident.Handle -> $"{name} gets the reply"
        | Incident.LoseReply ->
            $"{name}'s {request} reaches the store: {fate}; the reply is lost, and it is sent again"
        | Incident.LeaveCopy -> $"{name}'s {request} is sent again; the first copy stays in the network"
        | Incident.GiveUp -> $"{name}'s client gives up its {request}"
        | Incident.GiveUpApplied -> $"{name}'s {request} is {fate}, but its client has given it up"
        | Incident.GiveUpInFlight -> $"{name}'s client gives up its {request}, which may still arrive"
        | Incident.Cancel -> $"{name}'s caller gives up"
        | Incident.Return -> $"{name}'s function returns"
        | Incident.ThrowAndRelease -> $"{name}'s function throws"
        | Incident.ThrowAndHold -> $"{name}'s function throws, and its lock is held"
        | Incident.ThrowAndStore -> $"{name}'s function throws, and its failure is to be stored"
        | Incident.RefuseEnlisted -> $"the store refuses what {name}'s function enlisted"
        | Incident.Heartbeat -> $"{name} sends a renewal"
        | Incident.Tick -> $"{name} looks at its clock"
        | Incident.Timer -> $"{name} wakes up"
        | Incident.Deadline -> $"{name} has waited long enough"
        | Incident.Crash -> $"the process of {name} is gone"

    let private holder (epoch: int64<ms>) author (record: Record | null) =
        match record with
        | NonNull known when known.IsInProgress && known.LeaseEnds.HasValue && author <> "" ->
            Some(author, known.LeaseEnds.Value - epoch)
        | NonNull _
        | Null -> None

    /// The frame of an incident. `record` is what stands in the store after it, written by the call `author`.
    let ofIncident epoch (now: int64<ms>) incident (before: Call) (after: Call) seen record author broken =
        let passage = passage incident before seen
        let changes = before.StateName <> after.StateName || incident = Incident.Begin
        let what = happened incident after.Name passage

        { At = now - epoch
          Call = Some after.Name
          Text = if changes then $"{what}; {after.Name} {stateText epoch after}" else what
          Passage = passage
          State = after.StateName
          Lease = lease epoch after
          Record = recordText epoch author record
          Holder = holder epoch author record
          Broken = broken }

    /// The frame of a copy that reaches the store.
    let ofArrival epoch (now: int64<ms>) (sender: string) (request: Request) reply record author broken =
        { At = now - epoch
          Call = Some sender
          Text = $"a copy of {sender}'s {request.Kind} reaches the store: {fateText (fateOf reply)}"
          Passage =
            Some
                { Kind = request.Kind
                  Fate = fateOf reply
                  ReplyLost = true
                  IsCopy = true }
          State = ""
          Lease = None
          Record = recordText epoch author record
          Holder = holder epoch author record
          Broken = broken }

    /// The frame of something that befalls no call.
    let ofEvent epoch (now: int64<ms>) text record author broken =
        { At = now - epoch
          Call = None
          Text = text
          Passage = None
          State = ""
          Lease = None
          Record = recordText epoch author record
          Holder = holder epoch author record
          Broken = broken }

    /// A frame among those of several keys: it says which one the record is of.
    let ofKey (name: string option) (frame: Frame) =
        let name = name |> Option.defaultValue "the key"

        { frame with
            Record = $"{name}: {frame.Record}" }

    /// The frames as lines of text.
    let lines (frames: Frame list) =
        [ for number, frame in List.indexed frames do
              let broken =
                  match frame.Broken with
                  | [] -> ""
                  | broken ->
                      let names = broken |> List.map _.Name |> String.concat ", "
                      $"   <-- breaks {names}"

              $"%3d{number + 1}. %6s{seconds frame.At}  {frame.Text}  [{frame.Record}]{broken}" ]
