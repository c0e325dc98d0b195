// Options that do not fit are refused when a handler or an operation is made, by name and with the remedy.
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class OptionsTests : OnManualTime
{
    private static readonly TimeSpan TooLong = TimeSpan.FromDays(366 * 101);

    private static IEnumerable<TestCaseData> Bad()
    {
        yield return Case("Lease must be longer than zero", o => o.Lease = TimeSpan.Zero);
        yield return Case("Lease must be longer than zero", o => o.Lease = Timeout.InfiniteTimeSpan);
        yield return Case("Lease must be at most 100 years", o => o.Lease = TooLong);
        yield return Case("Lease must be at most 100 years", o => o.Lease = TimeSpan.MaxValue);
        yield return Case("Expiry must be longer than zero", o => o.Expiry = TimeSpan.Zero);
        yield return Case("Expiry must be at most 100 years", o => o.Expiry = TimeSpan.MaxValue);
        yield return Case("SkewPad must not be negative, but is -1 ms; use zero", o => o.SkewPad = -Instant);
        yield return Case("SkewPad must be at most 100 years", o => o.SkewPad = TooLong);
        yield return Case("PeerPad must not be negative, but is -1 ms; use zero", o => o.PeerPad = -Instant);
        yield return Case("PeerPad must be at most 100 years", o => o.PeerPad = TooLong);
        yield return Case("WaitAtMost must be longer than zero", Waiting(o => o.WaitAtMost = TimeSpan.Zero));
        yield return Case("WaitAtMost must be at most 100 years", Waiting(o => o.WaitAtMost = TooLong));
        yield return Case("FirstPause must be longer than zero", Waiting(o => o.FirstPause = TimeSpan.Zero));
        yield return Case("LongestPause must be longer than zero", Waiting(o => o.LongestPause = TimeSpan.Zero));
        yield return Case(
            "LongestPause (49 ms) must not be shorter than FirstPause (50 ms)",
            Waiting(o => o.LongestPause = TimeSpan.FromMilliseconds(49)));
        yield return Case("LongestRun must be longer than zero", o => (o.Renew, o.LongestRun) = (true, TimeSpan.Zero));
        yield return Case("needs Release = Tombstone", o => o.Fence = FenceSource.Acquire);
        yield return Case("CompletionBudget must be longer than zero", o => o.CompletionBudget = TimeSpan.Zero);
        yield return Case("CompletionPause must not be negative", o => o.CompletionPause = -Instant);
        yield return Case("CompletionResends must not be negative, but is -1", o => o.CompletionResends = -1);
    }

    [TestCaseSource(nameof(Bad))]
    public void A_handler_refuses(string remedy, Action<PolicyOptions> change) =>
        Assert.That(
            () => new IdempotencyHandler(Store, o => change(o)),
            Throws.ArgumentException.With.Message.Contains(remedy));

    [TestCaseSource(nameof(Bad))]
    public void An_operation_refuses(string remedy, Action<PolicyOptions> change)
    {
        IdempotencyHandler handler = Handler();

        Assert.Multiple(() =>
        {
            Assert.That(
                () => handler.Operation<Order, Receipt>("charge", o => change(o)),
                Throws.ArgumentException.With.Message.Contains(remedy));
            Assert.That(
                () => handler.Wrap("charge", () => 1, o => change(o)),
                Throws.ArgumentException.With.Message.Contains(remedy));
        });
    }

    [Test]
    public void All_that_is_wrong_is_told_at_once() =>
        Assert.That(
            () => new IdempotencyHandler(Store, o => (o.Lease, o.Expiry) = (TimeSpan.Zero, TimeSpan.Zero)),
            Throws.ArgumentException.With.Message.Contains("Lease").And.Message.Contains("Expiry"));

    [Test]
    public void The_longest_lengths_are_accepted()
    {
        TimeSpan century = TimeSpan.FromDays(366 * 100);

        Assert.That(
            Handler(o => (o.Lease, o.Expiry, o.SkewPad) = (century, century, century)).Wrap("run", () => 1)(),
            Is.EqualTo(1));
    }

    [TestCase("", "must not be empty")]
    [TestCase(" \t", "must not be empty")]
    [TestCase("line\nbreak", "must not contain control characters")]
    [TestCase("nul\0", "must not contain control characters")]
    public void The_name_of_an_operation_is_checked(string name, string remedy)
    {
        IdempotencyHandler handler = Handler();

        Assert.Multiple(() =>
        {
            Assert.That(
                () => handler.Operation<Order, Receipt>(name),
                Throws.ArgumentException.With.Message.Contains("The operation's name").And.Message.Contains(remedy));
            Assert.That(() => handler.Wrap(name, () => 1), Throws.ArgumentException.With.Message.Contains(remedy));
            Assert.That(
                async () => await handler.HandleAsync(name, new Order("A"), new Till().ChargeAsync),
                Throws.ArgumentException.With.Message.Contains(remedy));
        });
    }

    [Test]
    public void The_name_of_an_operation_has_at_most_200_characters()
    {
        IdempotencyHandler handler = Handler();

        Assert.Multiple(() =>
        {
            Assert.That(handler.Operation<int, int>(new string('n', 200)).Name, Has.Length.EqualTo(200));
            Assert.That(
                () => handler.Operation<int, int>(new string('n', 201)),
                Throws.ArgumentException.With.Message.Contains("at most 200 characters long, but has 201"));
        });
    }

    [Test]
    public void A_name_must_be_given() =>
        Assert.That(() => Handler().Operation<int, int>(null!), Throws.InstanceOf<ArgumentException>());

    [TestCase("", "The scope must not be empty")]
    [TestCase("a\nb", "The scope must not contain control characters")]
    public void The_scope_is_checked(string scope, string remedy) =>
        Assert.That(() => Handler(o => o.Scope = scope), Throws.ArgumentException.With.Message.Contains(remedy));

    [Test]
    public void A_store_options_and_a_clock_must_be_given() =>
        Assert.Multiple(() =>
        {
            Assert.That(() => new IdempotencyHandler(null!), Throws.ArgumentNullException);
            Assert.That(() => new IdempotencyHandler(Store, (IdempotencyOptions)null!), Throws.ArgumentNullException);
            Assert.That(
                () => new IdempotencyHandler(Store, o => o.TimeProvider = null!),
                Throws.ArgumentNullException.With.Message.Contains("TimeProvider"));
        });

    [Test]
    public void A_type_that_cannot_be_written_as_JSON_is_refused_when_the_operation_is_made()
    {
        var nothingKnown = new System.Text.Json.JsonSerializerOptions
        {
            TypeInfoResolver = System.Text.Json.Serialization.Metadata.JsonTypeInfoResolver.Combine(),
        };
        IdempotencyHandler handler = Handler(o => o.Json = nothingKnown);

        Assert.That(
            () => handler.Operation<Order, Receipt>("charge"),
            Throws.ArgumentException.With.Message.Contains("'charge'").And.Message.Contains("TypeInfoResolver"));
    }

    private static Action<PolicyOptions> Waiting(Action<PolicyOptions> change) => options =>
    {
        options.InProgress = InProgressBehavior.Wait;
        change(options);
    };

    private static TestCaseData Case(string remedy, Action<PolicyOptions> change) =>
        new TestCaseData(remedy, change).SetArgDisplayNames(remedy);
}
