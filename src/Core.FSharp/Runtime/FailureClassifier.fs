// What becomes of the lock when the function has failed: the user's say, as the protocol takes it.
namespace Idempotency.Core

open System
open Idempotency

/// What becomes of the lock when the function has thrown this exception; the flag tells whether the caller's own
/// token had ended by then.
type FailureClassifier = delegate of error: exn * callerCancelled: bool -> OnFailure

/// The classifiers of failures.
module FailureClassifier =
    /// A cancellation by the caller leaves the effect unknown and keeps the lock until its lease ends; any other
    /// failure gives it back.
    let standard =
        FailureClassifier(fun error callerCancelled ->
            match error with
            | :? OperationCanceledException when callerCancelled -> OnFailure.Hold
            | _ -> OnFailure.Release)

    /// What it says of an exception.
    let internal disposition (classify: FailureClassifier) error callerCancelled =
        let act answer =
            match answer with
            | OnFailure.Release -> Disposition.Release
            | OnFailure.Hold -> Disposition.Hold
            | OnFailure.Store -> Disposition.Store(FailureCodec.encode error)

        try
            act (classify.Invoke(error, callerCancelled))
        with _ ->
            // A failure of the classifier, or of the exception's own message, must not replace the function's; and as
            // nobody knows what it would have said, the function does not run again at once.
            Disposition.Hold
