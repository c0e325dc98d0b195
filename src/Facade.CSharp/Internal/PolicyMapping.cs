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
            options.MissingKey == MissingKeyBehavior.RunUnprotected
                ? WhenKeyMissing.RunUnprotected
                : WhenKeyMissing.Reject,
            ToClassifier(options.OnFailure),
            options.FirstLook switch
            {
                FirstLookBehavior.Write => FirstLook.Write,
                FirstLookBehavior.Read => FirstLook.Read,
                _ => FirstLook.Adaptive,
            },
            shared.IsOff,
            shared.Observer);

    private static Core.HashFunction ToHash(string name)
    {
        var found = Core.HashFunction.Find(name);
        return found.IsOk ? found.ResultValue : throw new ArgumentException($"HashFunction: {found.ErrorValue}.");
    }

    private static Policy ToPolicy(PolicyOptions options)
    {
        ThrowIfUnknown(options.InProgress, nameof(options.InProgress));
        ThrowIfUnknown(options.Abandoned, nameof(options.Abandoned));
        ThrowIfUnknown(options.Release, nameof(options.Release));
        ThrowIfUnknown(options.Fence, nameof(options.Fence));
        ThrowIfUnknown(options.MissingKey, nameof(options.MissingKey));
        ThrowIfUnknown(options.FirstLook, nameof(options.FirstLook));

        return new(
            Time.ofTimeSpan(options.Lease),
            Time.ofTimeSpan(options.Expiry),
            Time.ofTimeSpan(options.SkewPad),
            Time.ofTimeSpan(options.PeerPad),
            options.InProgress == InProgressBehavior.Wait
                ? WhileInProgress.NewWait(
                    Time.ofTimeSpan(options.WaitAtMost),
                    Time.ofTimeSpan(options.FirstPause),
                    Time.ofTimeSpan(options.LongestPause))
                : WhileInProgress.Reject,
            options.Renew ? Renewal.NewUntil(Time.ofTimeSpan(options.LongestRun)) : Renewal.Off,
            options.Abandoned == AbandonedBehavior.Hold ? WhenAbandoned.Hold : WhenAbandoned.RunAgain,
            options.CheckPayloadBeforeTakeOver,
            options.LateCompletion,
            options.Release == ReleaseBehavior.Tombstone ? ReleaseBy.Tombstone : ReleaseBy.Delete,
            options.Fence == FenceSource.Acquire ? FenceFrom.Acquire : FenceFrom.Start,
            new Persistence(
                Time.ofTimeSpan(options.CompletionBudget),
                options.CompletionResends,
                Time.ofTimeSpan(options.CompletionPause)));
    }

    private static void ThrowIfUnknown<TEnum>(TEnum value, string option)
        where TEnum : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            throw new ArgumentException(
                $"{option} is {value}, which it cannot be. Use one of: {string.Join(", ", Enum.GetNames<TEnum>())}.");
        }
    }

    public static Core.KeyFormat ToCore(this KeyFormat format) => format switch
    {
        KeyFormat.Canonical => Core.KeyFormat.Canonical,
        KeyFormat.PowertoolsPython => Core.KeyFormat.NewPowertools(PowertoolsLanguage.Python),
        KeyFormat.PowertoolsTypeScript => Core.KeyFormat.NewPowertools(PowertoolsLanguage.TypeScript),
        KeyFormat.PowertoolsJava => Core.KeyFormat.NewPowertools(PowertoolsLanguage.Java),
        KeyFormat.PowertoolsDotNet => Core.KeyFormat.NewPowertools(PowertoolsLanguage.DotNet),
        _ => throw new ArgumentException(
            $"KeyFormat is {format}, which it cannot be. Use one of: {string.Join(", ", Enum.GetNames<KeyFormat>())}."),
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
