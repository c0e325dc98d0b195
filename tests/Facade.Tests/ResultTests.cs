// The result as a value: what it holds, and what it is when nobody made it.
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class ResultTests : OnManualTime
{
    [Test]
    public async Task A_result_can_be_had_in_each_way()
    {
        IdempotencyResult<int> result = await Call(() => 7);

        Assert.Multiple(() =>
        {
            Assert.That(result.HasValue, Is.True);
            Assert.That(result.Refusal, Is.Null);
            Assert.That(result.TryGetValue(out int value), Is.True);
            Assert.That(value, Is.EqualTo(7));
            Assert.That(result.GetValueOrThrow(), Is.EqualTo(7));
            Assert.That(result.Match(v => v + 1, _ => 0), Is.EqualTo(8));
        });
    }

    [Test]
    public async Task A_result_of_null_is_a_result()
    {
        IdempotencyResult<string?> result = await Call<string?>(() => null);

        Assert.Multiple(() =>
        {
            Assert.That(result.HasValue, Is.True);
            Assert.That(result.TryGetValue(out string? value), Is.True);
            Assert.That(value, Is.Null);
            Assert.That(result.GetValueOrThrow(), Is.Null);
            Assert.That(result.Match(v => v ?? "none", _ => "refused"), Is.EqualTo("none"));
        });
    }

    [Test]
    public void A_result_that_no_call_made_has_no_value()
    {
        IdempotencyResult<int> nothing = default;

        Assert.Multiple(() =>
        {
            Assert.That(nothing.Outcome, Is.EqualTo(IdempotencyOutcome.None));
            Assert.That(nothing.HasValue, Is.False);
            Assert.That(nothing.IsReplay, Is.False);
            Assert.That(nothing.Refusal, Is.Null);
            Assert.That(nothing.TryGetValue(out _), Is.False);
            Assert.That(() => nothing.GetValueOrThrow(), Throws.InvalidOperationException);
            Assert.That(() => nothing.Match(_ => 1, _ => 2), Throws.InvalidOperationException);
            Assert.That(nothing.ToString(), Is.EqualTo("None"));
        });
    }

    [Test]
    public async Task Both_ways_on_must_be_given()
    {
        IdempotencyResult<int> result = await Call(() => 7);

        Assert.Multiple(() =>
        {
            Assert.That(() => result.Match(null!, _ => 0), Throws.ArgumentNullException);
            Assert.That(() => result.Match(v => v, null!), Throws.ArgumentNullException);
        });
    }

    [Test]
    public async Task Results_are_equal_when_outcome_and_value_are()
    {
        IdempotencyResult<int> ran = await Call(() => 7);
        IdempotencyResult<int> replayed = await Call(() => 8);
        IdempotencyResult<int> replayedAgain = await Call(() => 9);

        Assert.Multiple(() =>
        {
            Assert.That(replayed == replayedAgain, Is.True);
            Assert.That(replayed.Equals((object)replayedAgain), Is.True);
            Assert.That(replayed.GetHashCode(), Is.EqualTo(replayedAgain.GetHashCode()));
            Assert.That(ran != replayed, Is.True);
            Assert.That(ran.Equals("7"), Is.False);
        });
    }

    [Test]
    public async Task A_result_does_not_tell_its_value_as_text() =>
        Assert.That((await Call(() => "secret")).ToString(), Is.EqualTo("Executed"));

    private ValueTask<IdempotencyResult<T>> Call<T>(Func<T> function) =>
        Handler().TryHandleAsync("call", "input", (_, _) => Task.FromResult(function()));
}
