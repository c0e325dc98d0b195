// Options from configuration: each setting has the name of its property. What is misspelt is refused, not ignored.
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Idempotency;

internal static class Settings
{
    private static readonly Dictionary<string, Action<IdempotencyOptions, string>> ByName =
        new(StringComparer.OrdinalIgnoreCase)
        {
            [nameof(IdempotencyOptions.Lease)] = (o, text) => o.Lease = Time(text),
            [nameof(IdempotencyOptions.Expiry)] = (o, text) => o.Expiry = Time(text),
            [nameof(IdempotencyOptions.SkewPad)] = (o, text) => o.SkewPad = Time(text),
            [nameof(IdempotencyOptions.PeerPad)] = (o, text) => o.PeerPad = Time(text),
            [nameof(IdempotencyOptions.InProgress)] = (o, text) => o.InProgress = Name<InProgressBehavior>(text),
            [nameof(IdempotencyOptions.WaitAtMost)] = (o, text) => o.WaitAtMost = Time(text),
            [nameof(IdempotencyOptions.FirstPause)] = (o, text) => o.FirstPause = Time(text),
            [nameof(IdempotencyOptions.LongestPause)] = (o, text) => o.LongestPause = Time(text),
            [nameof(IdempotencyOptions.Renew)] = (o, text) => o.Renew = Yes(text),
            [nameof(IdempotencyOptions.LongestRun)] = (o, text) => o.LongestRun = Time(text),
            [nameof(IdempotencyOptions.Abandoned)] = (o, text) => o.Abandoned = Name<AbandonedBehavior>(text),
            [nameof(IdempotencyOptions.CheckPayload)] = (o, text) => o.CheckPayload = Yes(text),
            [nameof(IdempotencyOptions.CheckPayloadBeforeTakeOver)] =
                (o, text) => o.CheckPayloadBeforeTakeOver = Yes(text),
            [nameof(IdempotencyOptions.LateCompletion)] = (o, text) => o.LateCompletion = Yes(text),
            [nameof(IdempotencyOptions.Release)] = (o, text) => o.Release = Name<ReleaseBehavior>(text),
            [nameof(IdempotencyOptions.Fence)] = (o, text) => o.Fence = Name<FenceSource>(text),
            [nameof(IdempotencyOptions.MissingKey)] = (o, text) => o.MissingKey = Name<MissingKeyBehavior>(text),
            [nameof(IdempotencyOptions.FirstLook)] = (o, text) => o.FirstLook = Name<FirstLookBehavior>(text),
            [nameof(IdempotencyOptions.CompletionBudget)] = (o, text) => o.CompletionBudget = Time(text),
            [nameof(IdempotencyOptions.CompletionResends)] = (o, text) => o.CompletionResends = Number(text),
            [nameof(IdempotencyOptions.CompletionPause)] = (o, text) => o.CompletionPause = Time(text),
            [nameof(IdempotencyOptions.Scope)] = (o, text) => o.Scope = text,
            [nameof(IdempotencyOptions.HashFunction)] = (o, text) => o.HashFunction = text,
            [nameof(IdempotencyOptions.MaxDepth)] = (o, text) => o.MaxDepth = Number(text),
            [nameof(IdempotencyOptions.LogStoreExceptions)] = (o, text) => o.LogStoreExceptions = Yes(text),
            [nameof(IdempotencyOptions.DisabledBy)] = (o, text) => o.DisabledBy = text,
        };

    /// <summary>Sets what a section has, and tells all that is wrong with it at once.</summary>
    public static void Read(IConfiguration section, IdempotencyOptions options)
    {
        string[] problems = [.. section.GetChildren().Select(child => Set(child, options)).OfType<string>()];

        if (problems.Length > 0)
        {
            throw new ArgumentException($"The configuration of idempotency does not fit: {string.Join("; ", problems)}.");
        }
    }

    /// <summary>Sets one option; null, or what is wrong.</summary>
    private static string? Set(IConfigurationSection setting, IdempotencyOptions options)
    {
        if (!ByName.TryGetValue(setting.Key, out Action<IdempotencyOptions, string>? set))
        {
            return $"{setting.Path} is no option; those there are: {string.Join(", ", ByName.Keys)}";
        }

        if (setting.Value is not { } text)
        {
            return $"{setting.Path} must be a single value";
        }

        try
        {
            set(options, text);
            return null;
        }
        catch (FormatException problem)
        {
            return $"{setting.Path} is '{text}', but must be {problem.Message}";
        }
    }

    /// <summary>A bare number would be read as days.</summary>
    private static TimeSpan Time(string text) =>
        text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan span)
            ? span
            : throw new FormatException("a length of time, [days.]hours:minutes:seconds, as in 00:01:30");

    private static bool Yes(string text) =>
        bool.TryParse(text, out bool yes) ? yes : throw new FormatException("true or false");

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new FormatException("a whole number");

    private static TEnum Name<TEnum>(string text)
        where TEnum : struct, Enum =>
        Enum.GetNames<TEnum>().Contains(text.Trim(), StringComparer.OrdinalIgnoreCase)
            ? Enum.Parse<TEnum>(text, ignoreCase: true)
            : throw new FormatException($"one of {string.Join(", ", Enum.GetNames<TEnum>())}");
}
