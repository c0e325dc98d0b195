// What comes of one incident, for one call, one record and one moment: worked out once, then looked up.
namespace Idempotency.Simulation

open Idempotency.Core

/// What stands in the store, and who wrote it.
[<NoComparison; NoEquality>]
type Stored =
    {
        Record: Record | null
        /// The number of the call that wrote it, or -1.
        Author: int
    }

/// A request of a call that stays in the network.
[<NoComparison; NoEquality>]
type Copy = { Sender: int; Request: Request }

/// A call in one of its states, with what the exploration knows of it.
[<NoComparison; NoEquality>]
type Local =
    {
        Role: Role
        Call: Call
        /// Its function was started.
        Started: bool
        Ran: HowItRan
        /// The record that the store last refused it for was its own lock, and it waits for that one to end.
        MetItself: bool
        /// What can befall it, in this order.
        Incidents: Incident[]
        /// What each of them takes from.
        Budgets: Budget[]
        /// In which of them it reads its clock.
        Reads: bool[]
        /// It has not begun.
        Begins: bool
        /// The last moment of the common clock at which it takes its lease for live; long ago, where its function
        /// does not run.
        LiveUntil: int64<ms>
        /// The fencing token of its function, while that runs.
        Fence: int64<ms> voption
        /// The last moment of the common clock at which the host of a peer lets it go on.
        Leased: int64<ms>
        /// It has ended, or its process has.
        IsGone: bool
        /// It has ended, and its worker goes on to its next call.
        LetsNext: bool
    }

module Local =
    /// Long before all calls.
    let never = Cast.epoch - 1_000_000L<ms>

/// What comes of an incident.
[<NoComparison; NoEquality>]
type Outcome =
    {
        /// The number of the call's state after it.
        Local: int
        /// The number of what stands in the store after it.
        Stored: int
        /// The number of what the call's cache holds after it.
        Cached: int
        /// The numbers of the copies that it leaves in the network.
        Copies: int[]
        /// The number of the result that its caller receives, or -1.
        Delivers: int
        /// The last second of that result.
        Expires: int64<s>
        /// The request by which writes were committed, and the last second of the result.
        Commits: struct (int * int64<s>) voption
        /// The fencing token of the function that it starts.
        Starts: int64<ms> voption
        /// The set of invariants that it breaks by itself.
        Broken: int
        /// It changes nothing.
        IsIdle: bool
        /// The call, and what the store did, for people.
        After: Call
        Seen: Seen
    }

/// What comes of a copy that reaches the store.
[<NoComparison; NoEquality>]
type Arrival =
    {
        /// The number of what stands in the store after it.
        Stored: int
        /// The request by which writes were committed, and the last second of the result.
        Commits: struct (int * int64<s>) voption
        /// The set of invariants that it breaks by itself.
        Broken: int
        Reply: Reply
    }
