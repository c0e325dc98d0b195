// docs/observability.md says what the code emits, no more and no less.
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;
using Idempotency;
using Idempotency.Core;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace Facade.Tests;

public class ObservabilityPageTests : OnManualTime
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Root, "docs", "observability.md"));

    private static string Root
    {
        get
        {
            DirectoryInfo? folder = new(AppContext.BaseDirectory);

            while (!File.Exists(Path.Combine(folder!.FullName, "Idempotency.sln")))
            {
                folder = folder.Parent;
            }

            return folder.FullName;
        }
    }

    [Test]
    public async Task It_names_every_instrument_with_its_kind_unit_and_tags()
    {
        using Listening heard = await EverythingHappens();

        IEnumerable<string> emitted =
            from instrument in heard.Published.Values
            let tags = heard.Measurements.Where(m => m.Instrument == instrument).SelectMany(m => m.Tags.Keys)
            let further = tags.Distinct().Where(tag => tag != "idempotency.operation").Order(StringComparer.Ordinal)
            select $"{instrument.Name} {Kind(instrument)} {instrument.Unit} {string.Join(' ', further)}".Trim();

        IEnumerable<string> told =
            from Match row in Regex.Matches(
                Page, @"^\| `(idempotency\.[\w.]+)` \| (counter|histogram) \| `(.+?)` \| (.*?) ?\| .+ \|$", RegexOptions.Multiline)
            let tags = Quoted(row.Groups[4].Value).Order(StringComparer.Ordinal)
            select $"{row.Groups[1]} {row.Groups[2]} {row.Groups[3]} {string.Join(' ', tags)}".Trim();

        Assert.That(told, Is.EquivalentTo(emitted));
        Assert.That(heard.Measurements.All(m => m.Tags.ContainsKey("idempotency.operation")), Is.True);
        Assert.That(heard.Measurements.Select(m => m.Instrument).Distinct().Count(), Is.EqualTo(heard.Published.Count));
    }

    [Test]
    public async Task It_names_every_tag_of_an_activity()
    {
        using Listening heard = await EverythingHappens();

        string section = Page[Page.IndexOf("## Activities", StringComparison.Ordinal)..];
        IEnumerable<string> told =
            from Match row in Regex.Matches(section, @"^\| `([\w.]+)` \| .+ \| .+ \|$", RegexOptions.Multiline)
            select row.Groups[1].Value;

        Assert.That(
            told,
            Is.EquivalentTo(heard.Activities.SelectMany(activity => activity.TagObjects.Select(tag => tag.Key)).Distinct()));
        Assert.That(heard.Activities.Select(activity => activity.OperationName), Is.All.EqualTo("idempotency.call"));
        Assert.That(heard.Activities.Select(activity => activity.Kind), Is.All.EqualTo(ActivityKind.Internal));
        Assert.That(heard.Activities.Select(activity => activity.Source.Name), Is.All.EqualTo("Idempotency"));
    }

    [Test]
    public void It_names_every_value_of_an_outcome_and_of_a_request()
    {
        string[] outcomes = [.. Names(typeof(OutcomeKind))];
        string[] requests = [.. Names(typeof(StoreRequestKind))];

        Assert.That(Values("`idempotency.outcome` of a call"), Is.EquivalentTo(outcomes));
        Assert.That(Values("`idempotency.request`").Take(requests.Length), Is.EquivalentTo(requests));
        Assert.That(outcomes, Has.Length.EqualTo(17));
    }

    [Test]
    public void It_names_every_log_message_with_its_id_and_level()
    {
        IEnumerable<string> emitted =
            from method in typeof(IdempotencyHandler).Assembly.GetType("Idempotency.CallLog", true)!
                .GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            let message = method.GetCustomAttribute<LoggerMessageAttribute>()
            where message is not null
            select $"{message.EventId} {method.Name} {message.Level}";

        IEnumerable<string> told =
            from Match row in Regex.Matches(Page, @"^\| (\d+) \| `(\w+)` \| (\w+) \| .+ \|$", RegexOptions.Multiline)
            select $"{row.Groups[1]} {row.Groups[2]} {row.Groups[3]}";

        Assert.That(told, Is.EqualTo(emitted.Order(StringComparer.Ordinal)));
    }

    /// <summary>Every refusal, a replay, and a take-over with renewals.</summary>
    private async Task<Listening> EverythingHappens()
    {
        var heard = new Listening();

        foreach (IdempotencyOutcome outcome in Refusals.All)
        {
            await (await Refusals.For(outcome, heard.Log)).TryHandleAsync();
        }

        IdempotentOperation<Order, Receipt> operation =
            Handler(options => options.Renew = true).Operation<Order, Receipt>("renewed");
        var job = new Job<Order, Receipt>();
        Task pending = operation.TryHandleAsync(new Order("A"), job.RunAsync).AsTask();
        var run = await job.Started();
        await Time.WhenTimersSet(1).Soon();
        Time.Advance(20 * Second);
        run.Return(new Receipt("1", 1));
        await pending;
        await operation.TryHandleAsync(new Order("A"), job.RunAsync);

        operation = Handler().Operation<Order, Receipt>("stalled");
        pending = operation.TryHandleAsync(new Order("A"), job.RunAsync).AsTask();
        run = await job.Started();
        Time.Advance(2 * Minute);
        await operation.TryHandleAsync(new Order("A"), new Till().ChargeAsync);
        run.Return(new Receipt("2", 1));
        await pending;
        return heard;
    }

    private static string Kind(Instrument instrument) =>
        instrument.GetType().Name.StartsWith("Counter", StringComparison.Ordinal) ? "counter" : "histogram";

    private static IEnumerable<string> Names(Type union) =>
        from property in union.GetProperties(BindingFlags.Public | BindingFlags.Static)
        where property.PropertyType == union
        select (string)union.GetProperty("Name")!.GetValue(property.GetValue(null))!;

    private static IEnumerable<string> Values(string of)
    {
        int start = Page.IndexOf($"- {of}: ", StringComparison.Ordinal);
        int end = Regex.Match(Page[(start + 1)..], "\n-|\n\n").Index;
        return Quoted(Page.Substring(start + of.Length + 4, end - of.Length - 3));
    }

    private static IEnumerable<string> Quoted(string text) =>
        from Match word in Regex.Matches(text, "`([^`]+)`")
        select word.Groups[1].Value;
}
