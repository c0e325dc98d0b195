// The operations that the workers call: one for each way in which a policy can differ. Their leases are short, so that many
// of them pass.
namespace Chaos

open Idempotency.Core

/// An operation of the workers.
[<NoComparison>]
type Profile =
    {
        Name: string
        Policy: Policy
        /// Whether each worker remembers finished records.
        Cached: bool
        /// Whether half of the function's failures are stored.
        StoresFailures: bool
        /// Whether the function enlists a transfer between accounts.
        Transfers: bool
    }

module Profile =
    let private policy =
        { Defaults.policy with
            Lease = 400L<ms>
            Expiry = 3_600_000L<ms>
            SkewPad = 50L<ms>
            Completion =
                { Budget = 4_000L<ms>
                  Resends = 4
                  Pause = 20L<ms> } }

    let private waiting =
        { policy with
            InProgress = WhileInProgress.Wait(6_000L<ms>, 20L<ms>, 200L<ms>) }

    let private named name policy =
        { Name = name
          Policy = policy
          Cached = false
          StoresFailures = false
          Transfers = false }

    let all =
        [ named "reject" policy
          named "wait" waiting
          named
              "hold"
              { policy with
                  Abandoned = WhenAbandoned.Hold }
          named
              "tombstone"
              { waiting with
                  Release = ReleaseBy.Tombstone
                  Fence = FenceFrom.Acquire }
          named
              "renew"
              { waiting with
                  Lease = 300L<ms>
                  Renewal = Renewal.Until 2_000L<ms> }
          { named "cached" policy with
              Cached = true }
          named "brief" { waiting with Expiry = 3_000L<ms> }
          { named
                "brief-cached"
                { policy with
                    Expiry = 2_000L<ms>
                    Release = ReleaseBy.Tombstone } with
              Cached = true }
          { named "failures" waiting with
              StoresFailures = true }
          named "no-late" { waiting with LateCompletion = false }
          { named "transfer" { waiting with Lease = 500L<ms> } with
              Transfers = true }
          { named
                "transfer-brief"
                { waiting with
                    Lease = 500L<ms>
                    Expiry = 5_000L<ms>
                    Renewal = Renewal.Until 3_000L<ms> } with
              Transfers = true } ]

    let private byName = Map [ for profile in all -> profile.Name, profile ]

    let find name = Map.find name byName
