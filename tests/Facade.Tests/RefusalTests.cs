// What all refusals have in common: a value or an exception, an operation, a key, a remedy, and no input.
using System.Text.Json;
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class RefusalTests
{
    private static readonly Dictionary<IdempotencyOutcome, (Type Type, string Remedy)> Expected = new()
    {
        [IdempotencyOutcome.CompletedUnsaved] = (typeof(IdempotencyUnsavedResultException), "OwnResult has it"),
        [IdempotencyOutcome.LeaseLost] = (typeof(IdempotencyLeaseLostException), "A longer Lease, or Renew = true"),
        [IdempotencyOutcome.FailureReplayed] = (typeof(IdempotencyStoredFailureException), "its failure was stored"),
        [IdempotencyOutcome.PayloadMismatch] = (typeof(IdempotencyValidationException), "another payload. Send a new key"),
        [IdempotencyOutcome.InProgress] = (typeof(IdempotencyAlreadyInProgressException), "Try again in 61.1 s"),
        [IdempotencyOutcome.Held] = (typeof(IdempotencyAbandonedException), "Abandoned = RunAgain"),
        [IdempotencyOutcome.Contended] = (typeof(IdempotencyInconsistentStateException), "try again"),
        [IdempotencyOutcome.PersistFailed] = (typeof(IdempotencyPersistenceLayerException), "the store failed"),
        [IdempotencyOutcome.KeyRejected] = (typeof(IdempotencyKeyException), "MissingKey = RunUnprotected"),
        [IdempotencyOutcome.LeaseRejected] = (typeof(IdempotencyLeaseTimeException), "a smaller margin"),
        [IdempotencyOutcome.Unreadable] = (typeof(IdempotencyUnreadableResultException), "give the operation a new name"),
    };

    private static IEnumerable<IdempotencyOutcome> Outcomes => Refusals.All;

    [TestCaseSource(nameof(Outcomes))]
    public async Task A_refusal_is_a_value_when_asked_for_as_one(IdempotencyOutcome outcome)
    {
        IdempotencyResult<Receipt> result = await (await Refusals.For(outcome)).TryHandleAsync();

        Assert.Multiple(() =>
        {
            Assert.That(result.Outcome, Is.EqualTo(outcome));
            Assert.That(result.Refusal, Is.TypeOf(Expected[outcome].Type));
            Assert.That(result.HasValue, Is.False);
            Assert.That(result.TryGetValue(out _), Is.False);
            Assert.That(() => result.GetValueOrThrow(), Throws.Exception.SameAs(result.Refusal));
            Assert.That(
                result.Match<Type?>(_ => null, refusal => refusal.GetType()),
                Is.EqualTo(Expected[outcome].Type));
            Assert.That(result.ToString(), Is.EqualTo(outcome.ToString()));
        });
    }

    [TestCaseSource(nameof(Outcomes))]
    public async Task A_refusal_is_an_exception_of_its_own_type_when_a_result_is_asked_for(IdempotencyOutcome outcome)
    {
        Occasion call = await Refusals.For(outcome);

        Assert.That(call.HandleAsync, Throws.TypeOf(Expected[outcome].Type));
    }

    [TestCaseSource(nameof(Outcomes))]
    public async Task A_refusal_names_the_operation_the_key_and_the_remedy(IdempotencyOutcome outcome)
    {
        IdempotencyException refusal = await Refuse(outcome);

        Assert.Multiple(() =>
        {
            Assert.That(refusal.Operation, Is.EqualTo(Refusals.Name));
            Assert.That(refusal.Message, Does.Contain($"'{Refusals.Name}'").And.Contain(Expected[outcome].Remedy));

            if (outcome == IdempotencyOutcome.KeyRejected)
            {
                Assert.That(refusal.Key, Is.Null);
            }
            else
            {
                Assert.That(refusal.Key, Does.Match($"^{Refusals.Name}#[0-9a-f]{{64}}$"));
            }
        });
    }

    [TestCaseSource(nameof(Outcomes))]
    public async Task A_refusal_never_tells_the_input(IdempotencyOutcome outcome)
    {
        IdempotencyException refusal = await Refuse(outcome);

        string all = string.Join('\n', refusal, refusal.Key, refusal.Owner, JsonSerializer.Serialize(refusal.Data));

        Assert.That(all, Does.Not.Contain(Refusals.Secret));
    }

    [Test]
    public void The_tests_know_every_refusal()
    {
        IdempotencyOutcome[] results =
        [
            IdempotencyOutcome.None,
            IdempotencyOutcome.Executed,
            IdempotencyOutcome.Replayed,
            IdempotencyOutcome.Adopted,
            IdempotencyOutcome.Unprotected,
        ];
        IEnumerable<Type> family = typeof(IdempotencyException).Assembly.GetExportedTypes()
            .Where(type => type.IsSubclassOf(typeof(IdempotencyException)));

        Assert.Multiple(() =>
        {
            Assert.That(Refusals.All.Concat(results), Is.EquivalentTo(Enum.GetValues<IdempotencyOutcome>()));
            Assert.That(Expected.Values.Select(expected => expected.Type), Is.EquivalentTo(family));
            Assert.That(family.All(type => type.IsSealed), Is.True);
            Assert.That(typeof(IdempotencyException).IsAbstract, Is.True);
        });
    }

    [Test]
    public async Task Who_runs_and_until_when_is_told_of_a_running_call()
    {
        IdempotencyException refusal = await Refuse(IdempotencyOutcome.InProgress);

        Assert.Multiple(() =>
        {
            Assert.That(refusal.RetryAfter, Is.EqualTo(TimeSpan.FromMilliseconds(61_001)), "after the lease, and the pad");
            Assert.That(refusal.Owner, Is.Not.Null.And.Not.Empty);
            Assert.That(refusal.ExpiresAt, Is.EqualTo(new DateTimeOffset(2030, 1, 1, 1, 0, 0, TimeSpan.Zero)));
        });
    }

    [Test]
    public async Task Whose_result_it_is_and_until_when_is_told_of_another_payload()
    {
        IdempotencyException refusal = await Refuse(IdempotencyOutcome.PayloadMismatch);

        Assert.Multiple(() =>
        {
            Assert.That(refusal.Owner, Is.Not.Null.And.Not.Empty);
            Assert.That(refusal.ExpiresAt, Is.EqualTo(new DateTimeOffset(2030, 1, 1, 1, 0, 0, TimeSpan.Zero)));
            Assert.That(refusal.RetryAfter, Is.Null);
        });
    }

    [Test]
    public async Task Until_when_is_told_of_a_held_key()
    {
        IdempotencyException refusal = await Refuse(IdempotencyOutcome.Held);

        Assert.Multiple(() =>
        {
            Assert.That(refusal.ExpiresAt, Is.EqualTo(new DateTimeOffset(2030, 1, 1, 1, 0, 0, TimeSpan.Zero)));
            Assert.That(refusal.RetryAfter, Is.EqualTo(TimeSpan.FromMinutes(58) + TimeSpan.FromSeconds(1)));
            Assert.That(refusal.Message, Does.Contain("2030-01-01 01:00:00Z"));
        });
    }

    [Test]
    public async Task A_replayed_failure_tells_what_was_thrown()
    {
        var refusal = (IdempotencyStoredFailureException)await Refuse(IdempotencyOutcome.FailureReplayed);

        Assert.Multiple(() =>
        {
            Assert.That(refusal.OriginalType, Is.EqualTo("System.InvalidOperationException"));
            Assert.That(refusal.OriginalMessage, Is.EqualTo("The card was declined."));
            Assert.That(refusal.Message, Does.Contain("The card was declined."));
        });
    }

    [Test]
    public async Task A_result_that_does_not_fit_is_explained_by_its_reader()
    {
        IdempotencyException refusal = await Refuse(IdempotencyOutcome.Unreadable);

        Assert.That(refusal.InnerException, Is.InstanceOf<JsonException>());
    }

    [Test]
    public async Task A_replayed_failure_is_a_replay()
    {
        IdempotencyResult<Receipt> result =
            await (await Refusals.For(IdempotencyOutcome.FailureReplayed)).TryHandleAsync();

        Assert.That(result.IsReplay, Is.True);
    }

    private static async Task<IdempotencyException> Refuse(IdempotencyOutcome outcome) =>
        (await (await Refusals.For(outcome)).TryHandleAsync()).Refusal!;
}
