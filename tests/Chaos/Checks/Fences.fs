// Rules of fencing tokens: they grow from owner to owner, and a run that still trusts its lease is never refused because of
// a higher one.
module Chaos.Fences

let private lockOwner (exchange: Exchange) =
    match exchange.Heard with
    | Some(_, Heard.Applied(Some held)) when held.Status = "InProgress" -> held.Owner
    | _ -> None

let grow (key: KeyStory) =
    let runs = Runs.ofKey key

    let byOwner =
        Map
            [ for call, run in runs do
                  match Runs.claim call run with
                  | Some claim -> claim.Request.Owner, (claim, run)
                  | None -> () ]

    [ for call, run in runs do
          match Runs.claim call run with
          | Some claim ->
              match lockOwner claim |> Option.bind (fun owner -> Map.tryFind owner byOwner) with
              // An owner whose reply was lost may get the key again when the taker is done, and start then.
              | Some(earlierClaim: Exchange, earlier: Execution) when
                  earlierClaim.Sent.Order < claim.Sent.Order
                  && earlier.Started.Order < run.Started.Order
                  && earlier.Fence >= run.Fence
                  ->
                  Runs.broken
                      "fences grow"
                      key.Key
                      $"{run.Name} took over from {earlier.Name} with fence {run.Fence}, not above {earlier.Fence}"
              | _ -> ()

              for _, earlier in runs do
                  let isEarlier = earlier.Started.Order < claim.Sent.Order

                  if isEarlier && earlier.Fence >= run.Fence then
                      Runs.broken
                          "fences grow"
                          key.Key
                          $"{run.Name} asked for the key after {earlier.Name} had started, and its fence {run.Fence} is not above {earlier.Fence}"
          | None -> () ]
    |> List.distinct

/// A take-over is told to the function that takes over.
let told (key: KeyStory) =
    [ for call, run in Runs.ofKey key do
          match Runs.claim call run |> Option.bind lockOwner with
          | Some owner when
              owner <> "(released)"
              && not run.TakeOver
              && key.Calls
                 |> List.exists (fun other ->
                     other.Id <> call.Id
                     && Runs.claims other |> List.exists (fun claim -> claim.Request.Owner = owner))
              ->
              Runs.broken "take-over told" key.Key $"{run.Name} took over, and was not told"
          | _ -> () ]

let accepted (key: KeyStory) =
    [ for _, run in Runs.ofKey key do
          for at, isAccepted, leaseEnds in run.Fenced do
              if not isAccepted && at.Wall <= leaseEnds then
                  Runs.broken
                      "live runs accepted"
                      key.Key
                      $"{run.Name} was refused by the register at {at.Wall}, with a lease until {leaseEnds}" ]
