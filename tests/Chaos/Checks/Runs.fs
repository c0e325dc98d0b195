// What the checks ask of a call's story, and what they say when something is wrong.
namespace Chaos

open System.Text.Json
open Idempotency.Core

/// A rule that is broken, and by what.
type Violation =
    { Rule: string
      Key: string
      What: string }

module Runs =
    let broken rule key what = { Rule = rule; Key = key; What = what }

    let second (moment: int64) =
        int64 (Time.floorSeconds (moment * 1L<ms>))

    /// The result that a request saves, in the words of the callers.
    let saved (request: Request) =
        match request.Payload with
        | None -> None
        | Some text ->
            use document = JsonDocument.Parse text
            let root = document.RootElement

            Some(
                string (
                    match request.IsFailure with
                    | true -> root.GetProperty("message").GetString()
                    | false -> root.GetString()
                )
            )

    let saves (call: CallStory) =
        call.Exchanges
        |> List.filter (fun exchange ->
            match exchange.Request.Asking with
            | Asking.Complete
            | Asking.LateComplete -> true
            | Asking.Acquire
            | Asking.Renew
            | Asking.Release
            | Asking.Get -> false)

    let isApplied (exchange: Exchange) =
        match exchange.Heard with
        | Some(_, Heard.Applied _) -> true
        | _ -> false

    /// Whether a window may be over. For callers it lasts to the end of its last second, but DynamoDB Local deletes what
    /// expires from the beginning of that second on.
    let mayBeOver (windowEnds: int64) (moment: int64) = moment > windowEnds * 1000L

    /// The latest moment at which a request can have been carried out, as far as is known, by a clock that may be so
    /// much ahead.
    let carriedOutBy (skew: int64) (exchange: Exchange) =
        match exchange.Heard with
        | Some(at, _) -> max at.Wall (exchange.Request.Now + skew)
        | None -> exchange.Request.Now + skew

    /// When the record ends that a request saves.
    let expires (call: CallStory) (exchange: Exchange) =
        second (exchange.Request.Now + int64 call.Profile.Policy.Expiry)

    let private asked asking (call: CallStory) =
        call.Exchanges |> List.filter (fun exchange -> exchange.Request.Asking = asking)

    let claims call = asked Asking.Acquire call

    let releases call = asked Asking.Release call

    /// The request for the lock because of which the function started; none if the history does not have it.
    let claim (call: CallStory) (run: Execution) =
        claims call
        |> List.filter (fun exchange -> exchange.Sent.Order <= run.Started.Order)
        |> List.tryLast

    let private confirmedRenewals call =
        asked Asking.Renew call |> List.filter isApplied

    /// Until when a call trusts the lock that a request asked for, as far as is known for certain.
    let trusted (call: CallStory) (run: Execution) =
        let policy = call.Profile.Policy

        let renewed =
            [ for renewal in confirmedRenewals call -> renewal.Request.Now + int64 policy.Lease ]

        let told =
            match run.Ended with
            | Some(_, _, leaseEnds) -> [ leaseEnds ]
            | None -> []

        List.max (run.LeaseEnds :: renewed @ told)

    /// The lease end that others see, at the least.
    let published (call: CallStory) (run: Execution) =
        let policy = call.Profile.Policy

        let moments =
            [ for asking in Option.toList (claim call run) @ confirmedRenewals call -> asking.Request.Now ]

        match moments with
        | [] -> run.LeaseEnds
        | known -> List.max known + int64 policy.Lease + int64 policy.SkewPad

    /// All runs of a key with their calls, in the order of their starts.
    let ofKey (key: KeyStory) =
        [ for call in key.Calls do
              for run in call.Runs -> call, run ]
        |> List.sortBy (fun (_, run) -> run.Started.Order)

    let acknowledged (key: KeyStory) =
        [ for call in key.Calls do
              match call.Outcome with
              | Some(at, outcome, Some result) when Story.acknowledges outcome -> call, at, outcome, result
              | _ -> () ]
