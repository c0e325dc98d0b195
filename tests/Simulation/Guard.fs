// Every guard of the protocol: each term of a condition, each look before a step, each choice of a policy that others
// rely on. What happens without one is in Mutant.fs; that every case is there, the compiler sees to.
namespace Idempotency.Simulation

open Microsoft.FSharp.Reflection

/// A guard that can be switched off, by what it says.
[<RequireQualifiedAccess>]
type Guard =
    // Conditions of the store.
    | AcquireWaitsForTheLease
    | AcquireWaitsForTheWindow
    | AcquireIsNotForTheOwner
    | AcquireWaitsForThePeerPad
    | AcquireLeavesHeldLocks
    | AcquireTakesTombstones
    | AcquireWritesALease
    | AcquireWritesAnExpirationBeyondTheLease
    | RenewNeedsTheOwner
    | RenewNeedsTheStatus
    | RenewOnlyLengthens
    | RenewMovesTheExpiration
    | CompleteNeedsACondition
    | CompleteNeedsTheOwner
    | CompleteNeedsTheStatus
    | CompleteWritesTheHash
    | ReleaseNeedsACondition
    | ReleaseNeedsTheOwner
    | ReleaseNeedsTheStatus
    | TombstoneKeepsTheFence
    | TombstoneClearsTheOwner
    | TombstoneClearsTheHash
    | LateCompleteNeedsAFreeKey
    // The machine, before the function runs.
    | CacheLooksAtTheWindow
    | CacheLooksAtTheHash
    | LookDecidesNothing
    | LeaseCountsFromTheRequest
    | StartLooksAtTheLease
    | OwnLockIsRecognised
    | OwnLeaseIsLessThePad
    | FailedAcquireDoesNotRun
    | ReplayLooksAtTheWindow
    | ReplayLooksAtTheHash
    | TriesAreCounted
    // The machine, while it runs.
    | RenewedLeaseCountsFromTheRequest
    | RefusedRenewalIsNotBelieved
    | FailedRenewalIsNotBelieved
    | RenewalEndsWithTheLongestRun
    // The machine, after it.
    | AdoptionLooksAtTheHash
    | StoredResultIsPreferred
    | LostResultIsNotTheResult
    | LostResultIsNotStoredOverOthers
    | OwnLockAfterTheRunIsNotASave
    | UnsavedResultIsReturned
    | UnsavedResultIsNotTheResult
    | UnsavedResultIsNotRemembered
    | DeadlineDoesNotMakeAResult
    | LostLeaseDoesNotStartOver
    | OwnExceptionReachesTheCaller
    | EnlistedWritesAreSavedOnce
    | EnlistedWritesGoWithALateResult
    | RefusedWritesAreAFailure
    // What is chosen for an operation, and for its callers.
    | TokenIsNewForEachCall
    | PadCoversTheSkew
    | FenceFromTheAcquireNeedsATombstone

module Guard =
    /// All of them.
    let all =
        [ for case in FSharpType.GetUnionCases typeof<Guard> do
              match FSharpValue.MakeUnion(case, [||]) with
              | :? Guard as guard -> guard
              | _ -> () ]

    /// The guard in words.
    let text (guard: Guard) =
        let name = string guard

        String.collect
            (fun letter ->
                if System.Char.IsUpper letter then
                    $" {System.Char.ToLowerInvariant letter}"
                else
                    string letter)
            name
        |> _.Trim()
