// What happens to calls, as log messages. Their ids and names are a contract (docs/observability.md). They tell operations,
// digests of keys and types of exceptions: never an input, a result, or the message of somebody else's exception.
using Idempotency.Core;
using Microsoft.Extensions.Logging;

namespace Idempotency;

internal sealed partial class CallLog(ILogger logger, bool tellsStoreExceptions)
{
    /// <summary>The category of all messages.</summary>
    public const string Category = Telemetry.Name;

    private readonly ILogger _logger = logger;

    public void Tell(CallEvent told)
    {
        switch (told)
        {
            case CallEvent.TookOver e:
                TookOver(e.Item.Operation, e.Item.Key);
                break;
            case CallEvent.RenewalRefused e:
                RenewalRefused(e.Item.Operation, e.Item.Key);
                break;
            case CallEvent.LeaseLost e:
                LeaseEnded(e.Item.Operation, e.Item.Key);
                break;
            case CallEvent.StoreFailed e:
                StoreFailed(Shown(e.fault), e.Item3.Operation, e.Item3.Key, e.request.Name, Faults.TypesOf(e.fault));
                break;
            case CallEvent.Ended e:
                Ended(e.outcome, e.fault, e.Item3);
                break;
        }
    }

    [LoggerMessage(301, LogLevel.Warning,
        "Idempotency is switched off by the environment variable {Variable}: functions run without protection, each time "
            + "they are called.")]
    public partial void SwitchedOff(string variable);

    private void Ended(OutcomeKind outcome, Exception? fault, CallInfo call)
    {
        switch (outcome.Tag)
        {
            case OutcomeKind.Tags.InProgress:
                InProgress(call.Operation, call.Key, call.RetryAfter);
                break;
            case OutcomeKind.Tags.PayloadMismatch:
                PayloadMismatch(call.Operation, call.Key);
                break;
            case OutcomeKind.Tags.Held:
                Held(call.Operation, call.Key, call.ExpiresAt);
                break;
            case OutcomeKind.Tags.Contended:
                Contended(call.Operation, call.Key);
                break;
            case OutcomeKind.Tags.PersistFailed:
                PersistFailed(Shown(fault), call.Operation, call.Key, Faults.TypesOf(fault));
                break;
            case OutcomeKind.Tags.KeyRejected:
                KeyRejected(call.Operation);
                break;
            case OutcomeKind.Tags.LeaseRejected:
                LeaseRejected(call.Operation, call.Key);
                break;
            case OutcomeKind.Tags.Unreadable:
                Unreadable(call.Operation, call.Key, Faults.TypesOf(fault));
                break;
            case OutcomeKind.Tags.FailureReplayed:
                FailureReplayed(call.Operation, call.Key);
                break;
            case OutcomeKind.Tags.CompletedUnsaved:
                CompletedUnsaved(call.Operation, call.Key, Faults.TypesOf(fault));
                break;
            case OutcomeKind.Tags.LeaseLost:
                LeaseLost(call.Operation, call.Key);
                break;
            case OutcomeKind.Tags.Unprotected:
                Unprotected(call.Operation);
                break;
        }
    }

    /// <summary>A store's exception, where the options have it shown whole.</summary>
    private Exception? Shown(Exception? fault) => tellsStoreExceptions ? fault : null;

    [LoggerMessage(101, LogLevel.Warning,
        "Operation {Operation}: the call takes over key {Key}, whose owner was cut off and may have run the function.")]
    private partial void TookOver(string operation, string? key);

    [LoggerMessage(102, LogLevel.Warning,
        "Operation {Operation}: the function ran longer than its lease on key {Key}, or lost it to another call. A longer "
            + "Lease, or Renew = true, keeps this from happening.")]
    private partial void LeaseEnded(string operation, string? key);

    [LoggerMessage(103, LogLevel.Warning,
        "Operation {Operation}: a renewal of the lease on key {Key} was refused while the function runs: another call has "
            + "the key.")]
    private partial void RenewalRefused(string operation, string? key);

    [LoggerMessage(104, LogLevel.Warning,
        "Operation {Operation}: the store failed to {Request} the record of key {Key} ({Fault}).")]
    private partial void StoreFailed(Exception? shown, string operation, string? key, string request, string fault);

    [LoggerMessage(201, LogLevel.Information,
        "Operation {Operation}: refused, as another call is running under key {Key}; retry after {RetryAfter}.")]
    private partial void InProgress(string operation, string? key, TimeSpan? retryAfter);

    [LoggerMessage(202, LogLevel.Warning,
        "Operation {Operation}: refused, as key {Key} was used before with another payload.")]
    private partial void PayloadMismatch(string operation, string? key);

    [LoggerMessage(203, LogLevel.Warning,
        "Operation {Operation}: refused, as a call under key {Key} was cut off and the key is held for a person until "
            + "{ExpiresAt}.")]
    private partial void Held(string operation, string? key, DateTimeOffset? expiresAt);

    [LoggerMessage(204, LogLevel.Warning,
        "Operation {Operation}: refused, as key {Key} changed hands faster than the call could take it.")]
    private partial void Contended(string operation, string? key);

    [LoggerMessage(205, LogLevel.Error,
        "Operation {Operation}: the function was not run, as the store failed under key {Key} ({Fault}).")]
    private partial void PersistFailed(Exception? shown, string operation, string? key, string fault);

    [LoggerMessage(206, LogLevel.Warning, "Operation {Operation}: refused, as no key can be made of the input.")]
    private partial void KeyRejected(string operation);

    [LoggerMessage(207, LogLevel.Warning,
        "Operation {Operation}: refused under key {Key}, as the host has no time left for a lease.")]
    private partial void LeaseRejected(string operation, string? key);

    [LoggerMessage(208, LogLevel.Error,
        "Operation {Operation}: the result stored under key {Key} cannot be read as the type asked for ({Fault}).")]
    private partial void Unreadable(string operation, string? key, string fault);

    [LoggerMessage(209, LogLevel.Information,
        "Operation {Operation}: the failure stored under key {Key} was replayed.")]
    private partial void FailureReplayed(string operation, string? key);

    [LoggerMessage(210, LogLevel.Warning,
        "Operation {Operation}: the function ran, but its result could not be saved under key {Key} ({Fault}); a later call "
            + "may run it again.")]
    private partial void CompletedUnsaved(string operation, string? key, string fault);

    [LoggerMessage(211, LogLevel.Warning,
        "Operation {Operation}: the function ran, but the lease on key {Key} was lost, and another result may count.")]
    private partial void LeaseLost(string operation, string? key);

    [LoggerMessage(212, LogLevel.Warning,
        "Operation {Operation}: the input has no key, and the function runs without protection.")]
    private partial void Unprotected(string operation);
}
