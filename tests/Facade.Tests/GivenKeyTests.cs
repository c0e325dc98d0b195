// Keys that are made once, ahead of the calls.
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public sealed class GivenKeyTests
{
    private sealed record Request(string? Id, int Amount);

    private static readonly Request Sample = new("A-1", 5);

    private static IdempotentOperation<Request, int> Operation(string name = "charge", Action<IdempotencyOptions>? configure = null) =>
        new IdempotencyHandler(new InMemoryStore(), configure).Operation<Request, int>(name, options => options.KeyFrom(r => r.Id));

    private static Func<Request, CancellationToken, Task<int>> Returns(int result) => (_, _) => Task.FromResult(result);

    [Test]
    public async Task A_call_with_a_key_made_before_is_the_same_call()
    {
        var operation = Operation();
        IdempotencyKey key = operation.GetKey(Sample);

        int first = await operation.HandleAsync(key, Sample, Returns(1));
        var second = await operation.TryHandleAsync(Sample, Returns(2));
        var third = await operation.TryHandleAsync(key, Sample, Returns(3));

        Assert.That(first, Is.EqualTo(1));
        Assert.That((second.Outcome, second.GetValueOrThrow()), Is.EqualTo((IdempotencyOutcome.Replayed, 1)));
        Assert.That((third.Outcome, third.GetValueOrThrow()), Is.EqualTo((IdempotencyOutcome.Replayed, 1)));
        Assert.That(operation.TryGetKey(Sample, out string? text), Is.True);
        Assert.That(key.ToString(), Is.EqualTo(text));
    }

    [Test]
    public async Task The_payload_is_that_of_the_input_that_the_key_was_made_of()
    {
        var operation = Operation();
        await operation.HandleAsync(Sample, Returns(1));
        var changed = await operation.TryHandleAsync(operation.GetKey(Sample with { Amount = 6 }), Sample, Returns(2));
        Assert.That(changed.Outcome, Is.EqualTo(IdempotencyOutcome.PayloadMismatch));
    }

    [Test]
    public void A_key_of_another_operation_or_of_none_is_refused()
    {
        var operation = Operation();
        IdempotencyKey other = Operation("refund").GetKey(Sample);

        foreach (IdempotencyKey key in new[] { other, default })
        {
            var problem = Assert.ThrowsAsync<ArgumentException>(
                async () => await operation.TryHandleAsync(key, Sample, Returns(1)));
            Assert.That(problem!.Message, Does.Contain("'charge'").And.Contain("GetKey"));
        }

        Assert.That(default(IdempotencyKey).ToString(), Is.Empty);
    }

    [Test]
    public void An_input_without_a_key_has_none_even_where_it_may_run_unprotected()
    {
        var operation = Operation(configure: options => options.MissingKey = MissingKeyBehavior.RunUnprotected);
        var problem = Assert.Throws<IdempotencyKeyException>(() => operation.GetKey(new Request(null, 5)));
        Assert.That(problem!.Message, Does.Contain("charge"));
    }

    [Test]
    public async Task The_disabling_switch_holds_for_them_too()
    {
        const string variable = "IDEMPOTENCY_TESTS_OF_GIVEN_KEYS";
        Environment.SetEnvironmentVariable(variable, "true");

        try
        {
            var operation = Operation(configure: options => options.DisabledBy = variable);
            IdempotencyKey key = operation.GetKey(Sample);
            await operation.HandleAsync(key, Sample, Returns(1));
            Assert.That(await operation.HandleAsync(key, Sample, Returns(2)), Is.EqualTo(2));
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }
}
