// Whether a call reads the record before it asks for the lock. A refused write costs a store more than a read, but a
// read before a write that is not refused is one request too many: it depends on how many calls are duplicates.
namespace Idempotency.Core

open System.Runtime.CompilerServices
open System.Threading

/// What a call sends first.
[<RequireQualifiedAccess; Struct; IsReadOnly; NoComparison>]
type FirstLook =
    /// The request for the lock: one request fewer for a first run.
    | Write
    /// A consistent read: a duplicate costs a read, where the refused write would cost more.
    | Read
    /// What is cheaper by the share of duplicates among the operation's last few dozen calls. With a store that answers
    /// at once, where a look costs next to nothing, it looks.
    | Adaptive

/// The share of duplicates among the calls of an operation, those of long ago counting less. Calls that report at the
/// same moment may lose a report; the share stays one.
[<Sealed>]
type internal ReplayShare() =
    // In units of a 65,536th, so that it is one word.
    static let whole = 65_536

    // One report moves the share by a 32nd of its distance: a change of load is followed within some 40 calls.
    static let inertia = 32

    // By capacity a read first pays from about a fifth of duplicates on, by processor time from about a third. The gap
    // keeps it from wavering.
    static let readsAbove = whole * 40 / 100
    static let writesBelow = whole * 25 / 100

    let mutable share = 0
    let mutable reads = false

    /// Whether reading first is now the cheaper way.
    member _.ReadsFirst = Volatile.Read &reads

    /// A call has met the store: as a duplicate, or as the first of its key.
    member _.Report(isDuplicate: bool) =
        let known = Volatile.Read &share
        let next = known + ((if isDuplicate then whole else 0) - known) / inertia
        Volatile.Write(&share, next)

        if next > readsAbove then Volatile.Write(&reads, true)
        elif next < writesBelow then Volatile.Write(&reads, false)
