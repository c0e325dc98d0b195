// From settable options to the core's immutable ones.
using System.Text.Json;
using Idempotency.Core;

namespace Idempotency;

internal static class PolicyMapping
{
    public static HandlerOptions ToCore(this PolicyOptions options, IdempotencyOptions shared) =>
        options.ToCore(shared, shared.Json!);

    public static HandlerOptions ToCore(
        this PolicyOptions options,
        IdempotencyOptions shared,
        JsonSerializerOptions json) =>
        new(
            ToPolicy(options),
            options.RemainingTime,
            shared.TimeProvider,
            json,
            new KeyOptions(
                shared.Scope,
                ToHash(shared.HashFunction),
                options.CheckPayload,
                shared.MaxDepth,
                shared.Functions),
            options.MissingKey switch
            {
                MissingKeyBehavior.Reject => WhenKeyMissing.Reject,
                MissingKeyBehavior.RunUnprotected => WhenKeyMissing.RunUnprotected,
                _ => throw Unknown(options.MissingKey, nameof(options.MissingKey)),
            },
            ToClassifier(options.OnFailure),
            options.FirstLook switch
            {
                FirstLookBehavior.Write => FirstLook.Write,
                FirstLookBehavior.Read => FirstLook.Read,
                FirstLookBehavior.Adaptive => FirstLook.Adaptive,
                _ => throw Unknown(options.FirstLook, nameof(options.FirstLook)),
            },
            shared.IsOff,
            shared.Observer);

    private static Core.HashFunction ToHash(string name)
    {
        var found = Core.HashFunction.Find(name);
        return found.IsOk ? found.ResultValue : throw new ArgumentException($"HashFunction: {found.ErrorValue}.");
    }

    private static Policy ToPolicy(PolicyOptions options) => new(
        Time.ofTimeSpan(options.Lease),
        Time.ofTimeSpan(options.Expiry),
        Time.ofTimeSpan(options.SkewPad),
        Time.ofTimeSpan(options.PeerPad),
        options.InProgress switch
        {
            InProgressBehavior.Reject => WhileInProgress.Reject,
            InProgressBehavior.Wait => WhileInProgress.NewWait(
                Time.ofTimeSpan(options.WaitAtMost),
                Time.ofTimeSpan(options.FirstPause),
                Time.ofTimeSpan(options.LongestPause)),
            _ => throw Unknown(options.InProgress, nameof(options.InProgress)),
        },
        options.Renew ? Renewal.NewUntil(Time.ofTimeSpan(options.LongestRun)) : Renewal.Off,
        options.Abandoned switch
        {
            AbandonedBehavior.RunAgain => WhenAbandoned.RunAgain,
            AbandonedBehavior.Hold => WhenAbandoned.Hold,
            _ => throw Unknown(options.Abandoned, nameof(options.Abandoned)),
        },
        options.CheckPayloadBeforeTakeOver,
        options.LateCompletion,
        options.Release switch
        {
            ReleaseBehavior.Delete => ReleaseBy.Delete,
            ReleaseBehavior.Tombstone => ReleaseBy.Tombstone,
            _ => throw Unknown(options.Release, nameof(options.Release)),
        },
        options.Fence switch
        {
            FenceSource.Start => FenceFrom.Start,
            FenceSource.Acquire => FenceFrom.Acquire,
            _ => throw Unknown(options.Fence, nameof(options.Fence)),
        },
        new Persistence(
            Time.ofTimeSpan(options.CompletionBudget),
            options.CompletionResends,
            Time.ofTimeSpan(options.CompletionPause)));

    private static ArgumentException Unknown<TEnum>(TEnum value, string option)
        where TEnum : struct, Enum =>
        new($"{option} is {value}, which it cannot be. Use one of: {string.Join(", ", Enum.GetNames<TEnum>())}.");

    public static Core.KeyFormat ToCore(this KeyFormat format) => format switch
    {
        KeyFormat.Canonical => Core.KeyFormat.Canonical,
        KeyFormat.PowertoolsPython => Core.KeyFormat.NewPowertools(PowertoolsLanguage.Python),
        KeyFormat.PowertoolsTypeScript => Core.KeyFormat.NewPowertools(PowertoolsLanguage.TypeScript),
        KeyFormat.PowertoolsJava => Core.KeyFormat.NewPowertools(PowertoolsLanguage.Java),
        KeyFormat.PowertoolsDotNet => Core.KeyFormat.NewPowertools(PowertoolsLanguage.DotNet),
        _ => throw Unknown(format, nameof(KeyFormat)),
    };

    private static Core.FailureClassifier ToClassifier(Func<Exception, FailureAction?>? choose) =>
        choose is null
            ? FailureClassifierModule.standard
            : (error, callerCancelled) => choose(error) switch
            {
                FailureAction.Release => Core.OnFailure.Release,
                FailureAction.Store => Core.OnFailure.Store,
                FailureAction.Hold => Core.OnFailure.Hold,
                _ => FailureClassifierModule.standard.Invoke(error, callerCancelled),
            };
}
