// A switch in the environment that turns idempotency off, honoured only by those who ask for it.
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class DisablingTests : OnManualTime
{
    private const string Variable = "POWERTOOLS_IDEMPOTENCY_DISABLED";

    private readonly LogSink _log = new();
    private readonly Till _till = new();

    [TearDown]
    public void TearDown()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        _log.Dispose();
    }

    private IdempotencyHandler Switched(string? text, string? by = Variable)
    {
        Environment.SetEnvironmentVariable(Variable, text);
        return Handler(options =>
        {
            options.DisabledBy = by;
            options.LoggerFactory = _log;
        });
    }

    private IEnumerable<IdempotencyOutcome> TwoCalls(IdempotencyHandler handler)
    {
        yield return handler.Operation<Order, Receipt>("a").TryHandle(new Order("A"), _till.Charge).Outcome;
        yield return handler.Operation<Order, Receipt>("b", _ => { }).TryHandle(new Order("A"), _till.Charge).Outcome;
    }

    [TestCase("true")]
    [TestCase("TRUE ")]
    [TestCase("1")]
    [TestCase("yes")]
    [TestCase("y")]
    [TestCase("t")]
    [TestCase("on")]
    public void Functions_run_without_protection_where_the_options_ask_for_the_switch_and_a_warning_says_so_once(string text)
    {
        IdempotencyHandler handler = Switched(text);

        Assert.That(TwoCalls(handler), Is.All.EqualTo(IdempotencyOutcome.Unprotected));
        Assert.That(TwoCalls(handler), Is.All.EqualTo(IdempotencyOutcome.Unprotected));
        Assert.That(_till.Runs, Is.EqualTo(4));
        Assert.That(Store.Count, Is.Zero);
        Assert.That(_log.Names, Is.EqualTo(new[] { "SwitchedOff" }));
        Assert.That(_log.Entries[0].Message, Does.Contain(Variable));
    }

    [TestCase("false")]
    [TestCase("0")]
    [TestCase("no")]
    [TestCase("off")]
    [TestCase("")]
    [TestCase(null)]
    public void A_switch_that_is_not_set_changes_nothing(string? text) =>
        Assert.That(TwoCalls(Switched(text)), Is.All.EqualTo(IdempotencyOutcome.Executed));

    [Test]
    public void A_switch_that_nobody_asked_for_changes_nothing()
    {
        Assert.That(TwoCalls(Switched("true", by: null)), Is.All.EqualTo(IdempotencyOutcome.Executed));
        Assert.That(_log.Entries, Is.Empty);
    }

    [Test]
    public void A_switch_that_means_neither_yes_nor_no_is_refused() =>
        Assert.That(
            () => Switched("maybe"),
            Throws.ArgumentException.With.Message.Contains("DisabledBy").And.Message.Contains(Variable));
}
